// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.memory;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What the kernel says of this process's memory, by files that the mapper does not use. */
final class OwnMemory {
  private static final Path SMAPS = Path.of("/proc/self/smaps");
  private static final Path MAPS = Path.of("/proc/self/maps");
  private static final Path STATUS = Path.of("/proc/self/status");

  private OwnMemory() {}

  /** A mapping's line of /proc/self/maps; empty when none begins there. */
  static String mapsLine(long address) throws IOException {
    List<String> lines = smaps(address);
    return lines.isEmpty() ? "" : lines.get(0);
  }

  /** A field of a mapping in /proc/self/smaps, for example {@code "Rss"} in kB. */
  static String smapsField(long address, String name) throws IOException {
    for (String line : smaps(address)) {
      if (line.startsWith(name + ":")) {
        return line.substring(name.length() + 1).trim();
      }
    }
    throw new IOException("no " + name + " at " + Long.toHexString(address));
  }

  static long smapsBytes(long address, String name) throws IOException {
    return kilobytes(smapsField(address, name));
  }

  private static List<String> smaps(long address) throws IOException {
    // The VM reads its smaps in another charset where a file name is not UTF-8.
    List<String> lines = Files.readAllLines(SMAPS, StandardCharsets.ISO_8859_1);
    String start = Long.toHexString(address) + "-";
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith(start)) {
        int end = i + 1;
        while (end < lines.size() && lines.get(end).matches("[A-Z][A-Za-z_]*:.*")) {
          end++;
        }
        return lines.subList(i, end);
      }
    }
    return List.of();
  }

  /** How many mappings there are of files below a folder. */
  static int mappingsBelow(Path folder) throws IOException {
    int count = 0;
    for (String line : Files.readAllLines(MAPS, StandardCharsets.ISO_8859_1)) {
      count += line.contains(folder + "/") ? 1 : 0;
    }
    return count;
  }

  /** Bytes of this process's page tables. */
  static long pageTableBytes() throws IOException {
    return statusBytes("VmPTE");
  }

  /** Bytes of locked memory. */
  static long lockedBytes() throws IOException {
    return statusBytes("VmLck");
  }

  private static long statusBytes(String name) throws IOException {
    for (String line : Files.readAllLines(STATUS)) {
      if (line.startsWith(name + ":")) {
        return kilobytes(line.substring(name.length() + 1).trim());
      }
    }
    throw new IOException("no " + name);
  }

  private static long kilobytes(String text) {
    return Long.parseLong(text.substring(0, text.indexOf(' '))) << 10;
  }

  /** Open files, but those that the virtual machine and its child processes come and go with. */
  static Set<String> openFiles() throws IOException {
    Set<String> open = new TreeSet<>();
    try (Stream<Path> fds = Files.list(Path.of("/proc/self/fd"))) {
      for (Path fd : fds.toList()) {
        if (Files.isSymbolicLink(fd)) {
          String target = Files.readSymbolicLink(fd).toString();
          if (!target.endsWith(".jar") && !target.contains(":[")) {
            open.add(fd.getFileName() + " -> " + target);
          }
        }
      }
    }
    return open;
  }

  /** Reads memory by a call, which fails where a load would raise SIGBUS. */
  static byte[] read(long address, int length) throws IOException {
    byte[] bytes = new byte[length];
    try (RandomAccessFile memory = new RandomAccessFile("/proc/self/mem", "r")) {
      memory.seek(address);
      memory.readFully(bytes);
    }
    return bytes;
  }
}
