// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.html;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.pagefusion.compare.Comparison;
import org.pagefusion.compare.PairMatrix;
import org.pagefusion.html.DataTable.Cell;
import org.pagefusion.report.Sizes;

/** What any two guests have in common: heat map and table. */
final class PairsSection {
  private static final int PAIRS = 15;

  private final Comparison comparison;

  PairsSection(Comparison comparison) {
    this.comparison = comparison;
  }

  private record Pair(int one, int other, long bytes) {}

  void appendTo(Markup html) {
    if (comparison.pairs().isEmpty()) {
      html.leaf(
          "p",
          "Not shown for more than "
              + PairMatrix.MAX_GUESTS
              + " guests: compare fewer of them to see which have most in common.");
      return;
    }
    PairMatrix matrix = comparison.pairs().get();
    HeatMap map =
        new HeatMap(matrix.guests(), (one, other) -> comparison.bytes(matrix.pages(one, other)));
    html.leaf("p", explanation(map));
    List<Pair> pairs = pairs(matrix);
    html.open("div", "class", "beside").open("figure");
    map.appendTo(html, "pairs-map", "What any two guests have in common", description(pairs));
    map.appendScale(html);
    html.close("figure").open("div");
    table(html, pairs);
    html.close("div").close("div").line();
  }

  private static String explanation(HeatMap map) {
    String text =
        "Pages that both guests hold with equal contents: what two of them would share on a host of"
            + " their own. From left to right, and from top to bottom, stand the guests in the order"
            + " of the table above.";
    return map.together() == 1
        ? text
        : text
            + " Each square stands for "
            + map.together()
            + " × "
            + map.together()
            + " neighbours and shows their mean.";
  }

  private List<Pair> pairs(PairMatrix matrix) {
    List<Pair> pairs = new ArrayList<>();
    for (int one = 0; one < matrix.guests(); one++) {
      for (int other = one + 1; other < matrix.guests(); other++) {
        pairs.add(new Pair(one, other, comparison.bytes(matrix.pages(one, other))));
      }
    }
    pairs.sort(Comparator.comparingLong(pair -> -pair.bytes()));
    return pairs;
  }

  private String description(List<Pair> pairs) {
    if (pairs.isEmpty()) {
      return "There is one guest only.";
    }
    return "Most in common: "
        + told(pairs.get(0))
        + ". Least: "
        + told(pairs.get(pairs.size() - 1))
        + ".";
  }

  private String told(Pair pair) {
    return name(pair.one()) + " and " + name(pair.other()) + ", " + Sizes.bytes(pair.bytes());
  }

  private String name(int guest) {
    return Names.shown(comparison.guests().get(guest).name());
  }

  private void table(Markup html, List<Pair> pairs) {
    int shown = Math.min(PAIRS, pairs.size());
    DataTable table =
        new DataTable(
            "pairs-table",
            shown == pairs.size()
                ? "Pairs of guests"
                : "The " + shown + " pairs with most in common");
    table.column("Guest").column("Other guest").number("In common");
    for (Pair pair : pairs.subList(0, shown)) {
      table.row(
          Cell.name(comparison.guests().get(pair.one()).name()),
          Cell.name(comparison.guests().get(pair.other()).name()),
          Cell.bytes(pair.bytes()));
    }
    table.appendTo(html);
    More.note(html, pairs.size() - shown, "pairs", "pagefusion compare --json");
  }
}
