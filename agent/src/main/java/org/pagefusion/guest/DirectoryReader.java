// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import java.nio.ByteBuffer;
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

  /** FUSE may have names longer than NAME_MAX. */
  private final byte[] name = new byte[Kernel.PATH_MAX];

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
    ByteBuffer b = records.bytes();
    while (true) {
      int filled = (int) kernel.readDirectory(fd, records);
      if (filled <= 0) {
        return filled;
      }
      for (int at = 0; at < filled; at += b.getShort(at + LENGTH_AT) & 0xFFFF) {
        int length = 0;
        byte c;
        while (length < name.length && (c = b.get(at + NAME_AT + length)) != 0) {
          name[length++] = c;
        }
        boolean self = length == 1 && name[0] == '.';
        boolean parent = length == 2 && name[0] == '.' && name[1] == '.';
        if (!self && !parent) {
          visitor.entry(
              FileName.decode(name, 0, length), b.getLong(at + INODE_AT), b.get(at + TYPE_AT));
        }
      }
    }
  }
}
