// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import java.nio.ByteBuffer;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.bridge.NativeBuffer;

/** What /proc/self/maps says of mappings of this process itself. */
final class OwnMappings {
  private static final int CHUNK_BYTES = 1 << 16;

  private final Kernel kernel;
  private final byte[] maps = FileName.encode("/proc/self/maps");
  private final NativeBuffer record;
  private NativeBuffer chunk;

  OwnMappings(Kernel kernel) {
    this.kernel = kernel;
    this.record = kernel.allocate(Kernel.MAPPING_RECORD_BYTES);
  }

  /** Whether maps shows these numbers for the mapping at an address. */
  boolean deviceAndInodeAre(long address, long device, long inode) {
    int fd = kernel.open(maps, Kernel.O_RDONLY);
    if (fd < 0) {
      return false;
    }
    try {
      if (kernel.queryFileMappings(fd, address, record) == 1) {
        ByteBuffer b = record.bytes();
        return b.getLong(0) == address && b.getLong(24) == inode && b.getLong(32) == device;
      }
      return textShows(fd, address, device, inode);
    } finally {
      kernel.close(fd);
    }
  }

  private boolean textShows(int fd, long address, long device, long inode) {
    if (chunk == null) {
      chunk = kernel.allocate(CHUNK_BYTES);
    }
    boolean[] found = new boolean[1];
    MapsParser parser =
        new MapsParser(
            new MapsParser.Visitor() {
              @Override
              public void mapping(MapsParser line) {
                found[0] |=
                    line.start() == address && line.device() == device && line.inode() == inode;
              }

              @Override
              public void anomaly(long lineNumber, String what) {
                // Not the line that is looked for.
              }
            });
    parser.begin();
    long count;
    while (!found[0] && (count = kernel.read(fd, chunk)) > 0) {
      parser.feed(chunk.bytes(), (int) count);
    }
    parser.finish();
    return found[0];
  }
}
