// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import java.util.ArrayList;
import java.util.List;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.bridge.KernelException;
import org.pagefusion.bridge.NativeBuffer;

/**
 * One line of /proc/[pid]/maps.
 *
 * @param start first address
 * @param end address behind the last
 * @param permissions {@link MapsParser#READ} and its like
 * @param offset in the file, bytes
 * @param device (major &lt;&lt; 32) | minor
 * @param inode inode number; 0 for memory without a file
 * @param name as it stands in the line; may be empty
 */
public record Mapping(
    long start, long end, int permissions, long offset, long device, long inode, String name) {
  private static final int CHUNK_BYTES = 1 << 14;

  /** The permissions as maps writes them: {@code r-xp}. */
  public String permissionText() {
    return new String(
        new char[] {
          (permissions & MapsParser.READ) != 0 ? 'r' : '-',
          (permissions & MapsParser.WRITE) != 0 ? 'w' : '-',
          (permissions & MapsParser.EXECUTE) != 0 ? 'x' : '-',
          (permissions & MapsParser.SHARED) != 0 ? 's' : 'p'
        });
  }

  /**
   * All mappings of one process.
   *
   * @throws KernelException when there is no such process, or it is not for this user to look at
   */
  public static List<Mapping> ofProcess(GuestTree tree, Kernel kernel, int pid, Anomalies anomalies)
      throws KernelException {
    String path = "/proc/" + pid + "/maps";
    List<Mapping> mappings = new ArrayList<>();
    MapsParser parser =
        new MapsParser(
            new MapsParser.Visitor() {
              @Override
              public void mapping(MapsParser line) {
                mappings.add(
                    new Mapping(
                        line.start(),
                        line.end(),
                        line.permissions(),
                        line.offset(),
                        line.device(),
                        line.inode(),
                        line.name()));
              }

              @Override
              public void anomaly(long lineNumber, String what) {
                anomalies.add(tree.locate(path) + ":" + lineNumber, what);
              }
            });
    int fd = tree.openFile(path, Kernel.O_RDONLY);
    if (fd < 0) {
      throw new KernelException(tree.locate(path), fd);
    }
    try {
      NativeBuffer chunk = kernel.allocate(CHUNK_BYTES);
      long count;
      while ((count = kernel.read(fd, chunk)) > 0) {
        parser.feed(chunk.bytes(), (int) count);
      }
      if (count < 0) {
        throw new KernelException(tree.locate(path), count);
      }
    } finally {
      kernel.close(fd);
    }
    parser.finish();
    return mappings;
  }
}
