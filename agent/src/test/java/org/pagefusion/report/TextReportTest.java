// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.pagefusion.candidate.Category;
import org.pagefusion.candidate.Exclusion;
import org.pagefusion.candidate.Reason;
import org.pagefusion.guest.Anomaly;
import org.pagefusion.guest.MemoryInfo;
import org.pagefusion.guest.PageRuns;
import org.pagefusion.guest.ProcessScan;

class TextReportTest {
  private static Reports example() {
    Reports reports = new Reports().kernel(3000, 2000);
    reports.file(Category.LIBRARY, "/usr/lib/x86_64-linux-gnu/libc.so.6", 480, 450, 21);
    reports.file(Category.DATA, "/usr/share/dict", 1000, 250, 0);
    reports.file(Category.EXECUTABLE, "/usr/bin/bash", 300, 200, 1234);
    reports.exclusions.add(
        new Exclusion("/usr", Reason.TOO_SMALL, "files shorter than min-resident", 34567890, 4711));
    reports.exclusions.add(new Exclusion("/opt/x", Reason.TOO_SMALL, "", 1000));
    reports.exclusions.add(
        new Exclusion("/usr/lib/libcrypto.so.3", Reason.PATTERN, "libcrypto*", 4700000));
    reports.exclusions.add(
        new Exclusion("/usr/lib/libssl.so.3", Reason.PATTERN, "libssl*", 600000));
    reports.anomalies.add(new Anomaly("/proc/7/maps:12", "not a mapping, expected \"start-end\""));
    return reports;
  }

  @Test
  void aReportIsReadAtAGlance() {
    assertEquals(
        """
        pagefusion 0.1.0, dry run of 2026-03-04 05:06 UTC
          guest    Linux 6.1.0-18-amd64, x86_64
          memory   1.0 GiB, 768.0 MiB of it used (page cache included)
          scanned  90 processes (3 more skipped), 12,345 file mappings, 1,234 files, in 1.23 s

        Can be fused with other guests that hold the same
          category    candidates    resident  of used memory
          library              1     1.8 MiB           0.2 %  ##
          executable           1   800.0 KiB           0.1 %  #
          kernel               1    19.5 MiB           2.5 %  #########################
          data                 1  1000.0 KiB           0.1 %  #
          all                  4    23.0 MiB           3.0 %

        Largest 4 candidates
            resident  of file  processes  category    path
            19.5 MiB    100 %          -  kernel      /sys/kernel
             1.8 MiB     93 %         21  library     /usr/lib/x86_64-linux-gnu/libc.so.6
          1000.0 KiB     25 %          -  data        /usr/share/dict
           800.0 KiB     66 %      1,234  executable  /usr/bin/bash

        Left out
          reason     files      size  meaning                          largest
          too-small  4,712  33.0 MiB  less resident than min-resident  /usr
          pattern        2   5.1 MiB  excluded by configuration        /usr/lib/libcrypto.so.3

        Could not be read or understood: 1
          /proc/7/maps:12: not a mapping, expected "start-end"

        Next: run this in the other guests of the host too; what has the same name and version in several of them
        (--json; contents: --page-hashes) is what the host can merge.
        """,
        TextReport.render(example().report()));
  }

  @Test
  void anEmptyScanSaysWhereToLook() {
    Reports reports = new Reports();
    reports.kernel = Optional.empty();
    reports.machine = Optional.empty();
    reports.memory =
        new MemoryInfo(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());
    reports.processes = new ProcessScan(0, 0, 0, 0, List.of(), false);
    reports.filesExamined = 0;
    reports.tree = "/srv/some tree";
    assertEquals(
        """
        pagefusion 0.1.0, dry run of 2026-03-04 05:06 UTC, tree /srv/some tree
          guest    Linux of unknown release
          scanned  0 processes, 0 file mappings, 0 files, in 1.23 s

        Can be fused with other guests that hold the same
          category  candidates  resident
          all                0       0 B

        Next: nothing here can be fused; 'pagefusion config' shows the sources and limits.
        """,
        TextReport.render(reports.report()));
  }

  @Test
  void aCapturedTreeHasWholeFiles() {
    Reports reports = new Reports();
    reports.captured = true;
    reports.asRoot = false;
    reports.tree = "/cap";
    reports.file(Category.DATA, "/usr/share/dict", 1000, PageRuns.of(0, 1000), false, 1);
    assertEquals(
        """
        pagefusion 0.1.0, dry run of 2026-03-04 05:06 UTC, tree /cap
          guest    Linux 6.1.0-18-amd64, x86_64
          memory   1.0 GiB, 768.0 MiB of it used (page cache included)
          scanned  90 processes (3 more skipped), 12,345 file mappings, 1,234 files, in 1.23 s

        Can be fused with other guests that hold the same
          category  candidates  at most  of used memory
          data               1  3.9 MiB           0.5 %  ##############################
          all                1  3.9 MiB           0.5 %
          A captured tree holds no residency: sizes are those of whole files, the most that could be resident.

        Largest candidate
          at most  of file  processes  category  path
          3.9 MiB    100 %          1  data      /usr/share/dict

        Next: run this in the other guests of the host too; what has the same name and version in several of them
        (--json; contents: --page-hashes) is what the host can merge.
        """,
        TextReport.render(reports.report()));
  }

