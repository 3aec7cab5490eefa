// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.html;

import java.util.ArrayList;
import java.util.List;
import org.pagefusion.compare.ComparedGuest;
import org.pagefusion.compare.Comparison;
import org.pagefusion.html.DataTable.Cell;
import org.pagefusion.report.Sizes;

/** How the savings grow with the number of guests. */
final class GrowthSection {
  private static final int ROWS = 12;

  private final Comparison comparison;
  private final long[] sums;

  /**
   * Creates the section. A guest is fused with those that came before it and never with later ones,
   * so the first ones alone give the same as they do among all.
   */
  GrowthSection(Comparison comparison) {
    this.comparison = comparison;
    List<ComparedGuest> guests = comparison.guests();
    sums = new long[guests.size()];
    long pages = 0;
    for (int i = 0; i < sums.length; i++) {
      pages += guests.get(i).pages().fused();
      sums[i] = comparison.bytes(pages);
    }
  }

  void appendTo(Markup html) {
    html.leaf(
        "p",
        "What the host takes back when the guests are started one after the other, in the order of the"
            + " table above, before what the agents cost.");
    html.open("div", "class", "beside").open("figure");
    new GrowthChart(sums)
        .appendTo(html, "growth-chart", "Memory given back by number of guests", description());
    html.close("figure").line();
    List<Integer> counts = counts();
    DataTable table =
        new DataTable(
            "growth-table",
            counts.size() == sums.length ? "Guest by guest" : "At some numbers of guests");
    table.column("Guest added").number("Guests").number("It gives back").number("In all");
    for (int count : counts) {
      long before = count == 1 ? 0 : sums[count - 2];
      table.row(
          Cell.name(comparison.guests().get(count - 1).name()),
          Cell.count(count),
          Cell.bytes(sums[count - 1] - before),
          Cell.bytes(sums[count - 1]));
    }
    table.appendTo(html);
    html.close("div").line();
  }

  private String description() {
    return "From "
        + Sizes.bytes(sums[0])
        + " with one guest to "
        + Sizes.bytes(sums[sums.length - 1])
        + " with "
        + Sizes.count(sums.length)
        + ". The table below has the numbers.";
  }

  /** All numbers of guests, or as many evenly chosen ones as a table can have, and the last. */
  private List<Integer> counts() {
    int step = (sums.length + ROWS - 1) / ROWS;
    List<Integer> counts = new ArrayList<>();
    for (int count = step; count <= sums.length; count += step) {
      counts.add(count);
    }
    if (counts.get(counts.size() - 1) != sums.length) {
      counts.add(sums.length);
    }
    return counts;
  }
}
