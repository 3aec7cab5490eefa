// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.compare;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.pagefusion.candidate.Category;
import org.pagefusion.guest.FileName;
import org.pagefusion.report.Sizes;
import org.pagefusion.report.Table;

/** A comparison as text for a terminal. */
public final class TextComparison {
  private static final int BAR_WIDTH = 30;
  private static final int WIDTH = 120;
  private static final int PATH_LEAST = 30;
  private static final int SIDES = 3;

  /** The part of the fused pages that another order must change to be worth a line. */
  private static final double ORDER_MATTERS = 0.01;

  private final Comparison comparison;
  private final int top;
  private final StringBuilder text = new StringBuilder();

  private TextComparison(Comparison comparison, int top) {
    this.comparison = comparison;
    this.top = top;
  }

  /**
   * Renders a comparison.
   *
   * @param top lines of a list at most
   */
  public static String render(Comparison comparison, int top) {
    return new TextComparison(comparison, top).render();
  }

  private String render() {
    writeHead();
    writeGuests();
    writeCategories();
    writeBest();
    writeCauses();
    writeMisses();
    return text.toString();
  }

  private void writeHead() {
    int guests = comparison.guests().size();
    text.append("pagefusion ").append(comparison.version());
    text.append(", comparison of ").append(guests).append(" guests\n");
    Table table = new Table("lrl");
    PageCounts pages = comparison.pages();
    table.row(
        "fused",
        Sizes.bytes(comparison.fusedBytes()),
        Sizes.share(pages.fused(), pages.eligible())
            + (pages.eligible() > 0 ? " of " : "")
            + bytes(pages.eligible())
            + " that can be fused, all guests together");
    table.row("agents", "-" + Sizes.bytes(comparison.agentBytes()), agentCost());
    long net = comparison.netBytes();
    table.row(
        "net",
        (net < 0 ? "-" : "") + Sizes.bytes(Math.abs(net)),
        net > 0 ? "that the host gets back" : "the agents cost more than they save");
    table.appendTo(text);
    writeOrder();
    writeNotes();
  }

  private String agentCost() {
    long measured = comparison.guests().stream().filter(ComparedGuest::agentMeasured).count();
    int guests = comparison.guests().size();
    if (measured == guests) {
      return "what the agents themselves cost";
    }
    String each =
        comparison.guests().stream()
            .filter(guest -> !guest.agentMeasured())
            .findFirst()
            .map(guest -> Sizes.bytes(guest.agentBytes()))
            .orElse("");
    return "what the agents themselves cost; "
        + (measured == 0 ? "estimated: " : measured + " measured, the others estimated: ")
        + each
        + " a guest (--agent-cost)";
  }

  private void writeOrder() {
    if (comparison.order().isEmpty()) {
      text.append("  How much the order of the guests matters was not found out: ");
      text.append(
          comparison.unregistered() > 0 ? "not all is registered" : "too many pages differ");
      text.append(".\n");
      return;
    }
    OrderRange range = comparison.order().get();
    long spread = range.mostPages() - range.leastPages();
    if (spread <= ORDER_MATTERS * Math.max(1, comparison.pages().fused())) {
      return;
    }
    text.append(
        "  The order in which guests come to the host matters: the first one that has a page");
    text.append(" decides which\n  contents are shared.");
    if (range.exact()) {
      text.append('\n');
      Table table = new Table("lrl");
      table.row("  best order", bytes(range.mostPages()), names(range.best()));
      table.row("  this order", bytes(comparison.pages().fused()), "");
      table.row("  worst order", bytes(range.leastPages()), names(range.worst()));
      table.appendTo(text);
    } else {
      text.append(" No order fuses more than ").append(bytes(range.mostPages()));
      text.append(" or less than ").append(bytes(range.leastPages()));
      text.append("\n  (bounds: whether an order reaches them is not known).\n");
    }
  }

  private String names(List<Integer> guests) {
    StringBuilder names = new StringBuilder();
    for (int guest : guests) {
      names.append(names.length() == 0 ? "" : ", ").append(nameOf(guest));
    }
    return names.toString();
  }

  private String nameOf(int guest) {
    return FileName.printable(comparison.guests().get(guest).name());
  }

  private void writeNotes() {
    long unknown = comparison.guests().stream().mapToLong(ComparedGuest::unknownPages).sum();
    if (unknown > 0) {
      text.append("  Not compared: ").append(bytes(unknown));
      text.append(", whose contents the reports do not tell (made by root they tell most).\n");
    }
    if (comparison.unregistered() > 0) {
      text.append("  The host has no room for ").append(Sizes.count(comparison.unregistered()));
      text.append(" registrations: it takes ").append(Sizes.count(HostModel.MODULES_MAX));
      text.append(" modules from all guests together.\n");
    }
    int skipped = comparison.skipped().size();
    if (skipped > 0) {
      text.append("  Left out: ").append(skipped);
      text.append(skipped == 1 ? " report that" : " reports that").append(" could not be used.\n");
    }
  }

