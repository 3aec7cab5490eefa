// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.compare;

/**
 * Pages that pairs of guests hold both, at the same place of the same module and with equal
 * contents: what two guests would have in common on a host of their own.
 */
public final class PairMatrix {
  /** Guests of a comparison that has such a matrix, at most. */
  public static final int MAX_GUESTS = 64;

  private final long[][] pages;

  PairMatrix(long[][] pages) {
    this.pages = pages;
  }

  /** How many guests there are. */
  public int guests() {
    return pages.length;
  }

  /** Pages that two guests have in common; of a guest with itself, its distinct eligible pages. */
  public long pages(int guest, int other) {
    return pages[guest][other];
  }
}
