// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.bridge;

/**
 * Linux error numbers (asm-generic/errno-base.h, errno.h; the same on every architecture that
 * VirtualBox runs) with the words a person knows them by.
 */
public final class Errno {
  public static final int EPERM = 1;
  public static final int ENOENT = 2;
  public static final int ESRCH = 3;
  public static final int EINTR = 4;
  public static final int EIO = 5;
  public static final int ENXIO = 6;
  public static final int E2BIG = 7;
  public static final int EBADF = 9;
  public static final int EAGAIN = 11;
  public static final int ENOMEM = 12;
  public static final int EACCES = 13;
  public static final int EFAULT = 14;
  public static final int EBUSY = 16;
  public static final int EEXIST = 17;
  public static final int EXDEV = 18;
  public static final int ENODEV = 19;
  public static final int ENOTDIR = 20;
  public static final int EINVAL = 22;
  public static final int EMFILE = 24;
  public static final int ENOTTY = 25;
  public static final int EPIPE = 32;
  public static final int ENAMETOOLONG = 36;
  public static final int ENOSYS = 38;
  public static final int ELOOP = 40;
  public static final int EPROTO = 71;
  public static final int EOPNOTSUPP = 95;
  public static final int EADDRINUSE = 98;
  public static final int ECONNRESET = 104;
  public static final int ENOTCONN = 107;
  public static final int ETIMEDOUT = 110;
  public static final int ECONNREFUSED = 111;
  public static final int ESTALE = 116;

  private Errno() {}

  /**
   * Describes an error for people.
   *
   * @param errno an error number, of either sign
   * @return for example {@code "permission denied (EACCES)"}; unknown numbers as {@code "errno
   *     123"}
   */
  public static String describe(long errno) {
    return switch ((int) Math.abs(errno)) {
      case EPERM -> "operation not permitted (EPERM)";
      case ENOENT -> "no such file or directory (ENOENT)";
      case ESRCH -> "no such process (ESRCH)";
      case EINTR -> "interrupted (EINTR)";
      case EIO -> "input/output error (EIO)";
      case ENXIO -> "no such device or address (ENXIO)";
      case E2BIG -> "too long (E2BIG)";
      case EBADF -> "bad file descriptor (EBADF)";
      case EAGAIN -> "not available now (EAGAIN)";
      case ENOMEM -> "out of memory (ENOMEM)";
      case EACCES -> "permission denied (EACCES)";
      case EFAULT -> "bad address (EFAULT)";
      case EBUSY -> "busy (EBUSY)";
      case EEXIST -> "exists already (EEXIST)";
      case EXDEV -> "on another file system (EXDEV)";
      case ENODEV -> "no such device, or not mappable (ENODEV)";
      case ENOTDIR -> "not a directory (ENOTDIR)";
      case EINVAL -> "invalid argument (EINVAL)";
      case EMFILE -> "too many open files (EMFILE)";
      case ENOTTY -> "not supported by this file or kernel (ENOTTY)";
      case EPIPE -> "broken connection (EPIPE)";
      case ENAMETOOLONG -> "name too long (ENAMETOOLONG)";
      case ENOSYS -> "not supported by this kernel (ENOSYS)";
      case ELOOP -> "too many symbolic links (ELOOP)";
      case EPROTO -> "protocol error (EPROTO)";
      case EOPNOTSUPP -> "not supported (EOPNOTSUPP)";
      case EADDRINUSE -> "address in use (EADDRINUSE)";
      case ECONNRESET -> "connection reset (ECONNRESET)";
      case ENOTCONN -> "not connected (ENOTCONN)";
      case ETIMEDOUT -> "timed out (ETIMEDOUT)";
      case ECONNREFUSED -> "connection refused (ECONNREFUSED)";
      case ESTALE -> "stale file handle (ESTALE)";
      default -> "errno " + Math.abs(errno);
    };
  }
}
