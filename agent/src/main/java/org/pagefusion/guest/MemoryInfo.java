// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;

/**
 * Memory of the guest as /proc/meminfo tells it (proc(5)).
 *
 * @param totalBytes usable memory (MemTotal)
 * @param freeBytes what nobody uses, not even as page cache (MemFree)
 * @param availableBytes what new programs could have without swapping (MemAvailable); empty before
 *     Linux 3.14
 */
public record MemoryInfo(
    OptionalLong totalBytes, OptionalLong freeBytes, OptionalLong availableBytes) {
  private static final int MEMINFO_MAX_BYTES = 1 << 16;

  /** Reads it; a tree without /proc/meminfo has none of the figures. */
  public static MemoryInfo read(GuestTree tree, Anomalies anomalies) {
    String path = "/proc/meminfo";
    try {
      return parse(tree.read(path, MEMINFO_MAX_BYTES), tree.locate(path), anomalies);
    } catch (IOException e) {
      anomalies.add(tree.locate(path), String.valueOf(e.getMessage()));
      return new MemoryInfo(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());
    }
  }

  static MemoryInfo parse(byte[] bytes, String where, Anomalies anomalies) {
    // With a newline before each line, a name is never found in the middle of one.
    String text = '\n' + new String(bytes, StandardCharsets.ISO_8859_1);
    OptionalLong total = field(text, "\nMemTotal:", where, anomalies);
    OptionalLong free = field(text, "\nMemFree:", where, anomalies);
    OptionalLong available = field(text, "\nMemAvailable:", where, anomalies);
    if (!text.contains("\nMemTotal:") || !text.contains("\nMemFree:")) {
      anomalies.add(where, "no line of MemTotal or MemFree");
    }
    return new MemoryInfo(total, free, available);
  }

  private static OptionalLong field(String text, String name, String where, Anomalies anomalies) {
    int at = text.indexOf(name);
    if (at < 0) {
      return OptionalLong.empty();
    }
    int from = at + name.length();
    int to = text.indexOf('\n', from);
    String value = text.substring(from, to < 0 ? text.length() : to).strip();
    try {
      if (!value.endsWith(" kB")) {
        throw new NumberFormatException();
      }
      String number = value.substring(0, value.length() - 3).strip();
      return OptionalLong.of(1024 * Numbers.decimal(number, Long.MAX_VALUE / 1024));
    } catch (NumberFormatException e) {
      byte[] shown = value.getBytes(StandardCharsets.ISO_8859_1);
      anomalies.add(
          where,
          name.strip()
              + " \""
              + FileName.excerpt(shown, 0, shown.length)
              + "\" is not a number of kB");
      return OptionalLong.empty();
    }
  }
}
