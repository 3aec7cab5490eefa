// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.daemon;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.bridge.NativeBuffer;
import org.pagefusion.bridge.PathBytes;
import org.pagefusion.memory.AddressSpace;

/**
 * Measures what a process of this machine takes: {@code smaps}, {@code status} and {@code stat} of
 * its /proc directory.
 */
public final class OwnCost {
  private static final int CHUNK_BYTES = 1 << 12;

  /** Of what is looked for, every line is shorter; the rest of longer ones does not matter. */
  private static final int LINE_BYTES = 64;

  /** Ticks of the times in /proc/[pid]/stat, per second: USER_HZ of every Linux on x86 and ARM. */
  private static final int TICKS_A_SECOND = 100;

  private final Kernel kernel;
  private final byte[] line = new byte[LINE_BYTES];
  private final byte[] chunk = new byte[CHUNK_BYTES];
  private NativeBuffer buffer;
  private boolean isOurs;
  private long dirtyBytes;
  private long cleanBytes;

  /** Creates a meter. */
  public OwnCost(Kernel kernel) {
    this.kernel = kernel;
  }

  /**
   * Measures.
   *
   * @param process directory of the process: {@code /proc/self}, {@code /proc/71}
   * @return empty when it can't be read, for instance because the process is another user's
   */
  public Optional<ServiceStatus.Cost> measure(String process) {
    long cpu = cpuMillis(process);
    buffer = kernel.allocate(CHUNK_BYTES);
    try {
      dirtyBytes = 0;
      cleanBytes = 0;
      long tables = pageTableBytes(process);
      if (!readLines(process + "/smaps") || tables < 0 || cpu < 0) {
        return Optional.empty();
      }
      return Optional.of(new ServiceStatus.Cost(dirtyBytes, cleanBytes, tables, cpu));
    } finally {
      buffer = null;
    }
  }

  /** The text of smaps is longer than all that this process should ever have in memory. */
  private boolean readLines(String path) {
    int fd = kernel.open(PathBytes.encode(path), Kernel.O_RDONLY);
    if (fd < 0) {
      return false;
    }
    try {
      int length = 0;
      while (true) {
        long count = kernel.read(fd, buffer);
        if (count <= 0) {
          return count == 0;
        }
        buffer.bytes().get(0, chunk, 0, (int) count);
        for (int i = 0; i < count; i++) {
          if (chunk[i] == '\n') {
            line(Math.min(length, LINE_BYTES));
            length = 0;
          } else {
            if (length < LINE_BYTES) {
              line[length] = chunk[i];
            }
            length++;
          }
        }
      }
    } finally {
      kernel.close(fd);
    }
  }

  private void line(int length) {
    if (length > 0 && line[0] >= 'A' && line[0] <= 'Z') {
      if (isOurs && startsWith("Private_Dirty:", length)) {
        dirtyBytes += kilobytes(length);
      } else if (isOurs && startsWith("Private_Clean:", length)) {
        cleanBytes += kilobytes(length);
      }
      return;
    }
    long start = 0;
    int i = 0;
    while (i < length && Character.digit(line[i], 16) >= 0) {
      start = start << 4 | Character.digit(line[i], 16);
      i++;
    }
    // What is mapped there for the host is the page cache's, with the service or without.
    isOurs = start < AddressSpace.START || start >= AddressSpace.END;
  }

  private boolean startsWith(String name, int length) {
    boolean same = length >= name.length();
    for (int i = 0; i < name.length() && same; i++) {
      same = line[i] == name.charAt(i);
    }
    return same;
  }

  private long kilobytes(int length) {
    long number = 0;
    for (int i = 0; i < length; i++) {
      if (line[i] >= '0' && line[i] <= '9') {
        number = 10 * number + (line[i] - '0');
      }
    }
    return 1024 * number;
  }

  private long pageTableBytes(String process) {
    String text = read(process + "/status");
    int at = text.indexOf("\nVmPTE:");
    return at < 0 ? -1 : 1024 * number(text, at + "\nVmPTE:".length());
  }

  /**
   * Measures the processor time alone, which takes no time.
   *
   * @param process as for {@link #measure}
   * @return milliseconds since the start; -1 when they can't be read
   */
  public long cpuMillis(String process) {
    buffer = kernel.allocate(CHUNK_BYTES);
    String text;
    try {
      text = read(process + "/stat");
    } finally {
      buffer = null;
    }
    // The name before may have spaces and parentheses in it; utime and stime are the 14th and 15th.
    String[] fields = text.substring(text.lastIndexOf(')') + 1).split(" ", -1);
    if (fields.length < 14) {
      return -1;
    }
    return (number(fields[12], 0) + number(fields[13], 0)) * 1000 / TICKS_A_SECOND;
  }

  private String read(String path) {
    long count = kernel.readFile(PathBytes.encode(path), buffer);
    int size = (int) Math.max(0, count);
    buffer.bytes().get(0, chunk, 0, size);
    return new String(chunk, 0, size, StandardCharsets.ISO_8859_1);
  }

  private static long number(String text, int from) {
    int i = from;
    while (i < text.length() && (text.charAt(i) == ' ' || text.charAt(i) == '\t')) {
      i++;
    }
    long number = 0;
    while (i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
      number = 10 * number + (text.charAt(i) - '0');
      i++;
    }
    return number;
  }
}
