// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.compare;

import java.util.ArrayList;
import java.util.List;

/**
 * The first copies of pages, in slots that are numbered from 0, some twelve bytes each: there may
 * be tens of millions.
 */
final class PageTable {
  /** No guest holds the page. */
  static final int NO_COPY = 0;

  private static final int CHUNK_SHIFT = 16;
  private static final int CHUNK_SLOTS = 1 << CHUNK_SHIFT;
  private static final int CHUNK_MASK = CHUNK_SLOTS - 1;

  /** Others hold the page with other contents; above the count of equal copies. */
  private static final int VARIED = 1 << 15;

  private static final int BYTES_A_SLOT = Long.BYTES + 2 * Character.BYTES;

  private final boolean masked;
  private final MemoryBudget budget;
  private final List<long[]> hashes = new ArrayList<>();
  private final List<long[]> masks = new ArrayList<>();
  private final List<char[]> counts = new ArrayList<>();
  private final List<char[]> owners = new ArrayList<>();
  private int size;

  /**
   * Creates a table without slots.
   *
   * @param masked whether to remember which guests hold a copy; there are 64 at most then
   */
  PageTable(boolean masked, MemoryBudget budget) {
    this.masked = masked;
    this.budget = budget;
  }

  /** Makes empty slots; so many that they fill chunks: a power of 2 below {@value #CHUNK_SLOTS}. */
  int allocate(int slots) throws TooLargeException {
    if ((size & CHUNK_MASK) == 0) {
      budget.take((long) CHUNK_SLOTS * (BYTES_A_SLOT + (masked ? Long.BYTES : 0)));
      if (size > Integer.MAX_VALUE - CHUNK_SLOTS) {
        throw new TooLargeException("more than 2 billion distinct pages; compare fewer guests");
      }
      hashes.add(new long[CHUNK_SLOTS]);
      counts.add(new char[CHUNK_SLOTS]);
      owners.add(new char[CHUNK_SLOTS]);
      if (masked) {
        masks.add(new long[CHUNK_SLOTS]);
      }
    }
    int first = size;
    size += slots;
    return first;
  }

  /** The first copy of a page. */
  void setFirst(int slot, long hash, int guest) {
    hashes.get(slot >> CHUNK_SHIFT)[slot & CHUNK_MASK] = hash;
    counts.get(slot >> CHUNK_SHIFT)[slot & CHUNK_MASK] = 1;
    owners.get(slot >> CHUNK_SHIFT)[slot & CHUNK_MASK] = (char) guest;
    addToMask(slot, guest);
  }

  /** Another copy with the same contents. */
  void addEqual(int slot) {
    counts.get(slot >> CHUNK_SHIFT)[slot & CHUNK_MASK]++;
  }

  /** A guest whose first copy has the contents of the first copy of all. */
  void addToMask(int slot, int guest) {
    if (masked) {
      masks.get(slot >> CHUNK_SHIFT)[slot & CHUNK_MASK] |= 1L << guest;
    }
  }

  /** There is a copy with other contents. */
  void setVaried(int slot) {
    char[] chunk = counts.get(slot >> CHUNK_SHIFT);
    chunk[slot & CHUNK_MASK] = (char) (chunk[slot & CHUNK_MASK] | VARIED);
  }

  /** Copies with the contents of the first, itself included; {@link #NO_COPY} of an empty slot. */
  int copies(int slot) {
    return counts.get(slot >> CHUNK_SHIFT)[slot & CHUNK_MASK] & (VARIED - 1);
  }

  boolean isVaried(int slot) {
    return (counts.get(slot >> CHUNK_SHIFT)[slot & CHUNK_MASK] & VARIED) != 0;
  }

  long hash(int slot) {
    return hashes.get(slot >> CHUNK_SHIFT)[slot & CHUNK_MASK];
  }

  /** The guest with the first copy. */
  int owner(int slot) {
    return owners.get(slot >> CHUNK_SHIFT)[slot & CHUNK_MASK];
  }

  /** Guests whose first copy has the contents of the first of all, a bit each; 0 when not kept. */
  long mask(int slot) {
    return masked ? masks.get(slot >> CHUNK_SHIFT)[slot & CHUNK_MASK] : 0;
  }

  /** Whether it remembers which guests hold a copy. */
  boolean isMasked() {
    return masked;
  }

  /** Slots so far. */
  int size() {
    return size;
  }
}
