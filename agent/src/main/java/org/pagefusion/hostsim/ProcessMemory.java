// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.hostsim;

import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hasher128;
import com.dynatrace.hash4j.hashing.Hashing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.pagefusion.bridge.Errno;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.bridge.KernelException;
import org.pagefusion.bridge.NativeBuffer;

/**
 * The memory of a live process, which stands for a guest's: what is mapped from /proc/[pid]/maps,
 * what is present from pagemap, contents from mem (proc(5)).
 *
 * <p>Only pages that are present are read, so that looking makes none present. Where this differs
 * from the page tables that a host walks:
 *
 * <ul>
 *   <li>A page counts as writable when its mapping is. The page table entry of a page that has not
 *       been written yet may be read-only; a host would share it.
 *   <li>Which page of the guest it is tells its page frame number. The kernel shows that to
 *       CAP_SYS_ADMIN only; to others a page of a file is known by device, inode and index in the
 *       file, an anonymous one by process and address.
 *   <li>Addresses of the kernel's half are absent.
 *   <li>A page that is mapped but can't be read, as those of devices can't, is no RAM.
 * </ul>
 *
 * <p>One process is looked at after the other; not thread-safe.
 */
final class ProcessMemory implements GuestMemory {
  private static final int TEXT_BYTES = 1 << 16;
  private static final int STAT_BYTES = 4096;
  private static final int ENTRY_BYTES = Long.BYTES;

  /** Bits of an entry of pagemap: Documentation/admin-guide/mm/pagemap.rst. */
  private static final long PRESENT = 1L << 63;

  private static final long FILE_OR_SHARED = 1L << 61;
  private static final long FRAME_MASK = (1L << 55) - 1;

  /** Set in the identity of a page whose frame number is hidden; no frame number is that large. */
  private static final long HASHED = 1L << 63;

  /** In /proc/[pid]/stat, from the second field to the start time, which is the 22nd. */
  private static final int SPACES_TO_START_TIME = 20;

  private final Kernel kernel;
  private final String proc;
  private final NativeBuffer text;
  private final NativeBuffer entries;
  private final NativeBuffer content;
  private final byte[] bytes = new byte[PageBatch.PAGES_MAX * HostSimulator.PAGE_BYTES];
  private final Hasher128 hasher = Hashing.xxh3_128();
  private final MappedAreas areas = new MappedAreas();
  private final PageBatch again = new PageBatch();

  private int pid;
  private long startTime;
  private int pagemapFd = -1;
  private int memFd = -1;

  /**
   * Creates a reader.
   *
   * @param kernel for this reader alone
   * @param proc where procfs is mounted
   */
  ProcessMemory(Kernel kernel, String proc) {
    this.kernel = kernel;
    this.proc = proc;
    this.text = kernel.allocate(TEXT_BYTES);
    this.entries = kernel.allocate(PageBatch.PAGES_MAX * ENTRY_BYTES);
    this.content = kernel.allocate(bytes.length);
  }

  /**
   * When a process started, in clock ticks since boot: with its id, what tells it from all others.
   *
   * @throws IOException when there is no such process
   */
  static long startTime(Kernel kernel, String proc, int pid) throws IOException {
    return startTime(kernel, proc, pid, kernel.allocate(STAT_BYTES));
  }

  private static long startTime(Kernel kernel, String proc, int pid, NativeBuffer buffer)
      throws IOException {
    String name = proc + "/" + pid + "/stat";
    long length = kernel.readFile(path(name), buffer);
    if (length < 0) {
      throw new KernelException(name, length);
    }
    // The second field is the program's name in parentheses, which may hold anything.
    int i = (int) length - 1;
    while (i >= 0 && buffer.bytes().get(i) != ')') {
      i--;
    }
    int spaces = 0;
    long value = 0;
    for (i++; i < length && spaces <= SPACES_TO_START_TIME; i++) {
      byte c = buffer.bytes().get(i);
      if (c == ' ') {
        spaces++;
      } else if (spaces == SPACES_TO_START_TIME) {
        value = value * 10 + (c - '0');
      }
    }
    if (spaces <= SPACES_TO_START_TIME) {
      throw new IOException(name + ": no start time in it");
    }
    return value;
  }

  /**
   * Turns to a process.
   *
   * @param startedAt of the process that is meant; another one with its id is not looked at
   * @throws IOException when it ended or can't be looked at
   */
  GuestMemory open(int processId, long startedAt) throws IOException {
    close();
    pid = processId;
    startTime = startedAt;
    boolean opened = false;
    try {
      pagemapFd = openFile("pagemap");
      memFd = openFile("mem");
      readAreas();
      // What was opened is that of the process which had the id then: if this one has it now, it
      // had it then.
      if (startTime(kernel, proc, pid, text) != startedAt) {
        throw ended();
      }
      opened = true;
      return this;
    } finally {
      if (!opened) {
        close();
      }
    }
  }

  private IOException ended() {
    return new IOException("process " + pid + " has ended");
  }

  private int openFile(String file) throws IOException {
    String name = proc + "/" + pid + "/" + file;
    int fd = kernel.open(path(name), Kernel.O_RDONLY);
    if (fd == -Errno.ENOENT || fd == -Errno.ESRCH) {
      throw ended();
    }
    if (fd == -Errno.EACCES || fd == -Errno.EPERM) {
      throw new IOException(name + ": " + Errno.describe(fd) + "; run the simulated host as root");
    }
    if (fd < 0) {
      throw new KernelException(name, fd);
    }
    return fd;
  }

  private static byte[] path(String name) {
    return name.getBytes(StandardCharsets.UTF_8);
  }

