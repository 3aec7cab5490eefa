// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.html;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.pagefusion.candidate.Candidate;
import org.pagefusion.html.DataTable.Cell;
import org.pagefusion.report.Report;
import org.pagefusion.report.Sizes;

/** The page of one guest: what of its memory could be fused, and why not the rest. */
public final class ReportPage {
  private static final int CANDIDATES = 50;

  private final Report report;
  private final MemoryShares memory;
  private final LeftOut leftOut;

  private ReportPage(Report report) {
    this.report = report;
    leftOut = new LeftOut(report.scan().exclusions());
    memory = new MemoryShares(report, leftOut.bytes());
  }

  /** Renders a report as HTML. */
  public static String render(Report report) {
    return new ReportPage(report).render();
  }

  private String render() {
    Page page = new Page("Page fusion: dry run of one guest", this::lead);
    page.section("memory", "Memory of this guest", memory::appendTo);
    page.section("candidates", "What could be fused", this::candidates);
    page.section("left-out", "What is left out, and why", leftOut::appendTo);
    if (!report.anomalies().isEmpty()) {
      page.section("anomalies", "What could not be read", html -> Anomalies.append(html, report));
    }
    return page.render(this::foot);
  }

  private void lead(Markup html) {
    html.open("p", "class", "lead").text("Linux ");
    html.name(report.guest().kernel().orElse("of unknown release"));
    report.guest().machine().ifPresent(machine -> html.text(", ").name(machine));
    report.guest().machineIdHash().ifPresent(id -> html.text(", machine ").name(id));
    if (!report.tree().equals("/")) {
      html.text(", tree ").name(report.tree());
    }
    html.text(", " + time()).close("p").line();
    facts(html);
    if (report.captured()) {
      caution(
          html,
          "A captured tree holds no residency: sizes are those of whole files, the most that could be"
              + " resident.");
    } else if (!report.residencyMeasured()) {
      caution(
          html,
          "Scanned without root: the kernel did not tell which pages of others' files are resident,"
              + " so whole files are counted.");
    }
  }

  private String time() {
    return DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT)
        .withZone(ZoneOffset.UTC)
        .format(report.time());
  }

  private void facts(Markup html) {
    Report.Total total = report.total();
    Facts facts = new Facts(html);
    String share = memory.inProportion() ? memory.share(total.residentBytes()) : "";
    facts.fact(
        "eligible",
        "Could be fused",
        Sizes.bytes(total.residentBytes()),
        total.residentBytes(),
        share.isEmpty() ? "if other guests hold the same" : share + " of memory in use");
    facts.fact(
        "candidates",
        "Candidates",
        Sizes.count(total.candidates()),
        total.candidates(),
        "files and kernel memory");
    facts.fact(
        "excluded",
        "Left out",
        Sizes.bytes(leftOut.bytes()),
        leftOut.bytes(),
        Sizes.count(leftOut.files()) + " files");
    if (memory.used() > 0) {
      facts.fact(
          "used",
          "Memory in use",
          Sizes.bytes(memory.used()),
          memory.used(),
          "of " + Sizes.bytes(memory.total()) + ", page cache included");
    }
    facts.end();
  }

  private static void caution(Markup html, String text) {
    html.leaf("p", text, "class", "caution").line();
  }

  // ---- candidates

  private void candidates(Markup html) {
    if (report.scan().candidates().isEmpty()) {
      html.leaf(
          "p", "Nothing here can be fused; 'pagefusion config' shows the sources and limits.");
      return;
    }
    html.leaf(
        "p",
        "Each tile is a file, or memory of the kernel, with as much area as it has bytes in memory;"
            + " the colours and the first word of a group tell its category.");
    Treemap treemap = new Treemap();
    for (Candidate candidate : report.scan().candidates()) {
      treemap.add(candidate.category(), candidate.path(), bytes(candidate), "", 0);
    }
    html.open("figure");
    treemap.appendTo(html, "candidates-map", "Candidates by category and size");
    html.close("figure").line();
    table(html);
  }

  private void table(Markup html) {
    int all = report.scan().candidates().size();
    int shown = Math.min(CANDIDATES, all);
    DataTable table =
        new DataTable(
            "candidates-table",
            shown == all ? "All candidates" : "The " + shown + " largest candidates");
    table
        .column("File")
        .column("Category")
        .number(report.residencyMeasured() ? "Resident" : "At most");
    table.number("Of file").number("Processes");
    for (Candidate candidate : report.scan().candidates().subList(0, shown)) {
      table.row(
          Cell.name(candidate.path()),
          Cell.text(candidate.category().externalName()).as(Paint.of(candidate.category())),
          Cell.bytes(bytes(candidate)),
          // The last page of a file is whole in memory.
          Cell.share(Math.min(bytes(candidate), candidate.regionBytes()), candidate.regionBytes()),
          Cell.count(candidate.mappedBy()));
    }
    table.appendTo(html);
    More.note(html, all - shown, "smaller candidates", "pagefusion report --json");
  }

  private long bytes(Candidate candidate) {
    return candidate.resident().pages() * report.pageSize();
  }

  private void foot(Markup html) {
    html.open("p").text("pagefusion ").name(report.version());
    html.text(
        ": "
            + Sizes.count(report.scan().processes().processes())
            + " processes and "
            + Sizes.count(report.scan().filesExamined())
            + " files looked at in "
            + String.format(Locale.ROOT, "%.2f s", report.millis() / 1000.0)
            + ". A page of memory is "
            + Sizes.bytes(report.pageSize())
            + ".");
    html.close("p").open("p");
    html.text("How much the host gives back depends on what its other guests hold. Run ");
    html.leaf("code", "pagefusion report --json --page-hashes").text(" in each of them, then ");
    html.leaf("code", "pagefusion compare --html FILE").text(" with what they printed.");
    html.close("p").line();
  }
}