  @Test
  void withoutRootTheNextStepIsRoot() {
    Reports reports = example();
    reports.asRoot = false;
    reports.file(Category.DATA, "/usr/share/x", 10, PageRuns.of(0, 10), false, 0);
    String text = TextReport.render(reports.report());
    assertTrue(text.contains("Without root the kernel does not tell which pages"), text);
    assertTrue(text.contains("  category    candidates    at most  of used memory\n"), text);
    assertTrue(
        text.endsWith(
            "\nNext: run this as root, which may look at all processes and at what is resident.\n"),
        text);
    assertNarrow(text);
  }

  @Test
  void longTablesAreCut() {
    Reports reports = new Reports();
    for (int i = 0; i < 25; i++) {
      reports.file(Category.DATA, "/usr/share/file-" + i, 1000 - i, 1000 - i, i);
      reports.anomalies.add(new Anomaly("/proc/" + i + "/maps:1", "odd"));
    }
    String text = TextReport.render(reports.report());
    assertTrue(text.contains("\nLargest 20 candidates\n"), text);
    assertTrue(text.contains("/file-19\n") && !text.contains("/file-20\n"), text);
    assertTrue(text.contains("\nCould not be read or understood: 25\n"), text);
    assertTrue(text.contains("/proc/4/maps:1: odd\n  … all of them: --json\n"), text);
    assertFalse(text.contains("/proc/5/"), text);
  }

  @Test
  void noLineIsWiderThanATerminal() {
    Reports reports = example();
    reports.exclusions.clear();
    String path = "/usr/lib/a/rather/deep/place/for/it/" + "x".repeat(80) + "/module.so";
    for (Reason reason : Reason.values()) {
      reports.exclusions.add(new Exclusion(path + reason, reason, "", 12345678901L, 1234567));
    }
    reports.anomalies.add(new Anomaly("/proc/1/maps:1", "y".repeat(105)));
    String text = TextReport.render(reports.report());
    assertNarrow(text);
    assertTrue(text.contains("  /proc/1/maps:1:\n    yyyy"), text);
    for (Reason reason : Reason.values()) {
      assertTrue(reason.meaning().length() <= 36, reason.meaning());
    }
  }

  private static void assertNarrow(String text) {
    for (String line : text.split("\n")) {
      assertTrue(line.length() <= 120, line.length() + ": " + line);
    }
  }

  /** The end of a path tells most; 60 characters at most, fewer where the table is wide. */
  @Test
  void longPathsOfWhatIsLeftOutLoseTheirBeginning() {
    String path = "/" + "d".repeat(30) + "/" + "日".repeat(40) + "/libx.so";
    Reports reports = new Reports();
    reports.exclusions.add(new Exclusion(path, Reason.LIMIT, "", 5));
    String largest = "…" + path.substring(path.length() - 59);
    assertTrue(TextReport.render(reports.report()).contains(" " + largest + "\n"));

    String fits = path.substring(path.length() - 60);
    reports.exclusions.set(0, new Exclusion(fits, Reason.LIMIT, "", 5));
    assertTrue(TextReport.render(reports.report()).contains(" " + fits + "\n"));

    reports.exclusions.set(0, new Exclusion(path, Reason.HEADER_NOT_RESIDENT, "", 5));
    reports.exclusions.add(new Exclusion("/a", Reason.HIDDEN, "", 1));
    String text = TextReport.render(reports.report());
    assertFalse(text.contains(largest), text);
    assertTrue(text.contains("日日/libx.so\n"), text);
    assertNarrow(text);
  }

  /** What a guest's files say reaches the terminal as text, never as commands. */
  @Test
  void controlCharactersAreShownNotSent() {
    Reports reports = new Reports();
    reports.kernel = Optional.of("6\u001b[31m");
    reports.machine = Optional.of("x\u0007");
    reports.tree = "/t\u001b";
    reports.file(Category.DATA, "/p\nq\uDCFF", 10, 10, 1);
    reports.exclusions.add(new Exclusion("/e\u001b", Reason.DELETED, "", 1));
    reports.anomalies.add(new Anomaly("/w\u001b", "\u009b"));
    String text = TextReport.render(reports.report());
    assertTrue(text.chars().allMatch(c -> c == '\n' || !Character.isISOControl(c)), text);
    assertTrue(text.contains("/p\\x0aq\\xff\n") && text.contains("\\x9b"), text);
  }

  /** The last page of a file is resident as a whole: that is not more than all of it. */
  @Test
  void noFileIsResidentByMoreThanAHundredPercent() {
    Reports reports = new Reports().file(Category.DATA, "/tiny", 1, 1, 1);
    String text = TextReport.render(reports.report());
    assertTrue(text.contains("   4.0 KiB    100 %          1  data      /tiny\n"), text);
  }

  @Test
  void theLargestOfEachReasonIsNamed() {
    Reports reports = new Reports();
    reports.exclusions.add(new Exclusion("/small", Reason.DELETED, "", 1));
    reports.exclusions.add(new Exclusion("/large", Reason.DELETED, "", 3000));
    reports.exclusions.add(new Exclusion("/medium", Reason.DELETED, "", 20));
    reports.exclusions.add(new Exclusion("/none", Reason.MEMORY, "", 0));
    String text = TextReport.render(reports.report());
    assertTrue(text.contains("  deleted      3  3.0 KiB  deleted, only still mapped"), text);
    assertTrue(text.contains("/large\n") && text.contains("/none\n"), text);
    assertFalse(text.contains("/small") || text.contains("/medium"), text);
  }
}
