// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.dynatrace.hash4j.hashing.Hashing;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.candidate.Candidate;
import org.pagefusion.candidate.CandidatePages;
import org.pagefusion.candidate.Category;
import org.pagefusion.candidate.Exclusion;
import org.pagefusion.candidate.OddTree;
import org.pagefusion.candidate.Reason;
import org.pagefusion.candidate.ScanHelper;
import org.pagefusion.candidate.TestElf;
import org.pagefusion.config.Source;
import org.pagefusion.guest.Anomalies;
import org.pagefusion.guest.Anomaly;
import org.pagefusion.guest.GuestTree;
import org.pagefusion.guest.MemoryInfo;
import org.pagefusion.guest.PageRuns;
import org.pagefusion.guest.ProcessScan;

class JsonReportTest {
  private static String write(Report report) throws IOException {
    StringWriter out = new StringWriter();
    JsonReport.write(report, out);
    return out.toString();
  }

  private static Reports example() {
    PageRuns.Builder resident = new PageRuns.Builder();
    resident.add(0, 200);
    resident.add(210, 40);
    Reports reports = new Reports().kernel(3000, 2000);
    reports.file(Category.LIBRARY, "/usr/lib/libc.so.6", 300, resident.build(), true, 21);
    reports.file(Category.DATA, "/usr/share/data", 100, 50, 0);
    reports.exclusions.add(new Exclusion("/usr", Reason.TOO_SMALL, "short", 4711, 13));
    reports.exclusions.add(new Exclusion("/x", Reason.DELETED, "", 17));
    reports.anomalies.add(new Anomaly("/proc/7/maps:12", "not a mapping"));
    return reports;
  }

  @Test
  void aReportIsWhatTheSchemaSays() throws IOException {
    JsonObject report = ReportSchema.check(write(example().report()), false);
    assertEquals("0.1.0", report.get("version").getAsString());
    assertEquals("2026-03-04T05:06:07Z", report.get("time").getAsString());
    assertEquals(
        "{\"kernel\":\"6.1.0-18-amd64\",\"arch\":\"x86_64\",\"pageSize\":4096,"
            + "\"memTotal\":1073741824,\"memFree\":268435456,\"memAvailable\":536870912,"
            + "\"machineId\":\"0123abcd\"}",
        report.get("guest").toString());
    assertEquals(
        "{\"tree\":\"/\",\"processes\":90,\"processesSkipped\":3,\"mappings\":12345,"
            + "\"files\":1234,\"asRoot\":true,\"residency\":\"measured\","
            + "\"anomalies\":[{\"where\":\"/proc/7/maps:12\",\"what\":\"not a mapping\"}],"
            + "\"millis\":1234}",
        report.get("scan").toString());
    JsonArray candidates = report.getAsJsonArray("candidates");
    assertEquals(
        "{\"name\":\"/usr/lib/libc.so.6\",\"version\":\"b23456789012345\","
            + "\"path\":\"/usr/lib/libc.so.6\",\"category\":\"library\",\"buildId\":\"00ff\","
            + "\"size\":1228700,\"residentPages\":240,\"residency\":\"measured\","
            + "\"mappedBy\":21,\"regions\":[{\"offset\":0,\"size\":1228700}],"
            + "\"resident\":[[0,200],[210,40]]}",
        candidates.get(1).toString());
    assertTrue(candidates.get(2).getAsJsonObject().get("buildId").isJsonNull());
    assertEquals(
        "[{\"path\":\"/usr\",\"reason\":\"too-small\",\"detail\":\"short\",\"size\":4711,"
            + "\"files\":13},{\"path\":\"/x\",\"reason\":\"deleted\",\"size\":17,\"files\":1}]",
        report.get("excluded").toString());
    JsonObject totals = report.getAsJsonObject("totals");
    assertEquals(5290L * 4096, totals.get("residentBytes").getAsLong());
    assertEquals(
        "{\"candidates\":1,\"residentBytes\":983040}",
        totals.getAsJsonObject("byCategory").get("library").toString());
  }

  @Test
  void whatIsNotKnownIsNull() throws IOException {
    Reports reports = new Reports();
    reports.kernel = Optional.empty();
    reports.machine = Optional.empty();
    reports.machineId = Optional.empty();
    reports.memory =
        new MemoryInfo(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());
    reports.processes = new ProcessScan(0, 0, 0, 0, List.of(), false);
    JsonObject report = ReportSchema.check(write(reports.report()), false);
    JsonObject guest = report.getAsJsonObject("guest");
    for (String key : guest.keySet()) {
      assertEquals(!key.equals("pageSize"), guest.get(key).isJsonNull(), key);
    }
    assertEquals(0, report.getAsJsonArray("candidates").size());
  }

  @Test
  void assumedResidencyIsSaid() throws IOException {
    Reports reports = example();
    reports.file(Category.DATA, "/usr/share/x", 40, PageRuns.of(0, 40), false, 0);
    JsonObject report = ReportSchema.check(write(reports.report()), false);
    assertEquals("assumed", report.getAsJsonObject("scan").get("residency").getAsString());
    JsonArray candidates = report.getAsJsonArray("candidates");
    assertEquals("measured", candidates.get(0).getAsJsonObject().get("residency").getAsString());
    assertEquals("assumed", candidates.get(3).getAsJsonObject().get("residency").getAsString());
  }

