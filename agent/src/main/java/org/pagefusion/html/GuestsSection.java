// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.html;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.pagefusion.compare.ComparedGuest;
import org.pagefusion.compare.Comparison;
import org.pagefusion.html.DataTable.Cell;
import org.pagefusion.report.Sizes;

/** What becomes of the memory of each guest: bars and a table. */
final class GuestsSection {
  private static final int BARS = 20;
  private static final int ROWS = 100;
  private static final int ROW_HEIGHT = 52;
  private static final int BAR_HEIGHT = 26;

  private final Comparison comparison;

  GuestsSection(Comparison comparison) {
    this.comparison = comparison;
  }

  void appendTo(Markup html) {
    int all = comparison.guests().size();
    if (all > BARS) {
      html.leaf(
          "p",
          "Of "
              + Sizes.count(all)
              + " guests, the "
              + BARS
              + " that give back most. All bars have one scale.");
    } else {
      html.leaf("p", "Memory in use, in the order in which the guests come to the host.");
    }
    html.open("figure");
    bars(html);
    html.close("figure").line();
    new Legend(html)
        .entry(Paint.FUSED, "fused: the host takes it back")
        .entry(Paint.KEPT, "shared and kept: others are fused with it")
        .entry(Paint.ALONE, "eligible but alone")
        .entry(Paint.EXCLUDED, "left out")
        .entry(Paint.OTHER, "everything else")
        .end();
    table(html);
  }

  private List<ComparedGuest> shown() {
    List<ComparedGuest> guests = new ArrayList<>(comparison.guests());
    if (guests.size() > BARS) {
      guests.sort(Comparator.comparingLong(guest -> -guest.pages().fused()));
    }
    return guests.subList(0, Math.min(BARS, guests.size()));
  }

  private void bars(Markup html) {
    List<ComparedGuest> guests = shown();
    long most = 1;
    StringBuilder description = new StringBuilder();
    for (ComparedGuest guest : guests) {
      GuestMemory memory = GuestMemory.of(comparison, guest);
      most = Math.max(most, memory.told());
      description.append(Names.shown(guest.name())).append(": ");
      description.append(memory.bar().told()).append(". ");
    }
    Svg.open(
        html,
        "guests-bars",
        "guests",
        "Memory of each guest",
        description.toString(),
        "height",
        Integer.toString(guests.size() * ROW_HEIGHT));
    int y = 0;
    for (ComparedGuest guest : guests) {
      GuestMemory memory = GuestMemory.of(comparison, guest);
      String label = Names.shown(guest.name()) + ", " + Sizes.bytes(memory.told());
      html.leaf("text", label, "class", "name", "x", "0", "y", Integer.toString(y + 15));
      double width = (double) memory.told() / most;
      html.open(
          "svg",
          "y",
          Integer.toString(y + 20),
          "width",
          Svg.percent(width),
          "height",
          Integer.toString(BAR_HEIGHT));
      memory.bar().draw(html, width);
      html.close("svg").line();
      y += ROW_HEIGHT;
    }
    html.close("svg").line();
  }

  private void table(Markup html) {
    List<ComparedGuest> guests = comparison.guests();
    int shown = Math.min(ROWS, guests.size());
    DataTable table =
        new DataTable("guests-table", shown == guests.size() ? "Guests" : "First guests");
    table.column("Guest").number("No.").number("In use").number("Fused").number("Shared, kept");
    table.number("Alone").number("Left out").number("Everything else").number("Agent's cost");
    for (int i = 0; i < shown; i++) {
      ComparedGuest guest = guests.get(i);
      GuestMemory memory = GuestMemory.of(comparison, guest);
      table.row(
          Cell.name(guest.name()),
          Cell.count(i + 1),
          Cell.bytes(memory.used()),
          Cell.bytes(memory.fused()),
          Cell.bytes(memory.kept()),
          Cell.bytes(memory.alone()),
          Cell.bytes(memory.excluded()),
          Cell.bytes(memory.other()),
          Cell.bytes(guest.agentBytes()));
    }
    table.appendTo(html);
    More.note(html, guests.size() - shown, "later guests", "pagefusion compare --json");
  }
}
