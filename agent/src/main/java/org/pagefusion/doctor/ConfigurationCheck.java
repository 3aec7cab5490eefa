// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.doctor;

import org.pagefusion.config.Configuration;
import org.pagefusion.config.Mode;

/** What the agent is told to do, and what it does. */
final class ConfigurationCheck {
  private ConfigurationCheck() {}

  static Check of(Configuration configuration) {
    if (configuration.effectiveMode() == Mode.FUSE) {
      return Check.ok(Subject.CONFIGURATION, "mode = fuse, host-safe = yes: registers and checks");
    }
    if (configuration.mode() == Mode.FUSE) {
      return Check.fail(
          Subject.CONFIGURATION,
          "mode = fuse without host-safe = yes: observes, registers nothing",
          "host-safe = yes is for whoever answers for the host to set (see below); or mode ="
              + " observe");
    }
    return Check.ok(Subject.CONFIGURATION, "mode = observe: scans, registers nothing");
  }
}
