// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.daemon;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pagefusion.candidate.Candidate;
import org.pagefusion.candidate.Exclusion;
import org.pagefusion.daemon.ServiceStatus.Total;

/**
 * Sums of what scans found, and what they have found before. Sums are those of scans that walked
 * the page cache, because only these have seen everything.
 */
final class ScanTotals {
  private final int pageSize;
  private Map<String, Total> candidates = Map.of();
  private Map<String, Total> excluded = Map.of();
  private Map<String, Total> excludedNow = new LinkedHashMap<>();
  private Set<Long> known = Set.of();
  private long residentBytes;

  ScanTotals(int pageSize) {
    this.pageSize = pageSize;
  }

  /** Takes what a scan that is going on leaves out. */
  void exclude(Exclusion exclusion) {
    excludedNow.merge(
        exclusion.reason().externalName(),
        new Total(exclusion.files(), exclusion.sizeBytes()),
        (a, b) -> a.plus(b.count(), b.bytes()));
  }

  /**
   * A scan has ended.
   *
   * @param walked whether it walked the page cache
   * @return whether it found what none had found before
   */
  boolean scanned(List<Candidate> found, boolean walked) {
    Set<Long> all = new HashSet<>();
    for (Candidate candidate : found) {
      all.add(identity(candidate));
    }
    boolean news = !known.containsAll(all);
    if (walked) {
      known = all;
      sum(found);
      excluded = excludedNow;
    } else if (news) {
      all.addAll(known);
      known = all;
    }
    excludedNow = new LinkedHashMap<>();
    return news;
  }

  private static long identity(Candidate candidate) {
    return (long) candidate.name().hashCode() << 32 | candidate.version().hashCode() & 0xFFFF_FFFFL;
  }

  private void sum(List<Candidate> found) {
    candidates = new LinkedHashMap<>();
    residentBytes = 0;
    for (Candidate candidate : found) {
      long bytes = candidate.resident().pages() * pageSize;
      residentBytes += bytes;
      candidates.merge(
          candidate.category().externalName(),
          new Total(1, bytes),
          (a, b) -> a.plus(b.count(), b.bytes()));
    }
  }

  /** By category. */
  Map<String, Total> candidates() {
    return candidates;
  }

  /** By reason. */
  Map<String, Total> excluded() {
    return excluded;
  }

  /** What is resident of all candidates. */
  long residentBytes() {
    return residentBytes;
  }
}
