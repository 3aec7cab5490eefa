// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.candidate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.guest.Anomalies;
import org.pagefusion.guest.FileProbe;
import org.pagefusion.guest.FileSystem;
import org.pagefusion.guest.GuestTree;
import org.pagefusion.guest.OpenedFile;
import org.pagefusion.guest.PageRuns;

class CandidateCollectorTest {
  private static final int PAGE = 4096;
  private static final long DISK = 254L << 32;
  private static final long OVERLAY = 42;

  private final List<String> heard = new ArrayList<>();
  private final List<Exclusion> exclusions = new ArrayList<>();
  private final CandidateCollector collector =
      new CandidateCollector((what, files) -> heard.add(what + " " + files), exclusions::add, PAGE);

  private static Candidate file(
      String name, String version, String path, long pages, long device, long inode) {
    return new Candidate(
        name,
        version,
        path,
        Category.LIBRARY,
        Optional.empty(),
        pages * PAGE,
        List.of(new Region(0, pages * PAGE)),
        PageRuns.of(0, pages),
        true,
        1,
        Optional.of(new FileReference(path, device, inode, pages * PAGE, 0)),
        OptionalLong.empty());
  }

  /** Containers of one image show its files under device numbers of their own. */
  @Test
  void oneFileThroughSeveralOverlaysIsOneCandidate() {
    collector.candidate(file("/lib/x", "v1", "/lib/x", 20, OVERLAY, 7));
    collector.candidate(file("/lib/x", "v1", "/lib/x", 20, OVERLAY + 1, 7));
    collector.finish(10);
    assertEquals(1, collector.candidates().size());
    assertEquals(List.of(new Exclusion("/lib/x", Reason.DUPLICATE, "", 20 * PAGE)), exclusions);
  }

  @Test
  void otherContentsOtherInodesAndDisksAreNoDuplicates() {
    collector.candidate(file("/lib/x", "v1", "/lib/x", 20, OVERLAY, 7));
    collector.candidate(file("/lib/x", "v2", "/lib/x", 20, OVERLAY + 1, 7));
    collector.candidate(file("/lib/x", "v1", "/lib/x", 20, OVERLAY + 1, 8));
    collector.candidate(file("/lib/y", "v1", "/lib/y", 20, OVERLAY + 1, 7));
    collector.candidate(file("/lib/x", "v1", "/lib/x", 20, DISK, 7));
    collector.candidate(file("/lib/x", "v1", "/lib/x", 20, DISK + 1, 7));
    collector.finish(10);
    assertEquals(6, collector.candidates().size());
    assertEquals(List.of(), exclusions);
  }

  /** In whatever order files are met, the same ones are kept, and in the same order. */
  @Test
  void theOrderIsTotal() {
    List<Candidate> all = new ArrayList<>();
    for (String name : List.of("/a", "/b")) {
      for (String version : List.of("v1", "v2")) {
        for (long pages : new long[] {20, 30}) {
          for (long inode = 1; inode <= 3; inode++) {
            all.add(file(name, version, name, pages, DISK, inode));
            all.add(file(name, version, name, pages, DISK + 1, inode));
          }
        }
      }
    }
    List<Candidate> first = keep(all, 17);
    assertEquals(17, first.size());
    assertEquals(30, first.get(0).resident().pages());
    Random random = new Random(1);
    for (int i = 0; i < 20; i++) {
      Collections.shuffle(all, random);
      assertEquals(first, keep(all, 17));
    }
  }

  private static List<Candidate> keep(List<Candidate> all, int most) {
    List<Exclusion> exclusions = new ArrayList<>();
    CandidateCollector collector =
        new CandidateCollector((what, files) -> {}, exclusions::add, PAGE);
    all.forEach(collector::candidate);
    collector.finish(most);
    assertEquals(all.size() - most, exclusions.size());
    for (Exclusion exclusion : exclusions) {
      assertEquals(Reason.LIMIT, exclusion.reason());
      assertTrue(exclusion.sizeBytes() <= collector.candidates().get(most - 1).sizeBytes());
    }
    return collector.candidates();
  }

  @Test
  void shortFilesAreSummedByTopDirectory() {
    collector.shortFile("/usr/lib/a", 10);
    collector.shortFile("/opt/x", 1);
    collector.shortFile("/usr/b", 20);
    collector.shortFile("/top", 5);
    collector.shortFile("/usr", 7);
    collector.finish(10);
    String detail = "files shorter than min-resident";
    assertEquals(
        List.of(
            new Exclusion("/", Reason.TOO_SMALL, detail, 12, 2),
            new Exclusion("/opt", Reason.TOO_SMALL, detail, 1, 1),
            new Exclusion("/usr", Reason.TOO_SMALL, detail, 30, 2)),
        exclusions);
  }

  @Test
  void filesAreCountedAndKnownAgain() {
    collector.phase("mapped files");
    collector.begin(DISK, 1, true);
    collector.begin(DISK, 2, true);
    collector.phase("page cache");
    collector.begin(DISK + 1, 1, true);
    collector.begin(DISK + 1, 3, false);
    assertEquals(4, collector.files());
    assertEquals(
        List.of("mapped files 1", "mapped files 2", "page cache 3", "page cache 4"), heard);
    assertTrue(collector.isKnown(DISK, 1));
    assertTrue(collector.isKnown(DISK + 1, 1));
    assertFalse(collector.isKnown(DISK + 1, 2));
    assertFalse(collector.isKnown(DISK + 1, 3));
  }

  /** Where maps has another device than stat: the walk, which has only stat, must know the file. */
  @Test
  void anOpenedFileIsKnownByStat() throws IOException {
    Anomalies anomalies = new Anomalies();
    Kernel kernel = Kernel.load();
    try (OddTree tree = OddTree.create();
        GuestTree guest = GuestTree.open(kernel, tree.root().toString(), anomalies);
        FileProbe probe = new FileProbe(guest, kernel)) {
      tree.text("/file", "content");
      FileProbe.Outcome outcome = probe.open("/file", FileSystem.of("ext4"));
      try (OpenedFile file = ((FileProbe.Opened) outcome).file()) {
        collector.begin(OVERLAY, file.status().inode(), true);
        assertFalse(collector.isKnown(file.status().device(), file.status().inode()));
        collector.opened(file);
        assertTrue(collector.isKnown(file.status().device(), file.status().inode()));
      }
    }
  }
}
