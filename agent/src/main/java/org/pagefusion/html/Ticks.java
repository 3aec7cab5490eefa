// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.html;

import java.util.ArrayList;
import java.util.List;

/** Where an axis that begins at 0 has its lines. */
final class Ticks {
  private static final int[] DIGITS = {1, 2, 5};

  private Ticks() {}

  /**
   * Round numbers of bytes from 0 to the first that is not less than the most to be shown: 1, 2 or
   * 5 times a power of ten of the unit in which that is told.
   *
   * @param most at least 0
   * @param intervals how many there should be at most; at least 2
   */
  static List<Long> bytes(long most, int intervals) {
    long unit = 1;
    while (unit < 1L << 60 && most / unit >= 1024) {
      unit <<= 10;
    }
    return upTo(unit, Math.max(1, ceilDivide(most, unit)), intervals);
  }

  /** Round counts, in the same way. */
  static List<Long> counts(long most, int intervals) {
    return upTo(1, Math.max(1, most), intervals);
  }

  private static List<Long> upTo(long unit, long most, int intervals) {
    long power = 1;
    int digit = 0;
    while (ceilDivide(most, DIGITS[digit] * power) > intervals) {
      digit = (digit + 1) % DIGITS.length;
      power *= digit == 0 ? 10 : 1;
    }
    long step = DIGITS[digit] * power;
    List<Long> ticks = new ArrayList<>();
    for (long tick = 0; ; tick += step) {
      ticks.add(tick * unit);
      if (tick >= most) {
        return ticks;
      }
    }
  }

  private static long ceilDivide(long value, long divisor) {
    return value / divisor + (value % divisor == 0 ? 0 : 1);
  }
}
