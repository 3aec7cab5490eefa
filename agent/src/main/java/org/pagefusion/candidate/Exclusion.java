// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.candidate;

/**
 * Something that is no candidate.
 *
 * @param path of the file; {@code /sys/module/NAME} for a kernel module
 * @param reason why not
 * @param detail what made it so, where the reason alone does not say it (the pattern, the file system); or
 *     empty
 * @param sizeBytes length of the file; of a file that was not opened, what is mapped of it
 */
public record Exclusion(String path, Reason reason, String detail, long sizeBytes) {}
