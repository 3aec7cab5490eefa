// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.report;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.pagefusion.candidate.Candidate;
import org.pagefusion.candidate.Category;
import org.pagefusion.candidate.Exclusion;
import org.pagefusion.candidate.Reason;
import org.pagefusion.guest.Anomaly;
import org.pagefusion.guest.FileName;
import org.pagefusion.guest.MemoryInfo;
import org.pagefusion.guest.ProcessScan;

/** A report as text for a terminal. */
public final class TextReport {
  private static final int LARGEST = 20;
  private static final int ANOMALIES = 5;
  private static final int BAR_WIDTH = 30;

  /** Columns that no line exceeds, unless a path of a candidate does. */
  private static final int WIDTH = 120;

  private static final int LARGEST_LEFT_OUT_MOST = 60;
  private static final int LARGEST_LEFT_OUT_LEAST = 30;

  private final Report report;
  private final StringBuilder text = new StringBuilder();

  private TextReport(Report report) {
    this.report = report;
  }

  /** Renders a report. */
  public static String render(Report report) {
    return new TextReport(report).render();
  }

  private String render() {
    writeHead();
    writeCategories();
    writeLargest();
    writeExcluded();
    writeAnomalies();
    text.append('\n').append(nextStep()).append('\n');
    return text.toString();
  }

