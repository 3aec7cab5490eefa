// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.hostsim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.pagefusion.compare.Comparison;
import org.pagefusion.compare.MadeReport;
import org.pagefusion.compare.ReportComparer;
import org.pagefusion.vmmdev.CheckRequest;
import org.pagefusion.vmmdev.HostVersion;
import org.pagefusion.vmmdev.ModuleRegion;
import org.pagefusion.vmmdev.OsFamily;
import org.pagefusion.vmmdev.RegisterRequest;
import org.pagefusion.vmmdev.RequestHeader;
import org.pagefusion.vmmdev.SharedModule;

/** What a comparison of reports foretells is what the simulated host does with the same guests. */
class ComparisonProperties {
  private static final long PAGE = 4096;
  private static final int MODULES = 3;
  private static final long HEAP = 64 << 20;
  private static final HostVersion VERSION = new HostVersion(7, 1, 12, 1, 1);

  private static Path folder;

  @BeforeContainer
  static void makeFolder() throws IOException {
    folder = Files.createTempDirectory("pagefusion-comparison");
  }

  @AfterContainer
  static void deleteFolder() throws IOException {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  /** For each guest and each of its modules the contents of the pages; 0 is not resident. */
  @Provide
  Arbitrary<List<List<List<Integer>>>> guests() {
    return Arbitraries.integers()
        .between(0, 3)
        .list()
        .ofMinSize(1)
        .ofMaxSize(12)
        .list()
        .ofSize(MODULES)
        .list()
        .ofMinSize(2)
        .ofMaxSize(4);
  }

  @Property(tries = 300)
  void foretellsWhatTheHostMerges(@ForAll("guests") List<List<List<Integer>>> guests)
      throws Exception {
    HostSimulator host =
        new HostSimulator(HostSettings.of(VERSION), 10_000, Clock.systemUTC(), event -> {});
    List<Path> files = new ArrayList<>();
    for (int g = 0; g < guests.size(); g++) {
      MadeReport report = new MadeReport(String.format("%08x", g));
      Guest guest = host.connect(Guest.Id.named("guest " + g)).orElseThrow();
      FakeMemory memory = new FakeMemory();
      for (int m = 0; m < MODULES; m++) {
        // The host takes the number of pages for part of the identity, and so has the report to.
        List<Integer> contents = guests.get(g).get(m);
        long address = 0x7f00_0000_0000L + 100 * PAGE * m * (g + 2);
        send(host, guest, memory, RegisterRequest.encode(module(m, address, contents.size())));
        List<MadeReport.Page> pages = new ArrayList<>();
        for (int p = 0; p < contents.size(); p++) {
          if (contents.get(p) != 0) {
            pages.add(new MadeReport.Page(p, contents.get(p)));
            memory.map(address + p * PAGE, contents.get(p));
          }
        }
        long[][] regions = {{0, contents.size() * PAGE}};
        report.module("module " + m, "/file " + m, "1", "data", regions, pages);
      }
      send(host, guest, memory, CheckRequest.encode());
      files.add(report.write(folder, g + ".json"));
    }
    Comparison comparison =
        ReportComparer.compare(
            files,
            new ReportComparer.Settings("1", true, false, 0, HEAP),
            (file, number, reports) -> {});
    HostFigures figures = host.figures();
    assertEquals(figures.duplicatePages(), comparison.pages().fused());
    for (int g = 0; g < guests.size(); g++) {
      PageCounts checked = figures.guests().get(g).lastCheck().orElseThrow().pages();
      assertEquals(checked.merged(), comparison.guests().get(g).pages().fused());
    }
  }

  private static SharedModule module(int number, long address, int pages) {
    return new SharedModule(
        address,
        pages * PAGE,
        "module " + number,
        "1",
        OsFamily.LINUX64,
        List.of(new ModuleRegion(address, pages * PAGE)));
  }

  private static void send(HostSimulator host, Guest guest, FakeMemory memory, ByteBuffer request) {
    host.answer(guest, request, () -> memory);
    assertEquals(0, RequestHeader.rc(request));
  }
}