  /** Control characters, quotes, bytes that are no text: all arrive, none breaks the object. */
  @Test
  void oddNamesAreValidJson() throws IOException {
    List<String> names =
        List.of(
            "/a\"b\\c",
            "/new\nline\ttab\u0000nul\u001b[31mred\u007f\u0085",
            "/not-utf8-\uDCFF\uDC80",
            "/\u2028\u2029<script>&='",
            "/日本/𝄞");
    Reports reports = new Reports();
    reports.kernel = Optional.of("6.1\u001b]0;title\u0007");
    reports.machine = Optional.of("x\ny");
    reports.tree = "/tr\nee\uDCFF";
    for (String name : names) {
      reports.file(Category.DATA, name, 20, 20, 1);
      Candidate odd = reports.candidates.remove(reports.candidates.size() - 1);
      reports.candidates.add(
          new Candidate(
              "/n",
              odd.version(),
              name,
              odd.category(),
              odd.buildId(),
              odd.sizeBytes(),
              odd.regions(),
              odd.resident(),
              true,
              1,
              odd.file(),
              odd.kernelAddress()));
      reports.exclusions.add(new Exclusion(name, Reason.PATTERN, name, 1));
      reports.anomalies.add(new Anomaly(name, name));
    }
    JsonObject report = ReportSchema.check(write(reports.report()), false);
    JsonArray candidates = report.getAsJsonArray("candidates");
    List<String> expected =
        List.of(
            "/a\"b\\c",
            "/new\\x0aline\\x09tab\\x00nul\\x1b[31mred\\x7f\\xc2\\x85",
            "/not-utf8-\\xff\\x80",
            "/\u2028\u2029<script>&='",
            "/日本/𝄞");
    for (int i = 0; i < names.size(); i++) {
      String path = candidates.get(i).getAsJsonObject().get("path").getAsString();
      assertEquals(expected.get(i), path);
    }
    JsonObject scan = report.getAsJsonObject("scan");
    assertEquals("/tr\\x0aee\\xff", scan.get("tree").getAsString());
  }

  @Test
  void hashesAreLittleEndianAndNullWhereThereAreNone() throws IOException {
    Reports reports = new Reports().kernel(10, 10);
    reports.file(Category.DATA, "/a", 2, 2, 1);
    reports.file(Category.DATA, "/b", 2, 0, 1);
    reports.hashes =
        Optional.of(List.of(new long[0], new long[] {0x0102030405060708L, -1}, new long[0]));
    JsonObject report = ReportSchema.check(write(reports.report()), true);
    JsonArray candidates = report.getAsJsonArray("candidates");
    assertTrue(candidates.get(0).getAsJsonObject().get("pageHashes").isJsonNull());
    byte[] bytes =
        Base64.getDecoder()
            .decode(candidates.get(1).getAsJsonObject().get("pageHashes").getAsString());
    assertArrayEquals(new byte[] {8, 7, 6, 5, 4, 3, 2, 1, -1, -1, -1, -1, -1, -1, -1, -1}, bytes);
    assertEquals("", candidates.get(2).getAsJsonObject().get("pageHashes").getAsString());
  }

  @Test
  void withoutHashesThereIsNoWordOfThem() throws IOException {
    assertFalse(write(example().report()).contains("ageHash"));
  }

  // ---- hashes of real pages

  private static PageHasher.Hashed hash(OddTree tree, List<Candidate> candidates, Anomalies log)
      throws IOException {
    Kernel kernel = Kernel.load();
    try (GuestTree guest = GuestTree.open(kernel, tree.root().toString(), log);
        CandidatePages pages = new CandidatePages(guest, kernel, log)) {
      return new PageHasher(pages).hash(candidates, (what, files) -> {});
    }
  }

  private static long xxh3(byte[] content, long page, int pageSize) {
    int from = (int) page * pageSize;
    // Behind its end a file's last page is zeros.
    return Hashing.xxh3_64().hashBytesToLong(Arrays.copyOfRange(content, from, from + pageSize));
  }

