// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The files of a captured guest as it had them: a copy has other device and inode numbers, maybe another
 * owner, and no residency. Tab-separated text with a heading: path, device (hex, as makedev(3) packs it),
 * inode, size, mode (octal permission bits), uid, mtime (seconds).
 */
public final class CaptureManifest {
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

  static CaptureManifest parse(byte[] text, String where, Anomalies anomalies) {
    Map<String, Entry> entries = new HashMap<>();
    int line = 0;
    for (int from = 0; from < text.length; ) {
      int to = from;
      while (to < text.length && text[to] != '\n') {
        to++;
      }
      line++;
      String[] fields = FileName.decode(text, from, to).split("\t", -1);
      if (line > 1) {
        try {
          entries.put(fields[0], entry(fields));
        } catch (IllegalArgumentException e) {
          anomalies.add(where + ":" + line, "not a manifest line: " + e.getMessage());
        }
      }
      from = to + 1;
    }
    return new CaptureManifest(entries);
  }

  private static Entry entry(String[] fields) {
    if (fields.length != 7) {
      throw new IllegalArgumentException(fields.length + " fields, expected 7");
    }
    long packed = Long.parseUnsignedLong(fields[1], 16);
    // The bits of glibc's makedev(3) that Linux uses: 12 of the major, 20 of the minor number.
    long major = packed >>> 8 & 0xFFF;
    long minor = packed & 0xFF | packed >>> 12 & 0xFFF00;
    return new Entry(
        major << 32 | minor,
        Long.parseUnsignedLong(fields[2]),
        Long.parseLong(fields[3]),
        Integer.parseInt(fields[4], 8),
        Long.parseLong(fields[5]),
        Long.parseLong(fields[6]));
  }
}
