// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.vmmdev;

/**
 * The families of guest systems that the host tells apart (VBOXOSFAMILY), as far as they are Linux.
 */
public enum OsFamily {
  LINUX32(3),
  LINUX64(4);

  private final int code;

  OsFamily(int code) {
    this.code = code;
  }

  /** The number in a request. */
  public int code() {
    return code;
  }

  /** The family with a number, or null for one that is not Linux. */
  public static OsFamily of(int code) {
    return switch (code) {
      case 3 -> LINUX32;
      case 4 -> LINUX64;
      default -> null;
    };
  }
}
