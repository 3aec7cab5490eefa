// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.doctor;

import java.util.Map;

/**
 * What a scan found, in bytes.
 *
 * @param eligibleBytes resident bytes of all candidates
 * @param excludedBytes what is left out of the files of disks and of the kernel; memory without a
 *     file, devices and pseudo file systems don't count
 * @param excludedByReason the same by the reasons' names, largest first
 */
public record ScanFigures(
    long eligibleBytes, long excludedBytes, Map<String, Long> excludedByReason) {
  /** What is left out, as a fraction of all; 0 where nothing was found. */
  public double excludedShare() {
    long all = eligibleBytes + excludedBytes;
    return all <= 0 ? 0 : (double) excludedBytes / all;
  }
}
