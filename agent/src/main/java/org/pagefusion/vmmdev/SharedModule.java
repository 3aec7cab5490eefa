// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.vmmdev;

import java.util.List;

/**
 * What a guest registers with the host: a name for some memory, and where that memory is.
 *
 * <p>The host takes modules of several guests for one when name, version, size, OS family and the
 * layout of the regions (number, each one's offset in its page, each one's size in pages) agree;
 * base and addresses may differ.
 *
 * @param base the guest's handle for the module, unsigned: one module a base
 * @param sizeBytes size of the module, from 1 byte to 1 GiB
 * @param name at most {@value #MAX_NAME_BYTES} bytes of UTF-8
 * @param version at most {@value #MAX_VERSION_BYTES} bytes of UTF-8
 * @param osFamily of this guest
 * @param regions from 1 to {@value #MAX_REGIONS}, of 1 GiB together at most
 */
public record SharedModule(
    long base,
    long sizeBytes,
    String name,
    String version,
    OsFamily osFamily,
    List<ModuleRegion> regions) {
  /** Regions of a module at most. */
  public static final int MAX_REGIONS = 32;

  /** Size of a module at most, and of all its regions together. */
  public static final long MAX_BYTES = 1L << 30;

  /** Length of a name at most, in bytes of UTF-8, without the terminating NUL. */
  public static final int MAX_NAME_BYTES = 127;

  /** Length of a version at most, in bytes of UTF-8, without the terminating NUL. */
  public static final int MAX_VERSION_BYTES = 15;

  /**
   * Checks the host's limits.
   *
   * @throws IllegalArgumentException naming the field that exceeds them
   */
  public SharedModule {
    if (sizeBytes < 1 || sizeBytes > MAX_BYTES) {
      throw new IllegalArgumentException(
          "sizeBytes: " + sizeBytes + ", expected 1 to " + MAX_BYTES);
    }
    Wire.checkText("name", name, MAX_NAME_BYTES);
    Wire.checkText("version", version, MAX_VERSION_BYTES);
    if (osFamily == null) {
      throw new IllegalArgumentException("osFamily: missing");
    }
    regions = List.copyOf(regions);
    if (regions.isEmpty() || regions.size() > MAX_REGIONS) {
      throw new IllegalArgumentException(
          "regions: " + regions.size() + ", expected 1 to " + MAX_REGIONS);
    }
    long sumBytes = 0;
    for (int i = 0; i < regions.size(); i++) {
      sumBytes += regions.get(i).sizeBytes();
    }
    if (sumBytes > MAX_BYTES) {
      throw new IllegalArgumentException(
          "regions: " + sumBytes + " bytes together, expected " + MAX_BYTES + " at most");
    }
  }
}
