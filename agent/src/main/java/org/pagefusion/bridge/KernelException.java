// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.bridge;

import java.io.IOException;

/** A system call that failed, with the file it was about. */
public final class KernelException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int errno;

  /**
   * Creates the exception.
   *
   * @param file what the call was about, for people
   * @param errno error number, of either sign
   */
  public KernelException(String file, long errno) {
    super(file + ": " + Errno.describe(errno));
    this.errno = (int) Math.abs(errno);
  }

  /** The error number, positive; see {@link Errno}. */
  public int errno() {
    return errno;
  }
}
