// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.compare;

/** Counts the pages that pairs of guests have in common. */
final class PairCounter {
  private final long[][] pages;

  // Neighbouring pages are mostly held by the same guests: they are counted together.
  private long lastMask;
  private long lastPages;

  private PairCounter(int guests) {
    pages = new long[guests][guests];
  }

  /** Counts them all; the tables must have been kept with masks. */
  static PairMatrix count(PageTable table, VariantTable variants, int guests) {
    PairCounter counter = new PairCounter(guests);
    for (int slot = 0; slot < table.size(); slot++) {
      counter.add(table.mask(slot));
    }
    variants.visit(entry -> counter.add(variants.mask(entry)));
    counter.flush();
    return new PairMatrix(counter.pages);
  }

  private void add(long mask) {
    if (mask != lastMask) {
      flush();
      lastMask = mask;
    }
    lastPages++;
  }

  private void flush() {
    for (long rest = lastMask; rest != 0; rest &= rest - 1) {
      long[] row = pages[Long.numberOfTrailingZeros(rest)];
      for (long others = lastMask; others != 0; others &= others - 1) {
        row[Long.numberOfTrailingZeros(others)] += lastPages;
      }
    }
    lastPages = 0;
  }
}
