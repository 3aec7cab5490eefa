// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.candidate;

import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.config.Configuration;
import org.pagefusion.config.Source;
import org.pagefusion.guest.Anomalies;
import org.pagefusion.guest.Anomaly;
import org.pagefusion.guest.GuestTree;
import org.pagefusion.guest.ProcessScanner;

/**
 * One scan of this machine, or of another tree, and what a test wants to know of it.
 *
 * @param scan what it found
 * @param anomalies what it could not read
 */
record LiveScan(CandidateScan scan, List<Anomaly> anomalies) {

  /** Scans what processes have mapped. */
  static LiveScan ofMapped(ProcessScanner.Method method) throws IOException {
    return of("/", configuration(EnumSet.of(Source.MAPPED), "/usr"), method);
  }

  /** Scans what is in the page cache below a folder. */
  static LiveScan ofPageCache(String root) throws IOException {
    return of("/", configuration(EnumSet.of(Source.PAGE_CACHE), root), ProcessScanner.Method.AUTO);
  }

  static LiveScan of(String tree, Configuration configuration, ProcessScanner.Method method)
      throws IOException {
    Kernel kernel = Kernel.load();
    Anomalies anomalies = new Anomalies();
    try (GuestTree opened = GuestTree.open(kernel, tree, anomalies)) {
      CandidateScan scan =
          new CandidateScanner(opened, kernel, configuration, Clock.systemUTC(), method)
              .scan(anomalies, (what, files) -> {});
      return new LiveScan(scan, anomalies.list());
    }
  }

  /** A configuration that leaves nothing out for its size or its name. */
  static Configuration configuration(Set<Source> sources, String... roots) {
    Configuration defaults = Configuration.defaults();
    return new Configuration(
        defaults.mode(),
        defaults.hostSafe(),
        sources,
        List.of(roots),
        List.of(),
        defaults.group(),
        0,
        2048,
        defaults.scanInterval(),
        defaults.scanIntervalMax(),
        defaults.checkBudget(),
        defaults.metricsFile());
  }

  /** The only candidate of that path. */
  Candidate candidate(String path) {
    List<Candidate> found = candidates(path);
    if (found.size() != 1) {
      throw new AssertionError(path + ": " + found + " " + exclusions(path) + " " + anomalies);
    }
    return found.get(0);
  }

  List<Candidate> candidates(String path) {
    List<Candidate> found = new ArrayList<>();
    for (Candidate candidate : scan.candidates()) {
      if (candidate.path().equals(path)) {
        found.add(candidate);
      }
    }
    return found;
  }

  /** Why the only file of that path is no candidate. */
  Reason reason(String path) {
    List<Exclusion> found = exclusions(path);
    if (found.size() != 1 || !candidates(path).isEmpty()) {
      throw new AssertionError(path + ": " + found + " " + candidates(path) + " " + anomalies);
    }
    return found.get(0).reason();
  }

  List<Exclusion> exclusions(String path) {
    List<Exclusion> found = new ArrayList<>();
    for (Exclusion exclusion : scan.exclusions()) {
      if (exclusion.path().equals(path)) {
        found.add(exclusion);
      }
    }
    return found;
  }

  /** All paths below a folder that the scan says anything about. */
  List<String> pathsBelow(String folder) {
    List<String> paths = new ArrayList<>();
    for (Candidate candidate : scan.candidates()) {
      paths.add(candidate.path());
    }
    for (Exclusion exclusion : scan.exclusions()) {
      paths.add(exclusion.path());
    }
    paths.removeIf(path -> !path.startsWith(folder + "/"));
    paths.sort(null);
    return paths;
  }
}
