// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.hostsim;

/** Counts pages during a check; see {@link PageCounts} for the meanings. */
final class PageTally {
  long newShared;
  long merged;
  long different;
  long alreadyShared;
  long writable;
  long absent;
  long notRam;
  long cow;

  PageCounts counts() {
    return new PageCounts(
        newShared, merged, different, alreadyShared, writable, absent, notRam, cow);
  }

  /** Adds pages of a module; those that were written have been added when they were found. */
  void addPages(PageTally module) {
    newShared += module.newShared;
    merged += module.merged;
    different += module.different;
    alreadyShared += module.alreadyShared;
    writable += module.writable;
    absent += module.absent;
    notRam += module.notRam;
  }
}
