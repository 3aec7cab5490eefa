// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import java.io.IOException;
import java.util.Optional;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.bridge.KernelException;
import org.pagefusion.bridge.NativeBuffer;

/**
 * The memory of the running kernel through /proc/kcore, an ELF core file of it (proc(5)). Needs
 * CAP_SYS_RAWIO, and a kernel that is not locked down.
 */
public final class KernelMemory implements AutoCloseable {
  private static final String PATH = "/proc/kcore";

  private final Kernel kernel;
  private final int fd;
  private final ElfFile core;
  private final NativeBuffer page;

  private KernelMemory(Kernel kernel, int fd, ElfFile core) {
    this.kernel = kernel;
    this.fd = fd;
    this.core = core;
    this.page = kernel.allocate(kernel.pageSize());
  }

  /**
   * Opens it.
   *
   * @throws IOException when the kernel does not let this user, or the tree is not the live one
   */
  public static KernelMemory open(GuestTree tree, Kernel kernel) throws IOException {
    int fd = tree.openFile(PATH, Kernel.O_RDONLY);
    if (fd < 0) {
      throw new KernelException(tree.locate(PATH), fd);
    }
    Optional<ElfFile> core = Optional.empty();
    try {
      core = ElfReader.read(new Source(kernel, fd));
      return new KernelMemory(
          kernel, fd, core.orElseThrow(() -> new IOException(tree.locate(PATH) + ": no ELF file")));
    } catch (MalformedElfException e) {
      throw new IOException(tree.locate(PATH) + ": " + e.getMessage(), e);
    } finally {
      if (core.isEmpty()) {
        kernel.close(fd);
      }
    }
  }

  /** The beginning of the core file, as far as its headers go. */
  private record Source(Kernel kernel, int fd) implements ByteSource {
    @Override
    public long size() {
      return Long.MAX_VALUE;
    }

    @Override
    public int read(long offset, byte[] into, int at, int length) throws IOException {
      NativeBuffer buffer = kernel.allocate(length);
      long count = kernel.pread(fd, buffer, length, offset);
      if (count < 0) {
        throw new KernelException(PATH, count);
      }
      buffer.bytes().get(0, into, at, (int) count);
      return (int) count;
    }
  }

  /**
   * Reads a page.
   *
   * @param address of the page, in the kernel's half
   * @param into takes the content
   * @return whether the kernel has memory there and let it be read
   */
  public boolean readPage(long address, byte[] into) {
    for (ElfSegment segment : core.segments()) {
      long from = address - segment.virtualAddress();
      boolean inside =
          segment.type() == ElfSegment.LOAD
              && Long.compareUnsigned(address, segment.virtualAddress()) >= 0
              && Long.compareUnsigned(from + into.length, segment.fileSize()) <= 0;
      if (inside) {
        long count = kernel.pread(fd, page, into.length, segment.offset() + from);
        if (count == into.length) {
          page.bytes().get(0, into);
          return true;
        }
      }
    }
    return false;
  }

  @Override
  public void close() {
    kernel.close(fd);
  }
}
