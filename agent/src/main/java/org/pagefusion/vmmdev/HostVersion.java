// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.vmmdev;

/**
 * The version of the VirtualBox that this guest runs on.
 *
 * @param major for example 7
 * @param minor for example 0
 * @param build for example 16; unsigned
 * @param revision of the source; unsigned
 * @param features VMMDEV_HVF_* bits
 */
public record HostVersion(int major, int minor, int build, int revision, int features) {
  /** As VirtualBox writes it, for example {@code "7.0.16r162802"}. */
  public String text() {
    return major
        + "."
        + minor
        + "."
        + Integer.toUnsignedString(build)
        + "r"
        + Integer.toUnsignedString(revision);
  }
}
