// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.candidate;

import java.util.ArrayList;
import java.util.List;
import org.pagefusion.guest.OpenedFile;

/** Keeps verdicts. */
final class VerdictList implements FileJudge.Verdicts {
  final List<Candidate> candidates = new ArrayList<>();
  final List<Exclusion> exclusions = new ArrayList<>();

  @Override
  public void candidate(Candidate candidate) {
    candidates.add(candidate);
  }

  @Override
  public void exclusion(Exclusion exclusion) {
    exclusions.add(exclusion);
  }

  @Override
  public void opened(OpenedFile file) {}
}
