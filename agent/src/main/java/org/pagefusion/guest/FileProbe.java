// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.pagefusion.bridge.Errno;
import org.pagefusion.bridge.FileStatus;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.bridge.KernelException;
import org.pagefusion.bridge.NativeBuffer;

/**
 * Opens files of the guest to look at them without changing anything: no page is read in, none
 * marked as used, no access time written, no device opened, no pipe waited for.
 */
public final class FileProbe implements AutoCloseable {
  /** Residency is asked for this many pages at a time: 256 MiB with pages of 4 KiB. */
  private static final int VECTOR_PAGES = 1 << 16;

  private static final int COPY_BYTES = 1 << 18;

  /**
   * STATX_ATTR_COMPRESSED, _ENCRYPTED, _VERITY: O_DIRECT falls back to the page cache for those.
   */
  private static final long NO_DIRECT_READ = 0x4 | 0x800 | 0x100000;

  private final GuestTree tree;
  private final Kernel kernel;
  private final int pageSize;
  private final OwnMappings ownMappings;
  private final NativeBuffer vector;
  private final byte[] vectorBytes = new byte[VECTOR_PAGES];
  private final NativeBuffer copy;
  private final NativeBuffer directPage;
  private final FileStatus[] status = new FileStatus[1];
  private int copyFd = -1;
  private boolean hasCachestat = true;

  /** Creates a probe of a tree. */
  public FileProbe(GuestTree tree, Kernel kernel) {
    this.tree = tree;
    this.kernel = kernel;
    this.pageSize = kernel.pageSize();
    this.ownMappings = new OwnMappings(kernel);
    this.vector = kernel.allocate(VECTOR_PAGES);
    this.copy = kernel.allocate(COPY_BYTES);
    // O_DIRECT wants the buffer aligned to the block size of the device.
    NativeBuffer room = kernel.allocate(2 * pageSize);
    int skip = (int) (-room.address() & (pageSize - 1));
    this.directPage = new NativeBuffer(room.address() + skip, room.bytes().slice(skip, pageSize));
  }

  /** What came of opening a file. */
  public sealed interface Outcome permits Opened, Refused {}

  /**
   * The file is open.
   *
   * @param file to be closed by the caller
   */
  public record Opened(OpenedFile file) implements Outcome {}

  /**
   * The file is not open.
   *
   * @param why the case
   * @param detail for people
   */
  public record Refused(Refusal why, String detail) implements Outcome {}

  /** Why a file was not opened. */
  public enum Refusal {
    /** There is no such file any more. */
    VANISHED,
    /** Something else has its path now, and the file that is mapped can't be reached. */
    REPLACED,
    /** It is not a regular file. */
    NOT_REGULAR,
    /** The kernel did not let this process open it, or failed. */
    FAILED
  }

  /**
   * Opens the file that processes have mapped: that very file, also where it lies in a container or
   * where its path has another file by now.
   *
   * @param fileSystem the file system it lies on
   */
  public Outcome open(MappedFile mapped, FileSystem fileSystem) {
    Outcome outcome = openByPath(mapped, mapped.path(), fileSystem);
    if (mapped.escaped() && !(outcome instanceof Opened)) {
      // Text has newlines as \012, but that may also be what the file is called.
      outcome = openByPath(mapped, mapped.path().replace("\\012", "\n"), fileSystem);
    }
    if (outcome instanceof Opened || !tree.isLive()) {
      return outcome;
    }
    // Needs CAP_CHECKPOINT_RESTORE, and the mapping to stand still.
    Outcome byMapping = openByMapping(mapped, fileSystem);
    return byMapping instanceof Opened ? byMapping : outcome;
  }

  private Outcome openByPath(MappedFile mapped, String path, FileSystem fileSystem) {
    // Most processes see the files that this one sees; isSame tells where one does not.
    Outcome here = openAt(path, mapped, path, fileSystem);
    String root = "/proc/" + mapped.pid() + "/root";
    if (!tree.isLive()) {
      root = tree.readLink(root).orElse("/");
    }
    if (here instanceof Opened || root.equals("/")) {
      return here;
    }
    Outcome there = openAt(root + path, mapped, path, fileSystem);
    boolean denied = there instanceof Refused refused && refused.why() == Refusal.FAILED;
    return denied ? here : there;
  }

  private Outcome openAt(String seen, MappedFile mapped, String path, FileSystem fileSystem) {
    int pathFd = tree.openFile(seen, Kernel.O_PATH | Kernel.O_NOFOLLOW);
    return examineMapped(pathFd, seen, mapped, path, fileSystem);
  }

  private Outcome openByMapping(MappedFile mapped, FileSystem fileSystem) {
    String link =
        "/proc/"
            + mapped.pid()
            + "/map_files/"
            + Long.toHexString(mapped.start())
            + "-"
            + Long.toHexString(mapped.end());
    int pathFd = tree.openFile(link, Kernel.O_PATH);
    return examineMapped(pathFd, link, mapped, mapped.path(), fileSystem);
  }

