// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
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
  private static final int LOOK_UPS = 3;

  /** Of ext2, ext3 and ext4; this and the others as in linux/magic.h. */
  private static final long EXT4_SUPER_MAGIC = 0xEF53;

  private static final long XFS_SUPER_MAGIC = 0x58465342;
  private static final long OVERLAYFS_SUPER_MAGIC = 0x794C7630;

  /**
   * STATX_ATTR_COMPRESSED, _ENCRYPTED, _VERITY: O_DIRECT falls back to the page cache for those.
   */
  private static final long NO_DIRECT_READ = 0x4 | 0x800 | 0x100000;

  private final GuestTree tree;
  private final Kernel kernel;
  private final int pageSize;
  private final OwnMappings ownMappings;
  private final MountTable mounts;
  private final NativeBuffer vector;
  private final byte[] vectorBytes = new byte[VECTOR_PAGES];
  private final NativeBuffer copy;
  private final NativeBuffer directPage;
  private final FileStatus[] status = new FileStatus[1];
  private final boolean ownsAllFiles;
  private int copyFd = -1;
  private boolean hasCachestat = true;

  /** Creates a probe of a tree. */
  public FileProbe(GuestTree tree, Kernel kernel) {
    this.tree = tree;
    this.kernel = kernel;
    this.pageSize = kernel.pageSize();
    this.ownsAllFiles = Capabilities.own(kernel).ownsAllFiles();
    this.ownMappings = new OwnMappings(kernel);
    // Of the mounts of this process; what is odd in them is for others to tell.
    this.mounts = new MountTable(tree, new Anomalies());
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
    String path = mapped.path();
    Outcome outcome = openByPath(mapped, path, fileSystem);
    if (mapped.escaped() && !(outcome instanceof Opened)) {
      // Text has newlines as \012, but that may also be what the file is called.
      String name = path.replace("\\012", "\n");
      path = tree.isLive() ? tree.readLink(linkOf(mapped)).orElse(name) : name;
      outcome = openByPath(mapped, path, fileSystem);
    }
    // What is called deleted, and no path leads to, is deleted: its mapping must not bring it back.
    boolean deleted = mapped.path().endsWith(ProcessScanner.DELETED);
    if (outcome instanceof Opened || !tree.isLive() || deleted) {
      return outcome;
    }
    // Needs the mapping to stand still.
    String link = linkOf(mapped);
    int pathFd = tree.openFile(link, Kernel.O_PATH);
    Outcome byMapping = examineMapped(pathFd, link, mapped, path, fileSystem);
    return byMapping instanceof Opened ? byMapping : outcome;
  }

  private Outcome openByPath(MappedFile mapped, String path, FileSystem fileSystem) {
    // Most processes see the files that this one sees; isSame tells where one does not.
    Outcome here = examineMapped(lookUp("/", path), path, mapped, path, fileSystem);
    String root = "/proc/" + mapped.pid() + "/root";
    if (!tree.isLive()) {
      root = tree.readLink(root).orElse("/");
    }
    if (here instanceof Opened || root.equals("/")) {
      return here;
    }
    Outcome there = examineMapped(lookUp(root, path), root + path, mapped, path, fileSystem);
    boolean denied = there instanceof Refused refused && refused.why() == Refusal.FAILED;
    return denied ? here : there;
  }

  /**
   * A path descriptor for the path of a mapped file. While a file is mapped, the kernel has all of
   * its path in memory; a path of which it has not leads to something else, which may lie on a
   * server that does not answer. So nothing is looked up for it (RESOLVE_CACHED, Linux 5.12), but
   * on disks of this machine, for some file systems (vfat) know of no path without that.
   *
   * @return a descriptor, or a negative errno: EAGAIN or ELOOP for what leads to something else
   */
  private int lookUp(String root, String path) {
    int flags = Kernel.O_PATH | Kernel.O_NOFOLLOW;
    boolean isOwnRoot = root.equals("/");
    String whole = isOwnRoot ? path : root + path;
    if (!tree.isLive()) {
      return tree.openFile(whole, flags);
    }
    int rootFd =
        isOwnRoot ? Kernel.AT_FDCWD : tree.openFile(root, Kernel.O_PATH | Kernel.O_DIRECTORY);
    if (rootFd < 0 && !isOwnRoot) {
      return rootFd;
    }
    long resolve = Kernel.RESOLVE_CACHED | (isOwnRoot ? 0 : Kernel.RESOLVE_IN_ROOT);
    int fd = -Errno.EAGAIN;
    for (int tries = 0; tries < LOOK_UPS && fd == -Errno.EAGAIN; tries++) {
      // A rename anywhere in the system may disturb it.
      fd = kernel.openat2(rootFd, FileName.encode(path), flags, resolve);
    }
    if (!isOwnRoot) {
      kernel.close(rootFd);
    } else if (fd == -Errno.EAGAIN && mounts.at(path).kind() == FileSystem.Kind.LOCAL) {
      fd = kernel.openat2(rootFd, FileName.encode(path), flags, Kernel.RESOLVE_NO_SYMLINKS);
    }
    return fd == -Errno.ENOSYS || fd == -Errno.EINVAL ? tree.openFile(whole, flags) : fd;
  }

  /** The link that leads to the file of a mapping, for who has CAP_CHECKPOINT_RESTORE. */
  private static String linkOf(MappedFile mapped) {
    return "/proc/"
        + mapped.pid()
        + "/map_files/"
        + Long.toHexString(mapped.start())
        + "-"
        + Long.toHexString(mapped.end());
  }

  private Outcome examineMapped(
      int pathFd, String seen, MappedFile mapped, String path, FileSystem fileSystem) {
    if (pathFd == -Errno.EAGAIN || pathFd == -Errno.ELOOP) {
      return new Refused(Refusal.REPLACED, "its path does not lead to it from here");
    }
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
      // A lease that another process holds on the file (fcntl(2)) is not waited for.
      int fd = reopen(pathFd, Kernel.O_NONBLOCK | Kernel.O_NOATIME);
      if (fd == -Errno.EPERM) {
        // Neither the owner of this file nor CAP_FOWNER: then its access time may change.
        fd = reopen(pathFd, Kernel.O_NONBLOCK);
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
   * Whether an open file is the mapped one. Device and inode decide. Where stat shows another
   * device than maps does (btrfs, overlayfs), what stat says of the mapping's own file does, or for
   * who may not ask that, what maps shows of a mapping of our own: of files in subvolumes that have
   * the same inode number it shows the same.
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
    Optional<FileStatus> itself = tree.isLive() ? tree.statusOf(linkOf(mapped)) : Optional.empty();
    return itself.isPresent()
        ? itself.get().device() == found.device() && itself.get().inode() == found.inode()
        : file.isMappedAs(mapped.device(), mapped.inode());
  }

  // ---- what an OpenedFile needs of the kernel

  int pageSize() {
    return pageSize;
  }

  boolean residencyIsKnown(FileStatus file) {
    // mincore(2) answers "all resident" to who neither owns the file nor may write it (Linux 5.2).
    return tree.manifest().isEmpty() && (ownsAllFiles || kernel.effectiveUid() == file.uid());
  }

  /** Whether the kernel says that no page of the file is in the page cache. */
  boolean isUncached(int fd) {
    if (!hasCachestat) {
      return false;
    }
    long pages = kernel.cachedPages(fd);
    hasCachestat = pages != -Errno.ENOSYS;
    // An overlay's file has no pages of its own, and cachestat does not look at the file below it.
    return pages == 0 && kernel.fileSystemType(fd) != OVERLAYFS_SUPER_MAGIC;
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
   * Copies mapped pages to the front of {@link #copy}, up to the first that is not in the page
   * cache (any more) or can't be read; answers how many.
   */
  private int copyPages(long address, int most) throws KernelException {
    int count = residentAtOnce(address, most);
    if (count == 0) {
      return 0;
    }
    long length = (long) count * pageSize;
    // Through a file in memory: a page that is gone by now is an error there, not a SIGBUS here.
    // And
    // without MADV_POPULATE_READ before, which marks pages as used (FOLL_TOUCH, mm/gup.c).
    long written = kernel.pwriteMemory(copyFd(), address, length, 0);
    if (written < pageSize) {
      return 0;
    }
    long read = kernel.pread(copyFd(), copy, (int) written, 0);
    return read < 0 ? 0 : (int) (read / pageSize);
  }

  /** How many of these pages are resident, up to the first that is not. */
  private int residentAtOnce(long address, int most) {
    if (tree.manifest().isPresent()) {
      // A capture tells nothing of residency: all is taken to be resident, and is read.
      return most;
    }
    if (kernel.mincore(address, (long) most * pageSize, vector) < 0) {
      return 0;
    }
    int count = 0;
    while (count < most && (vector.bytes().get(count) & 1) != 0) {
      count++;
    }
    return count;
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
          page(page, skip + piece).get(skip, into, at + done, piece);
          done += piece;
        }
        return done;
      }

      /** A page, of which so many bytes are wanted. */
      private ByteBuffer page(long page, int bytes) throws IOException {
        if (resident.contains(page) && copyPages(address + page * pageSize, 1) == 1) {
          return copy.bytes();
        }
        if (!directly || !readDirectly(fd, page * pageSize, bytes)) {
          throw new NotResidentException("page " + page + " is not in the page cache");
        }
        return directPage.bytes();
      }
    };
  }

  /**
   * Reads one page of a file past the page cache; what lies behind the end of the file is
   * undefined.
   *
   * @return whether so many bytes of it could be read
   */
  private boolean readDirectly(int fd, long offset, int bytes) {
    // Of a tree below a directory, the mounts do not tell what it lies on.
    long type = kernel.fileSystemType(fd);
    if (type != EXT4_SUPER_MAGIC && type != XFS_SUPER_MAGIC) {
      return false;
    }
    int direct = reopen(fd, Kernel.O_DIRECT | Kernel.O_NONBLOCK | Kernel.O_NOATIME);
    if (direct < 0) {
      return false;
    }
    long count = kernel.pread(direct, directPage, pageSize, offset);
    kernel.close(direct);
    return count >= bytes;
  }

  @Override
  public void close() {
    if (copyFd >= 0) {
      kernel.close(copyFd);
      copyFd = -1;
    }
  }
}
