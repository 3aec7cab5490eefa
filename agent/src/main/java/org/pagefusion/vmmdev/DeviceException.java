// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.vmmdev;

import java.io.IOException;
import org.pagefusion.bridge.Errno;

/**
 * A request did not get to the host, or no answer came back. Its number is an errno of this guest's
 * kernel, never the host's result code.
 */
public final class DeviceException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int errno;
  private final String problem;

  /**
   * Creates the exception.
   *
   * @param device its name, for people
   * @param errno error number of either sign; see {@link Errno}
   * @param what what failed, for people, and what to do about it
   * @param cause what Java said, or null
   */
  DeviceException(String device, long errno, String what, Throwable cause) {
    super(device + ": " + Errno.describe(errno) + ": " + what, cause);
    this.errno = (int) Math.abs(errno);
    this.problem = what;
  }

  DeviceException(String device, long errno, String what) {
    this(device, errno, what, null);
  }

  /** What failed, for people, and what to do about it: the message without device and errno. */
  public String problem() {
    return problem;
  }

  /** The error number, positive; see {@link Errno}. */
  public int errno() {
    return errno;
  }
}
