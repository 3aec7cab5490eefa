// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.candidate.OddTree;
import org.pagefusion.compare.MadeReport;
import org.pagefusion.report.StrictJson;

/** Comparisons as a shell sees them, up to reports of real files. */
class CompareCommandTest {
  private static final int PAGE = 4096;

  @TempDir private Path folder;
  private final Random random = new Random(20261121);
  private final List<OddTree> trees = new ArrayList<>();
  private String first;
  private String second;

  @BeforeEach
  void writeReports() throws IOException {
    first = report("0000000a", "first.json", 1, 2, 3, 4);
    second = report("0000000b", "second.json", 1, 2, 3, 9);
  }

  @AfterEach
  void deleteTrees() throws IOException {
    for (OddTree tree : trees) {
      tree.close();
    }
  }

  private String report(String machineId, String name, long... hashes) throws IOException {
    MadeReport report = new MadeReport(machineId).library("/usr/lib/libx.so", "v", hashes);
    return report.write(folder, name).toString();
  }

  // ---- use

  @ParameterizedTest
  @CsvSource({
    "'',                      REPORT,         --help",
    "FIRST,                   REPORT,         --help",
    "FIRST SECOND --require 30, --require,    with the % sign",
    "FIRST SECOND --require many%, --require, a percentage such as",
    "FIRST SECOND --agent-cost much, --agent-cost, a size such as",
    "FIRST SECOND --agent-cost 2000G, --agent-cost, at most 1024 GiB",
    "FIRST SECOND --top -1,   --top,          0 or more",
    "FIRST SECOND --top x,    --top,          --help",
  })
  void wrongUseIs64(String line, String thing, String remedy) {
    CommandRun.of(arguments(line)).failed(64, thing, remedy);
  }

  private String[] arguments(String line) {
    List<String> arguments = new ArrayList<>(List.of("compare"));
    for (String word : line.isEmpty() ? new String[0] : line.split(" +")) {
      arguments.add(word.replace("FIRST", first).replace("SECOND", second));
    }
    return arguments.toArray(String[]::new);
  }

  @Test
  void aThousandReportsAreTheLimit() {
    String[] arguments = new String[1002];
    Arrays.fill(arguments, first);
    arguments[0] = "compare";
    CommandRun.of(arguments).failed(64, "1001 reports", "at most 1000");
  }

  // ---- results

  @Test
  void theResultIsTextOrOneObject() {
    String text = CommandRun.of(arguments("FIRST SECOND")).done().out();
    assertTrue(text.contains("comparison of 2 guests\n"), text);
    JsonObject json =
        StrictJson.parse(CommandRun.of(arguments("--json FIRST SECOND")).done().out());
    assertEquals(3, json.get("fusedPages").getAsLong());
    assertEquals(3 * PAGE - 2 * 18 * (1 << 20), json.get("netBytes").getAsLong());
    json =
        StrictJson.parse(
            CommandRun.of(arguments("--json --agent-cost 1KiB FIRST SECOND")).done().out());
    assertEquals(3 * PAGE - 2 * 1024, json.get("netBytes").getAsLong());
  }

  /** 3 of 8 pages. */
  @ParameterizedTest
  @CsvSource({"37.5 %, 0", "37.5%, 0", "37.6%, 1", "0%, 0", "100%, 1"})
  void theBarDecidesTheExitCode(String bar, int exitCode) {
    CommandRun run = CommandRun.of("compare", first, second, "--require", bar);
    assertEquals(exitCode, run.exitCode());
    assertTrue(run.out().contains("37.5 %"), run.out());
  }

  @Test
  void whatCantBeUsedIsLeftOutOrEndsIt() throws IOException {
    Path broken = Files.writeString(folder.resolve("broken.json"), "{\"schema\":");
    CommandRun run = CommandRun.of("compare", first, broken.toString(), second);
    assertEquals(0, run.exitCode());
    assertTrue(run.out().contains("comparison of 2 guests"), run.out());
    CommandRun.of("compare", "--strict", first, broken.toString(), second)
        .failed(65, broken.toString(), "cut off at $.schema");
    CommandRun.of("compare", first, broken.toString()).failed(65, "only 1 of 2", "needs two");
  }

  // ---- reports of real files

