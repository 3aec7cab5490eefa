// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.html;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.pagefusion.candidate.Exclusion;
import org.pagefusion.candidate.Reason;

/**
 * What is left out for one reason.
 *
 * @param files how many
 * @param bytes of all of them
 */
record ReasonSum(Reason reason, long files, long bytes) {
  /** The sums, largest first; reasons for which nothing is left out have none. */
  static List<ReasonSum> of(List<Exclusion> exclusions) {
    Map<Reason, ReasonSum> sums = new EnumMap<>(Reason.class);
    for (Exclusion e : exclusions) {
      sums.merge(e.reason(), new ReasonSum(e.reason(), e.files(), e.sizeBytes()), ReasonSum::plus);
    }
    List<ReasonSum> sorted = new ArrayList<>(sums.values());
    sorted.sort(Comparator.comparingLong(sum -> -sum.bytes()));
    return sorted;
  }

  private ReasonSum plus(ReasonSum other) {
    return new ReasonSum(reason, files + other.files, bytes + other.bytes);
  }
}
