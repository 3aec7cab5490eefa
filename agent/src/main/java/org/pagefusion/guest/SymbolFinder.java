// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import java.util.Arrays;

/**
 * Finds the addresses of a few symbols in the text of /proc/kallsyms: {@code address type name
 * [\t[module]]}. The file has 100,000 to 200,000 lines, so lines cost no objects. A last line
 * without its newline may be cut, and does not count.
 */
final class SymbolFinder {
  /** Longer lines do not hold a symbol that is looked for. */
  private static final int LINE_MAX = 512;

  private final byte[][] names;
  private final long[] addresses;
  private final boolean[] found;
  private final byte[] line = new byte[LINE_MAX];
  private int length;
  private int missing;

  SymbolFinder(String... names) {
    this.names = new byte[names.length][];
    this.addresses = new long[names.length];
    this.found = new boolean[names.length];
    this.missing = names.length;
    for (int i = 0; i < names.length; i++) {
      this.names[i] = FileName.encode(names[i]);
    }
  }

  boolean isComplete() {
    return missing == 0;
  }

  /** Address of the n-th symbol; 0 when it was not found, or is hidden. */
  long address(int symbol) {
    return addresses[symbol];
  }

  void feed(byte[] text, int count) {
    for (int i = 0; i < count; i++) {
      byte b = text[i];
      if (b == '\n') {
        lineEnds();
        length = 0;
      } else if (length < LINE_MAX) {
        line[length++] = b;
      }
    }
  }

  private void lineEnds() {
    int space = 0;
    while (space < length && line[space] != ' ') {
      space++;
    }
    int from = space + 3;
    // Only symbols that begin with an underscore are looked for.
    if (from >= length || line[from] != '_' || line[from - 1] != ' ' || !isHex(space)) {
      return;
    }
    for (int i = 0; i < names.length; i++) {
      if (!found[i] && Arrays.equals(line, from, length, names[i], 0, names[i].length)) {
        addresses[i] = hex(space);
        found[i] = true;
        missing--;
      }
    }
  }

  private boolean isHex(int to) {
    for (int i = 0; i < to; i++) {
      if (Character.digit(line[i], 16) < 0) {
        return false;
      }
    }
    return to > 0 && to <= 16;
  }

  private long hex(int to) {
    long value = 0;
    for (int i = 0; i < to; i++) {
      value = value << 4 | Character.digit(line[i], 16);
    }
    return value;
  }
}