  private OddTree tree() throws IOException {
    OddTree tree = OddTree.create();
    trees.add(tree);
    tree.text("/etc/pagefusion/pagefusion.conf", "sources = mapped\nmin-resident = 4 KiB\n");
    return tree;
  }

  private byte[] content(int pages) {
    byte[] content = new byte[pages * PAGE - 100];
    random.nextBytes(content);
    return content;
  }

  private String report(OddTree tree, String name) throws IOException {
    CommandRun run =
        CommandRun.of("--root", tree.root().toString(), "report", "--json", "--page-hashes");
    assertEquals(0, run.exitCode(), run.err());
    return Files.writeString(folder.resolve(name), run.out()).toString();
  }

  @Test
  void foretellsExactlyWhatIsEqualInRealFiles() throws IOException {
    assumeTrue(Kernel.load().effectiveUid() == 0, "residency is told to root only");
    byte[] same = content(40);
    byte[] changed = content(30);
    byte[] otherwise = changed.clone();
    otherwise[5 * PAGE + 7]++;
    otherwise[29 * PAGE]++;
    OddTree one = tree();
    OddTree two = tree();
    one.file("/usr/share/same", same);
    two.file("/usr/share/same", same);
    one.file("/usr/share/changed", changed);
    two.file("/usr/share/changed", otherwise);
    one.file("/usr/share/longer", content(20));
    two.file("/usr/share/longer", content(21));
    one.file("/usr/share/alone", content(10));
    for (OddTree tree : trees) {
      OddTree.Mapper process = tree.process(7);
      for (String name : List.of("same", "changed", "longer", "alone")) {
        if (Files.exists(tree.at("/usr/share/" + name))) {
          process.maps("/usr/share/" + name, "r--p");
        }
      }
    }
    long equal = 0;
    for (String name : List.of("same", "changed", "longer")) {
      equal += equalPages(one.at("/usr/share/" + name), two.at("/usr/share/" + name));
    }
    CommandRun run =
        CommandRun.of("compare", "--json", report(one, "one.json"), report(two, "two.json")).done();
    JsonObject json = StrictJson.parse(run.out());
    assertEquals(equal, json.get("fusedPages").getAsLong());
    assertEquals(40 + 28, equal);
    assertEquals(2 * 40 + 2 * 30 + 20 + 21 + 10, json.get("eligiblePages").getAsLong());
    assertEquals(4, json.get("differentPages").getAsLong());
    assertEquals(5, miss(json, "other-content").get("firstDifferentPage").getAsLong());
    assertEquals("/usr/share/longer", miss(json, "other-version").get("path").getAsString());
    assertEquals("/usr/share/alone", miss(json, "not-there").get("path").getAsString());
  }

  /** What the host would merge: pages of the same place in files of the same identity. */
  private static long equalPages(Path one, Path two) throws IOException {
    byte[] left = Files.readAllBytes(one);
    byte[] right = Files.readAllBytes(two);
    if (left.length != right.length) {
      // Without a build id, length and time of a file are its version.
      return 0;
    }
    long equal = 0;
    for (int at = 0; at < left.length; at += PAGE) {
      int end = Math.min(left.length, at + PAGE);
      equal += Arrays.equals(left, at, end, right, at, end) ? 1 : 0;
    }
    return equal;
  }

  private static JsonObject miss(JsonObject json, String cause) {
    for (JsonElement miss : json.getAsJsonArray("misses")) {
      if (miss.getAsJsonObject().get("cause").getAsString().equals(cause)) {
        return miss.getAsJsonObject();
      }
    }
    throw new AssertionError(cause + " in " + json);
  }

  @Test
  void copiesOfOneTreeFuseWhole() throws IOException {
    assumeTrue(Kernel.load().effectiveUid() == 0, "residency is told to root only");
    OddTree tree = tree();
    tree.file("/usr/share/same", content(40));
    tree.process(7).maps("/usr/share/same", "r--p");
    Path report = Path.of(report(tree, "one.json"));
    // Without a machine id, guests are taken for different ones.
    Path copy = folder.resolve("two.json");
    Files.copy(report, copy, StandardCopyOption.REPLACE_EXISTING);
    JsonObject json =
        StrictJson.parse(
            CommandRun.of("compare", "--json", report.toString(), copy.toString()).done().out());
    assertEquals(40, json.get("fusedPages").getAsLong());
    assertEquals(0.5, json.get("fusedShare").getAsDouble());
  }
}
