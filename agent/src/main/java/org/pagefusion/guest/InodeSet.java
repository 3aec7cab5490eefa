// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

/**
 * A set of files by device and inode. A scan holds many thousands: so it takes no object for each,
 * but two places of an array (open addressing with linear probing).
 */
public final class InodeSet {
  private static final int FIRST_CAPACITY = 64;

  /** Pairs of device and inode; (0, 0), which is no file's, is a free place. */
  private long[] pairs = new long[2 * FIRST_CAPACITY];

  private int size;
  private boolean hasZero;

  /**
   * Adds a file.
   *
   * @return false when it was there already
   */
  public boolean add(long device, long inode) {
    if (device == 0 && inode == 0) {
      boolean added = !hasZero;
      hasZero = true;
      return added;
    }
    int at = find(device, inode);
    if (!isFree(at)) {
      return false;
    }
    pairs[at] = device;
    pairs[at + 1] = inode;
    size++;
    // At most two thirds full.
    if (3 * size > pairs.length) {
      grow();
    }
    return true;
  }

  /** Whether a file is in the set. */
  public boolean contains(long device, long inode) {
    return device == 0 && inode == 0 ? hasZero : !isFree(find(device, inode));
  }

  private boolean isFree(int at) {
    return pairs[at] == 0 && pairs[at + 1] == 0;
  }

  /** Where a file is, or the free place where it would be. */
  private int find(long device, long inode) {
    long mixed = (inode * 31 + device) * 0x9E3779B97F4A7C15L;
    // Fibonacci hashing: the upper bits of the product are those that all bits have a part in.
    int at = 2 * (int) (mixed >>> (65 - Integer.numberOfTrailingZeros(pairs.length)));
    while (!isFree(at) && (pairs[at] != device || pairs[at + 1] != inode)) {
      at = at + 2 & pairs.length - 1;
    }
    return at;
  }

  private void grow() {
    long[] old = pairs;
    pairs = new long[2 * old.length];
    for (int i = 0; i < old.length; i += 2) {
      if (old[i] != 0 || old[i + 1] != 0) {
        int at = find(old[i], old[i + 1]);
        pairs[at] = old[i];
        pairs[at + 1] = old[i + 1];
      }
    }
  }
}
