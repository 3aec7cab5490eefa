// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.html;

import java.util.List;
import java.util.Map;
import org.pagefusion.candidate.Category;
import org.pagefusion.compare.ComparedModule;
import org.pagefusion.compare.Comparison;
import org.pagefusion.compare.PageCounts;
import org.pagefusion.html.DataTable.Cell;
import org.pagefusion.report.Sizes;

/** Where the savings come from: categories and files. */
final class SavingsSection {
  private static final int MODULES = 30;

  private final Comparison comparison;

  SavingsSection(Comparison comparison) {
    this.comparison = comparison;
  }

  void appendTo(Markup html) {
    if (comparison.modules().isEmpty()) {
      html.leaf("p", "No guest has anything that could be fused.");
      return;
    }
    html.leaf(
        "p",
        "Each tile is a file, or memory of the kernel, with as much area as its eligible pages have in"
            + " all guests together. The pale part of a tile stays with the guests; the rest is given"
            + " back.");
    Treemap treemap = new Treemap();
    for (ComparedModule module : comparison.modules()) {
      PageCounts pages = module.pages();
      if (pages.eligible() > 0) {
        double stays = 1 - (double) pages.fused() / pages.eligible();
        treemap.add(
            module.category(),
            module.path(),
            comparison.bytes(pages.eligible()),
            Sizes.bytes(comparison.bytes(pages.fused())) + " of it fused",
            stays);
      }
    }
    html.open("figure");
    treemap.appendTo(html, "savings-map", "Files by category and eligible bytes");
    html.close("figure").line();
    categories(html);
    modules(html);
  }

  private void categories(Markup html) {
    DataTable table = new DataTable("categories-table", "By category");
    table.column("Category").number("Eligible").number("Fused").number("Fused share");
    for (Map.Entry<Category, PageCounts> entry : comparison.pagesByCategory().entrySet()) {
      PageCounts pages = entry.getValue();
      if (pages.eligible() > 0) {
        table.row(
            Cell.text(entry.getKey().externalName()).as(Paint.of(entry.getKey())),
            Cell.bytes(comparison.bytes(pages.eligible())),
            Cell.bytes(comparison.bytes(pages.fused())),
            Cell.share(pages.fused(), pages.eligible()));
      }
    }
    PageCounts all = comparison.pages();
    table.foot(
        Cell.text("all"),
        Cell.bytes(comparison.bytes(all.eligible())),
        Cell.bytes(comparison.fusedBytes()),
        Cell.share(all.fused(), all.eligible()));
    table.appendTo(html);
  }

  private void modules(Markup html) {
    List<ComparedModule> modules = comparison.modules();
    int shown = Math.min(MODULES, modules.size());
    DataTable table =
        new DataTable(
            "modules-table",
            shown == modules.size() ? "All files" : "The " + shown + " files that save most");
    table.column("File").column("Category").number("Guests").number("Fused");
    table.number("Other contents").number("Only in one guest");
    for (ComparedModule module : modules.subList(0, shown)) {
      PageCounts pages = module.pages();
      table.row(
          Cell.name(module.path()),
          Cell.text(module.category().externalName()).as(Paint.of(module.category())),
          Cell.count(module.guests()),
          Cell.bytes(comparison.bytes(pages.fused())),
          Cell.bytes(comparison.bytes(pages.different())),
          Cell.bytes(comparison.bytes(pages.onlyHere())));
    }
    table.appendTo(html);
    More.note(html, modules.size() - shown, "files", "pagefusion compare --json");
  }
}
