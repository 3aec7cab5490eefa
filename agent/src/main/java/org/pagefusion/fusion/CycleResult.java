// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.fusion;

import java.util.List;

/**
 * What one update did.
 *
 * @param modules registered modules after it
 * @param newlyRegistered modules that the host had not been told of before
 * @param unregistered modules that were taken back
 * @param residentPages resident pages of all registered modules
 * @param eligiblePages pages that the host can merge: present in this process, and read-only
 * @param registrationsUsed of the VM's lifetime registrations
 * @param registerMillis time that register and unregister requests took
 * @param presentMillis time that making pages present took
 * @param failures what could not be done
 */
public record CycleResult(
    int modules,
    int newlyRegistered,
    int unregistered,
    long residentPages,
    long eligiblePages,
    int registrationsUsed,
    long registerMillis,
    long presentMillis,
    List<ModuleFailure> failures) {
  /** Copies the list. */
  public CycleResult {
    failures = List.copyOf(failures);
  }
}
