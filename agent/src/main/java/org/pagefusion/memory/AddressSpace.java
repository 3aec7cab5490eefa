// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.memory;

import java.util.Arrays;
import java.util.OptionalLong;

/**
 * Hands out the addresses that files are mapped at. They lie in a window that neither the heap, the
 * stacks nor what the kernel places by itself come near, so that a later process can map the same
 * files at the same addresses; and they depend on nothing but the calls that were made, in their
 * order.
 *
 * <p>The lowest free range that fits is handed out. Ranges never touch: at least one page between
 * two is left free. Ranges of 2 MiB and more begin at multiples of 2 MiB, so that huge pages of the
 * page cache can be mapped as such; smaller ones, which can't hold one, lie close together to share
 * page tables.
 */
public final class AddressSpace {
  /** First address of the window. */
  public static final long START = 0x1000_0000_0000L;

  /** End of the window, exclusive. */
  public static final long END = 0x2000_0000_0000L;

  /** Bytes of a huge page, and alignment of ranges that can hold one. */
  public static final long HUGE_PAGE_BYTES = 2L << 20;

  private final int pageSize;
  // Ascending; ends are exclusive and without the guard page.
  private long[] starts = new long[64];
  private long[] ends = new long[64];
  private int size;

  // So many of the first ranges have no room for a page between them: a search begins behind them.
  private int packed;

  /**
   * Creates an empty window.
   *
   * @param pageSize bytes of a page
   */
  public AddressSpace(int pageSize) {
    this.pageSize = pageSize;
  }

  /**
   * Takes the lowest free range.
   *
   * @param lengthBytes its length; rounded up to whole pages
   * @return its address; empty when none is left
   */
  public OptionalLong allocate(long lengthBytes) {
    long length = roundUp(lengthBytes, pageSize);
    if (lengthBytes <= 0 || length <= 0 || length > END - START) {
      return OptionalLong.empty();
    }
    long alignment = length >= HUGE_PAGE_BYTES ? HUGE_PAGE_BYTES : pageSize;
    advancePacked();
    long address = packed == 0 ? START : roundUp(ends[packed - 1] + pageSize, alignment);
    for (int i = packed; i < size; i++) {
      if (address + length + pageSize <= starts[i]) {
        return insert(i, address, length);
      }
      address = roundUp(ends[i] + pageSize, alignment);
    }
    return address + length + pageSize <= END
        ? insert(size, address, length)
        : OptionalLong.empty();
  }

  private void advancePacked() {
    // A page needs one, and a free one on either side.
    while (packed < size
        && starts[packed] - (packed == 0 ? START - pageSize : ends[packed - 1]) < 3L * pageSize) {
      packed++;
    }
  }

  /**
   * Takes a range that was handed out before, by another process.
   *
   * @return false when it is not free or not in the window, or no address that is handed out:
   *     nothing is taken then
   */
  public boolean reserve(long address, long lengthBytes) {
    if (lengthBytes <= 0
        || lengthBytes > END - START
        || address < START
        || address > END - pageSize - roundUp(lengthBytes, pageSize)
        || address % pageSize != 0) {
      return false;
    }
    long end = address + roundUp(lengthBytes, pageSize);
    int at = find(address);
    if (at >= 0) {
      return false;
    }
    int next = -at - 1;
    boolean clearBelow = next == 0 || ends[next - 1] + pageSize <= address;
    boolean clearAbove = next == size || end + pageSize <= starts[next];
    if (clearBelow && clearAbove) {
      insert(next, address, end - address);
    }
    return clearBelow && clearAbove;
  }

  /**
   * Takes another range of the same length in place of one that turned out not to be usable,
   * because something else lies there. The unusable one stays taken.
   *
   * @return the address of the other range; empty when none is left, or nothing was taken at the
   *     address
   */
  public OptionalLong replace(long address) {
    int at = find(address);
    return at < 0 ? OptionalLong.empty() : allocate(ends[at] - starts[at]);
  }

  /** Gives a range back. Does nothing when none begins at the address. */
  public void release(long address) {
    int at = find(address);
    if (at >= 0) {
      System.arraycopy(starts, at + 1, starts, at, size - at - 1);
      System.arraycopy(ends, at + 1, ends, at, size - at - 1);
      size--;
      packed = Math.min(packed, at);
    }
  }

  /** How many ranges are taken. */
  public int size() {
    return size;
  }

  private int find(long address) {
    return Arrays.binarySearch(starts, 0, size, address);
  }

  private OptionalLong insert(int at, long address, long length) {
    if (size == starts.length) {
      starts = Arrays.copyOf(starts, 2 * size);
      ends = Arrays.copyOf(ends, 2 * size);
    }
    System.arraycopy(starts, at, starts, at + 1, size - at);
    System.arraycopy(ends, at, ends, at + 1, size - at);
    starts[at] = address;
    ends[at] = address + length;
    size++;
    return OptionalLong.of(address);
  }

  private static long roundUp(long value, long unit) {
    return (value + unit - 1) / unit * unit;
  }
}
