// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.html;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.pagefusion.candidate.Exclusion;
import org.pagefusion.html.DataTable.Cell;
import org.pagefusion.report.Sizes;

/** What a report left out: a bar and a table by reason, and the largest files. */
final class LeftOut {
  private static final int LARGEST = 50;

  private static final List<Paint> PAINTS =
      List.of(Paint.REASON_1, Paint.REASON_2, Paint.REASON_3, Paint.REASON_4);

  private final List<Exclusion> exclusions;
  private final List<ReasonSum> reasons;

  LeftOut(List<Exclusion> exclusions) {
    this.exclusions = new ArrayList<>(exclusions);
    this.exclusions.sort(Comparator.comparingLong(e -> -e.sizeBytes()));
    reasons = ReasonSum.of(exclusions);
  }

  long bytes() {
    return reasons.stream().mapToLong(ReasonSum::bytes).sum();
  }

  long files() {
    return reasons.stream().mapToLong(ReasonSum::files).sum();
  }

  void appendTo(Markup html) {
    if (exclusions.isEmpty()) {
      html.leaf("p", "Nothing is.");
      return;
    }
    StackedBar bar = new StackedBar(bytes());
    DataTable table = new DataTable("reasons-table", "Left out by reason");
    table.column("Reason").column("Meaning").number("Files").number("Size").number("Share");
    for (int i = 0; i < reasons.size(); i++) {
      ReasonSum sum = reasons.get(i);
      Paint paint = i < PAINTS.size() ? PAINTS.get(i) : Paint.REASONS;
      bar.part(sum.reason().externalName(), paint, sum.bytes());
      table.row(
          Cell.text(sum.reason().externalName()).as(paint),
          Cell.text(sum.reason().meaning()),
          Cell.count(sum.files()),
          Cell.bytes(sum.bytes()),
          Cell.share(sum.bytes(), bytes()));
    }
    table.foot(
        Cell.text("all"),
        Cell.text(""),
        Cell.count(files()),
        Cell.bytes(bytes()),
        Cell.share(bytes(), bytes()));
    if (bytes() > 0) {
      html.open("figure");
      bar.appendTo(html, "reasons-bar", "What is left out, by reason");
      html.leaf("figcaption", "Left out: " + Sizes.bytes(bytes()));
      html.close("figure").line();
    }
    table.appendTo(html);
    largest(html);
  }

  private void largest(Markup html) {
    int shown = Math.min(LARGEST, exclusions.size());
    html.open("details").leaf("summary", "The largest that are left out");
    DataTable table = new DataTable("excluded-table", "Largest files left out");
    table.column("File").column("Reason").column("Detail").number("Files").number("Size");
    for (Exclusion exclusion : exclusions.subList(0, shown)) {
      table.row(
          Cell.name(exclusion.path()),
          Cell.text(exclusion.reason().externalName()),
          Cell.name(exclusion.detail()),
          Cell.count(exclusion.files()),
          Cell.bytes(exclusion.sizeBytes()));
    }
    table.appendTo(html);
    More.note(html, exclusions.size() - shown, "smaller ones", "pagefusion report --json");
    html.close("details").line();
  }
}
