// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.compare;

import java.util.Arrays;

/**
 * Copies of pages with other contents than the first copy, by slot and contents: open addressing
 * with linear probing over primitive arrays.
 */
final class VariantTable {
  private static final int FIRST_CAPACITY = 1 << 10;

  /** Above, the table is too full for short searches. */
  private static final double LOAD_MAX = 0.6;

  private final boolean masked;
  private final MemoryBudget budget;
  private int[] slots;
  private long[] hashes;
  private char[] counts;
  private long[] masks;
  private int size;

  VariantTable(boolean masked, MemoryBudget budget) throws TooLargeException {
    this.masked = masked;
    this.budget = budget;
    allocate(FIRST_CAPACITY);
  }

  private void allocate(int capacity) throws TooLargeException {
    budget.take((long) capacity * bytesAnEntry());
    slots = new int[capacity];
    hashes = new long[capacity];
    counts = new char[capacity];
    masks = new long[masked ? capacity : 0];
  }

  /** Another copy: the entry of its contents. */
  int add(int slot, long hash) throws TooLargeException {
    if (size + 1 > LOAD_MAX * counts.length) {
      grow();
    }
    int at = find(slot, hash);
    if (counts[at] == 0) {
      slots[at] = slot;
      hashes[at] = hash;
      size++;
    }
    counts[at]++;
    return at;
  }

  /** The guest's first copy has the contents of that entry. */
  void addToMask(int entry, int guest) {
    if (masked) {
      masks[entry] |= 1L << guest;
    }
  }

  private int find(int slot, long hash) {
    int mask = counts.length - 1;
    long mixed = (hash ^ (long) slot * 0x9E3779B97F4A7C15L) * 0xC2B2AE3D27D4EB4FL;
    int at = (int) (mixed >>> 32) & mask;
    while (counts[at] != 0 && (slots[at] != slot || hashes[at] != hash)) {
      at = (at + 1) & mask;
    }
    return at;
  }

  private void grow() throws TooLargeException {
    if (counts.length == 1 << 30) {
      throw new TooLargeException("more than 600 million differing pages; compare fewer guests");
    }
    final int[] oldSlots = slots;
    final long[] oldHashes = hashes;
    final char[] oldCounts = counts;
    final long[] oldMasks = masks;
    // For a moment there are both.
    allocate(2 * oldCounts.length);
    for (int i = 0; i < oldCounts.length; i++) {
      if (oldCounts[i] != 0) {
        int at = find(oldSlots[i], oldHashes[i]);
        slots[at] = oldSlots[i];
        hashes[at] = oldHashes[i];
        counts[at] = oldCounts[i];
        if (masked) {
          masks[at] = oldMasks[i];
        }
      }
    }
    budget.release((long) oldCounts.length * bytesAnEntry());
  }

  private int bytesAnEntry() {
    return Integer.BYTES + Long.BYTES + Character.BYTES + (masked ? Long.BYTES : 0);
  }

  /**
   * All entries, those of a slot together, by ascending slot: the slot above bit 32, the entry
   * below it.
   */
  long[] sorted() throws TooLargeException {
    budget.take((long) size * Long.BYTES);
    long[] sorted = new long[size];
    int count = 0;
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] != 0) {
        sorted[count++] = (long) slots[i] << 32 | i;
      }
    }
    Arrays.sort(sorted);
    return sorted;
  }

  /** Copies with the contents of an entry. */
  int copies(int entry) {
    return counts[entry];
  }

  /** Guests whose first copy has the contents of an entry, a bit each; 0 when not kept. */
  long mask(int entry) {
    return masked ? masks[entry] : 0;
  }
}
