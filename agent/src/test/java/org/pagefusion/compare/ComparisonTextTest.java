// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pagefusion.report.StrictJson;

/** What people and programs are shown of one and the same comparison. */
class ComparisonTextTest {
  private static final long MIB = 1 << 20;

  @TempDir private Path folder;
  private final List<Path> files = new ArrayList<>();

  private static long[] pages(int count, long content) {
    long[] pages = new long[count];
    Arrays.fill(pages, content);
    return pages;
  }

  @BeforeEach
  void write() throws Exception {
    files.add(
        new MadeReport("00000001")
            .library("/usr/lib/libsame.so", "v", pages(64, 1))
            .library("/usr/lib/libold.so", "old", pages(16, 1))
            .library("/usr/lib/\u001b[31mred.so", "v", 1, 2, 3)
            .write(folder, "web-1.json"));
    files.add(
        new MadeReport("00000002")
            .library("/usr/lib/libsame.so", "v", pages(64, 1))
            .library("/usr/lib/libold.so", "new", pages(8, 1))
            .library("/usr/lib/\u001b[31mred.so", "v", 1, 9, 3)
            .write(folder, "web-2.json"));
    files.add(
        new MadeReport("00000003")
            .library("/usr/lib/libsame.so", "v", pages(32, 2))
            .library("/usr/lib/\u001b[31mred.so", "v", 1, 9, 3)
            .write(folder, "db.json"));
    files.add(folder.resolve("never.json"));
  }

  private Comparison comparison() throws Exception {
    ReportComparer.Settings settings =
        new ReportComparer.Settings("0.1.0", false, false, MIB / 16, 64 * MIB);
    return ReportComparer.compare(files, settings, (file, number, reports) -> {});
  }

  private String text(int top) throws Exception {
    return TextComparison.render(comparison(), top);
  }

  private static void assertLine(String text, String pattern) {
    assertTrue(
        text.lines().anyMatch(line -> line.strip().replaceAll(" +", " ").matches(pattern)),
        pattern + " in:\n" + text);
  }

  @Test
  void theHeadTellsWhatIsSavedAndWhatItCosts() throws Exception {
    String text = text(20);
    // 64 + 2 + 2 pages of 64 + 16 + 3 + 64 + 8 + 3 + 32 + 3.
    assertLine(text, "fused 272.0 KiB 35.2 % of 772.0 KiB that can be fused.*");
    assertLine(text, "agents -192.0 KiB .*estimated: 64.0 KiB a guest \\(--agent-cost\\)");
    assertLine(text, "net 80.0 KiB that the host gets back");
    assertLine(text, "Left out: 1 report that could not be used.");
  }

  /** When db comes first, its contents are shared, and fewer pages are equal to them. */
  @Test
  void theOrderIsToldWhereItMatters() throws Exception {
    String text = text(20);
    assertLine(text, "best order 276.0 KiB .*");
    assertLine(text, "this order 272.0 KiB");
    assertLine(text, "worst order 148.0 KiB .*");
    files.remove(2);
    assertFalse(text(20).contains("order in which guests come to the host matters"));
  }

  @Test
  void guestsFilesAndReasonsAreListed() throws Exception {
    String text = text(20);
    assertLine(text, "web-2 1.0 GiB 300.0 KiB 264.0 KiB 88.0 % .*6.1.0-18-amd64");
    assertLine(text, "library 772.0 KiB 272.0 KiB 35.2 % #+");
    assertLine(text, "256.0 KiB 40.0 % 3 library /usr/lib/libsame.so");
    assertLine(text, "128.0 KiB other-content /usr/lib/libsame.so");
    assertLine(text, "from page 0 on: shared in web-1; different in db");
    assertLine(text, "32.0 KiB other-version /usr/lib/libold.so");
    assertLine(text, "version old in web-1; version new in web-2");
    assertTrue(text.contains("\\x1b[31mred.so"));
    assertFalse(text.contains("\u001b"));
  }

  @Test
  void listsAreAsLongAsAsked() throws Exception {
    String text = text(1);
    assertTrue(text.contains("Files that save most: 1 of 2\n"), text);
    assertTrue(text.contains("Files that should fuse and don't: 1 of 3\n"), text);
    assertFalse(text(0).contains("Files that save most"));
  }

  @Test
  void manyGuestsHaveBoundsInsteadOfOrders() throws Exception {
    for (int i = 10; i < 24; i++) {
      MadeReport report = new MadeReport(String.format("%08x", i));
      files.add(report.library("/usr/lib/libsame.so", "v", i % 2).write(folder, i + ".json"));
    }
    String text = text(20);
    assertTrue(text.contains("No order fuses more than"), text);
    assertTrue(text.contains("bounds"), text);
    assertFalse(text.contains("best order"), text);
  }

  @Test
  void jsonHasTheSameNumbers() throws Exception {
    Comparison comparison = comparison();
    StringWriter out = new StringWriter();
    JsonComparison.write(comparison, out);
    JsonObject json = StrictJson.parse(out.toString());
    assertEquals("pagefusion.comparison/1", json.get("schema").getAsString());
    assertEquals(68, json.get("fusedPages").getAsLong());
    assertEquals(68 * 4096, json.get("fusedBytes").getAsLong());
    assertEquals(193, json.get("eligiblePages").getAsLong());
    assertEquals(68 * 4096 - 3 * MIB / 16, json.get("netBytes").getAsLong());
    JsonObject order = json.getAsJsonObject("order");
    assertTrue(order.get("exact").getAsBoolean());
    assertEquals(69, order.get("mostPages").getAsLong());
    assertEquals(37, order.get("leastPages").getAsLong());
    long fused = 0;
    for (var guest : json.getAsJsonArray("guests")) {
      fused += guest.getAsJsonObject().get("fusedPages").getAsLong();
    }
    assertEquals(68, fused);
    JsonObject module = json.getAsJsonArray("modules").get(0).getAsJsonObject();
    assertEquals("/usr/lib/libsame.so", module.get("name").getAsString());
    assertEquals(3, module.get("guests").getAsInt());
    assertEquals(64, module.get("fusedPages").getAsLong());
    assertEquals(32, module.get("differentPages").getAsLong());
    JsonObject miss = json.getAsJsonArray("misses").get(0).getAsJsonObject();
    assertEquals("other-content", miss.get("cause").getAsString());
    assertEquals(0, miss.get("firstDifferentPage").getAsLong());
    assertEquals(1, json.getAsJsonArray("skipped").size());
    assertEquals(3, json.getAsJsonArray("pairPages").size());
  }

  @Test
  void guestsWithoutPagesAreNoError() throws Exception {
    files.clear();
    files.add(new MadeReport("00000001").write(folder, "a.json"));
    files.add(new MadeReport("00000002").write(folder, "b.json"));
    assertLine(text(20), "net -128.0 KiB the agents cost more than they save");
    assertEquals(0, comparison().fusedShare());
  }
}
