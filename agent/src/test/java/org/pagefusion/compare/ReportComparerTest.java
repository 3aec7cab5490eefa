// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pagefusion.candidate.Category;

class ReportComparerTest {
  private static final long HEAP = 64 << 20;
  private static final String X = "/usr/lib/libx.so";
  private static final ReportComparer.Settings SETTINGS =
      new ReportComparer.Settings("0.1.0", false, false, 1000, HEAP);
  private static final ReportComparer.Settings STRICT =
      new ReportComparer.Settings("0.1.0", true, false, 1000, HEAP);

  @TempDir private Path folder;
  private final List<Path> files = new ArrayList<>();

  private MadeReport guest(int number) {
    return new MadeReport(String.format("%08x", number));
  }

  private void write(MadeReport report) throws IOException {
    files.add(report.write(folder, "guest-" + files.size() + ".json"));
  }

  private Comparison compare() throws Exception {
    return ReportComparer.compare(files, SETTINGS, (file, number, reports) -> {});
  }

  private static Miss only(Comparison comparison) {
    assertEquals(1, comparison.misses().size(), comparison.misses().toString());
    return comparison.misses().get(0);
  }

  // ---- what is counted

  @Test
  void equalPagesOfEqualModulesAreFused() throws Exception {
    write(guest(1).library(X, "v", 1, 2, 3));
    write(guest(2).library(X, "v", 1, 2, 3));
    write(guest(3).library(X, "v", 1, 9).library("/usr/lib/liby.so", "v", 1, 2));
    Comparison comparison = compare();
    // Page 2 of the third guest is not resident, and its page 1 differs.
    assertEquals(new PageCounts(4, 3, 1, 2), comparison.pages());
    assertEquals(4 * 4096, comparison.fusedBytes());
    assertEquals(new PageCounts(0, 3, 0, 0), comparison.guests().get(0).pages());
    assertEquals(new PageCounts(3, 0, 0, 0), comparison.guests().get(1).pages());
    assertEquals(new PageCounts(1, 0, 1, 2), comparison.guests().get(2).pages());
    assertEquals(0.4, comparison.fusedShare());
    assertEquals(3000, comparison.agentBytes());
    assertEquals(4 * 4096 - 3000, comparison.netBytes());
    assertEquals(
        List.of(X, "/usr/lib/liby.so"),
        comparison.modules().stream().map(ComparedModule::path).toList());
    ComparedModule module = comparison.modules().get(0);
    assertEquals(3, module.guests());
    assertEquals(new PageCounts(4, 3, 1, 0), module.pages());
    assertEquals(new PageCounts(4, 3, 1, 2), comparison.pagesByCategory().get(Category.LIBRARY));
    assertEquals(PageCounts.NONE, comparison.pagesByCategory().get(Category.KERNEL));
  }

  @Test
  void whatTheAgentCostsIsTakenFromTheReportWhereItTells() throws Exception {
    MadeReport telling = guest(1).library(X, "v", 1);
    JsonObject agent = new JsonObject();
    agent.addProperty("privateBytes", 70);
    telling.json.add("agent", agent);
    write(telling);
    write(guest(2).library(X, "v", 1));
    Comparison comparison = compare();
    assertEquals(1070, comparison.agentBytes());
    assertTrue(comparison.guests().get(0).agentMeasured());
    assertFalse(comparison.guests().get(1).agentMeasured());
  }

  /** The host takes two modules for one only if name, version, size and layout are the same. */
  @Test
  void anotherKeyIsAnotherModule() throws Exception {
    long[][] one = {{0, 8192}};
    List<MadeReport.Page> pages = List.of(new MadeReport.Page(0, 5), new MadeReport.Page(1, 6));
    MadeReport first = guest(1);
    MadeReport second = guest(2);
    first.module("a", "/a", "v", "data", one, pages);
    second.module("a", "/a", "w", "data", one, pages);
    first.module("b", "/b", "v", "data", one, pages);
    second.module("c", "/b", "v", "data", one, pages);
    first.module("d", "/d", "v", "data", one, pages);
    second.module("d", "/d", "v", "data", new long[][] {{0, 8191}}, pages);
    first.module("e", "/e", "v", "data", one, pages);
    second.module("e", "/e", "v", "data", new long[][] {{0, 4096}, {4096, 4096}}, pages);
    write(first);
    write(second);
    Comparison comparison = compare();
    assertEquals(0, comparison.pages().fused());
    assertEquals(16, comparison.pages().onlyHere());
    assertEquals(8, comparison.modules().size());
  }

