// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.pagefusion.bridge.Kernel;

/** All that a real guest had, without one anomaly; the counts are those of wc and grep. */
class CapturedTreeTest {
  private final Anomalies anomalies = new Anomalies();

  @Test
  void parsesAllMaps() throws IOException {
    long lines = 0;
    Map<String, Integer> names = new TreeMap<>();
    for (Path process : processes()) {
      byte[] text = Files.readAllBytes(process.resolve("maps"));
      ParsedMaps parsed = ParsedMaps.of(text);
      assertEquals(List.of(), parsed.anomalies(), process.toString());
      parsed.assertIsOf(text);
      // What was parsed tells the text, to the byte.
      MapsText again = new MapsText();
      parsed.mappings().forEach(again::line);
      assertEquals(TextLines.of(text), TextLines.of(again.bytes()));
      parsed.mappings().forEach(mapping -> names.merge(mapping.name(), 1, Integer::sum));
      lines += parsed.lines();
    }
    assertEquals(2288, lines);
    assertEquals(22, names.get("[heap]"));
    assertEquals(2, names.get("/dev/zero (deleted)"));
  }

  @Test
  void parsesAllMountTables() throws IOException {
    int mounts = 0;
    for (Path process : processes()) {
      byte[] text = Files.readAllBytes(process.resolve("mountinfo"));
      List<MountTable.Mount> parsed = MountTable.parse(text, process.toString(), anomalies);
      mounts += parsed.size();
      assertTrue(MountTable.visible(parsed).stream().anyMatch(m -> m.mountPoint().equals("/")));
    }
    assertEquals(2254, mounts);
    assertEquals(List.of(), anomalies.list());
  }

  @Test
  void parsesAllModules() throws IOException {
    try (GuestTree tree = open()) {
      List<KernelModule> modules = KernelModules.read(tree, anomalies);
      assertEquals(59, modules.size());
      KernelModule ext4 =
          modules.stream().filter(m -> m.name().equals("ext4")).findFirst().orElseThrow();
      assertEquals(
          new KernelModule(
              "ext4",
              983040,
              1,
              List.of(),
              KernelModule.State.LIVE,
              0xffffffffc05ed000L,
              "",
              Optional.empty(),
              List.of()),
          ext4.with(Optional.empty(), List.of()));
      assertEquals(Optional.of("721ba523aee7021d40001edd1e3ff5ceb9541d86"), ext4.buildId());
      assertEquals(37, ext4.sections().size());
      for (KernelModule module : modules) {
        assertTrue(module.buildId().isPresent(), module.name());
        assertTrue(!module.sections().isEmpty(), module.name());
      }
    }
    assertEquals(List.of(), anomalies.list());
  }

  @Test
  void parsesTheRest() throws IOException {
    try (GuestTree tree = open()) {
      GuestDescription guest = GuestDescription.read(tree, anomalies);
      assertEquals(Optional.of("6.1.0-56-amd64"), guest.kernel());
      assertEquals(Optional.of("x86_64"), guest.machine());
      assertEquals(
          new MemoryInfo(
              OptionalLong.of(981700L << 10),
              OptionalLong.of(724208L << 10),
              OptionalLong.of(714404L << 10)),
          guest.memory());
      KernelImage image = KernelImage.read(tree, Kernel.load(), anomalies);
      assertEquals(
          Optional.of(new KernelImage.Range(0xffffffff89200000L, 0xffffffff8a001d32L)),
          image.text());
      assertEquals(
          Optional.of(new KernelImage.Range(0xffffffff8a200000L, 0xffffffff8aaeb000L)),
          image.rodata());
      CaptureManifest manifest = tree.manifest().orElseThrow();
      assertEquals(
          Optional.of(new CaptureManifest.Entry(0xfeL << 32, 1017, 125640, 0755, 0, 1672924848)),
          manifest.entry("/usr/bin/dash"));
    }
    assertEquals(List.of(), anomalies.list());
  }

  private GuestTree open() throws IOException {
    return GuestTree.open(Kernel.load(), CapturedTree.unpacked().toString(), anomalies);
  }

  private static List<Path> processes() throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> processes =
        Files.newDirectoryStream(CapturedTree.unpacked().resolve("proc"), "[0-9]*")) {
      processes.forEach(found::add);
    }
    return found;
  }
}
