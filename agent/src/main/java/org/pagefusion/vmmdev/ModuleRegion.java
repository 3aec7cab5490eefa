// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.vmmdev;

/**
 * A range of addresses of a shared module, as the caller's page tables map it.
 *
 * @param address where it begins, unsigned; kernel addresses are negative longs
 * @param sizeBytes its length, from 1 byte to 1 GiB
 */
public record ModuleRegion(long address, long sizeBytes) {
  /**
   * Checks the host's limits.
   *
   * @throws IllegalArgumentException naming the field that exceeds them
   */
  public ModuleRegion {
    if (sizeBytes < 1 || sizeBytes > SharedModule.MAX_BYTES) {
      throw new IllegalArgumentException(
          "region sizeBytes: " + sizeBytes + ", expected 1 to " + SharedModule.MAX_BYTES);
    }
    if (Long.compareUnsigned(address + (sizeBytes - 1), address) < 0) {
      throw new IllegalArgumentException(
          "region address: 0x"
              + Long.toHexString(address)
              + " + "
              + sizeBytes
              + " bytes is beyond the last address");
    }
  }
}
