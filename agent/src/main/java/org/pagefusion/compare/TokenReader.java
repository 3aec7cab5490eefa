// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.compare;

import java.io.IOException;
import java.io.Reader;

/**
 * Ends a text whose single values are longer than any that a report has, which a JSON parser would
 * otherwise collect in memory until there is none left.
 */
final class TokenReader extends Reader {
  /** More than the page hashes of the largest module, 1 GiB in as many regions as may be. */
  static final int MAX_CHARS = 4 << 20;

  private final Reader in;
  private long read;
  private long tokenAt;
  private boolean ended;

  TokenReader(Reader in) {
    this.in = in;
  }

  /** A value ends here, and another begins. */
  void nextToken() {
    tokenAt = read;
  }

  /** Whether all has been read, and more was asked for. */
  boolean hasEnded() {
    return ended;
  }

  @Override
  public int read(char[] chars, int from, int count) throws IOException {
    if (read - tokenAt > MAX_CHARS) {
      throw new UnusableReportException(
          "a value of more than " + MAX_CHARS + " characters, which no report has");
    }
    int got = in.read(chars, from, count);
    read += Math.max(0, got);
    ended = got < 0;
    return got;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
