// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import java.nio.charset.StandardCharsets;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.bridge.NativeBuffer;

/**
 * The capabilities that are in force in this process, as in /proc/self/status (proc(5)): the
 * service runs as a user of its own that has some of root's.
 *
 * @param bits one bit for each number of linux/capability.h
 */
record Capabilities(long bits) {
  private static final int CAP_FOWNER = 3;
  private static final String LINE = "\nCapEff:\t";
  private static final int HEX_DIGITS = 16;
  private static final int STATUS_MAX_BYTES = 1 << 14;

  /** Those of this process; when they can't be read, all for root and none for others. */
  static Capabilities own(Kernel kernel) {
    NativeBuffer buffer = kernel.allocate(STATUS_MAX_BYTES);
    long count = kernel.readFile(FileName.encode("/proc/self/status"), buffer);
    byte[] text = new byte[(int) Math.max(count, 0)];
    buffer.bytes().get(0, text);
    long otherwise = kernel.effectiveUid() == 0 ? -1 : 0;
    return parse(new String(text, StandardCharsets.ISO_8859_1), otherwise);
  }

  static Capabilities parse(String status, long otherwise) {
    int at = status.indexOf(LINE);
    int from = at + LINE.length();
    if (at < 0 || from + HEX_DIGITS > status.length()) {
      return new Capabilities(otherwise);
    }
    try {
      return new Capabilities(Long.parseUnsignedLong(status, from, from + HEX_DIGITS, 16));
    } catch (NumberFormatException e) {
      return new Capabilities(otherwise);
    }
  }

  /** Whether the kernel treats this process as the owner of every file. */
  boolean ownsAllFiles() {
    return (bits & 1L << CAP_FOWNER) != 0;
  }
}