  /** Regions of one layout are one module wherever they lie: what counts is the place in them. */
  @Test
  void placesAreCountedThroughRegions() throws Exception {
    MadeReport first = guest(1);
    MadeReport second = guest(2);
    first.module(
        "[kernel]",
        "/sys/kernel",
        "k",
        "kernel",
        new long[][] {{0, 8192}, {40960, 4096}},
        List.of(new MadeReport.Page(1, 5), new MadeReport.Page(10, 6)));
    second.module(
        "[kernel]",
        "/sys/kernel",
        "k",
        "kernel",
        new long[][] {{0, 8192}, {81920, 4096}},
        List.of(new MadeReport.Page(1, 5), new MadeReport.Page(20, 7)));
    write(first);
    write(second);
    Comparison comparison = compare();
    assertEquals(new PageCounts(1, 1, 2, 0), comparison.pages());
    Miss miss = only(comparison);
    assertEquals(Miss.Cause.OTHER_CONTENT, miss.cause());
    assertEquals(OptionalLong.of(10), miss.firstDifference());
  }

  @Test
  void pagesOfUnknownContentsAreCountedApart() throws Exception {
    write(guest(1).library(X, "v", 1, 2));
    MadeReport second = guest(2).library(X, "v", 1, 2);
    second.last().add("pageHashes", JsonNull.INSTANCE);
    write(second);
    Comparison comparison = compare();
    assertEquals(new PageCounts(0, 0, 0, 2), comparison.pages());
    assertEquals(2, comparison.guests().get(1).unknownPages());
  }

  @Test
  void theHostHasRoomForSoManyModules() throws Exception {
    HostModel host = new HostModel(true, HEAP, 1);
    host.add(ReportReaderTest.read(guest(1).library("/a", "v", 1).library("/b", "v", 1).bytes()));
    host.add(ReportReaderTest.read(guest(2).library("/b", "v", 1).library("/a", "v", 1).bytes()));
    host.finish();
    assertEquals(2, host.unregistered());
    assertTrue(host.order().isEmpty());
    assertEquals(
        new PageCounts(1, 0, 0, 1), host.guests().get(1).byCategory().get(Category.LIBRARY));
  }

  // ---- why not

  @Test
  void otherVersionsAreNamed() throws Exception {
    write(guest(1).library(X, "old", 1, 2, 3));
    write(guest(2).library(X, "new", 1, 2));
    write(guest(3).library(X, "new", 1, 2));
    Miss miss = only(compare());
    assertEquals(Miss.Cause.OTHER_VERSION, miss.cause());
    assertEquals(2, miss.pages());
    assertEquals(
        List.of(new Miss.Side("version old", 1, 0), new Miss.Side("version new", 2, 1)),
        miss.sides());
  }

  @Test
  void versionsAreToldByBuildIdsThatDiffer() throws Exception {
    MadeReport first = guest(1).library(X, "old", 1, 2, 3);
    first.last().add("buildId", new JsonPrimitive("0123456789abcdef"));
    MadeReport second = guest(2).library(X, "new", 1);
    second.last().add("buildId", new JsonPrimitive("ff"));
    write(first);
    write(second);
    assertEquals(
        List.of(new Miss.Side("build 0123456789ab", 1, 0), new Miss.Side("build ff", 1, 1)),
        only(compare()).sides());
  }

  @Test
  void otherGroupsAreNamed() throws Exception {
    long[][] region = {{0, 4096}};
    List<MadeReport.Page> page = List.of(new MadeReport.Page(0, 5));
    MadeReport first = guest(1);
    first.module("abcdefghijklmn_-:" + X, X, "v", "library", region, page);
    MadeReport second = guest(2);
    second.module(X, X, "v", "library", region, page);
    write(first);
    write(second);
    Miss miss = only(compare());
    assertEquals(Miss.Cause.OTHER_GROUP, miss.cause());
    assertEquals("group abcdefghijklmn_-", miss.sides().get(0).label());
    assertEquals("no group", miss.sides().get(1).label());
  }

  /**
   * Text and read-only data of a kernel module, and parts of a large file, are no other versions.
   */
  @Test
  void partsOfOnePathAreNoVersionsOfEachOther() throws Exception {
    for (int number = 1; number <= 2; number++) {
      MadeReport report = guest(number);
      List<MadeReport.Page> page = List.of(new MadeReport.Page(0, 5));
      report.module("[m]", "/sys/module/m", "k", "kernel-module", new long[][] {{0, 4096}}, page);
      report.module(
          "[m].rodata", "/sys/module/m", "k", "kernel-module", new long[][] {{0, 4096}}, page);
      report.module("/big", "/big", "m", "data", new long[][] {{0, 1 << 30}}, page);
      report.module(
          "/big",
          "/big",
          "m1",
          "data",
          new long[][] {{1 << 30, 4096}},
          List.of(new MadeReport.Page(1 << 18, 5)));
      write(report);
    }
    Comparison comparison = compare();
    assertEquals(4, comparison.pages().fused());
    assertEquals(List.of(), comparison.misses());
  }

