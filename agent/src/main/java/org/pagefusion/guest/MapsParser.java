// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Parser of /proc/[pid]/maps (proc(5), fs/proc/task_mmu.c) over one reused buffer.
 *
 * <p>Text comes in pieces of any size by {@link #feed}; each complete line is handed to the
 * visitor, which reads its fields from this parser and keeps none of it: no line costs an object. A
 * line that is not of the form is one anomaly. So for every text: lines = mappings + anomalies.
 */
public final class MapsParser {
  /** Bit of {@link #permissions()}; the same values as the kernel's PROCMAP_QUERY flags. */
  public static final int READ = 1;

  public static final int WRITE = 2;
  public static final int EXECUTE = 4;
  public static final int SHARED = 8;

  /**
   * A line of so many bytes, its newline not counted, is too long to be parsed. A path of PATH_MAX
   * needs 73 and at most four times 4095; longer ones, which the kernel shows in full where someone
   * nested directories that deep, can't be opened by their name anyway.
   */
  static final int LINE_MAX = 1 << 16;

  private static final byte[] HEX = hexDigits();

  /** Takes the lines. */
  public interface Visitor {
    /** A mapping: its fields can be read from the parser until this method returns. */
    void mapping(MapsParser line);

    /** A line that could not be parsed. */
    void anomaly(long lineNumber, String what);
  }

  private final Visitor visitor;
  private final byte[] buffer = new byte[2 * LINE_MAX];
  private int filled;
  private long lines;
  private boolean skipping;

  private long start;
  private long end;
  private int permissions;
  private long offset;
  private long device;
  private long inode;
  private int nameFrom;
  private int nameTo;
  private int position;

  /** Creates a parser that hands its lines to a visitor. */
  public MapsParser(Visitor visitor) {
    this.visitor = visitor;
  }

  private static byte[] hexDigits() {
    byte[] table = new byte[256];
    Arrays.fill(table, (byte) -1);
    for (int i = 0; i < 16; i++) {
      table[Character.forDigit(i, 16)] = (byte) i;
    }
    return table;
  }

  /** Forgets all text and begins with line 1 of another file. */
  public void begin() {
    filled = 0;
    lines = 0;
    skipping = false;
  }

  /** Takes the next piece of the text: the first {@code length} bytes of a buffer. */
  public void feed(ByteBuffer text, int length) {
    int taken = 0;
    while (taken < length) {
      int piece = Math.min(length - taken, buffer.length - filled);
      text.get(taken, buffer, filled, piece);
      taken += piece;
      take(piece);
    }
  }

  /** Takes the end of the text: what is left without a newline is a line too. */
  public void finish() {
    if (filled > 0) {
      // There is room for it: less than LINE_MAX is left over.
      buffer[filled] = '\n';
      take(1);
    }
    skipping = false;
  }

  /**
   * Parses the lines that {@code piece} bytes behind the filled ones complete, and keeps the rest.
   */
  private void take(int piece) {
    byte[] b = buffer;
    int to = filled + piece;
    int complete = to;
    // Backwards: a piece from the kernel ends with a line.
    while (complete > filled && b[complete - 1] != '\n') {
      complete--;
    }
    int from = 0;
    if (complete > filled) {
      parse(complete);
      from = complete;
    }
    filled = to - from;
    if (filled >= LINE_MAX) {
      if (!skipping) {
        lines++;
        tooLong(from, to);
      }
      filled = 0;
      skipping = true;
    } else if (from > 0) {
      System.arraycopy(b, from, b, 0, filled);
    }
  }

  /** Parses the lines in the first bytes of the buffer, the last of which is a newline. */
  private void parse(int to) {
    byte[] b = buffer;
    int from = 0;
    if (skipping) {
      from = newlineFrom(0) + 1;
      skipping = false;
    }
    while (from < to) {
      String error = parseFields(b, from);
      int newline = newlineFrom(position);
      lines++;
      if (newline - from >= LINE_MAX) {
        tooLong(from, newline);
      } else if (error == null) {
        nameTo = newline;
        visitor.mapping(this);
      } else {
        visitor.anomaly(lines, error + " in \"" + FileName.excerpt(b, from, newline) + '"');
      }
      from = newline + 1;
    }
  }

  private void tooLong(int from, int to) {
    visitor.anomaly(
        lines,
        "line of " + LINE_MAX + " bytes or more: \"" + FileName.excerpt(buffer, from, to) + '"');
  }

  private int newlineFrom(int from) {
    byte[] b = buffer;
    int i = from;
    while (b[i] != '\n') {
      i++;
    }
    return i;
  }

  /**
   * Parses the fields of the line at {@code from} up to the begin of the name, and leaves {@link
   * #position} at a place in the same line.
   *
   * @return null, or what is wrong
   */
  private String parseFields(byte[] b, int from) {
    byte[] hex = HEX;
    int p = from;
    int digit;

    long value = 0;
    while ((digit = hex[b[p] & 0xFF]) >= 0) {
      value = value << 4 | digit;
      p++;
    }
    if (p == from || p - from > 16 || b[p] != '-') {
      return malformed(p, "no start address");
    }
    start = value;

    int field = ++p;
    value = 0;
    while ((digit = hex[b[p] & 0xFF]) >= 0) {
      value = value << 4 | digit;
      p++;
    }
    if (p == field || p - field > 16 || b[p] != ' ') {
      return malformed(p, "no end address");
    }
    if (Long.compareUnsigned(start, value) >= 0) {
      return malformed(p, "end address is not above start address");
    }
    end = value;

    // Each test fails at a newline before the next byte is looked at.
    int bits = 0;
    if (b[++p] == 'r') {
      bits = READ;
    } else if (b[p] != '-') {
      return malformed(p, "no permissions");
    }
    if (b[++p] == 'w') {
      bits |= WRITE;
    } else if (b[p] != '-') {
      return malformed(p, "no permissions");
    }
    if (b[++p] == 'x') {
      bits |= EXECUTE;
    } else if (b[p] != '-') {
      return malformed(p, "no permissions");
    }
    if (b[++p] == 's') {
      bits |= SHARED;
    } else if (b[p] != 'p') {
      return malformed(p, "no permissions");
    }
    if (b[++p] != ' ') {
      return malformed(p, "no permissions");
    }
    permissions = bits;

    field = ++p;
    value = 0;
    while ((digit = hex[b[p] & 0xFF]) >= 0) {
      value = value << 4 | digit;
      p++;
    }
    if (p == field || p - field > 16 || b[p] != ' ') {
      return malformed(p, "no offset");
    }
    offset = value;

    field = ++p;
    value = 0;
    while ((digit = hex[b[p] & 0xFF]) >= 0) {
      value = value << 4 | digit;
      p++;
    }
    if (p == field || p - field > 8 || b[p] != ':') {
      return malformed(p, "no device");
    }
    long major = value;
    field = ++p;
    value = 0;
    while ((digit = hex[b[p] & 0xFF]) >= 0) {
      value = value << 4 | digit;
      p++;
    }
    if (p == field || p - field > 8 || b[p] != ' ') {
      return malformed(p, "no device");
    }
    device = major << 32 | value;

    field = ++p;
    value = 0;
    while ((digit = b[p] - '0') >= 0 && digit <= 9) {
      // The 20th digit is the first that can bring about an overflow.
      if (p - field >= 19 && overflows(value, digit)) {
        return malformed(p, "inode number of 2^64 or more");
      }
      value = value * 10 + digit;
      p++;
    }
    if (p == field || b[p] != ' ' && b[p] != '\n') {
      return malformed(p, "no inode number");
    }
    inode = value;

    while (b[p] == ' ') {
      p++;
    }
    nameFrom = p;
    position = p;
    return null;
  }

  private static boolean overflows(long value, int digit) {
    long limit = Long.divideUnsigned(-1L, 10);
    int compared = Long.compareUnsigned(value, limit);
    return compared > 0 || compared == 0 && digit > 5;
  }

  private String malformed(int at, String what) {
    position = at;
    return what;
  }

  /** Number of lines seen since {@link #begin}; the current line's number, from 1, in a visit. */
  public long lines() {
    return lines;
  }

  /** First address. */
  public long start() {
    return start;
  }

  /** Address behind the last. */
  public long end() {
    return end;
  }

  /** {@link #READ}, {@link #WRITE}, {@link #EXECUTE}, {@link #SHARED}. */
  public int permissions() {
    return permissions;
  }

  /** Offset in the file, bytes. */
  public long offset() {
    return offset;
  }

  /** Device of the file, (major &lt;&lt; 32) | minor. */
  public long device() {
    return device;
  }

  /** Inode number of the file, unsigned; 0 for memory without a file. */
  public long inode() {
    return inode;
  }

  /** Whether the line has a name. */
  public boolean hasName() {
    return nameFrom < nameTo;
  }

  /**
   * The name as it stands in the line: newlines in it as {@code \012}; empty when there is none.
   */
  public String name() {
    return FileName.decode(buffer, nameFrom, nameTo);
  }

  /** Whether the name has exactly these bytes. */
  boolean nameEquals(byte[] other) {
    return Arrays.equals(buffer, nameFrom, nameTo, other, 0, other.length);
  }

  /** The bytes of the name. */
  byte[] nameBytes() {
    return Arrays.copyOfRange(buffer, nameFrom, nameTo);
  }
}
