// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.candidate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.config.Source;
import org.pagefusion.guest.Actor;
import org.pagefusion.guest.Anomalies;
import org.pagefusion.guest.GuestTree;
import org.pagefusion.guest.Machine;
import org.pagefusion.guest.ProcessScanner.Method;

/** Scans leave neither descriptors nor mappings behind. */
class LeaksTest {
  private static final int SCANS = 50;
  private static final long SIZE_BYTES = 20 * 4096;

  private Machine machine;

  @BeforeEach
  void start() throws IOException {
    machine = Machine.open();
  }

  @AfterEach
  void end() {
    machine.close();
  }

  /** Files of all kinds of verdicts. */
  private void makeTree() throws IOException {
    Actor actor = machine.actor();
    for (String name : List.of("file", "unreadable", "other", "gone", "broken.so", "pipe")) {
      actor.create(machine.file(name), SIZE_BYTES);
      actor.map(machine.file(name));
    }
    for (String name : List.of("gone", "pipe")) {
      actor.tell("unlink", Actor.word(machine.file(name)));
    }
    actor.tell("fifo", Actor.word(machine.file("pipe")));
    actor.create(machine.file("empty"), 0);
    actor.create(machine.file("unmapped"), SIZE_BYTES);
    actor.tell("mkdir", Actor.word(machine.file("closed")));
    actor.create(machine.file("closed/inside"), SIZE_BYTES);
    machine.run("sh", "-c", "printf '\\177ELF\\002\\001\\001' >" + machine.file("broken.so"));
    actor.tell("settle", Actor.word(machine.file("broken.so")));
    machine.run("chmod", "600", machine.file("unreadable"));
    machine.run("chmod", "700", machine.file("closed"));
  }

  private LiveScan scan() throws IOException {
    LiveScan scan =
        LiveScan.of(
            "/",
            LiveScan.configuration(EnumSet.allOf(Source.class), machine.folder().toString()),
            Method.AUTO);
    assertEquals(Reason.UNREADABLE, scan.reason(machine.file("unreadable")));
    assertEquals(Reason.UNREADABLE, scan.reason(machine.file("closed/inside")));
    assertEquals(Reason.DELETED, scan.reason(machine.file("gone")));
    assertEquals(SIZE_BYTES, scan.candidate(machine.file("unmapped")).sizeBytes());
    assertTrue(scan.anomalies().stream().anyMatch(a -> a.where().endsWith("/broken.so")));
    try (GuestTree tree = GuestTree.open(Kernel.load(), "/", new Anomalies());
        CandidatePages pages = new CandidatePages(tree, Kernel.load(), new Anomalies())) {
      pages.visit(scan.candidate(machine.file("file")), (page, content) -> {});
    }
    return scan;
  }

  private static long descriptors() throws IOException {
    try (Stream<Path> entries = Files.list(Path.of("/proc/self/fd"))) {
      return entries.count();
    }
  }

  private static long mappings(String of) throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines.filter(line -> line.contains(of)).count();
    }
  }

  @Test
  void nothingIsLeftOpenOrMapped() throws IOException {
    makeTree();
    for (int i = 0; i < 3; i++) {
      // Classes and buffers of the first ones.
      assertTrue(scan().scan().candidates().size() > 2);
    }
    long descriptors = descriptors();
    long files = mappings("/");
    for (int i = 0; i < SCANS; i++) {
      assertTrue(scan().scan().candidates().size() > 2);
    }
    assertEquals(descriptors, descriptors());
    assertEquals(files, mappings("/"));
    assertEquals(0, mappings(machine.folder().toString()));
  }
}
