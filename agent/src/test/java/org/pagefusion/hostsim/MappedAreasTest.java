// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.hostsim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.bridge.NativeBuffer;

class MappedAreasTest {
  private static final String LINES =
      """
      00400000-00452000 r-xp 00001000 08:02 173521      /usr/bin/dbus daemon
      00651000-00652000 r--p 00051000 08:02 173521      /usr/bin/dbus daemon
      00652000-00655000 rw-p 00052000 08:02 173521 /x
      7f0000000000-7f0000001000 ---p 00000000 00:00 0
      7f0000001000-7f0000002000 -w-s 00000000 fe:10000 18446744073709551615 /y
      ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
      """;

  private final Kernel kernel = Kernel.load();
  private final MappedAreas areas = new MappedAreas();

  private int parse(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    NativeBuffer buffer = kernel.allocate(Math.max(1, bytes.length));
    buffer.bytes().put(0, bytes);
    return areas.parse(buffer, bytes.length);
  }

  @Test
  void readsTheKernelsLines() {
    assertEquals(LINES.length(), parse(LINES));
    assertEquals(6, areas.count());
    assertEquals(0x400000, areas.start(0));
    assertEquals(0x452000, areas.end(0));
    assertEquals(0x3000, areas.fileOffset(0, 0x402000));
    assertEquals(8L << 32 | 2, areas.device(0));
    assertEquals(173521, areas.inode(0));
    assertEquals(0xfeL << 32 | 0x10000, areas.device(4));
    assertEquals(-1, areas.inode(4));
    byte[] access = new byte[6];
    for (int i = 0; i < access.length; i++) {
      access[i] = areas.access(i);
    }
    org.junit.jupiter.api.Assertions.assertArrayEquals(
        new byte[] {
          MappedAreas.READ_ONLY,
          MappedAreas.READ_ONLY,
          MappedAreas.WRITABLE,
          MappedAreas.NO_ACCESS,
          MappedAreas.WRITABLE,
          MappedAreas.READ_ONLY
        },
        access);
  }

  @Test
  void findsTheAreaOfAnAddress() {
    parse(LINES);
    assertEquals(~0, areas.find(0));
    assertEquals(0, areas.find(0x400000));
    assertEquals(0, areas.find(0x451fff));
    assertEquals(~1, areas.find(0x452000));
    assertEquals(1, areas.find(0x651000));
    assertEquals(2, areas.find(0x652000));
    assertEquals(~5, areas.find(Long.MIN_VALUE));
    assertEquals(5, areas.find(0xffff_ffff_ff60_0000L));
    assertEquals(~6, areas.find(-1));
    areas.clear();
    assertEquals(~0, areas.find(0x400000));
  }

  @Test
  void takesCompleteLinesOnly() {
    int first = LINES.indexOf('\n') + 1;
    assertEquals(first, parse(LINES.substring(0, first + 20)));
    assertEquals(1, areas.count());
    assertEquals(0, parse(""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00400000",
        "00400000-",
        "-00400000 r--p 0 0:0 0",
        "00400000-00401000",
        "00400000-00401000 r--p",
        "00400000-00401000 r--q 0 0:0 0",
        "00400000-00401000 r--p 0 0 0",
        "00400000-00401000 r--p 0 0:0 ",
        "00400000-00401000 r--p 0 0:0 x",
        "00400000 00401000 r--p 0 0:0 0"
      })
  void refusesOtherLines(String line) {
    // What follows must not be taken for the rest of the line.
    String text = line + "\n" + LINES;
    String message = assertThrows(IllegalArgumentException.class, () -> parse(text)).getMessage();
    assertTrue(message.contains("unknown form"), message);
  }

  @Test
  void takesNoMoreThanItHasRoomFor() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i <= MappedAreas.AREAS_MAX; i++) {
      text.append(Integer.toHexString(i)).append("000-").append(Integer.toHexString(i));
      text.append("fff r--p 0 0:0 0\n");
    }
    String message =
        assertThrows(IllegalArgumentException.class, () -> parse(text.toString())).getMessage();
    assertTrue(message.contains("mappings"), message);
    assertEquals(MappedAreas.AREAS_MAX, areas.count());
  }
}
