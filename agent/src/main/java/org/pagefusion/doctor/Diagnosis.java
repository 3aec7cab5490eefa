// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.doctor;

import java.util.List;
import java.util.Optional;
import org.pagefusion.config.Configuration;

/**
 * All that the doctor found.
 *
 * @param device that was asked; empty when none was
 * @param configuration the effective one
 * @param checks one for each {@link Subject}, in their order
 * @param scan what a scan found
 * @param budget the registrations on record; empty where the record could not be read
 * @param conclusion what follows
 */
public record Diagnosis(
    Optional<String> device,
    Configuration configuration,
    List<Check> checks,
    ScanFigures scan,
    Optional<Budget> budget,
    Conclusion conclusion) {
  /** Copies the list. */
  public Diagnosis {
    checks = List.copyOf(checks);
  }

  /** Whether anything stands in the way. */
  public boolean hasFailed() {
    return checks.stream().anyMatch(check -> check.result() == Result.FAIL);
  }
}
