// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The configuration: what the files say, checked, with the place each value came from.
 *
 * <h2>Files</h2>
 *
 * <p>{@code /etc/pagefusion/pagefusion.conf}, then {@code /etc/pagefusion/conf.d/*.conf} in the
 * byte order of their names; a later file overrides an earlier one, key by key. Names that begin
 * with a dot are skipped, as a shell's {@code *.conf} would. Files and folder may be missing.
 * {@code --config FILE} replaces all of them, drop-ins included, so that one file says everything.
 *
 * <h2>Syntax</h2>
 *
 * <p>{@code key = value} as {@link java.util.Properties} reads it, in UTF-8: {@code #} or {@code !}
 * begins a comment line, a backslash at the end of a line continues it, and a backslash meant for
 * the value is written twice. A comment needs a line of its own. An unknown key, a key given twice
 * in one file, and a value that does not fit are errors that name file and line, also where a later
 * file would override the value.
 *
 * <h2>Values</h2>
 *
 * <ul>
 *   <li>Sizes: {@code 65536}, {@code 64 KiB}, {@code 64k} (B, KiB, MiB, GiB; K, M, G are the same).
 *   <li>Durations: {@code 60} (seconds), {@code 500 ms}, {@code 60 s}, {@code 15 min}, {@code 2 h},
 *       {@code 1 d}.
 *   <li>Percentages: {@code 0.1 %}; the sign is required, because 0.1 could also mean a tenth.
 *   <li>Switches: {@code yes}, {@code no}, {@code true}, {@code false}.
 *   <li>Lists: entries with commas between them; a comma in braces or brackets of a pattern is part
 *       of the pattern.
 * </ul>
 *
 * <h2>{@code exclude}</h2>
 *
 * <p>The value replaces the built-in list ({@link org.pagefusion.config.DefaultExcludes}); the
 * entry {@code default} stands for that list. So {@code exclude = default, /opt/secret/**} adds a
 * pattern and {@code exclude = /opt/secret/**} has only that one. To leave out nothing takes the
 * word {@code none}: an empty value is more likely a slip than the wish to give up the protection.
 * The pattern language is that of {@link org.pagefusion.config.PathPatterns}; files that are really
 * named {@code default} or {@code none} are matched by {@code **&#47;default} and {@code
 * **&#47;none}.
 */
package org.pagefusion.config;