  private Outcome examineMapped(
      int pathFd, String seen, MappedFile mapped, String path, FileSystem fileSystem) {
    Outcome outcome = examine(pathFd, seen, path, fileSystem);
    if (outcome instanceof Opened opened && !isSame(opened.file(), mapped)) {
      opened.file().close();
      return new Refused(Refusal.REPLACED, "its path has another file now");
    }
    if (outcome instanceof Refused refused && refused.why() == Refusal.NOT_REGULAR) {
      return new Refused(Refusal.REPLACED, "its path has something that is not a regular file now");
    }
    return outcome;
  }

  /** Opens a file by a path that a person named: symbolic links are followed. */
  public Outcome open(String path, FileSystem fileSystem) {
    return examine(tree.openFile(path, Kernel.O_PATH), path, path, fileSystem);
  }

  /**
   * Takes over a regular file that a walk has opened.
   *
   * @param fd its descriptor: closed with the opened file, or right away when the file is refused
   */
  Outcome adopt(int fd, String path, FileSystem fileSystem) {
    int error = kernel.status(fd, status);
    if (error < 0 || !status[0].isRegular()) {
      kernel.close(fd);
      return error < 0
          ? refused(error, path)
          : new Refused(Refusal.NOT_REGULAR, "not a regular file");
    }
    return opened(fd, path, path, fileSystem);
  }

  /**
   * Opens for reading what a path descriptor stands for, if it is a regular file: so no device is
   * ever opened, whose open may have effects, and no pipe waited for. Closes the descriptor.
   */
  private Outcome examine(int pathFd, String seen, String path, FileSystem fileSystem) {
    if (pathFd < 0) {
      return refused(pathFd, seen);
    }
    try {
      int error = kernel.status(pathFd, status);
      if (error < 0) {
        return refused(error, seen);
      }
      if (!status[0].isRegular()) {
        return new Refused(Refusal.NOT_REGULAR, "not a regular file");
      }
      int fd = reopen(pathFd, Kernel.O_NOATIME);
      if (fd == -Errno.EPERM) {
        // Neither the owner of this file nor CAP_FOWNER: then its access time may change.
        fd = reopen(pathFd, 0);
      }
      return fd < 0 ? refused(fd, seen) : opened(fd, path, seen, fileSystem);
    } finally {
      kernel.close(pathFd);
    }
  }

  private int reopen(int fd, int flags) {
    return kernel.open(FileName.encode("/proc/self/fd/" + fd), Kernel.O_RDONLY | flags);
  }

  private Refused refused(int error, String seen) {
    boolean gone = error == -Errno.ENOENT || error == -Errno.ENOTDIR || error == -Errno.ESRCH;
    return new Refused(
        gone ? Refusal.VANISHED : Refusal.FAILED, tree.locate(seen) + ": " + Errno.describe(error));
  }

  private Opened opened(int fd, String path, String seen, FileSystem fileSystem) {
    FileStatus live = status[0];
    FileStatus found = live;
    if (tree.manifest().isPresent()) {
      found = tree.manifest().get().entry(path).map(e -> captured(live, e)).orElse(live);
    }
    boolean direct = fileSystem.readsDirectly() && (found.attributes() & NO_DIRECT_READ) == 0;
    return new Opened(new OpenedFile(this, fd, path, seen, found, direct));
  }

  /** The guest's own numbers in place of those of the captured copy. */
  private static FileStatus captured(FileStatus copied, CaptureManifest.Entry entry) {
    return new FileStatus(
        entry.device(),
        entry.inode(),
        entry.sizeBytes(),
        copied.mode() & ~07777 | entry.permissions(),
        entry.uid(),
        copied.links(),
        copied.attributes(),
        entry.mtimeSeconds(),
        entry.mtimeSeconds(),
        0);
  }

  /**
   * Whether an open file is the mapped one. Device and inode decide; where stat shows another
   * device than maps does (btrfs, overlayfs), a mapping of our own shows what maps would.
   */
  private boolean isSame(OpenedFile file, MappedFile mapped) {
    FileStatus found = file.status();
    if (found.device() == mapped.device() && found.inode() == mapped.inode()) {
      return true;
    }
    if (tree.manifest().isPresent()) {
      // A file that the manifest does not list has no numbers of the guest to compare.
      return tree.manifest().get().entry(file.path()).isEmpty();
    }
    return file.isMappedAs(mapped.device(), mapped.inode());
  }

  // ---- what an OpenedFile needs of the kernel

  int pageSize() {
    return pageSize;
  }

  boolean residencyIsKnown(FileStatus file) {
    // mincore(2) answers "all resident" to who neither owns the file nor may write it (since Linux
    // 5.2).
    return tree.manifest().isEmpty()
        && (kernel.effectiveUid() == 0 || kernel.effectiveUid() == file.uid());
  }

  /** Pages of the file in the page cache; -1 when the kernel can't say. */
  long cachedPages(int fd) {
    if (hasCachestat) {
      long pages = kernel.cachedPages(fd);
      if (pages >= 0) {
        return pages;
      }
      hasCachestat = pages != -Errno.ENOSYS;
    }
    return -1;
  }

