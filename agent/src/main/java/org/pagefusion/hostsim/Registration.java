// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.hostsim;

import java.util.List;
import org.pagefusion.vmmdev.ModuleRegion;
import org.pagefusion.vmmdev.SharedModule;

/** A module as a guest registered it. */
final class Registration {
  final GlobalModule module;

  /** Of the last check; none before the first. */
  PageCounts pages = PageCounts.NONE;

  private final long base;
  private final List<ModuleRegion> regions;

  Registration(GlobalModule module, SharedModule registered) {
    this.module = module;
    this.base = registered.base();
    this.regions = registered.regions();
  }

  long base() {
    return base;
  }

  /** Where this guest has the regions. */
  List<ModuleRegion> regions() {
    return regions;
  }
}
