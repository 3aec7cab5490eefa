// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.report;

import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pagefusion.candidate.Candidate;
import org.pagefusion.candidate.CandidateScan;
import org.pagefusion.candidate.Category;
import org.pagefusion.guest.Anomaly;
import org.pagefusion.guest.GuestDescription;

/**
 * What one guest could fuse: the dry run.
 *
 * @param version of this program
 * @param time when the scan began
 * @param guest which guest it is
 * @param scan what was found
 * @param pageHashes a hash of each resident page, in order, for each candidate in order, with none
 *     for a candidate whose contents could not be read; empty when they were not asked for
 * @param anomalies what could not be read or understood
 * @param millis how long the scan took
 * @param pageSize bytes of a page
 * @param tree where the guest was read: {@code "/"} or a directory
 * @param asRoot whether it was read with the rights to look at everything
 * @param captured whether it was a captured tree, which holds no residency
 */
public record Report(
    String version,
    Instant time,
    GuestDescription guest,
    CandidateScan scan,
    Optional<List<long[]>> pageHashes,
    List<Anomaly> anomalies,
    long millis,
    int pageSize,
    String tree,
    boolean asRoot,
    boolean captured) {

  /**
   * Sums of candidates.
   *
   * @param candidates how many
   * @param residentBytes bytes of their resident pages
   */
  public record Total(int candidates, long residentBytes) {
    Total plus(Total other) {
      return new Total(candidates + other.candidates, residentBytes + other.residentBytes);
    }
  }

  /** Sums by category; those without candidates are zero. */
  public Map<Category, Total> totals() {
    Map<Category, Total> totals = new EnumMap<>(Category.class);
    for (Category category : Category.values()) {
      totals.put(category, new Total(0, 0));
    }
    for (Candidate candidate : scan.candidates()) {
      totals.merge(
          candidate.category(), new Total(1, candidate.resident().pages() * pageSize), Total::plus);
    }
    return totals;
  }

  /** The sum of all candidates. */
  public Total total() {
    return totals().values().stream().reduce(new Total(0, 0), Total::plus);
  }

  /** Whether every candidate's residency is what the kernel told. */
  public boolean residencyMeasured() {
    return scan.candidates().stream().allMatch(Candidate::residencyMeasured);
  }
}