  @Test
  void otherContentsAreNamedFromTheirFirstPageOn() throws Exception {
    write(guest(1).library(X, "v", 1, 2, 3, 4));
    write(guest(2).library(X, "v", 1, 2, 3, 9));
    write(guest(3).library(X, "v", 1, 8, 3, 4));
    Miss miss = only(compare());
    assertEquals(Miss.Cause.OTHER_CONTENT, miss.cause());
    assertEquals(OptionalLong.of(1), miss.firstDifference());
    // Page 1: two copies are equal. Page 3: likewise, so that one copy of each stays.
    assertEquals(2, miss.pages());
    assertEquals(
        List.of(new Miss.Side("shared", 1, 0), new Miss.Side("different", 1, 2)), miss.sides());
  }

  @Test
  void pagesThatAreResidentInOneGuestOnlyAreNamed() throws Exception {
    write(guest(1).library(X, "v", 1));
    write(guest(2).library(X, "v", 1, 2, 3));
    Miss miss = only(compare());
    assertEquals(Miss.Cause.RESIDENT_ONLY_HERE, miss.cause());
    assertEquals(2, miss.pages());
    assertEquals(List.of(new Miss.Side("resident", 1, 1)), miss.sides());
  }

  @Test
  void whatIsLeftOutElsewhereIsNamedWithTheReason() throws Exception {
    write(guest(1).library(X, "v", 1, 2, 3));
    write(guest(2).exclude(X, "pattern", 2 * 4096));
    write(guest(3).exclude(X, "pattern", 100 * 4096).exclude("/other", "deleted", 5));
    Miss miss = only(compare());
    assertEquals(Miss.Cause.EXCLUDED_THERE, miss.cause());
    // As much as they leave out, but no more than there is to share.
    assertEquals(6, miss.pages());
    assertEquals(List.of(new Miss.Side("pattern (excluded by configuration)", 2, 1)), miss.sides());
  }

  /** A deleted file of that name beside the one that is there now. */
  @Test
  void whatAGuestHasItDidNotLeaveOut() throws Exception {
    write(guest(1).library(X, "v", 1));
    write(guest(2).library(X, "v", 1).exclude(X, "deleted", 4096));
    assertEquals(List.of(), compare().misses());
  }

  @Test
  void whatOnlyOneGuestHasIsToldApart() throws Exception {
    write(guest(1).library(X, "v", 1, 2));
    write(guest(2));
    Miss miss = only(compare());
    assertEquals(Miss.Cause.NOT_THERE, miss.cause());
    assertEquals(2, miss.pages());
  }

  // ---- what can't be used

  private void expectSkipped(String why) throws Exception {
    Comparison comparison = compare();
    assertEquals(2, comparison.guests().size());
    assertEquals(1, comparison.skipped().size());
    SkippedReport skipped = comparison.skipped().get(0);
    assertEquals(files.get(2).toString(), skipped.file());
    assertTrue(skipped.why().contains(why), skipped.why());
    UnusableReportException e =
        assertThrows(
            UnusableReportException.class,
            () -> ReportComparer.compare(files, STRICT, (file, number, reports) -> {}));
    assertEquals(skipped.file() + ": " + skipped.why(), e.getMessage());
    // As if it had not been named at all.
    Path bad = files.remove(2);
    assertEquals(compare().pages(), comparison.pages(), bad.toString());
  }

  private void twoGuests() throws IOException {
    write(guest(1).library(X, "v", 1, 2, 3));
    write(guest(2).library(X, "v", 1, 2, 4));
  }

  @Test
  void aTruncatedReportLeavesNothingBehind() throws Exception {
    twoGuests();
    byte[] whole = guest(3).library(X, "v", 1, 2, 3).bytes();
    files.add(
        Files.write(folder.resolve("cut.json"), java.util.Arrays.copyOf(whole, whole.length - 9)));
    expectSkipped("cut off at $");
  }

  @Test
  void aFileThatIsNotThereIsNamed() throws Exception {
    twoGuests();
    files.add(folder.resolve("never.json"));
    expectSkipped("no such file");
  }

  @Test
  void aDirectoryIsNamed() throws Exception {
    twoGuests();
    files.add(folder);
    expectSkipped("a directory");
  }

  @Test
  void theSameFileIsTakenOnce() throws Exception {
    twoGuests();
    files.add(Files.createLink(folder.resolve("link.json"), files.get(0)));
    expectSkipped("the same file twice");
  }

  @Test
  void theSameGuestIsTakenOnce() throws Exception {
    twoGuests();
    write(guest(1).library(X, "v", 1));
    expectSkipped("the same machine id as guest-0");
    write(guest(1).library(X, "v", 1));
    ReportComparer.Settings clones = new ReportComparer.Settings("0.1.0", true, true, 1000, HEAP);
    assertEquals(
        3, ReportComparer.compare(files, clones, (file, number, reports) -> {}).guests().size());
  }

