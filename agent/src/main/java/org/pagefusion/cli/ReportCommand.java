// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.pagefusion.candidate.CandidatePages;
import org.pagefusion.candidate.CandidateScan;
import org.pagefusion.candidate.CandidateScanner;
import org.pagefusion.guest.GuestDescription;
import org.pagefusion.guest.ProcessScanner;
import org.pagefusion.html.ReportPage;
import org.pagefusion.report.JsonReport;
import org.pagefusion.report.PageHasher;
import org.pagefusion.report.Report;
import org.pagefusion.report.TextReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code pagefusion report}: the dry run. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description = "Show which memory of this guest could be fused, and why the rest not.")
final class ReportCommand implements Callable<Integer> {
  @ParentCommand private Main main;
  @Spec private CommandSpec spec;

  @Option(names = "--json", description = "Write one JSON object (schema pagefusion.report/1).")
  private boolean json;

  @Option(
      names = "--page-hashes",
      description = "Add a hash of every resident page, to compare guests by (needs --json).")
  private boolean pageHashes;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description =
          "Write a page with pictures to FILE, too: one file, to be opened in any browser.")
  private Path html;

  @Override
  public Integer call() throws Exception {
    if (pageHashes && !json) {
      throw new CommandException(
          ExitCode.USAGE, "--page-hashes: only JSON has room for them; add --json");
    }
    PrintWriter out = spec.commandLine().getOut();
    try (Session session = Session.open(main)) {
      if (pageHashes && session.tree.manifest().isPresent()) {
        throw new CommandException(
            ExitCode.BAD_INPUT,
            "--page-hashes: a captured tree does not hold the contents of its files; leave it out");
      }
      Report report = scan(session);
      session.logAnomalies();
      if (html != null) {
        HtmlOutput.write(html, ReportPage.render(report), spec.commandLine().getErr(), main.quiet);
      }
      if (json) {
        JsonReport.write(report, out);
      } else {
        out.print(TextReport.render(report));
      }
    }
    return ExitCode.DONE;
  }

  private Report scan(Session session) throws Exception {
    Instant time = session.clock.instant();
    long start = System.nanoTime();
    Optional<List<long[]>> hashes = Optional.empty();
    CandidateScan scan;
    ProgressLine progress = new ProgressLine(spec.commandLine().getErr(), main.quiet);
    try {
      scan =
          new CandidateScanner(
                  session.tree,
                  session.kernel,
                  session.configuration,
                  session.clock,
                  ProcessScanner.Method.AUTO)
              .scan(session.anomalies, progress);
      if (pageHashes) {
        PageHasher.Hashed hashed = hash(scan, session, progress);
        hashes = Optional.of(hashed.hashes());
        scan =
            new CandidateScan(
                scan.processes(), scan.filesExamined(), hashed.candidates(), scan.exclusions());
      }
    } finally {
      progress.end();
    }
    GuestDescription guest = GuestDescription.read(session.tree, session.anomalies);
    return new Report(
        BuildVersion.read(),
        time,
        guest,
        scan,
        hashes,
        session.anomalies.list(),
        (System.nanoTime() - start) / 1_000_000,
        session.kernel.pageSize(),
        session.tree.isLive() ? "/" : main.root,
        session.kernel.effectiveUid() == 0,
        session.tree.manifest().isPresent());
  }

  private static PageHasher.Hashed hash(
      CandidateScan scan, Session session, ProgressLine progress) {
    try (CandidatePages pages =
        new CandidatePages(session.tree, session.kernel, session.anomalies)) {
      return new PageHasher(pages).hash(scan.candidates(), progress);
    }
  }
}