  private void writeGuests() {
    int count = comparison.guests().size();
    int shown = Math.min(count, Math.max(top, 1));
    heading("Guests, in the order in which they come to the host" + some(shown, count));
    Table table = new Table("lrrrrrl");
    table.row("guest", "memory", "eligible", "fused", "of eligible", "alone", "kernel");
    for (ComparedGuest guest : comparison.guests().subList(0, shown)) {
      PageCounts pages = guest.pages();
      table.row(
          FileName.printable(guest.name()),
          guest.memoryBytes().isPresent() ? Sizes.bytes(guest.memoryBytes().getAsLong()) : "-",
          bytes(pages.eligible()),
          bytes(pages.fused()),
          Sizes.share(pages.fused(), pages.eligible()),
          bytes(pages.alone()),
          FileName.printable(guest.kernel().orElse("-")));
    }
    table.appendTo(text);
    text.append(
        "  The first guest that has a page keeps it: what it shares counts as fused in the");
    text.append(" others.\n");
  }

  private void writeCategories() {
    heading("By category");
    Table table = new Table("lrrrl");
    table.row("category", "eligible", "fused", "of eligible", "");
    long all = Math.max(1, comparison.pages().fused());
    for (Map.Entry<Category, PageCounts> entry : comparison.pagesByCategory().entrySet()) {
      PageCounts pages = entry.getValue();
      if (pages.eligible() > 0) {
        table.row(
            entry.getKey().externalName(),
            bytes(pages.eligible()),
            bytes(pages.fused()),
            Sizes.share(pages.fused(), pages.eligible()),
            "#".repeat((int) (BAR_WIDTH * pages.fused() / all)));
      }
    }
    table.appendTo(text);
  }

  private void writeBest() {
    List<ComparedModule> saving = new ArrayList<>();
    for (ComparedModule module : comparison.modules()) {
      if (module.pages().fused() > 0) {
        saving.add(module);
      }
    }
    int shown = Math.min(top, saving.size());
    if (shown == 0) {
      return;
    }
    heading("Files that save most" + some(shown, saving.size()));
    Table table = new Table("rrrll");
    table.row("saved", "of eligible", "guests", "category", "path");
    for (ComparedModule module : saving.subList(0, shown)) {
      PageCounts pages = module.pages();
      table.row(
          bytes(pages.fused()),
          Sizes.share(pages.fused(), pages.eligible()),
          Sizes.count(module.guests()),
          module.category().externalName(),
          FileName.printable(module.path()));
    }
    table.shortenLast(Math.max(PATH_LEAST, WIDTH - table.width(4)));
    table.appendTo(text);
  }

  private void writeCauses() {
    Map<Miss.Cause, long[]> sums = new EnumMap<>(Miss.Cause.class);
    for (Miss miss : comparison.misses()) {
      long[] sum = sums.computeIfAbsent(miss.cause(), unused -> new long[2]);
      sum[0]++;
      sum[1] += miss.pages();
    }
    if (sums.isEmpty()) {
      return;
    }
    heading("What is not fused, and why");
    Table table = new Table("lrrl");
    table.row("cause", "files", "size", "meaning");
    sums.forEach(
        (cause, sum) ->
            table.row(cause.externalName(), Sizes.count(sum[0]), bytes(sum[1]), cause.meaning()));
    table.appendTo(text);
  }

  /** What only one guest has could not be fused, so it is no loss. */
  private void writeMisses() {
    List<Miss> losses = new ArrayList<>();
    for (Miss miss : comparison.misses()) {
      if (miss.cause() != Miss.Cause.NOT_THERE) {
        losses.add(miss);
      }
    }
    int shown = Math.min(top, losses.size());
    if (shown == 0) {
      return;
    }
    heading("Files that should fuse and don't" + some(shown, losses.size()));
    Table table = new Table("rll");
    for (Miss miss : losses.subList(0, shown)) {
      table.row(bytes(miss.pages()), miss.cause().externalName(), FileName.printable(miss.path()));
      table.row("", "", "  " + describe(miss));
    }
    table.appendTo(text);
  }

  private String describe(Miss miss) {
    StringBuilder what = new StringBuilder();
    if (miss.firstDifference().isPresent()) {
      what.append("from page ").append(miss.firstDifference().getAsLong()).append(" on: ");
    }
    int shown = Math.min(SIDES, miss.sides().size());
    for (Miss.Side side : miss.sides().subList(0, shown)) {
      what.append(what.length() == 0 || what.charAt(what.length() - 1) == ' ' ? "" : "; ");
      what.append(FileName.printable(side.label())).append(" in ").append(nameOf(side.guest()));
      if (side.guests() > 1) {
        what.append(String.format(Locale.ROOT, " and %,d more", side.guests() - 1));
      }
    }
    if (miss.sides().size() > shown) {
      what.append("; and ").append(miss.sides().size() - shown).append(" others");
    }
    return what.toString();
  }

  private static String some(int shown, int all) {
    return shown == all ? "" : ": " + shown + " of " + Sizes.count(all);
  }

  private String bytes(long pages) {
    return Sizes.bytes(comparison.bytes(pages));
  }

  private void heading(String title) {
    text.append('\n').append(title).append('\n');
  }
}
