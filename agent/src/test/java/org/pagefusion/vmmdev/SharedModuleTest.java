// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.vmmdev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharedModuleTest {
  private static final long GIB = 1L << 30;
  private static final ModuleRegion REGION = new ModuleRegion(0x1000, 1);

  private static SharedModule module(long size, String name, String version) {
    return new SharedModule(0, size, name, version, OsFamily.LINUX64, List.of(REGION));
  }

  private static void refused(String field, Runnable creation) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> creation.run());
    assertTrue(e.getMessage().startsWith(field + ": "), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, -1, 0, GIB + 1, 1L << 32, Long.MAX_VALUE})
  void sizeIsFromOneByteToOneGibibyte(long size) {
    refused("sizeBytes", () -> module(size, "n", "v"));
    refused("region sizeBytes", () -> new ModuleRegion(0, size));
    assertEquals(1, module(1, "n", "v").sizeBytes());
    assertEquals(GIB, module(GIB, "n", "v").sizeBytes());
    assertEquals(GIB, new ModuleRegion(0, GIB).sizeBytes());
  }

  @Test
  void namesHaveRoomForTheirNul() {
    assertEquals("n".repeat(127), module(1, "n".repeat(127), "").name());
    refused("name", () -> module(1, "n".repeat(128), "v"));
    assertEquals("v".repeat(15), module(1, "", "v".repeat(15)).version());
    refused("version", () -> module(1, "n", "v".repeat(16)));
    // 2 and 4 bytes of UTF-8 a character.
    assertEquals(63, module(1, "é".repeat(63), "").name().length());
    refused("name", () -> module(1, "é".repeat(64), "v"));
    refused("version", () -> module(1, "n", "\uD83D\uDE00".repeat(4)));
  }

  @Test
  void namesComeBackAsTheyWere() {
    refused("name", () -> module(1, "a\0b", "v"));
    refused("version", () -> module(1, "n", "\0"));
    refused("name", () -> module(1, "\uD800", "v"));
    refused("name", () -> module(1, "x\uDC80y", "v"));
    refused("name", () -> module(1, null, "v"));
    refused("version", () -> module(1, "n", null));
  }

  @Test
  void regionsAreOneToThirtyTwo() {
    refused("regions", () -> new SharedModule(0, 1, "n", "v", OsFamily.LINUX64, List.of()));
    for (int count : new int[] {1, 31, 32}) {
      List<ModuleRegion> regions = Collections.nCopies(count, REGION);
      assertEquals(
          count, new SharedModule(0, 1, "n", "v", OsFamily.LINUX64, regions).regions().size());
    }
    List<ModuleRegion> tooMany = Collections.nCopies(33, REGION);
    refused("regions", () -> new SharedModule(0, 1, "n", "v", OsFamily.LINUX64, tooMany));
    refused("osFamily", () -> new SharedModule(0, 1, "n", "v", null, List.of(REGION)));
  }

  @Test
  void regionsAreOneGibibyteTogether() {
    ModuleRegion half = new ModuleRegion(0, GIB / 2);
    assertEquals(
        2,
        new SharedModule(0, 1, "n", "v", OsFamily.LINUX64, List.of(half, half)).regions().size());
    refused(
        "regions",
        () -> new SharedModule(0, 1, "n", "v", OsFamily.LINUX64, List.of(half, half, REGION)));
    // In 32 bits these would wrap around to 0.
    List<ModuleRegion> four = Collections.nCopies(4, new ModuleRegion(0, GIB));
    refused("regions", () -> new SharedModule(0, 1, "n", "v", OsFamily.LINUX64, four));
  }

  @Test
  void regionsEndBelowTheLastAddress() {
    assertEquals(-4096, new ModuleRegion(-4096, 4096).address());
    assertEquals(-1, new ModuleRegion(-1, 1).address());
    assertEquals(Long.MAX_VALUE, new ModuleRegion(Long.MAX_VALUE, 4096).address());
    refused("region address", () -> new ModuleRegion(-4096, 4097));
    refused("region address", () -> new ModuleRegion(-1, 2));
  }

  @Test
  void regionsCannotBeChangedAfterwards() {
    List<ModuleRegion> regions = new ArrayList<>(List.of(REGION));
    SharedModule module = new SharedModule(0, 1, "n", "v", OsFamily.LINUX64, regions);
    regions.clear();
    assertEquals(List.of(REGION), module.regions());
    assertThrows(UnsupportedOperationException.class, () -> module.regions().clear());
  }

  @Test
  void osFamiliesHaveTheHostsNumbers() {
    assertEquals(3, OsFamily.LINUX32.code());
    assertEquals(4, OsFamily.LINUX64.code());
    for (OsFamily family : OsFamily.values()) {
      assertEquals(family, OsFamily.of(family.code()));
    }
    assertNull(OsFamily.of(0));
    assertNull(OsFamily.of(2));
    assertNull(OsFamily.of(5));
    assertNull(OsFamily.of(-1));
  }
}