  @Test
  void hashesAreXxh3OfThePages() throws IOException {
    try (OddTree tree = OddTree.create()) {
      byte[] library = TestElf.make(TestElf.SHARED, false, new int[] {1, 2}, 300_001, 1);
      tree.file("/usr/lib/libx.so", library);
      byte[] piece = TestElf.data(64 << 10, 5);
      tree.sparse("/usr/sparse", 2 << 20, piece, 0, 1 << 20);
      byte[] sparse = new byte[2 << 20];
      System.arraycopy(piece, 0, sparse, 0, piece.length);
      System.arraycopy(piece, 0, sparse, 1 << 20, piece.length);
      tree.process(1).maps("/usr/lib/libx.so").maps("/usr/sparse", "r--p");
      ScanHelper.Result result = new ScanHelper(tree.root()).sources(Source.MAPPED).scan();

      Anomalies anomalies = new Anomalies();
      PageHasher.Hashed hashed = hash(tree, result.scan().candidates(), anomalies);

      assertEquals(List.of(), anomalies.list());
      assertEquals(result.scan().candidates(), hashed.candidates());
      assertEquals(2, hashed.hashes().size());
      for (int i = 0; i < 2; i++) {
        Candidate candidate = hashed.candidates().get(i);
        byte[] content = candidate.path().equals("/usr/sparse") ? sparse : library;
        long[] hashes = hashed.hashes().get(i);
        assertEquals(candidate.resident().pages(), hashes.length);
        int at = 0;
        for (int run = 0; run < candidate.resident().count(); run++) {
          long first = candidate.resident().first(run);
          for (long page = first; page < first + candidate.resident().length(run); page++) {
            assertEquals(xxh3(content, page, result.pageSize()), hashes[at++], "page " + page);
          }
        }
      }
      assertEquals(2, result.candidate("/usr/sparse").resident().count());

      Reports reports = new Reports();
      reports.candidates.addAll(hashed.candidates());
      reports.hashes = Optional.of(hashed.hashes());
      JsonObject report = ReportSchema.check(write(reports.report()), true);
      String text =
          report
              .getAsJsonArray("candidates")
              .get(0)
              .getAsJsonObject()
              .get("pageHashes")
              .getAsString();
      ByteBuffer written =
          ByteBuffer.wrap(Base64.getDecoder().decode(text)).order(ByteOrder.LITTLE_ENDIAN);
      for (long hash : hashed.hashes().get(0)) {
        assertEquals(hash, written.getLong());
      }
    }
  }

  @Test
  void aFileThatChangedSinceIsNotHashed() throws IOException {
    try (OddTree tree = OddTree.create()) {
      for (String name : List.of("same", "longer", "gone", "shorter", "touched")) {
        tree.file("/usr/" + name, TestElf.data(100_000, name.length()));
        tree.process(1).maps("/usr/" + name, "r--p");
      }
      ScanHelper.Result result = new ScanHelper(tree.root()).sources(Source.MAPPED).scan();
      Files.write(tree.at("/usr/longer"), new byte[10], StandardOpenOption.APPEND);
      Files.write(tree.at("/usr/shorter"), new byte[10]);
      Files.delete(tree.at("/usr/gone"));
      for (String name : List.of("longer", "shorter")) {
        Files.setLastModifiedTime(tree.at("/usr/" + name), FileTime.from(OddTree.WRITTEN));
      }
      Instant later = OddTree.WRITTEN.plusSeconds(1);
      Files.setLastModifiedTime(tree.at("/usr/touched"), FileTime.from(later));

      Anomalies anomalies = new Anomalies();
      PageHasher.Hashed hashed = hash(tree, result.scan().candidates(), anomalies);

      assertEquals(5, hashed.candidates().size());
      for (int i = 0; i < 5; i++) {
        boolean same = hashed.candidates().get(i).path().equals("/usr/same");
        int pages = same ? (100_000 + result.pageSize() - 1) / result.pageSize() : 0;
        assertEquals(pages, hashed.hashes().get(i).length);
        assertEquals(pages, hashed.candidates().get(i).resident().pages());
      }
      assertEquals(4, anomalies.count(), anomalies.list().toString());
    }
  }

  /** Reading what may not be resident would load it: of such files nothing is read. */
  @Test
  void onlyWhatIsKnownToBeResidentIsRead() throws IOException {
    try (OddTree tree = OddTree.create()) {
      tree.file("/usr/file", TestElf.data(100_000, 1));
      tree.process(1).maps("/usr/file", "r--p");
      Candidate known =
          new ScanHelper(tree.root()).sources(Source.MAPPED).scan().candidate("/usr/file");
      Candidate assumed =
          new Candidate(
              known.name(),
              known.version(),
              known.path(),
              known.category(),
              known.buildId(),
              known.sizeBytes(),
              known.regions(),
              known.resident(),
              false,
              known.mappedBy(),
              known.file(),
              known.kernelAddress());
      PageHasher.Hashed hashed = hash(tree, List.of(known, assumed), new Anomalies());
      assertEquals(known.resident().pages(), hashed.hashes().get(0).length);
      assertEquals(0, hashed.hashes().get(1).length);
      assertEquals(assumed, hashed.candidates().get(1), "still a candidate, with all its pages");
    }
  }

  /** Kernel memory that can't be read stays a candidate, and is told once. */
  @Test
  void kernelMemoryThatCantBeReadHasNoHashes() throws IOException {
    try (OddTree tree = OddTree.create()) {
      Reports reports = new Reports().kernel(10, 10).kernel(20, 20);
      Anomalies anomalies = new Anomalies();
      PageHasher.Hashed hashed = hash(tree, reports.candidates, anomalies);
      assertEquals(reports.candidates, hashed.candidates());
      assertEquals(0, hashed.hashes().get(0).length);
      assertEquals(1, anomalies.count());
      assertTrue(anomalies.list().get(0).where().endsWith("/proc/kcore"));
    }
  }
}
