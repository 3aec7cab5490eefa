// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.compare;

/**
 * What becomes of eligible pages when guests are fused in a given order. Every copy of a page, in
 * whatever guest, is counted once.
 *
 * @param fused freed on the host: another copy with equal contents became the shared page before
 * @param kept the shared page itself, where at least one other copy was fused with it
 * @param different others hold the page, too, but with other contents than the shared page
 * @param onlyHere nobody else holds the page
 */
public record PageCounts(long fused, long kept, long different, long onlyHere) {
  /** No pages. */
  public static final PageCounts NONE = new PageCounts(0, 0, 0, 0);

  /** All of them. */
  public long eligible() {
    return fused + kept + different + onlyHere;
  }

  /** Those that are in no shared state. */
  public long alone() {
    return different + onlyHere;
  }

  /** The sums with another's. */
  public PageCounts plus(PageCounts other) {
    return new PageCounts(
        fused + other.fused,
        kept + other.kept,
        different + other.different,
        onlyHere + other.onlyHere);
  }
}
