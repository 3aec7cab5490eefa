// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.compare;

import java.util.List;

/**
 * How much the order matters in which guests come to the host: the first one that has a page
 * decides which contents are shared.
 *
 * @param exact whether some order really yields these numbers; else they are bounds: no order
 *     yields less than the least or more than the most, but one order has to do for all pages, and
 *     perhaps none reaches them
 * @param leastPages fused pages in the worst order
 * @param mostPages fused pages in the best order
 * @param worst that order, as indexes of guests; empty when not exact
 * @param best that order, as indexes of guests; empty when not exact
 */
public record OrderRange(
    boolean exact, long leastPages, long mostPages, List<Integer> worst, List<Integer> best) {
  /** Makes the lists immutable. */
  public OrderRange {
    worst = List.copyOf(worst);
    best = List.copyOf(best);
  }
}
