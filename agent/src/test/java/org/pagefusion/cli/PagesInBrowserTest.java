// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pagefusion.candidate.OddTree;
import org.pagefusion.candidate.TestElf;
import org.pagefusion.html.Browser;
import org.pagefusion.html.SyntheticReports;
import org.pagefusion.report.Sizes;

/** The pages of report and compare as a browser shows them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PagesInBrowserTest {
  private static final int FILES = 60;
  private static final int GUESTS = 6;

  /** WCAG 2.2, 1.4.3. */
  private static final double CONTRAST = 4.5;

  @TempDir private static Path folder;

  private Browser browser;
  private PageView view;
  private JsonObject report;
  private JsonObject comparison;

  @BeforeAll
  void start() throws IOException, InterruptedException {
    assumeTrue(Browser.find().isPresent(), "no Chromium: apt-get install chromium");
    report = writeReport();
    List<String> arguments = new ArrayList<>(List.of("compare", "--json", "--html"));
    arguments.add(page("comparison").toString());
    SyntheticReports.write(folder, GUESTS, FILES).forEach(path -> arguments.add(path.toString()));
    comparison = run(arguments);
    browser = new Browser();
    view = new PageView(browser);
  }

  @AfterAll
  void stop() throws IOException {
    if (browser != null) {
      browser.close();
    }
  }

  private static Path page(String name) {
    return folder.resolve(name + ".html");
  }

  private static JsonObject run(List<String> arguments) {
    CommandRun run = CommandRun.of(arguments.toArray(String[]::new));
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.err().matches("pagefusion: page written to [^\n]+\\.html\n"), run.err());
    return JsonParser.parseString(run.out()).getAsJsonObject();
  }

  private static JsonObject writeReport() throws IOException {
    try (OddTree tree = OddTree.create()) {
      OddTree.Mapper process = tree.process(7);
      List<String> paths = new ArrayList<>(SyntheticReports.HOSTILE);
      for (int i = 0; i < FILES; i++) {
        paths.add("/usr/lib/lib" + i + ".so");
      }
      for (int i = 0; i < paths.size(); i++) {
        int[] buildId = {i, 1};
        byte[] file = TestElf.make(TestElf.SHARED, i % 3 == 0, buildId, 400_000 - 4096 * i, i);
        tree.file(paths.get(i), i % 5 == 0 ? new byte[file.length] : file);
        process.maps(paths.get(i));
      }
      tree.file("/usr/lib/small.so", new byte[100]);
      process.maps("/usr/lib/small.so").raw("<b>nonsense\n").line("r--p", "00:01", 7, "/memfd:<i>");
      return run(
          List.of(
              "--root",
              tree.root().toString(),
              "report",
              "--json",
              "--html",
              page("report").toString()));
    }
  }

  private void open(String name, int width, String scheme) {
    browser.resize(width, 900);
    browser.media("screen", scheme);
    browser.open(page(name));
  }

  // ---- how it looks

  @ParameterizedTest
  @CsvSource({
    "report, 360, light",
    "report, 360, dark",
    "report, 1440, light",
    "report, 1440, dark",
    "comparison, 360, light",
    "comparison, 360, dark",
    "comparison, 1440, light",
    "comparison, 1440, dark",
    "comparison, 800, light",
  })
  void isReadableAndQuiet(String name, int width, String scheme) {
    open(name, width, scheme);
    assertEquals("", view.overflow());
    assertEquals(List.of(), view.paleTexts(CONTRAST));
    assertEquals(List.of(), view.untoldPictures());
    assertEquals(List.of(), view.wrongIds());
    assertEquals(List.of(page(name).toUri().toString()), browser.requests());
    assertEquals(List.of(), browser.complaints());
  }

  @Test
  void schemesDiffer() {
    String ground = "getComputedStyle(document.documentElement).backgroundColor";
    open("report", 1440, "light");
    assertEquals("rgb(255, 255, 255)", view.string(ground));
    open("report", 1440, "dark");
    assertNotEquals("rgb(255, 255, 255)", view.string(ground));
  }

  @ParameterizedTest
  @ValueSource(strings = {"report", "comparison"})
  void onPaperNothingIsHidden(String name) {
    open(name, 720, "dark");
    browser.media("print", "dark");
    assertEquals(List.of(), view.hiddenTables());
    assertEquals("", view.overflow());
    assertEquals(List.of(), view.paleTexts(CONTRAST));
    assertEquals(
        "rgb(255, 255, 255)",
        view.string("getComputedStyle(document.documentElement).backgroundColor"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"report", "comparison"})
  void namesAreTextWhateverTheySay(String name) {
    open(name, 1440, "light");
    assertEquals("1", view.string("document.scripts.length"));
    assertEquals("0", view.string("document.querySelectorAll('img, b, i, iframe, object').length"));
    assertTrue(view.string("document.body.textContent").contains("<img src=x onerror=alert(1)>"));
    assertTrue(view.string("document.body.textContent").contains("\\u202egnp.exe"));
    assertEquals("-1", view.string("document.documentElement.outerHTML.indexOf('\\u202e')"));
    assertEquals(List.of(), browser.complaints());
  }

  /** The policy of the page is not there for show: what is put into the page later is refused. */
  @Test
  void runsNoOtherScript() {
    open("report", 1440, "light");
    browser.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.x = 1'}))");
    assertEquals("undefined", view.string("window.x"));
    assertEquals(1, browser.complaints().size());
    assertTrue(browser.complaints().get(0).contains("Content Security Policy"));
  }

  @Test
  void isWholeWithoutScripts() {
    browser.scripts(false);
    try {
      open("comparison", 1440, "light");
      assertEquals("0", view.string("document.querySelectorAll('button').length"));
      assertEquals(GUESTS, view.rows("guests-table").size());
    } finally {
      browser.scripts(true);
    }
  }

  // ---- keys

  private void tabTo(String what) {
    for (int i = 0; i < 200; i++) {
      if (view.string("document.activeElement.matches(" + what + ")").equals("true")) {
        return;
      }
      browser.press("Tab");
    }
    throw new AssertionError("no way to " + what + " by Tab");
  }

  @Test
  void theFirstStopSkipsToTheFigures() {
    open("comparison", 1440, "light");
    browser.press("Tab");
    assertEquals("skip", view.string("document.activeElement.className"));
    assertTrue(
        Double.parseDouble(view.string("document.activeElement.getBoundingClientRect().top")) >= 0);
    browser.press("Enter");
    assertEquals("main", view.string("document.activeElement.id"));
  }

  @Test
  void tablesAreSortedByKeys() {
    open("report", 360, "dark");
    String header = "document.querySelectorAll('#candidates-table thead th')[2]";
    List<String> given = column("candidates-table", 2);
    tabTo("'#candidates-table th:nth-child(3) button'");
    assertEquals("solid", view.string("getComputedStyle(document.activeElement).outlineStyle"));
    browser.press("Enter");
    assertEquals("descending", view.string(header + ".getAttribute('aria-sort')"));
    List<String> sorted = new ArrayList<>(given);
    sorted.sort(Comparator.comparingLong((String v) -> Long.parseLong(v)).reversed());
    assertEquals(sorted, column("candidates-table", 2));
    browser.press(" ");
    assertEquals("ascending", view.string(header + ".getAttribute('aria-sort')"));
    sorted.sort(Comparator.comparingLong(Long::parseLong));
    assertEquals(sorted, column("candidates-table", 2));
    assertNotEquals(given, column("candidates-table", 2));
    tabTo("'#candidates-table th:nth-child(4) button'");
    browser.press("Enter");
    assertEquals("none", view.string(header + ".getAttribute('aria-sort')"));
  }

  @Test
  void namesAreSortedAsPeopleDo() {
    open("report", 1440, "light");
    tabTo("'#candidates-table th:first-child button'");
    browser.press("Enter");
    List<String> names = column("candidates-table", 0);
    assertTrue(
        names.indexOf("/usr/lib/lib9.so") < names.indexOf("/usr/lib/lib11.so"), names.toString());
  }

  @Test
  void whatIsFoldedOpensByKeys() {
    open("report", 1440, "light");
    tabTo("'summary'");
    browser.press(" ");
    assertEquals("true", view.string("document.querySelector('details').open"));
  }

  private List<String> column(String table, int column) {
    return view.rows(table).stream().map(row -> row.get(column)).toList();
  }

  // ---- what it says

  @ParameterizedTest
  @ValueSource(strings = {"report", "comparison"})
  void textsSayWhatTheTablesAreSortedBy(String name) {
    open(name, 1440, "light");
    List<String[]> figures = view.figures();
    assertTrue(figures.size() > 100, "figures: " + figures.size());
    for (String[] figure : figures) {
      String expected;
      if (figure[1].contains(".")) {
        expected = Sizes.share(Math.round(1e9 * Double.parseDouble(figure[1])), 1_000_000_000);
      } else if (figure[0].endsWith("B")) {
        expected = Sizes.bytes(Long.parseLong(figure[1]));
      } else {
        expected = figure[1].equals("-1") ? "" : Sizes.count(Long.parseLong(figure[1]));
      }
      assertEquals(expected, figure[0]);
    }
  }

  @Test
  void theReportSaysWhatItsJsonSays() {
    open("report", 1440, "light");
    JsonObject totals = report.getAsJsonObject("totals");
    JsonArray candidates = report.getAsJsonArray("candidates");
    JsonArray excluded = report.getAsJsonArray("excluded");
    assertTrue(candidates.size() > 60 && excluded.size() >= 2, totals.toString());
    assertEquals(totals.get("residentBytes").getAsLong(), view.fact("eligible"));
    assertEquals(totals.get("candidates").getAsLong(), view.fact("candidates"));
    assertEquals(PageView.sum(excluded, "size"), view.fact("excluded"));
    assertEquals(600_000L * 1024, view.fact("used"));

    List<List<String>> rows = view.rows("candidates-table");
    assertEquals(50, rows.size());
    for (int i = 0; i < rows.size(); i++) {
      JsonObject candidate = candidates.get(i).getAsJsonObject();
      assertEquals(shown(candidate.get("path")), rows.get(i).get(0));
      assertEquals(candidate.get("category").getAsString(), rows.get(i).get(1));
      assertEquals(bytes(candidate, "residentPages"), rows.get(i).get(2));
      assertEquals(candidate.get("mappedBy").getAsString(), rows.get(i).get(4));
    }
    String body = view.string("document.body.textContent");
    assertTrue(body.contains("Not shown: " + (candidates.size() - 50) + " smaller candidates"));
    for (Map.Entry<String, JsonElement> entry : totals.getAsJsonObject("byCategory").entrySet()) {
      JsonObject total = entry.getValue().getAsJsonObject();
      long count = total.get("candidates").getAsLong();
      List<String> found = row("memory-table", entry.getKey());
      assertEquals(count > 0, !found.isEmpty(), entry.getKey());
      if (count > 0) {
        assertEquals(Long.toString(count), found.get(1));
        assertEquals(total.get("residentBytes").getAsString(), found.get(2));
      }
    }
    Map<String, Long> reasons = new TreeMap<>();
    for (JsonElement each : excluded) {
      JsonObject exclusion = each.getAsJsonObject();
      reasons.merge(
          exclusion.get("reason").getAsString(), exclusion.get("size").getAsLong(), Long::sum);
    }
    assertEquals(reasons.size(), view.rows("reasons-table").size());
    reasons.forEach(
        (reason, size) -> assertEquals(size.toString(), row("reasons-table", reason).get(3)));
    assertEquals(1, view.rows("anomalies-table").size());
  }

  @Test
  void theComparisonSaysWhatItsJsonSays() {
    open("comparison", 1440, "light");
    for (String fact : List.of("fused", "net", "eligible")) {
      assertEquals(comparison.get(fact + "Bytes").getAsLong(), view.fact(fact), fact);
    }
    JsonArray guests = comparison.getAsJsonArray("guests");
    assertEquals(GUESTS, view.fact("guests"));
    List<List<String>> rows = view.rows("guests-table");
    List<List<String>> growth = view.rows("growth-table");
    long sum = 0;
    for (int i = 0; i < GUESTS; i++) {
      JsonObject guest = guests.get(i).getAsJsonObject();
      List<String> row = rows.get(i);
      long used = guest.get("memTotal").getAsLong() - guest.get("memFree").getAsLong();
      long alone = pages(guest, "differentPages") + pages(guest, "onlyHerePages");
      long rest = used - pages(guest, "eligiblePages") - guest.get("excludedBytes").getAsLong();
      assertEquals(guest.get("name").getAsString(), row.get(0));
      assertEquals(Long.toString(used), row.get(2));
      assertEquals(bytes(guest, "fusedPages"), row.get(3));
      assertEquals(bytes(guest, "keptPages"), row.get(4));
      assertEquals(Long.toString(alone), row.get(5));
      assertEquals(guest.get("excludedBytes").getAsString(), row.get(6));
      assertEquals(Long.toString(rest), row.get(7));
      assertEquals(guest.get("agentBytes").getAsString(), row.get(8));
      sum += pages(guest, "fusedPages");
      assertEquals(bytes(guest, "fusedPages"), growth.get(i).get(2));
      assertEquals(Long.toString(sum), growth.get(i).get(3));
    }
    assertEquals(comparison.get("fusedBytes").getAsLong(), sum);
    assertTrue(sum > 0);
  }

  @Test
  void theFilesSayWhatTheirJsonSays() {
    open("comparison", 1440, "light");
    JsonArray modules = comparison.getAsJsonArray("modules");
    List<List<String>> rows = view.rows("modules-table");
    assertEquals(30, rows.size());
    for (int i = 0; i < rows.size(); i++) {
      JsonObject module = modules.get(i).getAsJsonObject();
      assertEquals(shown(module.get("path")), rows.get(i).get(0));
      assertEquals(module.get("guests").getAsString(), rows.get(i).get(2));
      assertEquals(bytes(module, "fusedPages"), rows.get(i).get(3));
      assertEquals(bytes(module, "differentPages"), rows.get(i).get(4));
      assertEquals(bytes(module, "onlyHerePages"), rows.get(i).get(5));
    }
    for (Map.Entry<String, JsonElement> entry :
        comparison.getAsJsonObject("byCategory").entrySet()) {
      JsonObject category = entry.getValue().getAsJsonObject();
      List<String> row = row("categories-table", entry.getKey());
      assertEquals(bytes(category, "eligiblePages"), row.get(1));
      assertEquals(bytes(category, "fusedPages"), row.get(2));
    }
    assertEquals(comparison.get("fusedBytes").getAsString(), view.foot("categories-table").get(2));
    List<JsonObject> losses = new ArrayList<>();
    for (JsonElement each : comparison.getAsJsonArray("misses")) {
      if (!each.getAsJsonObject().get("cause").getAsString().equals("not-there")) {
        losses.add(each.getAsJsonObject());
      }
    }
    List<List<String>> misses = view.rows("misses-table");
    assertEquals(Math.min(30, losses.size()), misses.size());
    for (int i = 0; i < misses.size(); i++) {
      assertEquals(shown(losses.get(i).get("path")), misses.get(i).get(0));
      assertEquals(bytes(losses.get(i), "pages"), misses.get(i).get(2));
    }
  }

  @Test
  void thePairsSayWhatTheirJsonSays() {
    open("comparison", 1440, "light");
    JsonArray matrix = comparison.getAsJsonArray("pairPages");
    List<Long> expected = new ArrayList<>();
    for (int one = 0; one < GUESTS; one++) {
      for (int other = one + 1; other < GUESTS; other++) {
        expected.add(4096 * matrix.get(one).getAsJsonArray().get(other).getAsLong());
      }
    }
    expected.sort(Comparator.reverseOrder());
    assertEquals(expected, column("pairs-table", 2).stream().map(Long::parseLong).toList());
    List<String> tips =
        view.strings(
            "[...document.querySelectorAll('#pairs-map svg title')].map(t => t.textContent)");
    assertEquals(GUESTS * GUESTS, tips.size());
    long second = 4096 * matrix.get(1).getAsJsonArray().get(0).getAsLong();
    assertEquals("guests 2 and 1: " + Sizes.bytes(second), tips.get(GUESTS));
  }

  private List<String> row(String table, String name) {
    return view.rows(table).stream()
        .filter(row -> row.get(0).equals(name))
        .findFirst()
        .orElse(List.of());
  }

  private static String shown(JsonElement path) {
    return path.getAsString().replace("\u202e", "\\u202e");
  }

  private static long pages(JsonObject object, String property) {
    return 4096 * object.get(property).getAsLong();
  }

  private static String bytes(JsonObject object, String property) {
    return Long.toString(pages(object, property));
  }

  // ---- many guests

  @Test
  void manyGuestsStayReadable() throws IOException {
    int guests = 120;
    Path many = Files.createDirectory(folder.resolve("many"));
    List<String> arguments = new ArrayList<>(List.of("compare", "--json", "--html"));
    arguments.add(page("many").toString());
    SyntheticReports.write(many, guests, 10).forEach(path -> arguments.add(path.toString()));
    JsonObject result = run(arguments);
    assertTrue(Files.size(page("many")) < 400_000, "bytes: " + Files.size(page("many")));
    open("many", 360, "light");
    assertEquals("", view.overflow());
    String body = view.string("document.body.textContent");
    assertTrue(body.contains("Of 120 guests, the 20 that give back most"), body);
    assertTrue(body.contains("Not shown: 20 later guests"), body);
    assertTrue(body.contains("Not shown for more than 64 guests"), body);
    assertEquals(100, view.rows("guests-table").size());
    List<List<String>> growth = view.rows("growth-table");
    assertEquals(12, growth.size());
    assertEquals(result.get("fusedBytes").getAsString(), growth.get(11).get(3));
    assertEquals(List.of(), browser.complaints());
  }
}
