// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.memory;

import org.pagefusion.bridge.Errno;
import org.pagefusion.bridge.FileStatus;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.bridge.PathBytes;

/**
 * Maps files into this process, read-only and at given addresses, without changing what the guest
 * keeps in memory: nothing is read from disk, written, locked, or marked as used.
 *
 * <p>A mapped file is not open, but keeps its file system busy: umount(8) fails with EBUSY until
 * the mapping is closed. Not thread-safe, as its {@link Kernel}; neither are its mappings.
 */
public final class FileMapper {
  /**
   * File systems by their magic numbers (linux/magic.h) whose mappings are not pages of the page
   * cache.
   */
  private static final long HUGETLBFS_MAGIC = 0x958458F6L;

  private static final long SYSFS_MAGIC = 0x62656572L;
  private static final long PROC_SUPER_MAGIC = 0x9FA0L;

  /** STATX_ATTR_DAX (linux/stat.h): accessed without the page cache. */
  private static final long STATX_ATTR_DAX = 0x200000;

  private final Kernel kernel;
  private final String root;
  private final ProcessPages pages;
  private final FileStatus[] status = new FileStatus[1];

  /** Creates a mapper of the live system's files. */
  public FileMapper(Kernel kernel) {
    this(kernel, "/");
  }

  /**
   * Creates a mapper of a tree's files.
   *
   * @param root the directory that locations are below; symbolic links stay inside it
   */
  public FileMapper(Kernel kernel, String root) {
    this.kernel = kernel;
    this.root = root;
    this.pages = new ProcessPages(kernel);
  }

  /**
   * Maps a part of a file, if it is still the one that was judged. No page is present afterwards:
   * see {@link FileMapping#makePresent}.
   *
   * @param fileOffset where the part begins, bytes: a multiple of the page size
   * @param lengthBytes its length; what exceeds the file's last page can't become present
   * @param address where it is to lie: a multiple of the page size; see {@link AddressSpace}
   * @throws MapException when it is not mapped; nothing is then
   * @throws IllegalArgumentException when a number makes no sense
   */
  public FileMapping map(FileToMap file, long fileOffset, long lengthBytes, long address)
      throws MapException {
    int pageSize = kernel.pageSize();
    check(fileOffset >= 0 && fileOffset % pageSize == 0, "fileOffset", fileOffset);
    check(address > 0 && address % pageSize == 0, "address", address);
    check(lengthBytes > 0 && lengthBytes <= Long.MAX_VALUE - pageSize, "lengthBytes", lengthBytes);
    int fd = open(file);
    try {
      mapAt(file, fd, fileOffset, lengthBytes, address);
    } finally {
      kernel.close(fd);
    }
    pages.mappingIsMade();
    return new FileMapping(this, file, address, lengthBytes);
  }

  private static void check(boolean right, String name, long value) {
    if (!right) {
      throw new IllegalArgumentException(name + " " + value);
    }
  }

  /** Opens a file to read, if it is the one that was judged and its pages can be had. */
  private int open(FileToMap file) throws MapException {
    int pathFd = openPath(file.location());
    if (pathFd < 0) {
      throw new MapException(
          isGone(pathFd) ? MapException.Reason.VANISHED : MapException.Reason.FAILED,
          file.location(),
          Errno.describe(pathFd));
    }
    try {
      int error = kernel.status(pathFd, status);
      if (error < 0) {
        throw failed(file, error);
      }
      examine(file, status[0], kernel.fileSystemType(pathFd));
      // What only a path was opened of so far has run no driver's code; and a lease that another
      // process
      // holds on the file must not be waited for.
      int flags = Kernel.O_RDONLY | Kernel.O_NOATIME | Kernel.O_NONBLOCK;
      int fd = kernel.open(PathBytes.encode("/proc/self/fd/" + pathFd), flags);
      if (fd == -Errno.EPERM) {
        // O_NOATIME and a true answer of mincore(2) are granted on the same terms.
        throw new MapException(
            MapException.Reason.RESIDENCY_UNKNOWN,
            file.location(),
            "which of its pages are resident is told to its owner and CAP_FOWNER only");
      }
      if (fd < 0) {
        throw failed(file, fd);
      }
      return fd;
    } finally {
      kernel.close(pathFd);
    }
  }

