// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.hostsim;

/**
 * A page that one guest or several share: its content, frozen, as a 128-bit XXH3 hash.
 *
 * <p>A hash is enough for a simulation: that two of a million different pages collide has a chance
 * of 10^12 / 2^129, below 10^-26, far less than that of a memory error; nobody forges pages against
 * a test host; and nothing is overwritten by what is found equal, only counted. It costs 16 bytes a
 * page instead of 4096, and the guests' pages need not be read again to compare.
 */
final class SharedPage {
  final long hashHigh;
  final long hashLow;

  /** Whose page it is; the module may be forgotten, with pages that are still shared. */
  final GlobalModule module;

  /** Guests' pages that it stands for. At 0 it is free, and its place in the module too. */
  int references;

  SharedPage(long hashHigh, long hashLow, GlobalModule module) {
    this.hashHigh = hashHigh;
    this.hashLow = hashLow;
    this.module = module;
  }

  boolean holds(PageBatch batch, int index) {
    return hashHigh == batch.hashHigh[index] && hashLow == batch.hashLow[index];
  }
}
