// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.fusion;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** What could not be done, and when it is tried again: later after each failure. */
final class Failures {
  private static final Duration FIRST_RETRY = Duration.ofMinutes(1);
  private static final int MOST_DOUBLINGS = 8;

  private final Clock clock;
  private final Map<Registration.Key, ModuleFailure> failures = new LinkedHashMap<>();

  Failures(Clock clock) {
    this.clock = clock;
  }

  void add(Registration.Key key, String what) {
    ModuleFailure before = failures.get(key);
    int attempts = before == null ? 1 : before.attempts() + 1;
    Duration wait = FIRST_RETRY.multipliedBy(1L << Math.min(attempts - 1, MOST_DOUBLINGS));
    Instant retryAt = clock.instant().plus(wait);
    failures.put(key, new ModuleFailure(key.name(), key.version(), what, attempts, retryAt));
  }

  /** Whether something did not fail, or may be tried again. */
  boolean isDue(Registration.Key key) {
    ModuleFailure failure = failures.get(key);
    return failure == null || !clock.instant().isBefore(failure.retryAt());
  }

  void remove(Registration.Key key) {
    failures.remove(key);
  }

  void removeIf(Predicate<Registration.Key> isOfNoInterest) {
    failures.keySet().removeIf(isOfNoInterest);
  }

  void clear() {
    failures.clear();
  }

  List<ModuleFailure> list() {
    return List.copyOf(failures.values());
  }
}
