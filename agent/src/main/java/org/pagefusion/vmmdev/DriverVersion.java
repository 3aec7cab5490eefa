// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.vmmdev;

/**
 * The versions of the guest driver's interface (VBG_IOC_VERSION), of which the upper 16 bits are
 * the major and the lower 16 the minor number.
 *
 * @param session what the driver grants this agent
 * @param driver what the driver has
 * @param revision of the driver's source; 0 for the one that comes with Linux
 */
public record DriverVersion(int session, int driver, int revision) {
  /** For people, for example {@code "1.0"} or {@code "1.4 r162802"}. */
  public String text() {
    String text = (driver >>> 16) + "." + (driver & 0xffff);
    return revision == 0 ? text : text + " r" + Integer.toUnsignedString(revision);
  }
}