  static void examine(FileToMap file, FileStatus found, long fileSystemType) throws MapException {
    String change = difference(file, found);
    if (change != null) {
      throw new MapException(MapException.Reason.CHANGED, file.location(), change);
    }
    String obstacle = null;
    if (!found.isRegular()) {
      obstacle = "not a regular file";
    } else if (found.sizeBytes() == 0) {
      obstacle = "an empty file";
    } else if ((found.attributes() & STATX_ATTR_DAX) != 0) {
      obstacle = "accessed without the page cache (DAX)";
    } else if (fileSystemType == HUGETLBFS_MAGIC
        || fileSystemType == SYSFS_MAGIC
        || fileSystemType == PROC_SUPER_MAGIC) {
      obstacle = "on a file system without page cache";
    }
    if (obstacle != null) {
      throw new MapException(MapException.Reason.NOT_MAPPABLE, file.location(), obstacle);
    }
  }

  private void mapAt(FileToMap file, int fd, long fileOffset, long lengthBytes, long address)
      throws MapException {
    long error = kernel.mapFileAt(address, fd, fileOffset, lengthBytes);
    if (error == -Errno.EEXIST) {
      throw new MapException(
          MapException.Reason.ADDRESS_TAKEN,
          file.location(),
          "address 0x" + Long.toHexString(address) + " is taken");
    }
    if (error == -Errno.ENODEV) {
      throw new MapException(
          MapException.Reason.NOT_MAPPABLE, file.location(), Errno.describe(error));
    }
    if (error < 0) {
      throw failed(file, error);
    }
  }

  private static MapException failed(FileToMap file, long error) {
    return new MapException(MapException.Reason.FAILED, file.location(), Errno.describe(error));
  }

  private static boolean isGone(int error) {
    return error == -Errno.ENOENT || error == -Errno.ENOTDIR || error == -Errno.ESRCH;
  }

  /** A descriptor that stands for a location, or a negative errno. */
  private int openPath(String location) {
    if (root.equals("/")) {
      return kernel.open(PathBytes.encode(location), Kernel.O_PATH);
    }
    int rootFd = kernel.open(PathBytes.encode(root), Kernel.O_PATH | Kernel.O_DIRECTORY);
    if (rootFd < 0) {
      return rootFd;
    }
    int fd =
        kernel.openat2(rootFd, PathBytes.encode(location), Kernel.O_PATH, Kernel.RESOLVE_IN_ROOT);
    kernel.close(rootFd);
    return fd;
  }

  /** How a file differs from what was judged; null when it does not. */
  private static String difference(FileToMap file, FileStatus found) {
    if (found.device() != file.device() || found.inode() != file.inode()) {
      return "another file is there now";
    }
    if (found.sizeBytes() != file.sizeBytes()) {
      return found.sizeBytes() + " bytes long now, was " + file.sizeBytes();
    }
    return found.mtimeSeconds() == file.mtimeSeconds() ? null : "written to since";
  }

  // ---- what a FileMapping needs of the kernel

  int pageSize() {
    return kernel.pageSize();
  }

  /**
   * How the file of a mapping differs from what was judged; null when it does not.
   *
   * <p>What was found through a process that has ended, or was renamed, is asked for by the
   * mapping.
   */
  String change(FileMapping mapping) {
    FileToMap file = mapping.file();
    String atLocation = changeAt(file, openPath(file.location()));
    if (atLocation == null) {
      return null;
    }
    long end = mapping.address() + mapping.pages() * pageSize();
    String link =
        "/proc/self/map_files/" + Long.toHexString(mapping.address()) + "-" + Long.toHexString(end);
    // Needs CAP_CHECKPOINT_RESTORE.
    String mapped = changeAt(file, kernel.open(PathBytes.encode(link), Kernel.O_PATH));
    return mapped == null && status[0].links() > 0 ? null : atLocation;
  }

  /** Closes the descriptor. */
  private String changeAt(FileToMap file, int pathFd) {
    if (pathFd < 0) {
      return Errno.describe(pathFd);
    }
    int error = kernel.status(pathFd, status);
    kernel.close(pathFd);
    return error < 0 ? Errno.describe(error) : difference(file, status[0]);
  }

  ProcessPages pages() {
    return pages;
  }

  void unmap(long address, long lengthBytes) {
    kernel.unmap(address, lengthBytes);
    pages.mappingIsGone();
  }
}
