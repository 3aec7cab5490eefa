// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import org.pagefusion.bridge.FileStatus;
import org.pagefusion.bridge.Kernel;

/** Whether systemd's journal reads stderr, as systemd.exec(5) says how to find out. */
final class JournalStream {
  private static final int STDERR = 2;

  private JournalStream() {}

  /**
   * Compares what systemd has said with what is there: a variable alone may be inherited.
   *
   * @param variable JOURNAL_STREAM: device and inode number of the stream, null when not set
   */
  static boolean isStderr(String variable, Kernel kernel) {
    int colon = variable == null ? -1 : variable.indexOf(':');
    FileStatus[] status = new FileStatus[1];
    if (colon < 0 || kernel.status(STDERR, status) < 0) {
      return false;
    }
    try {
      long device = Long.parseLong(variable.substring(0, colon));
      long inode = Long.parseLong(variable.substring(colon + 1));
      // dev_t as glibc packs it (sys/sysmacros.h).
      long major = device >>> 8 & 0xFFF | device >>> 32 & 0xFFFF_F000L;
      long minor = device & 0xFF | device >>> 12 & 0xFFFF_FF00L;
      return status[0].device() == Kernel.device(major, minor) && status[0].inode() == inode;
    } catch (NumberFormatException e) {
      return false;
    }
  }
}
