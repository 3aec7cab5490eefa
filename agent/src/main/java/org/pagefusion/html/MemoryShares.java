// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.html;

import java.util.Map;
import org.pagefusion.candidate.Category;
import org.pagefusion.guest.MemoryInfo;
import org.pagefusion.html.DataTable.Cell;
import org.pagefusion.report.Report;
import org.pagefusion.report.Sizes;

/** What a guest's memory is made of, as far as fusion is concerned. */
final class MemoryShares {
  private final Report report;
  private final long excluded;

  MemoryShares(Report report, long excludedBytes) {
    this.report = report;
    excluded = excludedBytes;
  }

  /** All its memory in bytes; 0 when not known. */
  long total() {
    return report.guest().memory().totalBytes().orElse(0);
  }

  /** Bytes that hold something; 0 when not known. */
  long used() {
    MemoryInfo memory = report.guest().memory();
    return memory.freeBytes().isPresent()
        ? Math.max(0, total() - memory.freeBytes().getAsLong())
        : 0;
  }

  /** Whether the sizes found are parts of the memory in use, and not those of whole files. */
  boolean inProportion() {
    return !report.captured()
        && report.residencyMeasured()
        && report.total().residentBytes() + excluded <= used();
  }

  /** A part of the memory in use. */
  String share(long bytes) {
    return Sizes.share(bytes, used());
  }

  void appendTo(Markup html) {
    long eligible = report.total().residentBytes();
    if (inProportion()) {
      StackedBar bar = new StackedBar(used());
      bar.part("could be fused", Paint.FUSED, eligible);
      bar.part("left out", Paint.EXCLUDED, excluded);
      bar.part("everything else", Paint.OTHER, used() - eligible - excluded);
      figure(html, bar, "memory-bar", "Memory in use", used());
    } else {
      html.leaf(
          "p",
          "What was found is not shown as a part of this guest's memory, for whole files were counted"
              + " or its memory is not known.");
    }
    if (eligible > 0) {
      StackedBar bar = new StackedBar(eligible);
      categories((category, bytes) -> bar.part(category.externalName(), Paint.of(category), bytes));
      figure(html, bar, "eligible-bar", "Could be fused, by category", eligible);
    }
    table(html, eligible);
  }

  /** Takes a category that has candidates. */
  @FunctionalInterface
  private interface Taker {
    void take(Category category, long bytes);
  }

  private void categories(Taker taker) {
    for (Map.Entry<Category, Report.Total> entry : report.totals().entrySet()) {
      if (entry.getValue().candidates() > 0) {
        taker.take(entry.getKey(), entry.getValue().residentBytes());
      }
    }
  }

  private static void figure(Markup html, StackedBar bar, String id, String title, long bytes) {
    html.open("figure");
    html.open("figcaption").text(title + ": ").leaf("strong", Sizes.bytes(bytes)).close();
    bar.appendTo(html, id, title);
    html.close("figure").line();
  }

  private void table(Markup html, long eligible) {
    DataTable table = new DataTable("memory-table", "Memory by what can become of it");
    table.column("Part").number("Candidates").number("Size");
    if (inProportion()) {
      table.number("Of memory in use");
    }
    categories(
        (category, bytes) -> {
          Cell candidates = Cell.count(report.totals().get(category).candidates());
          Cell name = Cell.text(category.externalName()).as(Paint.of(category));
          table.row(cells(name, candidates, bytes));
        });
    Cell all = Cell.text("all that could be fused").as(Paint.FUSED);
    table.row(cells(all, Cell.count(report.total().candidates()), eligible));
    table.row(cells(Cell.text("left out").as(Paint.EXCLUDED), Cell.text(""), excluded));
    if (inProportion()) {
      long rest = used() - eligible - excluded;
      table.row(cells(Cell.text("everything else").as(Paint.OTHER), Cell.text(""), rest));
      table.foot(cells(Cell.text("in use"), Cell.text(""), used()));
    }
    table.appendTo(html);
    if (inProportion()) {
      html.leaf(
          "p",
          "Everything else is memory of programs' own, the kernel's data, and files that no source"
              + " names. The host can never fuse what is written to.",
          "class",
          "more");
    }
  }

  /** A row, with its share when that is known. */
  private Cell[] cells(Cell part, Cell candidates, long bytes) {
    return inProportion()
        ? new Cell[] {part, candidates, Cell.bytes(bytes), Cell.share(bytes, used())}
        : new Cell[] {part, candidates, Cell.bytes(bytes)};
  }
}
