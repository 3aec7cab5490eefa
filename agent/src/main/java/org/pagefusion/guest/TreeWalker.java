// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.pagefusion.bridge.Errno;
import org.pagefusion.bridge.FileStatus;
import org.pagefusion.bridge.Kernel;

/**
 * Finds files below some directories that may have pages in the page cache, without loading
 * anything.
 *
 * <p>Looking a name up makes the kernel read and keep its inode (about 2 KiB a file; 28 MiB for a
 * small Debian's /usr). So directories and files are opened with openat2's RESOLVE_CACHED (Linux
 * 5.12), which fails for a name that is not in the kernel's cache already: such a file is, but for
 * rare cases, not in the page cache either, and nothing below such a directory is. Without
 * RESOLVE_CACHED there is no walk.
 */
public final class TreeWalker {
  /** Deepest nesting that is followed: each level holds a descriptor, of 1024 by default. */
  private static final int DEPTH_MAX = 256;

  /**
   * How often a name is asked for until it counts as one that is not cached: the kernel also says
   * so when something is mounted or unmounted, anywhere in the system, in the same microsecond.
   * With a directory more is lost than with a file.
   */
  private static final int FILE_TRIES = 3;

  private static final int DIRECTORY_TRIES = 8;

  private static final String OVERLAY = "overlay";

  private final GuestTree tree;
  private final Kernel kernel;
  private final FileProbe probe;
  private final MountTable mounts;
  private final Anomalies anomalies;
  private final DirectoryReader directories;
  private final FileStatus[] status = new FileStatus[1];
  private final InodeSet seen = new InodeSet();
  private final Set<String> places = new HashSet<>();

  /** Takes what is found. */
  public interface Visitor {
    /** Whether a file is of no interest, for instance because it was met before. */
    boolean isKnown(long device, long inode);

    /** A file; the visitor closes it. */
    void file(OpenedFile file, FileSystem fileSystem);

    /** A place that is not walked: a directory on a file system that is not local. */
    void skipped(String path, FileSystem fileSystem);
  }

  /** Creates a walker of a tree. */
  public TreeWalker(
      GuestTree tree, Kernel kernel, FileProbe probe, MountTable mounts, Anomalies anomalies) {
    this.tree = tree;
    this.kernel = kernel;
    this.probe = probe;
    this.mounts = mounts;
    this.anomalies = anomalies;
    this.directories = new DirectoryReader(kernel);
  }

  /** Walks some directories, given by absolute paths, and what is mounted below them. */
  public void walk(List<String> roots, Visitor visitor) {
    if (!canWalk()) {
      anomalies.add(
          "page-cache",
          "no walk for files that no process maps: the kernel has no openat2 with RESOLVE_CACHED"
              + " (Linux 5.12), and without it a walk would load every inode");
      return;
    }
    for (String root : roots) {
      String place = walkPlace(root, visitor);
      String below = place.endsWith("/") ? place : place + "/";
      for (MountTable.Mount mount : mounts.all()) {
        if (mount.mountPoint().startsWith(below)) {
          walkPlace(mount.mountPoint(), visitor);
        }
      }
    }
  }

  private boolean canWalk() {
    int fd = open("/", Kernel.O_RDONLY | Kernel.O_DIRECTORY);
    if (fd >= 0) {
      kernel.close(fd);
    }
    return fd >= 0 || fd == -Errno.EAGAIN;
  }

  /** Walks a directory, unless it was walked or is not to be; returns its path without links. */
  private String walkPlace(String root, Visitor visitor) {
    int flags = Kernel.O_PATH | Kernel.O_DIRECTORY;
    int pathFd = tree.openFile(root, flags, Kernel.RESOLVE_CACHED);
    if (pathFd == -Errno.EAGAIN && mounts.at(root).kind() == FileSystem.Kind.LOCAL) {
      // So it also answers for a symbolic link that was not followed for long: its access time is
      // due.
      pathFd = tree.openFile(root, flags);
    }
    if (pathFd < 0) {
      reportUnlessNormal(root, pathFd);
      return root;
    }
    String path = canonical(pathFd, root);
    int error = kernel.status(pathFd, status);
    kernel.close(pathFd);
    if (error < 0) {
      anomalies.add(tree.locate(path), Errno.describe(error));
    } else if (places.add(path)) {
      FileSystem fileSystem = fileSystemOf(status[0], path);
      // To open a directory for reading may take as long as its server does not answer.
      if (fileSystem.kind() != FileSystem.Kind.LOCAL) {
        visitor.skipped(path, fileSystem);
      } else {
        int fd = open(path, Kernel.O_RDONLY | Kernel.O_DIRECTORY);
        if (fd >= 0) {
          walkDirectory(fd, path, fileSystem, 0, visitor);
        } else {
          reportUnlessNormal(root, fd);
        }
      }
    }
    return path;
  }

  private void reportUnlessNormal(String path, int error) {
    if (error != -Errno.EAGAIN && error != -Errno.ENOENT) {
      anomalies.add(tree.locate(path), Errno.describe(error));
    }
  }

  /**
   * What is mounted there; a mount may be hidden by another, so that its mount point does not tell.
   */
  private FileSystem fileSystemOf(FileStatus directory, String path) {
    for (MountTable.Mount mount : mounts.all()) {
      if (mount.device() == directory.device()) {
        return mount.type();
      }
    }
    return mounts.at(path);
  }

