// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.bridge.KernelException;
import org.pagefusion.bridge.NativeBuffer;

/**
 * The kernel of the guest: its release, its build id and where its text and read-only data lie.
 *
 * @param release as uname -r says it; empty when the tree does not tell
 * @param buildId hexadecimal build id (/sys/kernel/notes)
 * @param text [_stext, _etext)
 * @param rodata [__start_rodata, __end_rodata)
 */
public record KernelImage(
    Optional<String> release,
    Optional<String> buildId,
    Optional<Range> text,
    Optional<Range> rodata) {
  private static final int VERSION_MAX_BYTES = 4096;
  private static final int CHUNK_BYTES = 1 << 16;

  /**
   * A range of kernel addresses, unsigned.
   *
   * @param start the first
   * @param end the one behind the last
   */
  public record Range(long start, long end) {
    /** Length in bytes. */
    public long sizeBytes() {
      return end - start;
    }
  }

  /** Reads it; what is missing or hidden from this user is empty. */
  public static KernelImage read(GuestTree tree, Kernel kernel, Anomalies anomalies) {
    Optional<String> release = Optional.empty();
    try {
      String[] words =
          new String(tree.read("/proc/version", VERSION_MAX_BYTES), StandardCharsets.ISO_8859_1)
              .split(" ", 4);
      release = words.length > 2 ? Optional.of(words[2].strip()) : release;
    } catch (IOException e) {
      anomalies.add(tree.locate("/proc/version"), String.valueOf(e.getMessage()));
    }
    SymbolFinder finder = new SymbolFinder("_stext", "_etext", "__start_rodata", "__end_rodata");
    try {
      readSymbols(tree, kernel, finder);
    } catch (KernelException e) {
      anomalies.add(tree.locate("/proc/kallsyms"), String.valueOf(e.getMessage()));
    }
    return new KernelImage(
        release,
        KernelModules.readNote(tree, "/sys/kernel/notes", anomalies),
        range(finder.address(0), finder.address(1)),
        range(finder.address(2), finder.address(3)));
  }

  /** Addresses are all zero for who may not see them (kptr_restrict). */
  private static Optional<Range> range(long start, long end) {
    return start != 0 && Long.compareUnsigned(start, end) < 0
        ? Optional.of(new Range(start, end))
        : Optional.empty();
  }

  private static void readSymbols(GuestTree tree, Kernel kernel, SymbolFinder finder)
      throws KernelException {
    String path = "/proc/kallsyms";
    int fd = tree.openFile(path, Kernel.O_RDONLY);
    if (fd < 0) {
      throw new KernelException(tree.locate(path), fd);
    }
    try {
      NativeBuffer chunk = kernel.allocate(CHUNK_BYTES);
      byte[] text = new byte[CHUNK_BYTES];
      while (!finder.isComplete()) {
        long count = kernel.read(fd, chunk);
        if (count < 0) {
          throw new KernelException(tree.locate(path), count);
        }
        if (count == 0) {
          return;
        }
        chunk.bytes().get(0, text, 0, (int) count);
        finder.feed(text, (int) count);
      }
    } finally {
      kernel.close(fd);
    }
  }
}
