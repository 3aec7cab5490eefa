// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.candidate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.guest.Actor;
import org.pagefusion.guest.Anomalies;
import org.pagefusion.guest.GuestTree;
import org.pagefusion.guest.Machine;
import org.pagefusion.guest.PageRuns;
import org.pagefusion.guest.ProcessScanner.Method;

/** Files beyond the host's limits. */
class LargeFilesTest {
  private static final long GIB = 1L << 30;
  private static final long PAGES_A_GIB = GIB / 4096;

  private Machine machine;
  private Actor actor;
  private String path;

  @BeforeEach
  void start() throws IOException {
    machine = Machine.open();
    actor = machine.actor();
    path = machine.file("large");
  }

  @AfterEach
  void end() {
    machine.close();
  }

  @Test
  void everyGibibyteIsACandidate() throws IOException {
    long size = 3 * GIB + GIB / 2 + 1;
    actor.tell("create-sparse", Actor.word(path), size);
    actor.map(path);
    actor.read(path, 0, 2);
    actor.read(path, PAGES_A_GIB - 1, 3);
    actor.read(path, 3 * PAGES_A_GIB + 7, 1);
    actor.read(path, 3 * PAGES_A_GIB + PAGES_A_GIB / 2, 1);

    LiveScan scan = LiveScan.ofMapped(Method.AUTO);
    List<Candidate> parts = new ArrayList<>(scan.candidates(path));
    parts.sort(Comparator.comparingLong(part -> part.regions().get(0).offset()));
    assertEquals(
        List.of(
            List.of(new Region(0, GIB)),
            List.of(new Region(GIB, GIB)),
            List.of(new Region(3 * GIB, GIB / 2 + 1))),
        parts.stream().map(Candidate::regions).toList());
    assertEquals("[0, 2, 262143, 1]", parts.get(0).resident().toString());
    assertEquals("[262144, 2]", parts.get(1).resident().toString());
    assertEquals("[786439, 1, 917504, 1]", parts.get(2).resident().toString());
    assertEquals(3, parts.stream().map(Candidate::version).distinct().count());
    assertEquals(1, parts.stream().map(Candidate::name).distinct().count());
    for (Candidate part : parts) {
      assertEquals(size, part.sizeBytes());
      assertEquals(1, part.mappedBy());
      assertEquals(part.resident(), visited(part));
    }
    assertEquals(
        List.of("GiB 3 of 4"), scan.exclusions(path).stream().map(Exclusion::detail).toList());
  }

  private static PageRuns visited(Candidate candidate) throws IOException {
    Kernel kernel = Kernel.load();
    Anomalies anomalies = new Anomalies();
    List<Long> pages = new ArrayList<>();
    try (GuestTree tree = GuestTree.open(kernel, "/", anomalies);
        CandidatePages reader = new CandidatePages(tree, kernel, anomalies)) {
      PageRuns read = reader.visit(candidate, (page, content) -> pages.add(page));
      assertEquals(List.of(), anomalies.list());
      assertEquals(read.pages(), pages.size());
      assertTrue(pages.stream().allMatch(read::contains));
      return read;
    }
  }

  @Test
  void aFileOfOver64GibibytesIsLeftOut() throws IOException {
    actor.tell("create-sparse", Actor.word(path), 65 * GIB);
    actor.tell("map", Actor.word(path), "private", "r", 64 * GIB, 4096);
    actor.read(path, 0, 1);
    assertEquals(Reason.LIMIT, LiveScan.ofMapped(Method.AUTO).reason(path));
  }
}
