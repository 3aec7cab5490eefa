// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The files of a captured guest as it had them: a copy has other device and inode numbers, maybe
 * another owner, and no residency. Tab-separated text with a heading: path, device (hex, as
 * makedev(3) packs it), inode, size, mode (octal permission bits), uid, mtime (seconds since the
 * epoch).
 */
public final class CaptureManifest {
  private static final int FIELDS = 7;

  /** Linux packs a device number into 32 bits. */
  private static final int DEVICE_BITS = 32;

  private static final int PERMISSION_DIGITS_MAX = 4;
  private static final long UID_MAX = 0xFFFFFFFFL;

  /**
   * One file.
   *
   * @param device (major &lt;&lt; 32) | minor, as the guest's maps show it
   * @param inode inode number in the guest
   * @param sizeBytes its length
   * @param permissions permission bits
   * @param uid its owner
   * @param mtimeSeconds last change of its content, seconds since the epoch
   */
  public record Entry(
      long device, long inode, long sizeBytes, int permissions, long uid, long mtimeSeconds) {}

  private final Map<String, Entry> entries;

  private CaptureManifest(Map<String, Entry> entries) {
    this.entries = entries;
  }

  /** What the guest's file of that path was like. */
  public Optional<Entry> entry(String path) {
    return Optional.ofNullable(entries.get(path));
  }

  /** Parses the heading and the lines below it, of which every one is an entry or an anomaly. */
  static CaptureManifest parse(byte[] text, String where, Anomalies anomalies) {
    Map<String, Entry> entries = new HashMap<>();
    int line = 0;
    for (int from = 0; from < text.length; ) {
      int to = from;
      while (to < text.length && text[to] != '\n') {
        to++;
      }
      line++;
      String[] fields = FileName.decode(text, from, to).split("\t", FIELDS + 1);
      try {
        if (line > 1) {
          add(entries, fields);
        } else if (!fields[0].equals("path")) {
          throw new IllegalArgumentException("the heading should begin with \"path\"");
        }
      } catch (IllegalArgumentException e) {
        anomalies.add(
            where + ":" + line, e.getMessage() + " in \"" + FileName.excerpt(text, from, to) + '"');
      }
      from = to + 1;
    }
    return new CaptureManifest(entries);
  }

  private static void add(Map<String, Entry> entries, String[] fields) {
    if (fields.length != FIELDS) {
      throw new IllegalArgumentException("not " + FIELDS + " fields");
    }
    if (!fields[0].startsWith("/")) {
      throw new IllegalArgumentException("no absolute path");
    }
    if (entries.putIfAbsent(fields[0], entry(fields)) != null) {
      throw new IllegalArgumentException("a path for the second time");
    }
  }

  private static Entry entry(String[] fields) {
    String column = "";
    try {
      column = "device";
      long packed = Numbers.hex(fields[1]);
      if (packed >>> DEVICE_BITS != 0) {
        throw new NumberFormatException();
      }
      // The bits of glibc's makedev(3) that Linux uses: 12 of the major, 20 of the minor number.
      long major = packed >>> 8 & 0xFFF;
      long minor = packed & 0xFF | packed >>> 12 & 0xFFF00;
      column = "inode";
      long inode = Numbers.unsignedDecimal(fields[2]);
      column = "size";
      long sizeBytes = Numbers.decimal(fields[3], Long.MAX_VALUE);
      column = "mode";
      int permissions = permissions(fields[4]);
      column = "uid";
      long uid = Numbers.decimal(fields[5], UID_MAX);
      column = "mtime";
      return new Entry(major << 32 | minor, inode, sizeBytes, permissions, uid, seconds(fields[6]));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("no number of " + column, e);
    }
  }

  private static int permissions(String text) {
    int bits = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 7 || i == PERMISSION_DIGITS_MAX) {
        throw new NumberFormatException();
      }
      bits = bits << 3 | digit;
    }
    if (text.isEmpty()) {
      throw new NumberFormatException();
    }
    return bits;
  }

  /** A file may be older than the epoch. */
  private static long seconds(String text) {
    return text.startsWith("-")
        ? -Numbers.decimal(text.substring(1), Long.MAX_VALUE)
        : Numbers.decimal(text, Long.MAX_VALUE);
  }
}
