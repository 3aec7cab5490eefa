// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.pagefusion.bridge.Errno;
import org.pagefusion.bridge.FileStatus;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.bridge.KernelException;
import org.pagefusion.bridge.NativeBuffer;

/**
 * The tree that is read: the live one, or another below a directory (a container's, a captured
 * guest's). Paths are absolute within the tree; symbolic links stay inside it.
 */
public final class GuestTree implements AutoCloseable {
  /** Where a captured tree lists its files as the guest had them. */
  static final String MANIFEST = "/files.tsv";

  private static final int READ_CHUNK_BYTES = 1 << 16;
  private static final int MANIFEST_MAX_BYTES = 256 << 20;

  private final Kernel kernel;
  private final String root;
  private final int rootFd;
  private final NativeBuffer chunk;
  private final Optional<CaptureManifest> manifest;
  private boolean resolvesInRoot = true;

  private GuestTree(Kernel kernel, String root, int rootFd, Anomalies anomalies)
      throws IOException {
    this.kernel = kernel;
    this.rootFd = rootFd;
    this.chunk = kernel.allocate(READ_CHUNK_BYTES);
    this.root = rootFd < 0 ? "/" : withoutLinks(root, rootFd);
    this.manifest = isLive() ? Optional.empty() : readManifest(anomalies);
  }

  /**
   * Opens a tree.
   *
   * @param root {@code "/"} for the live one, else a directory
   * @param anomalies takes what is wrong with the manifest of a captured tree
   * @throws KernelException when there is no such directory
   */
  public static GuestTree open(Kernel kernel, String root, Anomalies anomalies) throws IOException {
    String directory = root;
    while (directory.length() > 1 && directory.endsWith("/")) {
      directory = directory.substring(0, directory.length() - 1);
    }
    int fd = Kernel.AT_FDCWD;
    if (!directory.equals("/")) {
      fd = kernel.open(FileName.encode(directory), Kernel.O_RDONLY | Kernel.O_DIRECTORY);
      if (fd < 0) {
        throw new KernelException(directory, fd);
      }
    }
    return new GuestTree(kernel, directory, fd, anomalies);
  }

  /**
   * A directory's path without links in it, so that the kernel's names of files below it begin with
   * it. The kernel names a directory as its own mount namespace sees it; where that is another than
   * this process's, /proc/[pid]/root above all, the name leads elsewhere from here, and the path
   * stays as it was given.
   */
  private String withoutLinks(String path, int fd) {
    String name = ownLink("/proc/self/fd/" + fd).orElse(path);
    int other = kernel.open(FileName.encode(name), Kernel.O_PATH | Kernel.O_DIRECTORY);
    if (other < 0) {
      return path;
    }
    FileStatus[] given = new FileStatus[1];
    FileStatus[] named = new FileStatus[1];
    int error = Math.min(kernel.status(fd, given), kernel.status(other, named));
    kernel.close(other);
    boolean same =
        error >= 0
            && given[0].device() == named[0].device()
            && given[0].inode() == named[0].inode()
            && given[0].mountId() == named[0].mountId();
    return same ? name : path;
  }

  private Optional<CaptureManifest> readManifest(Anomalies anomalies) throws IOException {
    byte[] text;
    try {
      text = read(MANIFEST, MANIFEST_MAX_BYTES);
    } catch (KernelException e) {
      if (e.errno() == Errno.ENOENT) {
        return Optional.empty();
      }
      throw e;
    }
    return Optional.of(CaptureManifest.parse(text, locate(MANIFEST), anomalies));
  }

  /** Where the tree is: {@code "/"}, or a directory. */
  public String root() {
    return root;
  }

  /**
   * Whether this is the running system itself, so that its processes can be followed into their
   * namespaces.
   */
  public boolean isLive() {
    return root.equals("/");
  }

  /** The files as a captured guest had them; empty for the live tree and for any other real one. */
  public Optional<CaptureManifest> manifest() {
    return manifest;
  }

