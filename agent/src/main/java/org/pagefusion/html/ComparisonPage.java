// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.html;

import java.util.List;
import org.pagefusion.compare.ComparedGuest;
import org.pagefusion.compare.Comparison;
import org.pagefusion.compare.OrderRange;
import org.pagefusion.compare.PageCounts;
import org.pagefusion.compare.SkippedReport;
import org.pagefusion.html.DataTable.Cell;
import org.pagefusion.report.Sizes;

/** The page of several guests: what a host would get back, and where it comes from. */
public final class ComparisonPage {
  private static final int SKIPPED = 50;
  private static final int ORDER_SHOWN = 12;

  /** From which difference on, as a part of the most, the order of guests is worth a line. */
  private static final double ORDER_MATTERS = 0.01;

  private final Comparison comparison;

  private ComparisonPage(Comparison comparison) {
    this.comparison = comparison;
  }

  /** Renders a comparison as HTML. */
  public static String render(Comparison comparison) {
    return new ComparisonPage(comparison).render();
  }

  private String render() {
    Page page = new Page("Page fusion: what the host would get back", this::lead);
    if (!comparison.guests().isEmpty()) {
      page.section("guests", "Memory of each guest", new GuestsSection(comparison)::appendTo);
      page.section("savings", "Where it comes from", new SavingsSection(comparison)::appendTo);
      page.section("growth", "How it grows", new GrowthSection(comparison)::appendTo);
      page.section("pairs", "Who shares with whom", new PairsSection(comparison)::appendTo);
      page.section(
          "misses", "What should fuse and does not", new MissesSection(comparison)::appendTo);
    }
    if (!comparison.skipped().isEmpty()) {
      page.section("skipped", "Reports that could not be used", this::skipped);
    }
    return page.render(this::foot);
  }

  private void lead(Markup html) {
    int guests = comparison.guests().size();
    html.leaf(
        "p",
        guests == 1 ? "One guest" : Sizes.count(guests) + " guests, by the rules of the host",
        "class",
        "lead");
    PageCounts pages = comparison.pages();
    long eligible = comparison.bytes(pages.eligible());
    long fused = comparison.fusedBytes();
    String share = Sizes.share(pages.fused(), pages.eligible());
    new Facts(html)
        .fact(
            "fused",
            "The host gets back",
            Sizes.bytes(fused),
            fused,
            share.isEmpty() ? "nothing is eligible" : share + " of what is eligible")
        .fact(
            "net",
            "Net of the agents' cost",
            signed(comparison.netBytes()),
            comparison.netBytes(),
            "less " + Sizes.bytes(comparison.agentBytes()) + (measured() ? "" : ", estimated"))
        .fact("eligible", "Eligible", Sizes.bytes(eligible), eligible, ofUsed(eligible))
        .fact("guests", "Guests", Sizes.count(guests), guests, skippedNote())
        .end();
    order(html);
    notes(html);
  }

  private static String signed(long bytes) {
    return bytes < 0 ? "−" + Sizes.bytes(-bytes) : Sizes.bytes(bytes);
  }

  private boolean measured() {
    return comparison.guests().stream().allMatch(ComparedGuest::agentMeasured);
  }

  private String ofUsed(long eligible) {
    long used = 0;
    for (ComparedGuest guest : comparison.guests()) {
      used += GuestMemory.of(comparison, guest).used();
    }
    String share = Sizes.share(eligible, used);
    return share.isEmpty() ? "in all guests" : share + " of memory in use";
  }

  private String skippedNote() {
    int skipped = comparison.skipped().size();
    return skipped == 0 ? "all reports used" : Sizes.count(skipped) + " reports skipped";
  }

  private void order(Markup html) {
    if (comparison.order().isEmpty()) {
      return;
    }
    OrderRange order = comparison.order().get();
    long least = order.leastPages();
    long most = order.mostPages();
    if (most - least <= ORDER_MATTERS * most) {
      return;
    }
    html.open("div", "class", "caution");
    html.leaf(
        "p",
        "The order matters in which the guests come to the host, for the first that has a page decides"
            + " what the others' are compared with.");
    html.open("ul");
    bound(html, order.exact() ? "Best order" : "No order gives more than", most, order.best());
    bound(html, order.exact() ? "Worst order" : "No order gives less than", least, order.worst());
    html.close("ul").close("div").line();
  }

  private void bound(Markup html, String what, long pages, List<Integer> guests) {
    html.open("li").text(what + ": " + Sizes.bytes(comparison.bytes(pages)));
    int shown = Math.min(ORDER_SHOWN, guests.size());
    for (int i = 0; i < shown; i++) {
      html.text(i == 0 ? ", " : " → ").name(comparison.guests().get(guests.get(i)).name());
    }
    html.text(guests.size() > shown ? " → …" : "").close("li");
  }

  private void notes(Markup html) {
    if (comparison.unregistered() > 0) {
      caution(
          html,
          "The host has no room for "
              + Sizes.count(comparison.unregistered())
              + " registrations of modules, counted in each guest: nothing of them is fused.");
    }
    long unknown = comparison.guests().stream().mapToLong(ComparedGuest::unknownPages).sum();
    if (unknown > 0) {
      caution(
          html,
          "Not compared: "
              + Sizes.bytes(comparison.bytes(unknown))
              + ", whose contents the reports do not tell; made by root they tell most. They are"
              + " shown as eligible but alone.");
    }
  }

  private static void caution(Markup html, String text) {
    html.leaf("p", text, "class", "caution").line();
  }

  private void skipped(Markup html) {
    int all = comparison.skipped().size();
    int shown = Math.min(SKIPPED, all);
    DataTable table = new DataTable("skipped-table", "Skipped").column("Report").column("Why");
    for (SkippedReport report : comparison.skipped().subList(0, shown)) {
      table.row(Cell.name(report.file()), Cell.name(report.why()));
    }
    table.appendTo(html);
    More.note(html, all - shown, "more", "pagefusion compare --json");
  }

  private void foot(Markup html) {
    html.open("p").text("pagefusion ").name(comparison.version());
    html.text(
        ". A page of memory is "
            + Sizes.bytes(comparison.pageSize())
            + ". A page that several guests hold with equal contents is kept once and given back by"
            + " all but the first of them; what guests write to later is theirs again.");
    html.close("p").line();
  }
}
