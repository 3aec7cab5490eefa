// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.hostsim;

/**
 * Pages in a row, and what was found of them: scratch that is filled again and again, for a check
 * looks at hundreds of thousands.
 */
final class PageBatch {
  /** Most pages of a batch: what is read at once stays in the CPU's cache. */
  static final int PAGES_MAX = 64;

  /** States of a page. */
  static final byte ABSENT = 0;

  static final byte READ_ONLY = 1;
  static final byte WRITABLE = 2;
  static final byte NOT_RAM = 3;

  /** Of the first page. */
  long address;

  int pages;
  final byte[] state = new byte[PAGES_MAX];

  /** Which page of the guest it is; of no meaning for absent ones. */
  final long[] frame = new long[PAGES_MAX];

  /** Whether the content is to be read. */
  final boolean[] wanted = new boolean[PAGES_MAX];

  final long[] hashHigh = new long[PAGES_MAX];
  final long[] hashLow = new long[PAGES_MAX];

  /** Begins another batch, of pages of which nothing is known yet. */
  void begin(long firstAddress, int count) {
    address = firstAddress;
    pages = count;
    for (int i = 0; i < count; i++) {
      state[i] = ABSENT;
      wanted[i] = false;
    }
  }

  /** Where a page begins. */
  long addressOf(int index) {
    return address + (long) index * HostSimulator.PAGE_BYTES;
  }
}