  private int open(String path, int flags) {
    int fd = -Errno.EAGAIN;
    for (int tries = 0; tries < DIRECTORY_TRIES && fd == -Errno.EAGAIN; tries++) {
      fd = tree.openFile(path, flags | Kernel.O_NOATIME, Kernel.RESOLVE_CACHED);
      if (fd == -Errno.EPERM) {
        fd = tree.openFile(path, flags, Kernel.RESOLVE_CACHED);
      }
    }
    return fd;
  }

  /**
   * The path by which maps would show the directory: /lib is a link to /usr/lib on most systems.
   */
  private String canonical(int fd, String path) {
    String link = tree.ownLink("/proc/self/fd/" + fd).orElse(path);
    String prefix = tree.locate("");
    return link.startsWith(prefix + "/") ? link.substring(prefix.length()) : path;
  }

  /** Walks an open directory, and closes it. */
  private void walkDirectory(
      int fd, String path, FileSystem fileSystem, int depth, Visitor visitor) {
    List<String> subdirectories = new ArrayList<>();
    try {
      int error = kernel.status(fd, status);
      if (error >= 0 && seen.add(status[0].device(), status[0].inode())) {
        long device = status[0].device();
        // Files are visited while the directory is read, so that it may have any number of them.
        error =
            directories.read(
                fd,
                (name, inode, type) -> {
                  byte[] bytes = FileName.encode(name);
                  int known = type == DirectoryReader.UNKNOWN ? typeOf(fd, bytes) : type;
                  if (known == DirectoryReader.DIRECTORY) {
                    subdirectories.add(name);
                  } else if (known == DirectoryReader.REGULAR) {
                    visitFile(fd, bytes, inode, device, below(path, name), fileSystem, visitor);
                  }
                });
      }
      if (error < 0) {
        anomalies.add(tree.locate(path), Errno.describe(error));
      }
      for (String name : subdirectories) {
        visitDirectory(fd, name, below(path, name), fileSystem, depth, visitor);
      }
    } finally {
      kernel.close(fd);
    }
  }

  private static String below(String directory, String name) {
    return directory.equals("/") ? "/" + name : directory + "/" + name;
  }

  private void visitFile(
      int directoryFd,
      byte[] name,
      long inode,
      long device,
      String path,
      FileSystem fileSystem,
      Visitor visitor) {
    // An overlay's files may have other devices than its directories, and repeat inode numbers.
    boolean told = !fileSystem.type().equals(OVERLAY);
    if (told && visitor.isKnown(device, inode)) {
      return;
    }
    // Should it have been replaced by a pipe just now, or be leased: nothing is waited for.
    int fd = openCached(directoryFd, name, Kernel.O_RDONLY | Kernel.O_NONBLOCK, path);
    if (fd >= 0 && probe.adopt(fd, path, fileSystem) instanceof FileProbe.Opened opened) {
      OpenedFile file = opened.file();
      if (!told && visitor.isKnown(file.status().device(), file.status().inode())) {
        file.close();
      } else {
        visitor.file(file, fileSystem);
      }
    }
  }

  private void visitDirectory(
      int directoryFd,
      String name,
      String path,
      FileSystem fileSystem,
      int depth,
      Visitor visitor) {
    if (depth >= DEPTH_MAX) {
      anomalies.add(tree.locate(path), "nested deeper than " + DEPTH_MAX);
      return;
    }
    int flags = Kernel.O_RDONLY | Kernel.O_DIRECTORY;
    int fd = openCached(directoryFd, FileName.encode(name), flags, path);
    if (fd >= 0) {
      walkDirectory(fd, path, fileSystem, depth + 1, visitor);
    }
  }

  /** Opens an entry of a directory without leaving a trace; negative when that is not possible. */
  private int openCached(int directoryFd, byte[] name, int flags, String path) {
    int fd = openCached(directoryFd, name, flags | Kernel.O_NOFOLLOW | Kernel.O_NOATIME);
    if (fd == -Errno.EPERM) {
      fd = openCached(directoryFd, name, flags | Kernel.O_NOFOLLOW);
    }
    if (fd < 0) {
      // Not cached, another mount (walked by its own), gone, or not for this user to read: normal.
      switch (-fd) {
        case Errno.EAGAIN, Errno.EXDEV, Errno.ENOENT, Errno.ELOOP, Errno.EACCES -> {}
        default -> anomalies.add(tree.locate(path), Errno.describe(fd));
      }
    }
    return fd;
  }

  private int openCached(int directoryFd, byte[] name, int flags) {
    int tries = (flags & Kernel.O_DIRECTORY) != 0 ? DIRECTORY_TRIES : FILE_TRIES;
    long resolve = Kernel.RESOLVE_CACHED | Kernel.RESOLVE_NO_XDEV;
    int fd = -Errno.EAGAIN;
    while (fd == -Errno.EAGAIN && tries-- > 0) {
      fd = kernel.openat2(directoryFd, name, flags, resolve);
    }
    return fd;
  }

  /** The type of an entry on a file system that does not keep types in its directories. */
  private int typeOf(int directoryFd, byte[] name) {
    int fd = openCached(directoryFd, name, Kernel.O_PATH | Kernel.O_NOFOLLOW);
    if (fd < 0) {
      return DirectoryReader.UNKNOWN;
    }
    int error = kernel.status(fd, status);
    kernel.close(fd);
    if (error < 0 || !status[0].isDirectory() && !status[0].isRegular()) {
      return DirectoryReader.UNKNOWN;
    }
    return status[0].isDirectory() ? DirectoryReader.DIRECTORY : DirectoryReader.REGULAR;
  }
}
