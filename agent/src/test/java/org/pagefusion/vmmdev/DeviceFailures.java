// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.vmmdev;

/** Failures of devices, for tests of what uses them. */
public final class DeviceFailures {
  private DeviceFailures() {}

  /** A request that failed with an errno. */
  public static DeviceException of(int errno) {
    return new DeviceException("scripted", errno, "told to fail; tell it not to");
  }
}
