// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pagefusion.candidate.OddTree;
import org.pagefusion.candidate.TestElf;
import org.pagefusion.html.SyntheticReports;

/** {@code --html FILE} as a shell sees it. */
class HtmlOutputTest {
  @TempDir private Path folder;
  private OddTree tree;

  @BeforeEach
  void createTree() throws IOException {
    tree = OddTree.create();
    tree.file("/usr/lib/libx.so", TestElf.make(TestElf.SHARED, false, new int[] {1}, 100_000, 1));
    tree.process(7).maps("/usr/lib/libx.so");
  }

  @AfterEach
  void deleteTree() throws IOException {
    tree.close();
  }

  private CommandRun report(Path page, String... more) {
    List<String> arguments = new ArrayList<>(List.of("--root", tree.root().toString(), "report"));
    arguments.addAll(List.of("--html", page.toString()));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  @Test
  void thePageIsBesideTheText() throws IOException {
    Path page = folder.resolve("a page.html");
    CommandRun run = report(page);
    assertEquals("pagefusion: page written to " + page + "\n", run.err());
    assertEquals(0, run.exitCode());
    assertTrue(run.out().startsWith("pagefusion "), run.out());
    String html = Files.readString(page);
    assertTrue(html.startsWith("<!DOCTYPE html>\n<html lang=\"en\">"), html);
    assertTrue(html.endsWith("</html>\n"), html);
    assertTrue(html.contains("<bdi>/usr/lib/libx.so</bdi>"), html);
  }

  @Test
  void quietSaysNothing() {
    report(folder.resolve("page.html"), "-q").done();
  }

  @Test
  void theComparisonHasAPage() throws IOException {
    Path page = folder.resolve("page.html");
    List<String> arguments = new ArrayList<>(List.of("-q", "compare", "--html", page.toString()));
    SyntheticReports.write(folder, 2, 3).forEach(report -> arguments.add(report.toString()));
    CommandRun.of(arguments.toArray(String[]::new)).done();
    assertTrue(Files.readString(page).contains("What should fuse and does not"));
  }

  @Test
  void aDirectoryThatIsMissingIs74() {
    Path page = folder.resolve("never/page.html");
    report(page).failed(74, "--html " + page, "no such directory; create it first");
    assertFalse(Files.exists(page.getParent()));
  }

  @Test
  void aDirectoryIs74() {
    report(folder).failed(74, "--html " + folder, "is a directory; name a file in it");
  }

  @Test
  void aFullDiskIs74() {
    assumeTrue(Files.exists(Path.of("/dev/full")), "no /dev/full");
    report(Path.of("/dev/full")).failed(74, "--html /dev/full", "is the disk full");
  }

  @Test
  void aScanThatFailsLeavesTheOldPage() throws IOException {
    Path page = Files.writeString(folder.resolve("page.html"), "old");
    String root = tree.root() + "/never";
    assertEquals(74, CommandRun.of("--root", root, "report", "--html", page + "").exitCode());
    assertEquals("old", Files.readString(page));
  }
}
