// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.compare;

import java.util.Arrays;

/**
 * Copies of pages with other contents than the first copy, by slot and contents: open addressing
 * with linear probing over primitive arrays. They only tell how much the order of guests matters,
 * so when they become too many they are given up, and that is not told.
 */
final class VariantTable {
  /** No entry, as they have been given up. */
  static final int NONE = -1;

  private static final int FIRST_CAPACITY = 1 << 6;

  /** Above, the table is too full for short searches. */
  private static final double LOAD_MAX = 0.75;

  // Growing one of many small tables takes little room for the moment in which there are both.
  private static final int SEGMENT_BITS = 6;
  private static final int INDEX_BITS = Integer.SIZE - SEGMENT_BITS;
  private static final int CAPACITY_MAX = 1 << (INDEX_BITS - 1);
  private static final int INDEX_MASK = (1 << INDEX_BITS) - 1;

  private final boolean masked;
  private final MemoryBudget budget;
  private Segment[] segments = new Segment[1 << SEGMENT_BITS];

  VariantTable(boolean masked, MemoryBudget budget) {
    this.masked = masked;
    this.budget = budget;
    try {
      for (int i = 0; i < segments.length; i++) {
        segments[i] = new Segment(FIRST_CAPACITY);
      }
    } catch (TooLargeException e) {
      giveUp();
    }
  }

  private static long mix(int slot, long hash) {
    return (hash ^ (long) slot * 0x9E3779B97F4A7C15L) * 0xC2B2AE3D27D4EB4FL;
  }

  private void giveUp() {
    segments = null;
  }

  /** Whether there were too many. */
  boolean isGivenUp() {
    return segments == null;
  }

  /** Another copy: the entry of its contents, or {@link #NONE}. */
  int add(int slot, long hash) {
    if (isGivenUp()) {
      return NONE;
    }
    long mixed = mix(slot, hash);
    int number = (int) (mixed >>> (Long.SIZE - SEGMENT_BITS));
    try {
      return number << INDEX_BITS | segments[number].add(slot, hash);
    } catch (TooLargeException e) {
      giveUp();
      return NONE;
    }
  }

  /** The guest's first copy has the contents of that entry. */
  void addToMask(int entry, int guest) {
    if (masked && entry != NONE && !isGivenUp()) {
      segment(entry).masks[entry & INDEX_MASK] |= 1L << guest;
    }
  }

  private Segment segment(int entry) {
    return segments[entry >>> INDEX_BITS];
  }

  /**
   * All entries, those of a slot together, by ascending slot: the slot above bit 32, the entry
   * below it.
   *
   * @throws TooLargeException when there is no room to sort them
   */
  long[] sorted() throws TooLargeException {
    long size = 0;
    for (Segment segment : segments) {
      size += segment.size;
    }
    budget.take(size * Long.BYTES);
    long[] sorted = new long[Math.toIntExact(size)];
    int[] count = new int[1];
    visit(
        entry -> {
          int slot = segment(entry).slots[entry & INDEX_MASK];
          sorted[count[0]++] = (long) slot << Integer.SIZE | Integer.toUnsignedLong(entry);
        });
    Arrays.sort(sorted);
    return sorted;
  }

  /** Takes entries. */
  interface EntryVisitor {
    /** One entry. */
    void entry(int entry);
  }

  void visit(EntryVisitor visitor) {
    for (int number = 0; number < segments.length; number++) {
      char[] counts = segments[number].counts;
      for (int i = 0; i < counts.length; i++) {
        if (counts[i] != 0) {
          visitor.entry(number << INDEX_BITS | i);
        }
      }
    }
  }

  /** Copies with the contents of an entry. */
  int copies(int entry) {
    return segment(entry).counts[entry & INDEX_MASK];
  }

  /** Guests whose first copy has the contents of an entry, a bit each; 0 when not kept. */
  long mask(int entry) {
    return masked ? segment(entry).masks[entry & INDEX_MASK] : 0;
  }

  private final class Segment {
    int[] slots;
    long[] hashes;
    char[] counts;
    long[] masks;
    int size;

    Segment(int capacity) throws TooLargeException {
      allocate(capacity);
    }

    private void allocate(int capacity) throws TooLargeException {
      budget.take(bytes(capacity));
      slots = new int[capacity];
      hashes = new long[capacity];
      counts = new char[capacity];
      masks = new long[masked ? capacity : 0];
    }

    private long bytes(int capacity) {
      int each = Integer.BYTES + Long.BYTES + Character.BYTES + (masked ? Long.BYTES : 0);
      return (long) capacity * each;
    }

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

    private int find(int slot, long hash) {
      int mask = counts.length - 1;
      int at = (int) (mix(slot, hash) >>> 20) & mask;
      while (counts[at] != 0 && (slots[at] != slot || hashes[at] != hash)) {
        at = (at + 1) & mask;
      }
      return at;
    }

    private void grow() throws TooLargeException {
      if (counts.length == CAPACITY_MAX) {
        throw new TooLargeException("more than 2 billion differing pages");
      }
      final int[] oldSlots = slots;
      final long[] oldHashes = hashes;
      final char[] oldCounts = counts;
      final long[] oldMasks = masks;
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
      budget.release(bytes(oldCounts.length));
    }
  }
}
