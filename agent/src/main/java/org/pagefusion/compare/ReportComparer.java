// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.compare;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Compares guests by their reports, one report after the other, in memory for one and the sums. */
public final class ReportComparer {
  /** Reports of a comparison, at least. */
  public static final int REPORTS_MIN = 2;

  /** Reports of a comparison, at most. */
  public static final int REPORTS_MAX = 1000;

  /** Told where the comparison is. */
  public interface Progress {
    /** A report is about to be read; {@code number} counts from 1. */
    void report(String file, int number, int reports);
  }

  /**
   * What a comparison goes by.
   *
   * @param version of this program
   * @param strict whether the first report that can't be used ends it
   * @param clones whether reports with the same machine id are different guests
   * @param agentBytes what the agent costs in a guest whose report does not tell
   * @param heapBytes that the JVM may use
   */
  public record Settings(
      String version, boolean strict, boolean clones, long agentBytes, long heapBytes) {}

  private final Settings settings;
  private final Progress progress;
  private final List<ComparedGuest> drafts = new ArrayList<>();
  private final List<SkippedReport> skipped = new ArrayList<>();
  private final Map<String, String> fileByMachine = new HashMap<>();
  private final Set<Object> fileKeys = new HashSet<>();
  private final Exclusions exclusions;
  private final HostModel host;
  private GuestReport first;

  private ReportComparer(Settings settings, Progress progress, int reports) {
    this.settings = settings;
    this.progress = progress;
    host = new HostModel(reports <= PairMatrix.MAX_GUESTS, settings.heapBytes());
    exclusions = new Exclusions(host.budget());
  }

  /**
   * Compares reports.
   *
   * @param files the reports, in the order in which their guests come to the host
   * @throws UnusableReportException naming the report, when it can't be used and the comparison is
   *     strict; or when fewer than two can be used
   * @throws TooLargeException when they hold more than fits into memory
   */
  public static Comparison compare(List<Path> files, Settings settings, Progress progress)
      throws UnusableReportException, TooLargeException {
    ReportComparer comparer = new ReportComparer(settings, progress, files.size());
    List<String> names = GuestNames.of(files);
    for (int i = 0; i < files.size(); i++) {
      comparer.add(files.get(i), names.get(i), i + 1, files.size());
    }
    return comparer.finish();
  }

  private void add(Path file, String name, int number, int files)
      throws UnusableReportException, TooLargeException {
    progress.report(name, number, files);
    try {
      take(file, name);
    } catch (TooLargeException e) {
      throw new TooLargeException(file + ": " + e.getMessage());
    } catch (IOException e) {
      String why = why(e);
      if (settings.strict()) {
        throw new UnusableReportException(file + ": " + why, e);
      }
      skipped.add(new SkippedReport(file.toString(), why));
    }
  }

  private static String why(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "no such file";
    }
    return e instanceof AccessDeniedException
        ? "permission denied"
        : String.valueOf(e.getMessage());
  }

  private void take(Path file, String name) throws IOException, TooLargeException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    if (attributes.isDirectory()) {
      throw new UnusableReportException("a directory, expected a report");
    }
    if (attributes.isRegularFile() && !fileKeys.add(attributes.fileKey())) {
      throw new UnusableReportException("the same file twice");
    }
    GuestReport report;
    try (InputStream in = Files.newInputStream(file)) {
      report = ReportReader.read(in, MemoryBudget.ofReport(settings.heapBytes()));
    }
    requireSameHost(report);
    requireOther(report);
    host.add(report);
    exclusions.add(report.exclusions(), drafts.size());
    report.machineId().ifPresent(id -> fileByMachine.putIfAbsent(id, name));
    first = first == null ? report.withoutModules() : first;
    drafts.add(draft(report, file, name));
  }

  /** Guests of one host have one kind of processor. */
  private void requireSameHost(GuestReport report) throws UnusableReportException {
    if (first == null) {
      return;
    }
    if (report.pageSize() != first.pageSize()) {
      throw new UnusableReportException(
          "pages of "
              + report.pageSize()
              + " bytes, where the first report has "
              + first.pageSize());
    }
    if (report.arch().isPresent()
        && first.arch().isPresent()
        && !report.arch().equals(first.arch())) {
      throw new UnusableReportException(
          "a guest of " + report.arch().get() + ", where the first is of " + first.arch().get());
    }
  }

  private void requireOther(GuestReport report) throws UnusableReportException {
    String other = report.machineId().map(fileByMachine::get).orElse(null);
    if (other != null && !settings.clones()) {
      throw new UnusableReportException(
          "the same machine id as "
              + other
              + ": the same guest twice; if they are clones, add --clones");
    }
  }

  private ComparedGuest draft(GuestReport report, Path file, String name) {
    return new ComparedGuest(
        name,
        file.toString(),
        report.machineId(),
        report.kernel(),
        report.time(),
        report.memoryBytes(),
        report.freeBytes(),
        PageCounts.NONE,
        Map.of(),
        0,
        report.excludedBytes(),
        report.agentBytes().orElse(settings.agentBytes()),
        report.agentBytes().isPresent());
  }

  private Comparison finish() throws UnusableReportException {
    int count = drafts.size();
    if (count < REPORTS_MIN) {
      throw new UnusableReportException(
          "only "
              + count
              + " of "
              + (count + skipped.size())
              + " reports can be used, a comparison needs two"
              + (skipped.isEmpty()
                  ? ""
                  : "; " + skipped.get(0).file() + ": " + skipped.get(0).why()));
    }
    host.finish();
    List<ComparedGuest> guests = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      guests.add(drafts.get(i).with(host.guests().get(i)));
    }
    List<ComparedModule> modules = new ArrayList<>();
    for (ModulePages module : host.modules()) {
      modules.add(module.compared());
    }
    modules.sort(
        Comparator.comparingLong((ComparedModule module) -> module.pages().fused())
            .thenComparingLong(module -> module.pages().eligible())
            .reversed()
            .thenComparing(ComparedModule::path));
    return new Comparison(
        settings.version(),
        first.pageSize(),
        guests,
        modules,
        MissFinder.find(host.modules(), exclusions, first.pageSize()),
        skipped,
        host.order(),
        host.pairs(),
        host.unregistered());
  }
}
