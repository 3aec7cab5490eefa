// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class AddressSpaceTest {
  private static final int PAGE = 4096;
  private static final long HUGE = AddressSpace.HUGE_PAGE_BYTES;
  private static final long START = AddressSpace.START;

  private final AddressSpace space = new AddressSpace(PAGE);

  private long allocate(long lengthBytes) {
    return space.allocate(lengthBytes).orElseThrow();
  }

  @Test
  void theWindowIsFarFromWhatTheKernelPlaces() {
    // Programs and heaps of the JVM lie below 4 TiB or above 85 TiB (arch/x86/include/asm/elf.h),
    // mmap and
    // stacks below 128 TiB.
    assertEquals(16L << 40, AddressSpace.START);
    assertEquals(32L << 40, AddressSpace.END);
  }

  @Test
  void smallRangesLieCloseTogether() {
    assertEquals(START, allocate(1));
    assertEquals(START + 2 * PAGE, allocate(3 * PAGE - 1));
    assertEquals(START + 6 * PAGE, allocate(PAGE));
  }

  @Test
  void rangesThatCanHoldAHugePageAreAligned() {
    assertEquals(START, allocate(PAGE));
    assertEquals(START + HUGE, allocate(HUGE));
    assertEquals(START + 3 * HUGE, allocate(3 * HUGE));
    // What is just too short for one lies in the gap below: behind the guard page of the first, and
    // up to
    // the guard page before the second.
    assertEquals(START + 2 * PAGE, allocate(HUGE - 3 * PAGE));
    assertEquals(START + 2 * HUGE + PAGE, allocate(PAGE));
  }

  @Test
  void whatIsReleasedIsHandedOutAgain() {
    allocate(PAGE);
    long second = allocate(5 * PAGE);
    allocate(PAGE);
    space.release(second);
    assertEquals(2, space.size());
    // Too long for the gap, for want of a page that stays free.
    assertEquals(START + 10 * PAGE, allocate(6 * PAGE));
    assertEquals(second, allocate(5 * PAGE));
    space.release(12345);
    assertEquals(4, space.size());
  }

  @Test
  void reservedRangesAreLeftOut() {
    assertTrue(space.reserve(START + 2 * PAGE, PAGE));
    assertEquals(START, allocate(PAGE));
    assertEquals(START + 4 * PAGE, allocate(PAGE));
  }

  @Test
  void reservesOnlyWhatIsFreeAndInTheWindow() {
    assertTrue(space.reserve(START + 8 * PAGE, 4 * PAGE));
    assertFalse(space.reserve(START + 8 * PAGE, 4 * PAGE), "the same");
    assertFalse(space.reserve(START + 9 * PAGE, PAGE), "within");
    assertFalse(space.reserve(START + 7 * PAGE, PAGE), "touches from below");
    assertFalse(space.reserve(START + 12 * PAGE, PAGE), "touches from above");
    assertFalse(space.reserve(START + 6 * PAGE, 20 * PAGE), "around");
    assertFalse(space.reserve(START + PAGE + 1, PAGE), "no page");
    assertFalse(space.reserve(START - PAGE, PAGE), "below the window");
    assertFalse(
        space.reserve(AddressSpace.END - PAGE, PAGE), "its guard page is beyond the window");
    assertFalse(space.reserve(START, 0), "nothing");
    assertFalse(space.reserve(START, -1), "less than nothing");
    assertFalse(space.reserve(START, Long.MAX_VALUE), "more than all");
    assertFalse(space.reserve(Long.MIN_VALUE, PAGE), "negative address");
    assertEquals(1, space.size());
    assertTrue(space.reserve(START + 6 * PAGE, PAGE), "a page between");
    assertTrue(space.reserve(AddressSpace.END - 2 * PAGE, PAGE), "the last one");
    assertTrue(space.reserve(START, 5 * PAGE), "the first one");
  }

  @Test
  void aClashLeadsToTheNextRange() {
    assertEquals(START, allocate(2 * PAGE));
    assertEquals(START + 3 * PAGE, allocate(PAGE));
    assertEquals(OptionalLong.of(START + 5 * PAGE), space.replace(START));
    // What clashed is not tried again.
    assertEquals(START + 8 * PAGE, allocate(PAGE));
    assertEquals(OptionalLong.empty(), space.replace(START + PAGE));
    assertEquals(4, space.size());
    space.release(START);
    assertEquals(START, allocate(2 * PAGE));
  }

  @Test
  void saysWhenNothingIsLeft() {
    assertEquals(OptionalLong.empty(), space.allocate(0));
    assertEquals(OptionalLong.empty(), space.allocate(-1));
    assertEquals(OptionalLong.empty(), space.allocate(Long.MAX_VALUE));
    assertEquals(OptionalLong.empty(), space.allocate(AddressSpace.END - START));
    assertEquals(START, allocate(AddressSpace.END - START - PAGE));
    assertEquals(OptionalLong.empty(), space.allocate(1));
    assertEquals(OptionalLong.empty(), space.replace(START));
    assertEquals(1, space.size());
  }
}
