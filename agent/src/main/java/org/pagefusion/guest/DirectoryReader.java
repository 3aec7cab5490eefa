// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import org.pagefusion.bridge.Kernel;
import org.pagefusion.bridge.NativeBuffer;

/**
 * Reads directories by getdents64(2): names as they are, with inode and type, and no stat(2) of any
 * entry.
 */
final class DirectoryReader {
  /** Types of entries (DT_* of readdir(3)). */
  static final int UNKNOWN = 0;

  static final int DIRECTORY = 4;
  static final int REGULAR = 8;

  private static final int INODE_AT = 0;
  private static final int LENGTH_AT = 16;
  private static final int TYPE_AT = 18;
  private static final int NAME_AT = 19;
  private static final int BUFFER_BYTES = 1 << 15;

  private final Kernel kernel;
  private final NativeBuffer records;
  private final byte[] bytes = new byte[BUFFER_BYTES];

  DirectoryReader(Kernel kernel) {
    this.kernel = kernel;
    this.records = kernel.allocate(BUFFER_BYTES);
  }

  /** Takes the entries. */
  interface Visitor {
    void entry(String name, long inode, int type);
  }

  /** Hands all entries but "." and ".." to the visitor: 0, or a negative errno. */
  int read(int fd, Visitor visitor) {
    // Copied at once: byte by byte out of the buffer is a call each.
    byte[] b = bytes;
    while (true) {
      int filled = (int) kernel.readDirectory(fd, records);
      if (filled <= 0) {
        return filled;
      }
      records.bytes().get(0, b, 0, filled);
      for (int at = 0; at < filled; at += (int) littleEndian(b, at + LENGTH_AT, Short.BYTES)) {
        int from = at + NAME_AT;
        int to = from;
        while (b[to] != 0) {
          to++;
        }
        boolean self = to == from + 1 && b[from] == '.';
        boolean parent = to == from + 2 && b[from] == '.' && b[from + 1] == '.';
        if (!self && !parent) {
          long inode = littleEndian(b, at + INODE_AT, Long.BYTES);
          visitor.entry(FileName.decode(b, from, to), inode, b[at + TYPE_AT]);
        }
      }
    }
  }

  /** An integer as the machines have it that this runs on (x86-64, aarch64). */
  private static long littleEndian(byte[] b, int at, int size) {
    long value = 0;
    for (int i = size - 1; i >= 0; i--) {
      value = value << 8 | b[at + i] & 0xFF;
    }
    return value;
  }
}
