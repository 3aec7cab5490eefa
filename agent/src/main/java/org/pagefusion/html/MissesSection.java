// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.html;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.pagefusion.compare.Comparison;
import org.pagefusion.compare.Miss;
import org.pagefusion.html.DataTable.Cell;
import org.pagefusion.report.Sizes;

/** What should fuse and does not, and why. */
final class MissesSection {
  private static final int MISSES = 30;
  private static final int SIDES = 3;

  private final Comparison comparison;

  MissesSection(Comparison comparison) {
    this.comparison = comparison;
  }

  void appendTo(Markup html) {
    List<Miss> misses = comparison.misses();
    if (misses.isEmpty()) {
      html.leaf("p", "Everything eligible is fused.");
      return;
    }
    causes(html);
    // What one guest alone has could not be fused with anything, so it is no loss.
    List<Miss> losses =
        misses.stream().filter(miss -> miss.cause() != Miss.Cause.NOT_THERE).toList();
    if (losses.isEmpty()) {
      return;
    }
    int shown = Math.min(MISSES, losses.size());
    DataTable table =
        new DataTable(
            "misses-table",
            shown == losses.size() ? "File by file" : "The " + shown + " that cost most");
    table.column("File").column("Cause").number("Not given back").column("Who has what");
    for (Miss miss : losses.subList(0, shown)) {
      table.row(
          Cell.name(miss.path()),
          Cell.text(cause(miss)),
          Cell.bytes(comparison.bytes(miss.pages())),
          Cell.name(sides(miss)));
    }
    table.appendTo(html);
    More.note(html, losses.size() - shown, "more", "pagefusion compare --json");
  }

  private void causes(Markup html) {
    Map<Miss.Cause, Long> pages = new EnumMap<>(Miss.Cause.class);
    Map<Miss.Cause, Long> files = new EnumMap<>(Miss.Cause.class);
    for (Miss miss : comparison.misses()) {
      pages.merge(miss.cause(), miss.pages(), Long::sum);
      files.merge(miss.cause(), 1L, Long::sum);
    }
    DataTable table = new DataTable("causes-table", "By cause");
    table.column("Cause").number("Files").number("Not given back");
    pages.forEach(
        (cause, sum) ->
            table.row(
                Cell.text(cause.meaning()),
                Cell.count(files.get(cause)),
                Cell.bytes(comparison.bytes(sum))));
    table.appendTo(html);
  }

  private static String cause(Miss miss) {
    return miss.firstDifference().isPresent()
        ? miss.cause().meaning()
            + ", first in page "
            + Sizes.count(miss.firstDifference().getAsLong())
        : miss.cause().meaning();
  }

  private String sides(Miss miss) {
    StringJoiner text = new StringJoiner("; ");
    int shown = Math.min(SIDES, miss.sides().size());
    for (Miss.Side side : miss.sides().subList(0, shown)) {
      String name = comparison.guests().get(side.guest()).name();
      String others = side.guests() == 1 ? "" : " and " + Sizes.count(side.guests() - 1) + " more";
      text.add((side.label().isEmpty() ? "" : side.label() + ": ") + name + others);
    }
    if (miss.sides().size() > shown) {
      text.add(Sizes.count(miss.sides().size() - shown) + " more");
    }
    return text.toString();
  }
}
