// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.memory;

import java.util.Optional;
import org.pagefusion.bridge.Errno;

/**
 * A part of a file, mapped read-only into this process.
 *
 * <p>Nothing here touches the mapped memory other than through the kernel, so that a file that was
 * truncated raises no SIGBUS. Whoever reads the memory at {@link #address} by other means must
 * expect one.
 */
public final class FileMapping implements AutoCloseable {
  private final FileMapper mapper;
  private final ProcessPages process;
  private final FileToMap file;
  private final long address;
  private final long lengthBytes;
  private boolean closed;

  FileMapping(FileMapper mapper, FileToMap file, long address, long lengthBytes) {
    this.mapper = mapper;
    this.process = mapper.pages();
    this.file = file;
    this.address = address;
    this.lengthBytes = lengthBytes;
  }

  /** The file as it was when it was mapped. */
  public FileToMap file() {
    return file;
  }

  /** Where the mapping begins in this process. */
  public long address() {
    return address;
  }

  /** Length of the mapped part, bytes; the mapping ends at the end of its last page. */
  public long lengthBytes() {
    return lengthBytes;
  }

  /**
   * Enters into this process's page tables those pages that are in the page cache, and no others;
   * pages that came into the page cache since the last call are picked up, pages that left it have
   * left the page tables by themselves. Costs one look at each page; pages that are present are not
   * touched again, because that would count as use.
   */
  public Presence makePresent() {
    requireMapped();
    int error = process.open();
    return error < 0
        ? new Presence(
            0, 0, 0, 0, false, Optional.of("/proc/self/pagemap: " + Errno.describe(error)))
        : new Population().run();
  }

  /**
   * Pages of the mapping that are present in this process's page tables; negative errno when
   * unknown.
   */
  public long presentPages() {
    requireMapped();
    long error = process.open();
    long present = 0;
    for (long first = 0; first < pages() && error >= 0; first += ProcessPages.CHUNK_PAGES) {
      int count = chunkPages(first);
      error = process.findPresent(pageAddress(first), count);
      present += error < 0 ? 0 : process.countPresent(count);
    }
    return error < 0 ? error : present;
  }

  /** Whether the file is still what it was when it was mapped. */
  public boolean isUnchanged() {
    return change().isEmpty();
  }

  /**
   * How the file differs from what it was when it was mapped: deleted, replaced by another,
   * truncated, written to, or out of reach.
   */
  public Optional<String> change() {
    requireMapped();
    return Optional.ofNullable(mapper.change(this));
  }

  /** Unmaps the file without counting that as use of its pages. Does nothing the second time. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      mapper.unmap(address, lengthBytes);
    }
  }

  long pages() {
    return (lengthBytes + mapper.pageSize() - 1) / mapper.pageSize();
  }

  private void requireMapped() {
    if (closed) {
      throw new IllegalStateException(file.location() + ": unmapped");
    }
  }

  private long pageAddress(long page) {
    return address + page * mapper.pageSize();
  }

  private int chunkPages(long first) {
    return (int) Math.min(ProcessPages.CHUNK_PAGES, pages() - first);
  }

  /** One pass over the pages of the mapping. */
  private final class Population {
    private boolean touched;
    private long residentPages;
    private long presentPages;
    private long newPages;
    private long failedPages;
    private long error;

    Presence run() {
      for (long first = 0; first < pages() && canGoOn(); first += ProcessPages.CHUNK_PAGES) {
        chunk(first, chunkPages(first));
      }
      if (touched) {
        process.endTouching(address, lengthBytes);
      }
      String change = failedPages > 0 ? mapper.change(FileMapping.this) : null;
      return new Presence(
          residentPages,
          presentPages,
          newPages,
          failedPages,
          change != null,
          problem(change).map(what -> file.location() + ": " + what));
    }

    private Optional<String> problem(String change) {
      if (change != null) {
        return Optional.of(change);
      }
      if (error != 0) {
        return Optional.of(Errno.describe(error));
      }
      return failedPages > 0
          ? Optional.of(failedPages + " resident pages could not be made present")
          : Optional.empty();
    }

    private void chunk(long first, int count) {
      long start = pageAddress(first);
      if (isError(process.findPresent(start, count))
          || isError(process.findResident(start, count))) {
        return;
      }
      int before = process.countPresent(count);
      residentPages += process.countResident(count);
      // A fault enters what else is resident around its page. What it leaves out gets a fault of
      // its own.
      touchMissing(start, count, ProcessPages.PAGES_AROUND_FAULT);
      failedPages += touchMissing(start, count, 1);
      int after = process.countPresent(count);
      presentPages += after;
      newPages += Math.max(0, after - before);
    }

    /**
     * Touches pages that are resident and not present, one in each group of pages, and finds out
     * anew which are present.
     *
     * @param group pages of a group, which begins at a multiple of its size
     * @return pages that could not be touched
     */
    private long touchMissing(long start, int count, int group) {
      long firstPage = start / mapper.pageSize();
      long lastGroup = -1;
      long failed = 0;
      boolean any = false;
      for (int i = 0; i < count && canGoOn(); i++) {
        long inGroup = (firstPage + i) / group;
        if (inGroup != lastGroup && process.isResident(i) && !process.isPresent(i)) {
          lastGroup = inGroup;
          any = true;
          failed += add(start + (long) i * mapper.pageSize());
        }
      }
      if (any && canGoOn()) {
        failed += touch();
        isError(process.findPresent(start, count));
      }
      return failed;
    }

    /** Marks a page to be touched, and touches some if they are too many: how many failed. */
    private long add(long page) {
      if (!touched) {
        touched = true;
        if (isError(process.beginTouching(address, lengthBytes))) {
          return 0;
        }
      }
      long failed = 0;
      if (!process.addTouch(page)) {
        failed = touch();
        process.addTouch(page);
      }
      return failed;
    }

    private long touch() {
      long failed = process.touch();
      return isError(failed) ? 0 : failed;
    }

    private boolean canGoOn() {
      return error == 0;
    }

    private boolean isError(long answer) {
      error = answer < 0 ? answer : error;
      return answer < 0;
    }
  }
}
