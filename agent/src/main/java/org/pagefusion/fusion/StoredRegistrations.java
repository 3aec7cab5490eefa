// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.fusion;

import java.util.List;
import java.util.OptionalLong;

/**
 * What an agent leaves for the next one, so that it can map the same files at the same addresses
 * and register them again at no cost.
 *
 * @param sessionId the host's session id when they were registered; empty when the host gave none
 * @param registrationsUsed how many of the VM's lifetime registrations are spent, at most
 * @param registrations what the host was told, or was about to be told
 */
public record StoredRegistrations(
    OptionalLong sessionId, int registrationsUsed, List<Registration> registrations) {
  /** Nothing registered yet. */
  public static final StoredRegistrations NONE =
      new StoredRegistrations(OptionalLong.empty(), 0, List.of());

  /** Copies the list. */
  public StoredRegistrations {
    registrations = List.copyOf(registrations);
  }
}
