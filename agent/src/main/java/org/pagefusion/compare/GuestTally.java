// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.compare;

import java.util.EnumMap;
import java.util.Map;
import org.pagefusion.candidate.Category;

/** Pages of a guest, counted while guests are compared. */
final class GuestTally {
  private final Map<Category, PageTally> pages = new EnumMap<>(Category.class);

  /** Pages whose contents are not known. */
  long unknown;

  GuestTally() {
    for (Category category : Category.values()) {
      pages.put(category, new PageTally());
    }
  }

  PageTally of(Category category) {
    return pages.get(category);
  }

  Map<Category, PageCounts> byCategory() {
    Map<Category, PageCounts> counts = new EnumMap<>(Category.class);
    pages.forEach((category, tally) -> counts.put(category, tally.counts()));
    return counts;
  }
}