  long map(int fd, long sizeBytes, String path) throws KernelException {
    long address = kernel.mapFile(fd, 0, sizeBytes);
    if (address < 0) {
      throw new KernelException(tree.locate(path), address);
    }
    // Faults on this mapping must bring in no page but their own.
    kernel.advise(address, sizeBytes, Kernel.MADV_RANDOM);
    return address;
  }

  void unmap(long address, long sizeBytes) {
    // Pages touched through a mapping count as used when it goes, unless it was read sequentially.
    kernel.advise(address, sizeBytes, Kernel.MADV_SEQUENTIAL);
    kernel.unmap(address, sizeBytes);
  }

  void close(int fd) {
    kernel.close(fd);
  }

  boolean isMappedAs(long address, long device, long inode) {
    return ownMappings.deviceAndInodeAre(address, device, inode);
  }

  PageRuns residentPages(long address, long sizeBytes, String path) throws KernelException {
    long pages = (sizeBytes + pageSize - 1) / pageSize;
    PageRuns.Builder runs = new PageRuns.Builder();
    for (long first = 0; first < pages; first += VECTOR_PAGES) {
      int count = (int) Math.min(VECTOR_PAGES, pages - first);
      int error = kernel.mincore(address + first * pageSize, (long) count * pageSize, vector);
      if (error < 0) {
        throw new KernelException(tree.locate(path), error);
      }
      vector.bytes().get(0, vectorBytes, 0, count);
      for (int i = 0; i < count; ) {
        int from = i;
        boolean resident = (vectorBytes[i] & 1) != 0;
        while (i < count && (vectorBytes[i] & 1) != 0 == resident) {
          i++;
        }
        if (resident) {
          runs.add(first + from, i - from);
        }
      }
    }
    return runs.build();
  }

  PageRuns visitPages(long address, PageRuns resident, OpenedFile.PageVisitor visitor)
      throws KernelException {
    PageRuns.Builder read = new PageRuns.Builder();
    byte[] page = new byte[pageSize];
    int most = COPY_BYTES / pageSize;
    for (int run = 0; run < resident.count(); run++) {
      long end = resident.first(run) + resident.length(run);
      for (long first = resident.first(run); first < end; ) {
        int count = (int) Math.min(most, end - first);
        int copied = copyPages(address + first * pageSize, count);
        for (int i = 0; i < copied; i++) {
          copy.bytes().get(i * pageSize, page);
          visitor.page(first + i, page);
        }
        read.add(first, copied);
        // A page that can't be read is left out, and the next one tried.
        first += copied == 0 ? 1 : copied;
      }
    }
    return read.build();
  }

  /**
   * Copies mapped pages to the front of {@link #copy}; answers how many whole pages could be read.
   */
  private int copyPages(long address, int count) throws KernelException {
    long length = (long) count * pageSize;
    kernel.advise(address, length, Kernel.MADV_POPULATE_READ);
    // Through a file in memory: a page that is gone by now is an error there, not a SIGBUS here.
    long written = kernel.pwriteMemory(copyFd(), address, length, 0);
    if (written < pageSize) {
      return 0;
    }
    long read = kernel.pread(copyFd(), copy, (int) written, 0);
    return read < 0 ? 0 : (int) (read / pageSize);
  }

  private int copyFd() throws KernelException {
    if (copyFd < 0) {
      copyFd = kernel.memoryFile("pagefusion-copy");
      if (copyFd < 0) {
        throw new KernelException("memfd_create", copyFd);
      }
    }
    return copyFd;
  }

  ByteSource source(int fd, long address, long sizeBytes, PageRuns resident, boolean directly) {
    return new ByteSource() {
      @Override
      public long size() {
        return sizeBytes;
      }

      @Override
      public int read(long offset, byte[] into, int at, int length) throws IOException {
        int wanted = (int) Math.max(0, Math.min(length, sizeBytes - offset));
        int done = 0;
        while (done < wanted) {
          long page = (offset + done) / pageSize;
          int skip = (int) ((offset + done) % pageSize);
          int piece = Math.min(wanted - done, pageSize - skip);
          page(page).get(skip, into, at + done, piece);
          done += piece;
        }
        return done;
      }

      private ByteBuffer page(long page) throws IOException {
        if (resident.contains(page) && copyPages(address + page * pageSize, 1) == 1) {
          return copy.bytes();
        }
        if (!directly || !readDirectly(fd, page * pageSize)) {
          throw new NotResidentException("page " + page + " is not in the page cache");
        }
        return directPage.bytes();
      }
    };
  }

  /**
   * Reads one page of a file past the page cache; what lies behind the end of the file is
   * undefined.
   */
  private boolean readDirectly(int fd, long offset) {
    int direct = reopen(fd, Kernel.O_DIRECT | Kernel.O_NOATIME);
    if (direct < 0) {
      return false;
    }
    long count = kernel.pread(direct, directPage, pageSize, offset);
    kernel.close(direct);
    return count > 0;
  }

  @Override
  public void close() {
    if (copyFd >= 0) {
      kernel.close(copyFd);
      copyFd = -1;
    }
  }
}
