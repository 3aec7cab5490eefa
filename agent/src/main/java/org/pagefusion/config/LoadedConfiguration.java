// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

package org.pagefusion.config;

import java.nio.file.Path;
import java.util.List;

/**
 * A configuration with the place each value came from.
 *
 * @param configuration the effective configuration
 * @param settings one for each known key, in the documented order
 * @param files the files that were read, in the order in which they were
 */
public record LoadedConfiguration(
    Configuration configuration, List<Setting> settings, List<Path> files) {

  /** Copies the lists. */
  public LoadedConfiguration {
    settings = List.copyOf(settings);
    files = List.copyOf(files);
  }

  /**
   * One key as it stands.
   *
   * @param key the key
   * @param value the effective value in its canonical form, such as {@code 64 KiB}; for {@code
   *     exclude} with {@code default} for the built-in list, which {@link Configuration#exclude()}
   *     spells out
   * @param origin {@code default}, or {@code FILE:LINE}
   */
  public record Setting(String key, String value, String origin) {}
}