  private void readAreas() throws IOException {
    areas.clear();
    int fd = openFile("maps");
    try {
      int filled = 0;
      long count;
      while ((count = kernel.read(fd, text, filled)) > 0) {
        filled += (int) count;
        int parsed = areas.parse(text, filled);
        filled -= parsed;
        for (int i = 0; i < filled; i++) {
          text.bytes().put(i, text.bytes().get(parsed + i));
        }
        if (filled == text.size()) {
          throw new IllegalArgumentException("a line of over " + TEXT_BYTES + " bytes");
        }
      }
      if (count < 0 && count != -Errno.ESRCH) {
        throw new KernelException(proc + "/" + pid + "/maps", count);
      }
      // Nothing, or a line without its end, is what is left of a process that ends meanwhile.
      if (count < 0 || filled > 0 || areas.count() == 0) {
        throw ended();
      }
    } catch (IllegalArgumentException e) {
      throw new IOException(proc + "/" + pid + "/maps: " + e.getMessage(), e);
    } finally {
      kernel.close(fd);
    }
  }

  @Override
  public void look(PageBatch batch) throws IOException {
    int i = 0;
    while (i < batch.pages) {
      long address = batch.addressOf(i);
      int area = areas.find(address);
      if (area < 0) {
        area = ~area;
        boolean last = area == areas.count();
        i = last ? batch.pages : indexOf(batch, areas.start(area));
      } else {
        int end = indexOf(batch, areas.end(area));
        if (areas.access(area) != MappedAreas.NO_ACCESS) {
          lookInArea(batch, i, end, area);
        }
        i = end;
      }
    }
  }

  /** The index in a batch of a page above its first, or the batch's end. */
  private static int indexOf(PageBatch batch, long address) {
    long pages = Long.divideUnsigned(address - batch.address, HostSimulator.PAGE_BYTES);
    return Long.compareUnsigned(pages, batch.pages) < 0 ? (int) pages : batch.pages;
  }

  private void lookInArea(PageBatch batch, int from, int to, int area) throws IOException {
    long page = batch.addressOf(from) >>> HostSimulator.PAGE_SHIFT;
    long length = kernel.pread(pagemapFd, entries, (to - from) * ENTRY_BYTES, page * ENTRY_BYTES);
    if (length < 0) {
      throw new KernelException(proc + "/" + pid + "/pagemap", length);
    }
    // Nothing is told of the kernel's half, nor of a process that has ended.
    if (length == 0 && batch.addressOf(from) >= 0) {
      throw ended();
    }
    int found = (int) length / ENTRY_BYTES;
    boolean writable = areas.access(area) == MappedAreas.WRITABLE;
    for (int i = 0; i < found; i++) {
      long entry = entries.bytes().getLong(i * ENTRY_BYTES);
      if ((entry & PRESENT) != 0) {
        int index = from + i;
        batch.state[index] = writable ? PageBatch.WRITABLE : PageBatch.READ_ONLY;
        long frame = entry & FRAME_MASK;
        batch.frame[index] = frame != 0 ? frame : identity(batch.addressOf(index), entry, area);
      }
    }
  }

  /** Which page it is where its frame number is hidden. */
  private long identity(long address, long entry, int area) {
    long hash =
        (entry & FILE_OR_SHARED) != 0
            ? hasher.hashLongLongLongToLong(
                areas.device(area), areas.inode(area), areas.fileOffset(area, address))
            : hasher.hashLongLongLongToLong(~startTime, pid, address);
    return hash | HASHED;
  }

  @Override
  public void read(PageBatch batch) throws IOException {
    boolean any = false;
    int i = 0;
    while (i < batch.pages) {
      if (!batch.wanted[i]) {
        i++;
        continue;
      }
      any = true;
      int end = i + 1;
      while (end < batch.pages && batch.wanted[end]) {
        end++;
      }
      i = readRun(batch, i, end);
    }
    if (any) {
      lookAgain(batch);
    }
  }

  /** Reads pages until one that can't be read: the index behind those that are done. */
  private int readRun(PageBatch batch, int from, int to) throws IOException {
    int wanted = (to - from) * HostSimulator.PAGE_BYTES;
    long length = kernel.pread(memFd, content, wanted, batch.addressOf(from));
    if (length == 0) {
      throw ended();
    }
    int readable = (int) (Math.max(0, length) >>> HostSimulator.PAGE_SHIFT);
    content.bytes().get(0, bytes, 0, readable * HostSimulator.PAGE_BYTES);
    for (int i = 0; i < readable; i++) {
      HashValue128 hash =
          hasher.hashBytesTo128Bits(bytes, i * HostSimulator.PAGE_BYTES, HostSimulator.PAGE_BYTES);
      batch.hashHigh[from + i] = hash.getMostSignificantBits();
      batch.hashLow[from + i] = hash.getLeastSignificantBits();
    }
    if (from + readable < to) {
      batch.state[from + readable] = PageBatch.NOT_RAM;
      readable++;
    }
    return from + readable;
  }

  /** A page that was unmapped or replaced while its content was read is not there. */
  private void lookAgain(PageBatch batch) throws IOException {
    again.begin(batch.address, batch.pages);
    look(again);
    for (int i = 0; i < batch.pages; i++) {
      if (batch.wanted[i]
          && (again.state[i] == PageBatch.ABSENT || again.frame[i] != batch.frame[i])) {
        batch.state[i] = PageBatch.ABSENT;
      }
    }
  }

  @Override
  public void close() {
    if (pagemapFd >= 0) {
      kernel.close(pagemapFd);
    }
    if (memFd >= 0) {
      kernel.close(memFd);
    }
    pagemapFd = -1;
    memFd = -1;
  }
}
