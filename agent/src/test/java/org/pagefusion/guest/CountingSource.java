// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import java.io.IOException;
import java.util.Arrays;
import java.util.Set;

/**
 * A file in an array that counts what is read of it. Behind the array it may have a hole, as sparse
 * files do, and some of its pages may be out of the page cache.
 */
final class CountingSource implements ByteSource {
  static final int PAGE_BYTES = 4096;

  private final byte[] bytes;
  private final long size;
  private final Set<Long> missingPages;
  private long bytesRead;
  private int reads;

  CountingSource(byte[] bytes) {
    this(bytes, bytes.length, Set.of());
  }

  /**
   * Creates the file.
   *
   * @param size length that the file has; zeros behind the array
   * @param missingPages indexes of the pages that are not resident
   */
  CountingSource(byte[] bytes, long size, Set<Long> missingPages) {
    this.bytes = bytes.clone();
    this.size = size;
    this.missingPages = Set.copyOf(missingPages);
  }

  /** Bytes handed out so far. */
  long bytesRead() {
    return bytesRead;
  }

  /** How often it was read. */
  int reads() {
    return reads;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public int read(long offset, byte[] into, int at, int length) throws IOException {
    if (offset < 0 || at < 0 || length < 0 || at > into.length - length) {
      throw new AssertionError(
          "read of " + length + " bytes at " + offset + " to " + at + " of " + into.length);
    }
    reads++;
    int count = (int) Math.max(0, Math.min(length, size - offset));
    for (long page = offset / PAGE_BYTES; page * PAGE_BYTES < offset + count; page++) {
      if (missingPages.contains(page)) {
        throw new NotResidentException("page " + page);
      }
    }
    int stored = (int) Math.max(0, Math.min(count, bytes.length - offset));
    if (stored > 0) {
      System.arraycopy(bytes, (int) offset, into, at, stored);
    }
    Arrays.fill(into, at + stored, at + count, (byte) 0);
    bytesRead += count;
    return count;
  }
}
