// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.html;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class TicksProperties {
  @Property
  void ticksAreEvenAndHoldTheMost(
      @ForAll @LongRange(min = 0, max = 1L << 60) long most,
      @ForAll @IntRange(min = 2, max = 20) int intervals) {
    check(Ticks.bytes(most, intervals), most, intervals);
    check(Ticks.counts(most, intervals), most, intervals);
  }

  private static void check(List<Long> ticks, long most, int intervals) {
    assertEquals(0, ticks.get(0));
    assertTrue(ticks.size() >= 2 && ticks.size() <= intervals + 1, ticks.toString());
    long step = ticks.get(1);
    for (int i = 0; i < ticks.size(); i++) {
      assertEquals(i * step, ticks.get(i));
    }
    long last = ticks.get(ticks.size() - 1);
    assertTrue(last >= most && last - step <= most, ticks + " for " + most);
  }

  @Example
  void ticksAreRound() {
    long mib = 1 << 20;
    assertEquals(List.of(0L, 50 * mib, 100 * mib, 150 * mib), Ticks.bytes(123 * mib, 5));
    assertEquals(List.of(0L, 1L << 30, 2L << 30, 3L << 30), Ticks.bytes((2L << 30) + 1, 5));
    assertEquals(List.of(0L, 1L), Ticks.bytes(0, 5));
    assertEquals(List.of(0L, 200L, 400L, 600L, 800L, 1000L), Ticks.counts(1000, 5));
    assertEquals(List.of(0L, 2L, 4L, 6L, 8L), Ticks.counts(7, 5));
  }
}