  private void writeHead() {
    String time =
        DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC)
            .format(report.time());
    text.append("pagefusion ").append(report.version()).append(", dry run of ").append(time);
    if (!report.tree().equals("/")) {
      text.append(", tree ").append(FileName.printable(report.tree()));
    }
    text.append('\n');
    MemoryInfo memory = report.guest().memory();
    Table table = new Table("ll");
    table.row(
        "guest",
        "Linux "
            + FileName.printable(report.guest().kernel().orElse("of unknown release"))
            + report.guest().machine().map(m -> ", " + FileName.printable(m)).orElse(""));
    if (usedBytes() > 0) {
      table.row(
          "memory",
          Sizes.bytes(memory.totalBytes().orElse(0))
              + ", "
              + Sizes.bytes(usedBytes())
              + " of it used (page cache included)");
    }
    ProcessScan processes = report.scan().processes();
    int skipped = processes.vanished() + processes.denied();
    table.row(
        "scanned",
        Sizes.count(processes.processes())
            + " processes"
            + (skipped == 0 ? "" : " (" + Sizes.count(skipped) + " more skipped)")
            + ", "
            + Sizes.count(processes.mappings())
            + " file mappings, "
            + Sizes.count(report.scan().filesExamined())
            + " files, in "
            + String.format(Locale.ROOT, "%.2f s", report.millis() / 1000.0));
    table.appendTo(text);
  }

  private long usedBytes() {
    MemoryInfo memory = report.guest().memory();
    return memory.totalBytes().isPresent() && memory.freeBytes().isPresent()
        ? memory.totalBytes().getAsLong() - memory.freeBytes().getAsLong()
        : 0;
  }

  private void writeCategories() {
    long all = report.total().residentBytes();
    heading("Can be fused with other guests that hold the same");
    Table table = new Table("lrrrl");
    table.row("category", "candidates", size(), used(), "");
    for (Map.Entry<Category, Report.Total> entry : report.totals().entrySet()) {
      Report.Total total = entry.getValue();
      if (total.candidates() > 0) {
        table.row(
            entry.getKey().externalName(),
            Sizes.count(total.candidates()),
            Sizes.bytes(total.residentBytes()),
            Sizes.share(total.residentBytes(), usedBytes()),
            "#".repeat((int) (BAR_WIDTH * total.residentBytes() / Math.max(1, all))));
      }
    }
    table.row(
        "all",
        Sizes.count(report.total().candidates()),
        Sizes.bytes(all),
        Sizes.share(all, usedBytes()),
        "");
    table.appendTo(text);
    if (report.captured()) {
      text.append("  A captured tree holds no residency: sizes are those of whole files,");
      text.append(" the most that could be resident.\n");
    } else if (!report.residencyMeasured()) {
      text.append(
          "  Without root the kernel does not tell which pages of others' files are resident:");
      text.append(" whole files are counted.\n");
    }
  }

  private String size() {
    return report.residencyMeasured() ? "resident" : "at most";
  }

  private String used() {
    return usedBytes() > 0 ? "of used memory" : "";
  }

  private void writeLargest() {
    List<Candidate> candidates = report.scan().candidates();
    if (candidates.isEmpty()) {
      return;
    }
    int shown = Math.min(LARGEST, candidates.size());
    heading("Largest " + (shown == 1 ? "candidate" : shown + " candidates"));
    Table table = new Table("rrrll");
    table.row(size(), "of file", "processes", "category", "path");
    for (Candidate candidate : candidates.subList(0, shown)) {
      long bytes = candidate.resident().pages() * report.pageSize();
      table.row(
          Sizes.bytes(bytes),
          Math.min(100, 100 * bytes / Math.max(1, candidate.regionBytes())) + " %",
          candidate.mappedBy() == 0 ? "-" : Sizes.count(candidate.mappedBy()),
          candidate.category().externalName(),
          FileName.printable(candidate.path()));
    }
    table.appendTo(text);
  }

  private record Sum(int files, long bytes, Exclusion largest) {}

  private void writeExcluded() {
    Map<Reason, Sum> sums = new EnumMap<>(Reason.class);
    for (Exclusion e : report.scan().exclusions()) {
      Sum sum = sums.getOrDefault(e.reason(), new Sum(0, 0, e));
      Exclusion largest = e.sizeBytes() > sum.largest().sizeBytes() ? e : sum.largest();
      sums.put(e.reason(), new Sum(sum.files() + e.files(), sum.bytes() + e.sizeBytes(), largest));
    }
    if (sums.isEmpty()) {
      return;
    }
    heading("Left out");
    List<Map.Entry<Reason, Sum>> sorted = new ArrayList<>(sums.entrySet());
    sorted.sort(Comparator.comparingLong(entry -> -entry.getValue().bytes()));
    Table table = new Table("lrrll");
    table.row("reason", "files", "size", "meaning", "largest");
    for (Map.Entry<Reason, Sum> entry : sorted) {
      Sum sum = entry.getValue();
      table.row(
          entry.getKey().externalName(),
          Sizes.count(sum.files()),
          Sizes.bytes(sum.bytes()),
          entry.getKey().meaning(),
          FileName.printable(sum.largest().path()));
    }
    int room = WIDTH - table.width(4);
    table.shortenLast(Math.max(LARGEST_LEFT_OUT_LEAST, Math.min(LARGEST_LEFT_OUT_MOST, room)));
    table.appendTo(text);
  }

  private void writeAnomalies() {
    List<Anomaly> anomalies = report.anomalies();
    if (anomalies.isEmpty()) {
      return;
    }
    heading("Could not be read or understood: " + Sizes.count(anomalies.size()));
    for (Anomaly anomaly : anomalies.subList(0, Math.min(ANOMALIES, anomalies.size()))) {
      String where = FileName.printable(anomaly.where());
      String what = FileName.printable(anomaly.what());
      text.append("  ").append(where).append(':');
      text.append(where.length() + what.length() + 4 > WIDTH ? "\n    " : " ");
      text.append(what).append('\n');
    }
    if (anomalies.size() > ANOMALIES) {
      text.append("  … all of them: --json\n");
    }
  }

  private void heading(String title) {
    text.append('\n').append(title).append('\n');
  }

  private String nextStep() {
    if (!report.captured() && !report.asRoot()) {
      return "Next: run this as root, which may look at all processes and at what is resident.";
    }
    if (report.total().candidates() == 0) {
      return "Next: nothing here can be fused; 'pagefusion config' shows the sources and limits.";
    }
    return "Next: run this in the other guests of the host too; what has the same name and version in"
        + " several of them\n(--json; contents: --page-hashes) is what the host can merge.";
  }
}
