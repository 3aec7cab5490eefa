// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.compare;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * How many pages are fused in other orders of the guests. At a place where all copies are equal no
 * order matters. At others, as many copies are fused as there are equals of the first guest's one.
 */
final class OrderSearch {
  /** Orders of more guests are not searched. */
  static final int GUESTS_MAX = 12;

  /** Steps of a search, some seconds of work. */
  private static final long STEPS_MAX = 1_000_000_000;

  private static final int COUNT_SHIFT = 16;
  private static final int MASK = (1 << COUNT_SHIFT) - 1;

  /** Contents at a place: for each a mask of the guests that bring it first, and copies above. */
  private record Place(long[] contents) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Place that && Arrays.equals(contents, that.contents);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(contents);
    }

    /** Guests that hold the page. */
    int guests() {
      int mask = 0;
      for (long each : contents) {
        mask |= (int) each & MASK;
      }
      return mask;
    }
  }

  private final PageTable table;
  private final VariantTable variants;
  private final int guests;
  private final boolean searched;
  private final Map<Place, Long> places = new HashMap<>();

  // Fused at all places where no order matters, and bounds of what is fused at the others.
  private long same;
  private long least;
  private long most;

  private OrderSearch(PageTable table, VariantTable variants, int guests) {
    this.table = table;
    this.variants = variants;
    this.guests = guests;
    this.searched = guests <= GUESTS_MAX && table.isMasked();
  }

  /** Searches all orders, or finds bounds where they are too many. */
  static OrderRange range(PageTable table, VariantTable variants, int guests)
      throws TooLargeException {
    OrderSearch search = new OrderSearch(table, variants, guests);
    search.count();
    return search.range();
  }

  private void count() throws TooLargeException {
    for (int slot = 0; slot < table.size(); slot++) {
      if (table.copies(slot) > 1 && !table.isVaried(slot)) {
        same += table.copies(slot) - 1;
      }
    }
    long[] sorted = variants.sorted();
    int from = 0;
    while (from < sorted.length) {
      int slot = (int) (sorted[from] >>> 32);
      int to = from + 1;
      while (to < sorted.length && (int) (sorted[to] >>> 32) == slot) {
        to++;
      }
      countVaried(slot, sorted, from, to);
      from = to;
    }
  }

  private void countVaried(int slot, long[] sorted, int from, int to) {
    int fewest = table.copies(slot);
    int greatest = fewest;
    for (int i = from; i < to; i++) {
      int copies = variants.copies((int) sorted[i]);
      fewest = Math.min(fewest, copies);
      greatest = Math.max(greatest, copies);
    }
    least += fewest - 1;
    most += greatest - 1;
    if (searched) {
      long[] contents = new long[to - from + 1];
      contents[0] = content(table.mask(slot), table.copies(slot));
      for (int i = from; i < to; i++) {
        int entry = (int) sorted[i];
        contents[i - from + 1] = content(variants.mask(entry), variants.copies(entry));
      }
      Arrays.sort(contents);
      places.merge(new Place(contents), 1L, Long::sum);
    }
  }

  private static long content(long mask, int copies) {
    return (long) copies << COUNT_SHIFT | mask;
  }

  private OrderRange range() {
    long steps = (1L << Math.min(guests, GUESTS_MAX)) * (places.size() + 1L) * guests;
    if (least == most) {
      List<Integer> given = IntStream.range(0, guests).boxed().toList();
      return new OrderRange(true, same + least, same + most, given, given);
    }
    if (!searched || steps > STEPS_MAX) {
      return new OrderRange(false, same + least, same + most, List.of(), List.of());
    }
    Extremes worst = new Extremes(-1);
    Extremes best = new Extremes(1);
    for (int there = 0; there < 1 << guests; there++) {
      long[] gains = gains(there);
      worst.extend(there, gains);
      best.extend(there, gains);
    }
    return new OrderRange(
        true, same + worst.fused(), same + best.fused(), worst.order(), best.order());
  }

  /** For each guest the pages that are fused because it comes next, when some are there already. */
  private long[] gains(int there) {
    long[] gains = new long[guests];
    for (Map.Entry<Place, Long> entry : places.entrySet()) {
      if ((entry.getKey().guests() & there) == 0) {
        for (long content : entry.getKey().contents()) {
          long gain = ((content >>> COUNT_SHIFT) - 1) * entry.getValue();
          for (int mask = (int) content & MASK; mask != 0; mask &= mask - 1) {
            gains[Integer.numberOfTrailingZeros(mask)] += gain;
          }
        }
      }
    }
    return gains;
  }

  /**
   * The most (or least) that any order of each set of guests yields, found from smaller sets: what
   * comes after them does not depend on their order.
   */
  private final class Extremes {
    private final int sign;
    private final long[] fused = new long[1 << guests];
    private final int[] last = new int[1 << guests];

    Extremes(int sign) {
      this.sign = sign;
      Arrays.fill(last, -1);
    }

    void extend(int there, long[] gains) {
      for (int guest = 0; guest < guests; guest++) {
        int with = there | 1 << guest;
        if (with != there) {
          long sum = fused[there] + gains[guest];
          if (last[with] < 0 || sign * Long.compare(sum, fused[with]) > 0) {
            fused[with] = sum;
            last[with] = guest;
          }
        }
      }
    }

    long fused() {
      return fused[fused.length - 1];
    }

    List<Integer> order() {
      List<Integer> order = new ArrayList<>();
      for (int set = fused.length - 1; set != 0; set &= ~(1 << last[set])) {
        order.add(0, last[set]);
      }
      return order;
    }
  }
}
