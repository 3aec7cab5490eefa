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
 * @param availableBytes what new programs could have without swapping (MemAvailable); empty before Linux
 *     3.14
 */
public record MemoryInfo(OptionalLong totalBytes, OptionalLong freeBytes, OptionalLong availableBytes) {
  private static final int MEMINFO_MAX_BYTES = 1 << 16;

  /** Reads it; a tree without /proc/meminfo has neither figure. */
  public static MemoryInfo read(GuestTree tree, Anomalies anomalies) {
    String path = "/proc/meminfo";
    try {
      String text = new String(tree.read(path, MEMINFO_MAX_BYTES), StandardCharsets.ISO_8859_1);
      return new MemoryInfo(
          field(text, "MemTotal:", tree, anomalies),
          field(text, "MemFree:", tree, anomalies),
          field(text, "MemAvailable:", tree, anomalies));
    } catch (IOException e) {
      anomalies.add(tree.locate(path), String.valueOf(e.getMessage()));
      return new MemoryInfo(
          OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());
    }
  }

  private static OptionalLong field(
      String text, String name, GuestTree tree, Anomalies anomalies) {
    int from = text.startsWith(name) ? 0 : text.indexOf("\n" + name) + 1;
    if (from == 0 && !text.startsWith(name)) {
      return OptionalLong.empty();
    }
    int to = text.indexOf('\n', from);
    String value = text.substring(from + name.length(), to < 0 ? text.length() : to).strip();
    try {
      if (!value.endsWith(" kB")) {
        throw new NumberFormatException();
      }
      long kilobytes = Long.parseLong(value.substring(0, value.length() - 3).strip());
      return OptionalLong.of(Math.multiplyExact(kilobytes, 1024L));
    } catch (NumberFormatException | ArithmeticException e) {
      anomalies.add(
          tree.locate("/proc/meminfo"), name + " \"" + value + "\" is not a number of kB");
      return OptionalLong.empty();
    }
  }
}
