// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.doctor;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.pagefusion.fusion.FusionCycle;
import org.pagefusion.fusion.RegistrationStore;
import org.pagefusion.fusion.StoredRegistrations;
import org.pagefusion.vmmdev.ResultCode;

/** How much of the VM's registrations is left, by the agent's own record of them. */
final class BudgetCheck {
  /** From here on it is told before it is too late. */
  private static final double NEARLY = 0.9;

  private final Check check;
  private final Optional<Budget> budget;

  private BudgetCheck(Check check, Optional<Budget> budget) {
    this.check = check;
    this.budget = budget;
  }

  Check check() {
    return check;
  }

  Optional<Budget> budget() {
    return budget;
  }

  /**
   * Reads the record.
   *
   * @param sessionId the VM's session, where the host told
   */
  static BudgetCheck of(RegistrationStore store, OptionalLong sessionId) {
    List<String> problems = new ArrayList<>();
    StoredRegistrations stored;
    try {
      stored = store.load(problems);
    } catch (IOException e) {
      return new BudgetCheck(
          Check.warn(
              Subject.REGISTRATIONS,
              "not known: " + e.getMessage(),
              "run as root: the record is root's"),
          Optional.empty());
    }
    boolean restored =
        sessionId.isPresent()
            && stored.sessionId().isPresent()
            && sessionId.getAsLong() != stored.sessionId().getAsLong();
    if (restored) {
      return new BudgetCheck(
          Check.ok(
              Subject.REGISTRATIONS,
              "none: the VM was restored since those on record; they are made anew"),
          Optional.of(new Budget(0, 0)));
    }
    Budget budget = new Budget(stored.registrationsUsed(), stored.registrations().size());
    return new BudgetCheck(check(budget, problems), Optional.of(budget));
  }

  private static Check check(Budget budget, List<String> problems) {
    int most = FusionCycle.LIFETIME_REGISTRATIONS;
    String used =
        String.format(
            "%,d of %,d used in this VM's lifetime, %,d on record",
            budget.used(), most, budget.recorded());
    if (!problems.isEmpty()) {
      return Check.warn(
          Subject.REGISTRATIONS,
          used + "; the record is damaged: " + problems.get(0),
          "nothing to do: what can't be read is registered anew, at the cost of more registrations");
    }
    if (budget.used() >= most) {
      return Check.fail(
          Subject.REGISTRATIONS,
          used + ": nothing more can be registered",
          ResultCode.TOO_MANY_MODULES_OF_VM.remedy());
    }
    return budget.used() >= NEARLY * most
        ? Check.warn(Subject.REGISTRATIONS, used, ResultCode.TOO_MANY_MODULES_OF_VM.remedy())
        : Check.ok(Subject.REGISTRATIONS, used);
  }
}
