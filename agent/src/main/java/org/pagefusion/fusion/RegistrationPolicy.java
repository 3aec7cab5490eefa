// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.fusion;

import java.util.Optional;

/** What may stay registered. */
public interface RegistrationPolicy {
  /** Why a module must not stay registered; empty when it may. */
  Optional<String> objection(Registration registration);
}
