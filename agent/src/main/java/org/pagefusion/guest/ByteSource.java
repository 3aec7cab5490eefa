// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import java.io.IOException;

/**
 * The bytes of one file, read without a trace: a live file whose page cache must not grow, a
 * captured copy, or an array.
 */
public interface ByteSource {
  /** Length of the file in bytes, never negative. */
  long size();

  /**
   * Reads up to {@code length} bytes at {@code offset}.
   *
   * @param offset where in the file to start, in bytes, not negative; may lie past the end
   * @param into receives the bytes
   * @param at index in {@code into} of the first byte received
   * @param length bytes wanted; {@code at + length} must not exceed {@code into.length}
   * @return the number of bytes received: {@code length}, or fewer only because the file ends
   *     there, and 0 at or past its end
   * @throws NotResidentException when the bytes exist but reading them would have to bring them
   *     into the page cache
   * @throws IOException when the file can't be read
   */
  int read(long offset, byte[] into, int at, int length) throws IOException;
}