  @Test
  void guestsWithoutAMachineIdAreTakenForDifferentOnes() throws Exception {
    write(new MadeReport(null).library(X, "v", 1));
    write(new MadeReport(null).library(X, "v", 1));
    assertEquals(1, compare().pages().fused());
  }

  @Test
  void guestsOfAnotherPageSizeAreOfAnotherHost() throws Exception {
    twoGuests();
    MadeReport other = guest(3);
    other.guest.addProperty("pageSize", 65536);
    write(other);
    expectSkipped("pages of 65536 bytes, where the first report has 4096");
  }

  @Test
  void guestsOfAnotherProcessorAreOfAnotherHost() throws Exception {
    twoGuests();
    MadeReport other = guest(3);
    other.guest.addProperty("arch", "aarch64");
    write(other);
    expectSkipped("a guest of aarch64, where the first is of x86_64");
  }

  @Test
  void aModuleInTooManyCopiesIsRefused() throws Exception {
    twoGuests();
    MadeReport other = guest(3);
    for (int i = 0; i <= HostModel.COPIES_IN_GUEST_MAX; i++) {
      other.library(X, "v", 1);
    }
    write(other);
    expectSkipped("the same module more than 32 times");
  }

  @Test
  void oneReportIsNoComparison() throws Exception {
    write(guest(1).library(X, "v", 1));
    files.add(folder.resolve("never.json"));
    String message = assertThrows(UnusableReportException.class, this::compare).getMessage();
    assertTrue(message.startsWith("only 1 of 2 reports can be used"), message);
    assertTrue(message.endsWith("never.json: no such file"), message);
  }

  @Test
  void moreThanFitsIntoMemoryIsRefusedBeforeItIsTaken() throws Exception {
    for (int number = 0; number < 20; number++) {
      MadeReport report = guest(number);
      for (int i = 0; i < 200; i++) {
        long[] hashes = new long[100];
        java.util.Arrays.fill(hashes, number);
        report.library("/lib/" + number + "/" + i, "v", hashes);
      }
      write(report);
    }
    ReportComparer.Settings small = new ReportComparer.Settings("0.1.0", false, false, 0, 10 << 20);
    TooLargeException e =
        assertThrows(
            TooLargeException.class,
            () -> ReportComparer.compare(files, small, (file, number, reports) -> {}));
    assertTrue(e.getMessage().contains(".json: the distinct pages"), e.getMessage());
    assertTrue(e.getMessage().contains("4 MiB"), e.getMessage());
    assertEquals(20, compare().guests().size());
  }

  /** Which pages differ only tells how much the order matters. */
  @Test
  void whenTooManyPagesDifferTheOrderIsNotToldButAllElseIs() throws Exception {
    for (int number = 0; number < 20; number++) {
      MadeReport report = guest(number);
      for (int i = 0; i < 200; i++) {
        long[] hashes = new long[100];
        for (int page = 1; page < hashes.length; page++) {
          hashes[page] = 20L * page + number;
        }
        report.library("/lib/" + i, "v", hashes);
      }
      write(report);
    }
    ReportComparer.Settings small = new ReportComparer.Settings("0.1.0", false, false, 0, 16 << 20);
    Comparison comparison = ReportComparer.compare(files, small, (file, number, reports) -> {});
    assertTrue(comparison.order().isEmpty());
    assertTrue(comparison.pairs().isEmpty());
    assertTrue(TextComparison.render(comparison, 3).contains("too many pages differ"));
    assertEquals(new PageCounts(19 * 200, 200, 20 * 200 * 99, 0), comparison.pages());
    ReportComparer.Settings large =
        new ReportComparer.Settings("0.1.0", false, false, 0, 256 << 20);
    Comparison whole = ReportComparer.compare(files, large, (file, number, reports) -> {});
    assertEquals(comparison.pages(), whole.pages());
    assertEquals(comparison.pages().fused(), whole.order().orElseThrow().mostPages());
  }

  // ---- names and progress

  @Test
  void namesTellReportsApart() {
    assertEquals(
        List.of("web", "a/db.json", "b/db.json", ".json", "x"),
        GuestNames.of(
            List.of(
                Path.of("a/web.json"),
                Path.of("a/db.json"),
                Path.of("b/db.json"),
                Path.of("c/.json"),
                Path.of("x"))));
    assertEquals(List.of("a", "a"), GuestNames.of(List.of(Path.of("a.json"), Path.of("a.json"))));
  }

  @Test
  void progressIsTold() throws Exception {
    twoGuests();
    JsonArray told = new JsonArray();
    ReportComparer.compare(
        files, SETTINGS, (file, number, reports) -> told.add(file + " " + number + "/" + reports));
    assertEquals("[\"guest-0 1/2\",\"guest-1 2/2\"]", told.toString());
  }
}
