// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.compare;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Files that guests left out, by path and reason. */
final class Exclusions {
  /** What an entry takes beside its text. */
  static final int BYTES_AN_ENTRY = 200;

  /** Guests that left a file out for one reason. */
  static final class Entry {
    final String reason;
    final int firstGuest;
    int guests;
    long bytes;

    Entry(String reason, int firstGuest) {
      this.reason = reason;
      this.firstGuest = firstGuest;
    }
  }

  private final Map<String, List<Entry>> byPath = new HashMap<>();
  private final MemoryBudget budget;

  Exclusions(MemoryBudget budget) {
    this.budget = budget;
  }

  void add(List<ReportedExclusion> exclusions, int guest) throws TooLargeException {
    for (ReportedExclusion exclusion : exclusions) {
      List<Entry> entries = byPath.get(exclusion.path());
      if (entries == null) {
        budget.take(Character.BYTES * (long) exclusion.path().length());
        entries = new ArrayList<>(1);
        byPath.put(exclusion.path(), entries);
      }
      Entry entry = find(entries, exclusion.reason(), guest);
      entry.guests++;
      entry.bytes += Math.min(exclusion.sizeBytes(), 1L << 40);
    }
  }

  private Entry find(List<Entry> entries, String reason, int guest) throws TooLargeException {
    for (Entry entry : entries) {
      if (entry.reason.equals(reason)) {
        return entry;
      }
    }
    budget.take(BYTES_AN_ENTRY + Character.BYTES * (long) reason.length());
    Entry entry = new Entry(reason, guest);
    entries.add(entry);
    return entry;
  }

  /** Who left a file out, an entry a reason. */
  List<Entry> of(String path) {
    return byPath.getOrDefault(path, List.of());
  }
}
