// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pagefusion.bridge.Kernel;

class MemoryInfoTest {
  private static final OptionalLong UNKNOWN = OptionalLong.empty();

  @Test
  void readsTheFigures() {
    Anomalies anomalies = new Anomalies();
    assertEquals(
        new MemoryInfo(
            OptionalLong.of(981700L * 1024),
            OptionalLong.of(724208L * 1024),
            OptionalLong.of(714404L * 1024)),
        parse(
            """
            MemTotal:         981700 kB
            MemFree:          724208 kB
            MemAvailable:     714404 kB
            Buffers:            5648 kB
            """,
            anomalies));
    assertEquals(List.of(), anomalies.list());
  }

  @Test
  void findsThemAnywhere() {
    Anomalies anomalies = new Anomalies();
    assertEquals(
        new MemoryInfo(OptionalLong.of(2048), OptionalLong.of(0), UNKNOWN),
        parse("XMemTotal: 9 kB\nNoMemFree: 8 kB\nMemFree:0 kB\nMemTotal:\t2 kB", anomalies));
    assertEquals(List.of(), anomalies.list());
  }

  @Test
  void reachesFarBeyondAnyMachine() {
    Anomalies anomalies = new Anomalies();
    MemoryInfo info =
        parse("MemTotal: 9007199254740991 kB\nMemFree: 9007199254740992 kB\n", anomalies);
    assertEquals(OptionalLong.of(9007199254740991L * 1024), info.totalBytes());
    assertEquals(UNKNOWN, info.freeBytes());
    assertEquals(1, anomalies.count());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "kB",
        "12",
        "12 MB",
        "12kB",
        "-1 kB",
        "+1 kB",
        "0x1 kB",
        "1 2 kB",
        "x kB",
        "\u00b2 kB"
      })
  void saysWhatIsWrong(String value) {
    Anomalies anomalies = new Anomalies();
    MemoryInfo info = parse("MemTotal: " + value + "\nMemFree: 1 kB\n", anomalies);
    assertEquals(new MemoryInfo(UNKNOWN, OptionalLong.of(1024), UNKNOWN), info);
    assertEquals(
        List.of(
            new Anomaly(
                "/proc/meminfo",
                "MemTotal: \"" + value.replace("\u00b2", "\\xb2") + "\" is not a number of kB")),
        anomalies.list());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "\n", "MemTotal: 1 kB\n", "MemFree: 1 kB\n", "MemTotal 1 kB\nMemFree 1 kB\n"})
  void saysWhatIsMissing(String text) {
    Anomalies anomalies = new Anomalies();
    parse(text, anomalies);
    assertEquals(
        List.of(new Anomaly("/proc/meminfo", "no line of MemTotal or MemFree")), anomalies.list());
  }

  @Test
  void hasNoneOfThemWithoutTheFile(@TempDir Path root) throws IOException {
    Anomalies anomalies = new Anomalies();
    try (GuestTree tree = GuestTree.open(Kernel.load(), root.toString(), anomalies)) {
      assertEquals(new MemoryInfo(UNKNOWN, UNKNOWN, UNKNOWN), MemoryInfo.read(tree, anomalies));
      assertEquals(1, anomalies.count());
      Files.createDirectory(root.resolve("proc"));
      Files.writeString(root.resolve("proc/meminfo"), "MemTotal: 1 kB\nMemFree: x\n");
      assertEquals(OptionalLong.of(1024), MemoryInfo.read(tree, anomalies).totalBytes());
      assertEquals(root.toRealPath() + "/proc/meminfo", anomalies.list().get(1).where());
    }
  }

  @Test
  void knowsThisMachine() throws IOException {
    Anomalies anomalies = new Anomalies();
    try (GuestTree tree = GuestTree.open(Kernel.load(), "/", anomalies)) {
      MemoryInfo info = MemoryInfo.read(tree, anomalies);
      assertTrue(info.totalBytes().orElseThrow() > info.freeBytes().orElseThrow());
      assertTrue(info.totalBytes().orElseThrow() > info.availableBytes().orElseThrow());
    }
    assertEquals(List.of(), anomalies.list());
  }

  private static MemoryInfo parse(String text, Anomalies anomalies) {
    return MemoryInfo.parse(TextLines.bytes(text), "/proc/meminfo", anomalies);
  }
}
