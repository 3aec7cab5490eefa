// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.hostsim;

/**
 * Pages of a check by what became of them. Each page that was looked at counts in one of the first
 * seven.
 *
 * @param newShared became the shared copy of their place in a module
 * @param merged were equal to the shared copy and replaced by it
 * @param different were not equal to it
 * @param alreadyShared had been shared before, under this or another module
 * @param writable were mapped writable
 * @param absent were not in the caller's page tables
 * @param notRam were no RAM
 * @param cow had been shared but were written since, so that they had a copy of their own again
 */
public record PageCounts(
    long newShared,
    long merged,
    long different,
    long alreadyShared,
    long writable,
    long absent,
    long notRam,
    long cow) {
  static final PageCounts NONE = new PageCounts(0, 0, 0, 0, 0, 0, 0, 0);

  /** Pages that are in shared state after the check. */
  public long shared() {
    return newShared + merged + alreadyShared;
  }

  /** Pages that the host could have shared: mapped, read-only RAM. */
  public long eligible() {
    return shared() + different;
  }
}
