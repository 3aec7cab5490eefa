// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.report;

import java.util.Locale;

/** Sizes and shares for people. */
public final class Sizes {
  private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

  private Sizes() {}

  /** A number of bytes, unsigned, with one decimal and a binary unit: {@code 12.3 MiB}. */
  public static String bytes(long bytes) {
    if (Long.compareUnsigned(bytes, 1024) < 0) {
      return bytes + " B";
    }
    double value = (bytes < 0 ? (bytes >>> 1) * 2.0 : bytes) / 1024;
    int unit = 0;
    // What would be shown as 1024.0 is 1.0 of the next unit.
    while (value >= 1023.95 && unit < UNITS.length - 1) {
      value /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
  }

  /** A part of a whole: {@code 12.3 %}; empty when the whole is not known. */
  public static String share(long part, long whole) {
    return whole <= 0 ? "" : String.format(Locale.ROOT, "%.1f %%", 100.0 * part / whole);
  }

  /** A count with separators of thousands: {@code 12,345}. */
  public static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }
}
