// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.pagefusion.guest.FileName;
import org.pagefusion.hostsim.HostFigures;
import org.pagefusion.hostsim.HostSettings;
import org.pagefusion.hostsim.HostSimulator;
import org.pagefusion.hostsim.PageCounts;
import org.pagefusion.vmmdev.ResultCode;

/** The figures of a simulated host as text for a terminal. */
final class HostsimText {
  private static final int LARGEST = 20;
  private static final double MIB = 1 << 20;

  private final StringBuilder text = new StringBuilder();

  private HostsimText() {}

  /** Renders figures. */
  static String render(HostSettings settings, HostFigures figures) {
    HostsimText renderer = new HostsimText();
    renderer.writeHead(settings, figures);
    renderer.writeGuests(figures);
    renderer.writeModules(figures);
    return renderer.text.toString();
  }

  private void line(String format, Object... arguments) {
    text.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }

  private void writeHead(HostSettings settings, HostFigures figures) {
    String fusion =
        !settings.compiled() ? "not compiled in" : settings.fusionEnabled() ? "on" : "off";
    line("Simulated VirtualBox %s, page fusion %s", settings.version().text(), fusion);
    line(
        "Saved %.1f MiB: %,d pages of guests freed, for %,d that are shared",
        figures.savedBytes() / MIB, figures.duplicatePages(), figures.sharedPages());
    if (figures.brokenConnections() > 0) {
      line("Broken connections: %,d", figures.brokenConnections());
    }
  }

  private void writeGuests(HostFigures figures) {
    if (figures.guests().isEmpty()) {
      line("%nNo guest has asked for anything.");
      return;
    }
    line("%nGuests; the pages of each one's last check");
    String row = "  %10s %8s %8s %9s %8s %8s %8s %6s %8s  %s";
    line(
        row,
        "registered",
        "new",
        "merged",
        "different",
        "already",
        "writable",
        "absent",
        "cow",
        "ms",
        "guest");
    for (HostFigures.OfGuest guest : figures.guests()) {
      PageCounts pages = guest.lastCheck().map(HostFigures.Check::pages).orElse(null);
      line(
          row,
          String.format(Locale.ROOT, "%,d", guest.modules().size()),
          count(pages == null ? 0 : pages.newShared()),
          count(pages == null ? 0 : pages.merged()),
          count(pages == null ? 0 : pages.different()),
          count(pages == null ? 0 : pages.alreadyShared()),
          count(pages == null ? 0 : pages.writable()),
          count(pages == null ? 0 : pages.absent() + pages.notRam()),
          count(pages == null ? 0 : pages.cow()),
          guest.lastCheck().map(check -> Long.toString(check.millis())).orElse("no check"),
          FileName.printable(guest.name()));
      guest.lastCheck().flatMap(HostFigures.Check::stopped).ifPresent(this::writeStopped);
      for (Map.Entry<Integer, Long> refused : guest.refused().entrySet()) {
        line("    refused %,d: %s", refused.getValue(), ResultCode.describe(refused.getKey()));
      }
      if (guest.registrationsEver() > guest.modules().size()) {
        line(
            "    used %,d of %,d registrations",
            guest.registrationsEver(), HostSimulator.GUEST_MODULES_MAX);
      }
    }
  }

  private void writeStopped(String why) {
    line("    check stopped: %s", FileName.printable(why));
  }

  private void writeModules(HostFigures figures) {
    List<HostFigures.OfModule> modules = new ArrayList<>(figures.modules());
    if (modules.isEmpty()) {
      return;
    }
    modules.sort(
        Comparator.comparingLong(HostFigures.OfModule::duplicatePages)
            .thenComparingLong(HostFigures.OfModule::sharedPages)
            .reversed()
            .thenComparing(HostFigures.OfModule::name));
    int shown = Math.min(LARGEST, modules.size());
    line(
        "%nModules%s",
        shown < modules.size() ? ", the " + shown + " that save most of " + modules.size() : "");
    String row = "  %10s %8s %8s %13s  %s";
    line(row, "saved", "shared", "pages", "registrations", "name, version");
    for (HostFigures.OfModule module : modules.subList(0, shown)) {
      line(
          row,
          String.format(
              Locale.ROOT, "%.1f MiB", module.duplicatePages() * HostSimulator.PAGE_BYTES / MIB),
          count(module.sharedPages()),
          count(module.pages()),
          count(module.registrations()),
          FileName.printable(module.name()) + ", " + FileName.printable(module.version()));
    }
  }

  private static String count(long count) {
    return count == 0 ? "-" : String.format(Locale.ROOT, "%,d", count);
  }
}
