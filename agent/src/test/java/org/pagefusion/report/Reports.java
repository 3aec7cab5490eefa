// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.report;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.pagefusion.candidate.Candidate;
import org.pagefusion.candidate.CandidateScan;
import org.pagefusion.candidate.Category;
import org.pagefusion.candidate.Exclusion;
import org.pagefusion.candidate.FileReference;
import org.pagefusion.candidate.Region;
import org.pagefusion.guest.Anomaly;
import org.pagefusion.guest.GuestDescription;
import org.pagefusion.guest.MemoryInfo;
import org.pagefusion.guest.PageRuns;
import org.pagefusion.guest.ProcessScan;

/** Reports made by hand. */
final class Reports {
  static final int PAGE = 4096;

  Optional<String> kernel = Optional.of("6.1.0-18-amd64");
  Optional<String> machine = Optional.of("x86_64");
  Optional<String> machineId = Optional.of("0123abcd");
  MemoryInfo memory =
      new MemoryInfo(
          OptionalLong.of(1L << 30), OptionalLong.of(256L << 20), OptionalLong.of(512L << 20));
  ProcessScan processes = new ProcessScan(90, 2, 1, 12345, List.of(), false);
  int filesExamined = 1234;
  final List<Candidate> candidates = new ArrayList<>();
  final List<Exclusion> exclusions = new ArrayList<>();
  final List<Anomaly> anomalies = new ArrayList<>();
  Optional<List<long[]>> hashes = Optional.empty();
  String tree = "/";
  boolean asRoot = true;
  boolean captured;

  Reports file(Category category, String path, long pages, long residentPages, int mappedBy) {
    return file(category, path, pages, PageRuns.of(0, residentPages), true, mappedBy);
  }

  Reports file(
      Category category,
      String path,
      long pages,
      PageRuns resident,
      boolean measured,
      int mappedBy) {
    long size = pages * PAGE - 100;
    candidates.add(
        new Candidate(
            path,
            "b23456789012345",
            path,
            category,
            category == Category.DATA ? Optional.empty() : Optional.of("00ff"),
            size,
            List.of(new Region(0, size)),
            resident,
            measured,
            mappedBy,
            Optional.of(new FileReference(path, 1L << 32, 5, size, 0)),
            OptionalLong.empty()));
    return this;
  }

  Reports kernel(long textPages, long rodataPages) {
    PageRuns.Builder pages = new PageRuns.Builder();
    pages.add(0, textPages);
    pages.add(textPages + 10, rodataPages);
    candidates.add(
        new Candidate(
            "[kernel]",
            "k23456789012345",
            "/sys/kernel",
            Category.KERNEL,
            Optional.of("00ff"),
            (textPages + rodataPages) * PAGE,
            List.of(
                new Region(0, textPages * PAGE),
                new Region((textPages + 10) * PAGE, rodataPages * PAGE)),
            pages.build(),
            true,
            0,
            Optional.empty(),
            OptionalLong.of(0xffffffff81000000L)));
    return this;
  }

  Report report() {
    return new Report(
        "0.1.0",
        Instant.parse("2026-03-04T05:06:07.89Z"),
        new GuestDescription(kernel, machine, machineId, memory),
        new CandidateScan(processes, filesExamined, candidates, exclusions),
        hashes,
        anomalies,
        1234,
        PAGE,
        tree,
        asRoot,
        captured);
  }
}
