// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.candidate;

/**
 * Something that is no candidate.
 *
 * @param path of the file; {@code /sys/module/NAME} for a kernel module; a directory for many files
 *     together
 * @param reason why not
 * @param detail what made it so, where the reason alone does not say it (the pattern, the file
 *     system); or empty
 * @param sizeBytes what is left out: the resident bytes where they were measured, else the length
 *     of the file or, of one that was not opened, what is mapped of it
 * @param files how many files
 */
public record Exclusion(String path, Reason reason, String detail, long sizeBytes, int files) {
  /** A single file. */
  public Exclusion(String path, Reason reason, String detail, long sizeBytes) {
    this(path, reason, detail, sizeBytes, 1);
  }
}
