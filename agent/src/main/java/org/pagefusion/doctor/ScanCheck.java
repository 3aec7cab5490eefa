// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.doctor;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.pagefusion.candidate.Candidate;
import org.pagefusion.candidate.CandidateScan;
import org.pagefusion.candidate.Exclusion;
import org.pagefusion.candidate.Reason;

/** How much of what a scan looks at is left out, and why. */
final class ScanCheck {
  private static final double MIB = 1 << 20;
  private static final int REASONS_SHOWN = 2;

  /** Above this share it is worth a look. */
  private static final double MUCH = 0.5;

  /** Not files of disks; only their mapped length is known, which may be any. */
  private static final Set<Reason> NEVER_FUSIBLE =
      Set.of(Reason.MEMORY, Reason.NOT_REGULAR, Reason.PSEUDO);

  private final CandidateScan scan;
  private final ScanFigures figures;

  ScanCheck(CandidateScan scan, int pageSize) {
    this.scan = scan;
    this.figures = figures(scan, pageSize);
  }

  ScanFigures figures() {
    return figures;
  }

  private static ScanFigures figures(CandidateScan scan, int pageSize) {
    long eligible = 0;
    for (Candidate candidate : scan.candidates()) {
      eligible += candidate.resident().pages() * pageSize;
    }
    long excluded = 0;
    Map<Reason, Long> byReason = new EnumMap<>(Reason.class);
    for (Exclusion exclusion : scan.exclusions()) {
      if (NEVER_FUSIBLE.contains(exclusion.reason())) {
        continue;
      }
      excluded += exclusion.sizeBytes();
      byReason.merge(exclusion.reason(), exclusion.sizeBytes(), Long::sum);
    }
    List<Map.Entry<Reason, Long>> sorted = new ArrayList<>(byReason.entrySet());
    sorted.sort(Map.Entry.<Reason, Long>comparingByValue().reversed());
    Map<String, Long> named = new LinkedHashMap<>();
    sorted.forEach(entry -> named.put(entry.getKey().externalName(), entry.getValue()));
    return new ScanFigures(eligible, excluded, named);
  }

  /**
   * Judges the figures.
   *
   * @param seesAll whether this user is told what is resident and may look at all processes
   */
  Check check(boolean seesAll) {
    StringBuilder found = new StringBuilder();
    found.append(
        String.format(
            Locale.ROOT,
            "%.1f MiB eligible, %.1f %% left out",
            figures.eligibleBytes() / MIB,
            100 * figures.excludedShare()));
    String separator = ": ";
    for (Map.Entry<String, Long> entry :
        figures.excludedByReason().entrySet().stream().limit(REASONS_SHOWN).toList()) {
      found.append(separator).append(entry.getKey());
      found.append(String.format(Locale.ROOT, " %.1f MiB", entry.getValue() / MIB));
      separator = ", ";
    }
    if (!seesAll) {
      int denied = scan.processes().denied();
      found.append("; whole files counted, resident or not");
      found.append(denied > 0 ? "; processes not seen: " + denied : "");
      return Check.warn(
          Subject.EXCLUDED_SHARE, found.toString(), "run as root in the guest itself to see all");
    }
    if (scan.candidates().isEmpty() || figures.excludedShare() > MUCH) {
      return Check.warn(
          Subject.EXCLUDED_SHARE,
          found.toString(),
          "'pagefusion report' lists what is left out, and why");
    }
    return Check.ok(Subject.EXCLUDED_SHARE, found.toString());
  }
}
