// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Against a set of bits. */
class PageRunsProperties {
  private static final int PAGES = 200;

  @Property
  void holdsThePagesThatWereAdded(
      @ForAll @Size(max = 150) Set<@IntRange(max = PAGES) Integer> pages) {
    BitSet expected = bits(pages);
    PageRuns runs = runs(expected);
    assertEquals(expected.cardinality(), runs.pages());
    for (int page = -1; page <= PAGES + 1; page++) {
      assertEquals(page >= 0 && expected.get(page), runs.contains(page), "page " + page);
    }
    long end = -1;
    for (int i = 0; i < runs.count(); i++) {
      assertTrue(runs.first(i) > end, "runs touch or overlap");
      assertTrue(runs.length(i) > 0);
      end = runs.first(i) + runs.length(i);
    }
  }

  @Property
  void cutsLikeASetOfPages(
      @ForAll @Size(max = 60) Set<@IntRange(max = PAGES) Integer> pages,
      @ForAll @IntRange(min = -5, max = PAGES + 5) int from,
      @ForAll @IntRange(min = -5, max = PAGES + 5) int to) {
    BitSet all = bits(pages);
    BitSet expected = new BitSet();
    all.stream().filter(page -> page >= from && page < to).forEach(expected::set);
    assertEquals(runs(expected), runs(all).within(from, to));
    assertEquals(expected.cardinality(), runs(all).within(from, to).pages());
  }

  @Property
  void doesNotDependOnHowRunsWereAdded(
      @ForAll @Size(max = 60) Set<@IntRange(max = PAGES) Integer> pages) {
    BitSet bits = bits(pages);
    PageRuns.Builder wholeRuns = new PageRuns.Builder();
    for (int from = bits.nextSetBit(0); from >= 0; from = bits.nextSetBit(from)) {
      int to = bits.nextClearBit(from);
      wholeRuns.add(from, to - from);
      from = to;
    }
    assertEquals(runs(bits), wholeRuns.build());
    assertEquals(runs(bits).hashCode(), wholeRuns.build().hashCode());
  }

  private static BitSet bits(Set<Integer> pages) {
    BitSet bits = new BitSet();
    pages.forEach(bits::set);
    return bits;
  }

  private static PageRuns runs(BitSet bits) {
    PageRuns.Builder builder = new PageRuns.Builder();
    bits.stream().forEach(page -> builder.add(page, 1));
    return builder.build();
  }
}
