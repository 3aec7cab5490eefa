// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.candidate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
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

/** Scans a tree with settings that differ from the defaults in few places. */
public final class ScanHelper {
  private final Path root;
  private final Configuration defaults = Configuration.defaults();
  private Set<Source> sources = EnumSet.allOf(Source.class);
  private List<String> roots = List.of("/usr");
  private List<String> exclude = List.of();
  private String group = "";
  private long minResidentBytes = defaults.minResidentBytes();
  private int maxModules = defaults.maxModules();
  private Clock clock = OddTree.clock();

  /** Begins with the defaults, but no patterns. */
  public ScanHelper(Path root) {
    this.root = root;
  }

  /** Sets the sources. */
  public ScanHelper sources(Source... value) {
    sources = EnumSet.copyOf(List.of(value));
    return this;
  }

  /** Sets the roots. */
  public ScanHelper roots(String... value) {
    roots = List.of(value);
    return this;
  }

  /** Sets the patterns. */
  public ScanHelper exclude(String... value) {
    exclude = List.of(value);
    return this;
  }

  /** Sets the built-in patterns. */
  public ScanHelper excludeDefaults() {
    exclude = defaults.exclude();
    return this;
  }

  /** Sets the share group. */
  public ScanHelper group(String value) {
    group = value;
    return this;
  }

  /** Sets min-resident. */
  public ScanHelper minResident(long bytes) {
    minResidentBytes = bytes;
    return this;
  }

  /** Sets max-modules. */
  public ScanHelper maxModules(int value) {
    maxModules = value;
    return this;
  }

  /** Sets the time of the scan. */
  public ScanHelper clock(Clock value) {
    clock = value;
    return this;
  }

  /** What the settings come to. */
  public Configuration configuration() {
    return new Configuration(
        defaults.mode(),
        defaults.hostSafe(),
        sources,
        roots,
        exclude,
        group,
        minResidentBytes,
        maxModules,
        defaults.scanInterval(),
        defaults.scanIntervalMax(),
        defaults.checkBudget(),
        defaults.metricsFile());
  }

  /** Scans. */
  public Result scan() throws IOException {
    Anomalies anomalies = new Anomalies();
    Kernel kernel = Kernel.load();
    try (GuestTree tree = GuestTree.open(kernel, root.toString(), anomalies)) {
      CandidateScan scan =
          new CandidateScanner(tree, kernel, configuration(), clock, ProcessScanner.Method.AUTO)
              .scan(anomalies, (what, files) -> {});
      return new Result(scan, anomalies.list(), kernel.pageSize());
    }
  }

  /**
   * What came of a scan.
   *
   * @param scan candidates and exclusions
   * @param anomalies what was gone around
   * @param pageSize bytes of a page
   */
  public record Result(CandidateScan scan, List<Anomaly> anomalies, int pageSize) {
    /** The candidates of a path. */
    public List<Candidate> candidates(String path) {
      List<Candidate> found = new ArrayList<>();
      for (Candidate candidate : scan.candidates()) {
        if (candidate.path().equals(path)) {
          found.add(candidate);
        }
      }
      return found;
    }

    /** The one candidate of a path. */
    public Candidate candidate(String path) {
      assertEquals(1, candidates(path).size(), () -> path + " in " + scan);
      assertEquals(List.of(), exclusions(path));
      return candidates(path).get(0);
    }

    /** The exclusions of a path. */
    public List<Exclusion> exclusions(String path) {
      List<Exclusion> found = new ArrayList<>();
      for (Exclusion exclusion : scan.exclusions()) {
        if (exclusion.path().equals(path)) {
          found.add(exclusion);
        }
      }
      return found;
    }

    /** The one exclusion of a path that is no candidate. */
    public Exclusion exclusion(String path) {
      assertEquals(1, exclusions(path).size(), () -> path + " in " + scan);
      assertEquals(List.of(), candidates(path));
      return exclusions(path).get(0);
    }

    /** Why a path is no candidate. */
    public Reason reason(String path) {
      return exclusion(path).reason();
    }
  }
}
