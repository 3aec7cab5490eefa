// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class AddressSpaceProperties {
  private static final int PAGE = 4096;

  enum Action {
    ALLOCATE,
    RESERVE,
    REPLACE,
    RELEASE
  }

  /**
   * Something that is done with the window.
   *
   * @param pages length of a range
   * @param position of a reserved range, or which of the taken ones it is about
   */
  record Step(Action action, long pages, long position) {}

  private static Arbitrary<Step> steps() {
    Arbitrary<Long> lengths =
        Arbitraries.oneOf(
            Arbitraries.longs().between(1, 20),
            Arbitraries.longs().between(500, 1100),
            Arbitraries.longs().between(1, 1L << 18));
    return Combinators.combine(
            Arbitraries.of(Action.class), lengths, Arbitraries.longs().between(0, 3000))
        .as(Step::new);
  }

  /**
   * The ranges that are taken after some steps: address and length. Holds each answer to what was
   * before.
   */
  private static NavigableMap<Long, Long> run(AddressSpace space, List<Step> steps) {
    TreeMap<Long, Long> taken = new TreeMap<>();
    for (Step step : steps) {
      long length = step.pages() * PAGE;
      List<Long> addresses = new ArrayList<>(taken.keySet());
      long chosen =
          addresses.isEmpty() ? 0 : addresses.get((int) (step.position() % addresses.size()));
      switch (step.action()) {
        case ALLOCATE -> taken.put(checkLowest(taken, length, space.allocate(length)), length);
        case RESERVE -> {
          long address = AddressSpace.START + step.position() * PAGE;
          boolean free = isFree(taken, address, length);
          assertEquals(free, space.reserve(address, length));
          if (free) {
            taken.put(address, length);
          }
        }
        case REPLACE -> {
          OptionalLong other = space.replace(chosen);
          assertEquals(taken.containsKey(chosen), other.isPresent());
          if (other.isPresent()) {
            long same = taken.get(chosen);
            taken.put(checkLowest(taken, same, other), same);
          }
        }
        case RELEASE -> {
          space.release(chosen);
          taken.remove(chosen);
        }
        default -> throw new AssertionError(step);
      }
      assertEquals(taken.size(), space.size());
    }
    return taken;
  }

  /** By a search of its own, range by range. */
  private static long checkLowest(Map<Long, Long> taken, long length, OptionalLong answer) {
    long alignment = length >= AddressSpace.HUGE_PAGE_BYTES ? AddressSpace.HUGE_PAGE_BYTES : PAGE;
    long lowest = AddressSpace.START;
    for (Map.Entry<Long, Long> range : taken.entrySet()) {
      if (isFree(taken, lowest, length)) {
        break;
      }
      long behind = range.getKey() + range.getValue() + PAGE;
      lowest = Math.max(lowest, (behind + alignment - 1) / alignment * alignment);
    }
    assertEquals(OptionalLong.of(lowest), answer);
    return lowest;
  }

  private static boolean isFree(Map<Long, Long> taken, long address, long length) {
    for (Map.Entry<Long, Long> range : taken.entrySet()) {
      if (address < range.getKey() + range.getValue() + PAGE
          && range.getKey() < address + length + PAGE) {
        return false;
      }
    }
    return true;
  }

  @Property
  void rangesNeverTouch(@ForAll("plans") List<Step> steps) {
    NavigableMap<Long, Long> taken = run(new AddressSpace(PAGE), steps);
    long end = AddressSpace.START - PAGE;
    for (Map.Entry<Long, Long> range : taken.entrySet()) {
      assertEquals(0, range.getKey() % PAGE);
      assertTrue(range.getKey() >= end + PAGE, taken::toString);
      end = range.getKey() + range.getValue();
    }
    assertTrue(end + PAGE <= AddressSpace.END);
  }

  @Property
  void theSameStepsGiveTheSameRanges(@ForAll("plans") List<Step> steps) {
    assertEquals(run(new AddressSpace(PAGE), steps), run(new AddressSpace(PAGE), steps));
  }

  /** A new process that reserves what an earlier one remembered goes on as that one would have. */
  @Property
  void aRestartChangesNothing(
      @ForAll("plans") List<Step> steps,
      @ForAll @Size(max = 20) List<@IntRange(min = 1, max = 2000) Integer> pages) {
    AddressSpace before = new AddressSpace(PAGE);
    NavigableMap<Long, Long> taken = run(before, steps);
    AddressSpace after = new AddressSpace(PAGE);
    for (Map.Entry<Long, Long> range : taken.descendingMap().entrySet()) {
      assertTrue(after.reserve(range.getKey(), range.getValue()));
    }
    for (int count : pages) {
      assertEquals(before.allocate((long) count * PAGE), after.allocate((long) count * PAGE));
    }
  }

  @Provide
  Arbitrary<List<Step>> plans() {
    return steps().list().ofMaxSize(60);
  }
}
