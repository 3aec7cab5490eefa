// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.hostsim;

import java.util.Arrays;
import org.pagefusion.bridge.NativeBuffer;

/**
 * The mappings of a process, from the text of /proc/[pid]/maps (proc(5)), in order of address.
 *
 * <p>Not the scanner's parser: the simulated host is what the agent's own view is tested against,
 * so the two have nothing in common.
 */
final class MappedAreas {
  static final byte NO_ACCESS = 0;
  static final byte READ_ONLY = 1;
  static final byte WRITABLE = 2;

  /** Four times what Linux allows by default (vm.max_map_count). */
  static final int AREAS_MAX = 1 << 18;

  private static final int FIRST_CAPACITY = 256;

  private long[] start = new long[FIRST_CAPACITY];
  private long[] end = new long[FIRST_CAPACITY];
  private long[] offset = new long[FIRST_CAPACITY];
  private long[] device = new long[FIRST_CAPACITY];
  private long[] inode = new long[FIRST_CAPACITY];
  private byte[] access = new byte[FIRST_CAPACITY];
  private int count;
  private int position;

  int count() {
    return count;
  }

  void clear() {
    count = 0;
  }

  /** The area that covers an address, or the complement of the index of the next one above it. */
  int find(long address) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Long.compareUnsigned(end[middle], address) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low < count && Long.compareUnsigned(start[low], address) <= 0 ? low : ~low;
  }

  long start(int area) {
    return start[area];
  }

  /** Exclusive. */
  long end(int area) {
    return end[area];
  }

  byte access(int area) {
    return access[area];
  }

  long device(int area) {
    return device[area];
  }

  long inode(int area) {
    return inode[area];
  }

  /** Where in the file an address of the area is, in bytes. */
  long fileOffset(int area, long address) {
    return offset[area] + (address - start[area]);
  }

  /**
   * Takes the complete lines of a text.
   *
   * @return the index behind the last of them
   * @throws IllegalArgumentException when a line is not of the form, or there are too many
   */
  int parse(NativeBuffer text, int length) {
    int from = 0;
    for (int i = 0; i < length; i++) {
      if (text.bytes().get(i) == '\n') {
        parseLine(text, from);
        from = i + 1;
      }
    }
    return from;
  }

  /**
   * Parses "start-end rwxp offset major:minor inode". A newline is none of the expected characters.
   */
  private void parseLine(NativeBuffer text, int from) {
    if (count == AREAS_MAX) {
      throw new IllegalArgumentException("more than " + AREAS_MAX + " mappings");
    }
    if (count == start.length) {
      int capacity = 2 * count;
      start = Arrays.copyOf(start, capacity);
      end = Arrays.copyOf(end, capacity);
      offset = Arrays.copyOf(offset, capacity);
      device = Arrays.copyOf(device, capacity);
      inode = Arrays.copyOf(inode, capacity);
      access = Arrays.copyOf(access, capacity);
    }
    position = from;
    start[count] = number(text, 16, '-');
    end[count] = number(text, 16, ' ');
    boolean read = next(text) == 'r';
    boolean write = next(text) == 'w';
    boolean execute = next(text) == 'x';
    byte shared = next(text);
    if (shared != 'p' && shared != 's' || next(text) != ' ') {
      throw new IllegalArgumentException("a line of unknown form");
    }
    access[count] = write ? WRITABLE : read || execute ? READ_ONLY : NO_ACCESS;
    offset[count] = number(text, 16, ' ');
    long major = number(text, 16, ':');
    device[count] = major << 32 | number(text, 16, ' ');
    inode[count] = number(text, 10, ' ');
    count++;
  }

  private byte next(NativeBuffer text) {
    return text.bytes().get(position++);
  }

  /** A number of digits that ends with a separator or, if that is a space, with the line. */
  private long number(NativeBuffer text, int radix, char separator) {
    long value = 0;
    int first = position;
    while (true) {
      byte c = next(text);
      int digit = Character.digit(c, radix);
      if (digit < 0) {
        if (position - 1 == first || c != separator && !(separator == ' ' && c == '\n')) {
          throw new IllegalArgumentException("a line of unknown form");
        }
        return value;
      }
      value = value * radix + digit;
    }
  }
}
