// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.doctor;

import java.util.ArrayList;
import java.util.List;

/** Capabilities that the agent needs (linux/capability.h), and what for. */
enum Capability {
  SYS_PTRACE(19, "mappings of other users' processes"),
  DAC_READ_SEARCH(2, "files and directories that its user may not read"),
  FOWNER(3, "which pages of other users' files are resident"),
  SYSLOG(34, "kernel addresses"),
  CHECKPOINT_RESTORE(40, "mapped files whose path leads elsewhere by now");

  /** Has all the rights of CHECKPOINT_RESTORE, which was split off it in Linux 5.9. */
  private static final int SYS_ADMIN = 21;

  private final int bit;
  private final String use;

  Capability(int bit, String use) {
    this.bit = bit;
    this.use = use;
  }

  boolean isIn(long mask) {
    return (mask >>> bit & 1) == 1 || this == CHECKPOINT_RESTORE && (mask >>> SYS_ADMIN & 1) == 1;
  }

  /** Those that a process with these effective capabilities lacks, each with what it is for. */
  static List<String> missingIn(long mask) {
    List<String> missing = new ArrayList<>();
    for (Capability capability : values()) {
      if (!capability.isIn(mask)) {
        missing.add("CAP_" + capability.name() + " (" + capability.use + ")");
      }
    }
    return missing;
  }
}
