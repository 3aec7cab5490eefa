// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.compare;

/**
 * Memory that a comparison may take for what grows with its input. It is asked before memory is
 * allocated, so that reports which are too much are refused before the JVM is out of memory.
 */
final class MemoryBudget {
  // Of the JVM's heap. The rest is for what is short-lived, and for the collector's own room.
  private static final double SHARE_OF_TABLES = 0.45;
  private static final double SHARE_OF_VARIANTS = 0.18;
  private static final double SHARE_OF_A_REPORT = 0.12;

  private final String what;
  private final long bytes;
  private long left;

  private MemoryBudget(String what, double bytes) {
    this.what = what;
    this.bytes = (long) bytes;
    this.left = this.bytes;
  }

  /** For the pages of all guests, in a JVM whose heap may have so many bytes. */
  static MemoryBudget ofTables(long heapBytes) {
    return new MemoryBudget("the distinct pages of all reports", SHARE_OF_TABLES * heapBytes);
  }

  /** For pages that differ from the first, in a JVM whose heap may have so many bytes. */
  static MemoryBudget ofVariants(long heapBytes) {
    return new MemoryBudget("the differing pages of all reports", SHARE_OF_VARIANTS * heapBytes);
  }

  /** For one report while it is read, in a JVM whose heap may have so many bytes. */
  static MemoryBudget ofReport(long heapBytes) {
    return new MemoryBudget("the pages of one report", SHARE_OF_A_REPORT * heapBytes);
  }

  /**
   * Takes memory.
   *
   * @throws TooLargeException when there is not so much left
   */
  void take(long wanted) throws TooLargeException {
    if (wanted > left) {
      throw new TooLargeException(
          what
              + " do not fit into "
              + (bytes >> 20)
              + " MiB, their part of the JVM's heap; compare fewer guests at a time, or give it more,"
              + " e.g. PAGEFUSION_JAVA_OPTS=-Xmx4g");
    }
    left -= wanted;
  }

  /** Gives back what was taken. */
  void release(long taken) {
    left += taken;
  }
}
