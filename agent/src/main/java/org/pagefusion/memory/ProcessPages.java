// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.memory;

import org.pagefusion.bridge.Errno;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.bridge.NativeBuffer;
import org.pagefusion.bridge.PathBytes;

/**
 * The pages of this process that files are mapped at: which are resident and which are present,
 * some in a row at a time, and how they become present.
 *
 * <p>What that takes of descriptors is opened when it is first needed and stays open as long as
 * anything is mapped: to open it for each of thousands of mappings costs more than the pages do.
 */
final class ProcessPages {
  /** Pages that are looked at in one go: 32 MiB with pages of 4 KiB. */
  static final int CHUNK_PAGES = 1 << 13;

  /**
   * Pages that a fault enters at most, itself included: 64 KiB of 4 KiB (fault_around_bytes,
   * mm/memory.c).
   */
  static final int PAGES_AROUND_FAULT = 16;

  private static final int CLOSED = -1;

  private final Kernel kernel;
  private final int pageSize;
  private final NativeBuffer residency;
  private final NativeBuffer pagemap;
  private final NativeBuffer touches;
  private int touchCount;
  private int pagemapFd = CLOSED;
  private int sinkFd = CLOSED;
  private int mappings;

  ProcessPages(Kernel kernel) {
    this.kernel = kernel;
    this.pageSize = kernel.pageSize();
    this.residency = kernel.allocate(CHUNK_PAGES);
    this.pagemap = kernel.allocate(CHUNK_PAGES * Long.BYTES);
    this.touches = kernel.allocate(Kernel.IOV_MAX * Kernel.VECTOR_BYTES);
  }

  void mappingIsMade() {
    mappings++;
  }

  void mappingIsGone() {
    mappings--;
    if (mappings == 0) {
      pagemapFd = close(pagemapFd);
      sinkFd = close(sinkFd);
    }
  }

  private int close(int fd) {
    if (fd >= 0) {
      kernel.close(fd);
    }
    return CLOSED;
  }

  /** Opens what tells which pages are present: zero or a negative errno. */
  int open() {
    if (pagemapFd < 0) {
      pagemapFd = kernel.open(PathBytes.encode("/proc/self/pagemap"), Kernel.O_RDONLY);
    }
    return Math.min(0, pagemapFd);
  }

  /** Fills in which pages are resident; zero or a negative errno. */
  int findResident(long address, int pages) {
    return kernel.mincore(address, (long) pages * pageSize, residency);
  }

  boolean isResident(int page) {
    return (residency.bytes().get(page) & 1) != 0;
  }

  /** Fills in which pages are present; zero or a negative errno. */
  long findPresent(long address, int pages) {
    int length = pages * Long.BYTES;
    long count = kernel.pread(pagemapFd, pagemap, length, address / pageSize * Long.BYTES);
    return count < 0 ? count : count == length ? 0 : -Errno.EIO;
  }

  boolean isPresent(int page) {
    // Bit 63, as told to every process of itself (Documentation/admin-guide/mm/pagemap.rst).
    return pagemap.bytes().getLong(page * Long.BYTES) < 0;
  }

  int countResident(int pages) {
    int resident = 0;
    for (int i = 0; i < pages; i++) {
      resident += isResident(i) ? 1 : 0;
    }
    return resident;
  }

  int countPresent(int pages) {
    int present = 0;
    for (int i = 0; i < pages; i++) {
      present += isPresent(i) ? 1 : 0;
    }
    return present;
  }

  /**
   * Prepares to touch pages of a mapping: a fault must bring in no page but its own.
   *
   * @return zero or a negative errno
   */
  int beginTouching(long address, long lengthBytes) {
    touchCount = 0;
    if (sinkFd < 0) {
      sinkFd = kernel.memoryFile("pagefusion-touch");
    }
    return sinkFd < 0 ? sinkFd : kernel.advise(address, lengthBytes, Kernel.MADV_RANDOM);
  }

  /**
   * What was read once from front to back is not used again: so that neither the pages' presence
   * nor its end counts as use of them, whatever else is done with them.
   */
  void endTouching(long address, long lengthBytes) {
    kernel.advise(address, lengthBytes, Kernel.MADV_SEQUENTIAL);
  }

  /** Marks a page to be touched; false when there is no room until some were. */
  boolean addTouch(long address) {
    if (touchCount == Kernel.IOV_MAX) {
      return false;
    }
    int at = touchCount * Kernel.VECTOR_BYTES;
    touches.bytes().putLong(at, address).putLong(at + Long.BYTES, 1);
    touchCount++;
    return true;
  }

  /**
   * Has the kernel read a byte of each marked page: one that is gone by now is -EFAULT, not a
   * SIGBUS. MADV_POPULATE_READ would do as well, but counts as use: it has the kernel move pages to
   * the active list, and so changes what the guest reclaims.
   *
   * @return how many of them could not be touched, or a negative errno
   */
  long touch() {
    int failed = 0;
    int done = 0;
    while (done < touchCount) {
      long touched = kernel.pwriteMemory(sinkFd, touches, done, touchCount - done);
      if (touched < 0 && touched != -Errno.EFAULT) {
        touchCount = 0;
        return touched;
      }
      done += (int) Math.max(0, touched);
      if (done < touchCount) {
        // A page that the file or its disk no longer has says nothing of the others.
        failed++;
        done++;
      }
    }
    touchCount = 0;
    return failed;
  }
}
