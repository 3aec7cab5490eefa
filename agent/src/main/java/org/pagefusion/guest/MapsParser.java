// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Parser of /proc/[pid]/maps (proc(5), fs/proc/task_mmu.c) over one reused buffer.
 *
 * <p>Text comes in pieces of any size by {@link #feed}; each complete line is handed to the visitor,
 * which reads its fields from this parser and keeps none of it: no line costs an object. A line that is
 * not of the form is one anomaly. So for every text: lines = mappings + anomalies.
 */
public final class MapsParser {
  /** Bit of {@link #permissions()}; the same values as the kernel's PROCMAP_QUERY flags. */
  public static final int READ = 1;

  public static final int WRITE = 2;
  public static final int EXECUTE = 4;
  public static final int SHARED = 8;

  /**
   * Longest line that is parsed, in bytes. The kernel's longest has 73 bytes before the name and a name
   * of 4095 bytes, all of which may be escaped to four.
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
      // One byte stays free for the sentinel.
      int piece = Math.min(length - taken, buffer.length - 1 - filled);
      text.get(taken, buffer, filled, piece);
      taken += piece;
      filled += piece;
      parse();
    }
  }

  /** Takes the end of the text: what is left without a newline is a line too. */
  public void finish() {
    if (filled > 0) {
      buffer[filled++] = '\n';
      parse();
    }
    skipping = false;
  }

  /** Parses all complete lines and moves the rest to the front of the buffer. */
  private void parse() {
    byte[] b = buffer;
    int to = filled;
    int from = 0;
    // The loops below end at this newline at the latest; a line that ends there is not complete yet.
    b[to] = '\n';
    while (from < to) {
      if (skipping) {
        int newline = newlineFrom(from);
        skipping = newline == to;
        from = skipping ? to : newline + 1;
        continue;
      }
      String error = parseFields(b, from);
      int newline = newlineFrom(position);
      if (newline == to) {
        break;
      }
      lines++;
      if (error == null) {
        nameTo = newline;
        visitor.mapping(this);
      } else {
        visitor.anomaly(lines, error + " in \"" + excerpt(from, newline) + '"');
      }
      from = newline + 1;
    }
    filled = to - from;
    if (filled >= LINE_MAX) {
      lines++;
      visitor.anomaly(lines, "line of over " + LINE_MAX + " bytes: \"" + excerpt(from, to) + '"');
      filled = 0;
      skipping = true;
    } else if (from > 0 && filled > 0) {
      System.arraycopy(b, from, b, 0, filled);
    }
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
   * Parses the fields of the line at {@code from} up to the begin of the name, and leaves
   * {@link #position} at a place in the same line.
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
      // Unsigned overflow of 2^64: the 20th digit is the first that can bring it about.
      if (p - field >= 19 && (p - field > 19 || overflows(value, digit))) {
        return malformed(p, "inode number above 2^64");
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

  private String excerpt(int from, int to) {
    int shown = Math.min(to - from, 80);
    String text = FileName.printable(FileName.decode(buffer, from, from + shown));
    return shown < to - from ? text + "…" : text;
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

  /** The name as it stands in the line: newlines in it as {@code \012}; empty when there is none. */
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
