// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import org.tinylog.configuration.Configuration;

/** How this program logs. */
final class Log {
  private Log() {}

  /**
   * Sets up the log, before anything is logged.
   *
   * @param level the lowest that is shown, as tinylog names it
   * @param forJournal whether systemd's journal reads stderr
   */
  static void configure(String level, boolean forJournal) {
    if (Configuration.isFrozen()) {
      return;
    }
    if (forJournal) {
      Configuration.set("writer", "journal");
    } else {
      Configuration.set("writer", "console");
      Configuration.set("writer.stream", "err");
      Configuration.set("writer.format", "{level}: {message}");
    }
    Configuration.set("level", level);
    // Nothing may be lost between the last line and the end of the process.
    Configuration.set("writingthread", "false");
  }
}