  /** The path as it is seen from outside of the tree, for messages. */
  public String locate(String path) {
    return isLive() ? path : root + path;
  }

  /** Opens a file of the tree: its descriptor, or a negative errno. */
  public int openFile(String path, int flags) {
    return openFile(path, flags, 0);
  }

  /**
   * Opens a file of the tree.
   *
   * @param resolve openat2's RESOLVE_* bits, beyond those that keep the path in the tree
   * @return its descriptor, or a negative errno
   */
  public int openFile(String path, int flags, long resolve) {
    byte[] name = FileName.encode(path);
    if (isLive()) {
      return resolve == 0
          ? kernel.open(name, flags)
          : kernel.openat2(Kernel.AT_FDCWD, name, flags, resolve);
    }
    if (resolvesInRoot) {
      int fd = kernel.openat2(rootFd, name, flags, resolve | Kernel.RESOLVE_IN_ROOT);
      if (fd != -Errno.ENOSYS || resolve != 0) {
        return fd;
      }
      resolvesInRoot = false;
    }
    return kernel.open(FileName.encode(root + path), flags);
  }

  /**
   * Reads a small file from its start.
   *
   * @param limitBytes most that is read
   * @throws KernelException when it can't be read
   * @throws IOException when it is longer than the limit
   */
  public byte[] read(String path, int limitBytes) throws IOException {
    int fd = openFile(path, Kernel.O_RDONLY);
    if (fd < 0) {
      throw new KernelException(locate(path), fd);
    }
    try {
      byte[] text = new byte[0];
      while (true) {
        long count = kernel.read(fd, chunk);
        if (count < 0) {
          throw new KernelException(locate(path), count);
        }
        if (count == 0) {
          return text;
        }
        if (text.length + count > limitBytes) {
          throw new IOException(locate(path) + ": longer than " + limitBytes + " bytes");
        }
        int end = text.length;
        text = Arrays.copyOf(text, end + (int) count);
        chunk.bytes().get(0, text, end, (int) count);
      }
    } finally {
      kernel.close(fd);
    }
  }

  /** Where a symbolic link of the tree leads; empty when it is none or can't be read. */
  public Optional<String> readLink(String path) {
    return ownLink(isLive() ? path : root + path);
  }

  /** Where a symbolic link outside of the tree leads: one of this process' own /proc entries. */
  Optional<String> ownLink(String path) {
    long length = kernel.readlink(FileName.encode(path), chunk);
    if (length < 0) {
      return Optional.empty();
    }
    byte[] target = new byte[(int) length];
    chunk.bytes().get(0, target);
    return Optional.of(FileName.decode(target, 0, target.length));
  }

  /** What stat says of a path; empty when it can't be reached. */
  public Optional<FileStatus> statusOf(String path) {
    int fd = openFile(path, Kernel.O_PATH);
    if (fd < 0) {
      return Optional.empty();
    }
    FileStatus[] status = new FileStatus[1];
    int error = kernel.status(fd, status);
    kernel.close(fd);
    return error < 0 ? Optional.empty() : Optional.of(status[0]);
  }

  /**
   * The names in a directory, without "." and "..".
   *
   * @throws KernelException when it can't be read
   */
  public List<String> list(String path) throws KernelException {
    List<String> names = new ArrayList<>();
    DirectoryReader reader = new DirectoryReader(kernel);
    int fd = openFile(path, Kernel.O_RDONLY | Kernel.O_DIRECTORY);
    if (fd < 0) {
      throw new KernelException(locate(path), fd);
    }
    try {
      int error = reader.read(fd, (name, inode, type) -> names.add(name));
      if (error < 0) {
        throw new KernelException(locate(path), error);
      }
    } finally {
      kernel.close(fd);
    }
    return names;
  }

  @Override
  public void close() {
    if (rootFd >= 0) {
      kernel.close(rootFd);
    }
  }
}
