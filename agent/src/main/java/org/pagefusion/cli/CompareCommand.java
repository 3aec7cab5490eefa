// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.pagefusion.compare.Comparison;
import org.pagefusion.compare.JsonComparison;
import org.pagefusion.compare.ReportComparer;
import org.pagefusion.compare.SkippedReport;
import org.pagefusion.compare.TextComparison;
import org.pagefusion.compare.TooLargeException;
import org.pagefusion.compare.UnusableReportException;
import org.pagefusion.config.Units;
import org.pagefusion.guest.FileName;
import org.pagefusion.html.ComparisonPage;
import org.tinylog.Logger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code pagefusion compare}: what a host would fuse between guests, by their reports. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    description = {
      "Show what a host would fuse between guests, by the host's own rules, and why not the rest.",
      "Reports are made in each guest by 'pagefusion report --json --page-hashes'. Their order is the order in"
          + " which the guests come to the host."
    })
final class CompareCommand implements Callable<Integer> {
  private static final long AGENT_MAX_BYTES = 1L << 40;

  @ParentCommand private Main main;
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "REPORT", arity = "2..*", description = "Reports, 2 to 1000 of them.")
  private List<Path> files;

  @Option(names = "--json", description = "Write one JSON object (schema pagefusion.comparison/1).")
  private boolean json;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description =
          "Write a page with pictures to FILE, too: one file, to be opened in any browser.")
  private Path html;

  @Option(
      names = "--strict",
      description = "End at the first report that can't be used, rather than leaving it out.")
  private boolean strict;

  @Option(
      names = "--clones",
      description = "Take reports with the same machine id for different guests.")
  private boolean clones;

  @Option(
      names = "--agent-cost",
      paramLabel = "SIZE",
      defaultValue = "18 MiB",
      description =
          "What the agent costs in a guest whose report does not tell (default: ${DEFAULT-VALUE}).")
  private String agentCost;

  @Option(
      names = "--require",
      paramLabel = "PERCENT",
      description =
          "Exit with 1 when the host gets back less than this share of the eligible memory of all guests,"
              + " e.g. 30%%.")
  private String require;

  @Option(
      names = "--top",
      paramLabel = "N",
      defaultValue = "20",
      description = "Lines of each list of the text (default: ${DEFAULT-VALUE}).")
  private int top;

  @Override
  public Integer call() throws Exception {
    double required = require == null ? 0 : parsed("--require", require, Units::parsePercentage);
    ReportComparer.Settings settings =
        new ReportComparer.Settings(
            BuildVersion.read(),
            strict,
            clones,
            parsed("--agent-cost", agentCost, Units::parseSize),
            Runtime.getRuntime().maxMemory());
    requireUsage(settings);
    Comparison comparison = compare(settings);
    for (SkippedReport skipped : comparison.skipped()) {
      Logger.warn(
          "{}: {}; left out",
          FileName.printable(skipped.file()),
          FileName.printable(skipped.why()));
    }
    if (html != null) {
      PrintWriter err = spec.commandLine().getErr();
      HtmlOutput.write(html, ComparisonPage.render(comparison), err, main.quiet);
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      JsonComparison.write(comparison, out);
    } else {
      out.print(TextComparison.render(comparison, top));
    }
    if (comparison.fusedShare() < required) {
      Logger.error(
          "{} of the eligible memory is fused, less than the {} that --require asks for",
          String.format(Locale.ROOT, "%.1f %%", 100 * comparison.fusedShare()),
          require);
      return ExitCode.NO;
    }
    return ExitCode.DONE;
  }

  private interface Parser<T> {
    T parse(String text);
  }

  private static <T> T parsed(String option, String text, Parser<T> parser)
      throws CommandException {
    try {
      return parser.parse(text);
    } catch (IllegalArgumentException e) {
      throw new CommandException(
          ExitCode.USAGE, option + ": found " + text + ", expected " + e.getMessage(), e);
    }
  }

  private void requireUsage(ReportComparer.Settings settings) throws CommandException {
    if (files.size() > ReportComparer.REPORTS_MAX) {
      throw new CommandException(
          ExitCode.USAGE,
          files.size() + " reports: at most " + ReportComparer.REPORTS_MAX + " can be compared");
    }
    if (settings.agentBytes() > AGENT_MAX_BYTES) {
      throw new CommandException(
          ExitCode.USAGE, "--agent-cost: found " + agentCost + ", expected at most 1024 GiB");
    }
    if (top < 0) {
      throw new CommandException(ExitCode.USAGE, "--top: found " + top + ", expected 0 or more");
    }
  }

  private Comparison compare(ReportComparer.Settings settings) throws CommandException {
    ProgressLine progress = new ProgressLine(spec.commandLine().getErr(), main.quiet);
    try {
      return ReportComparer.compare(
          files,
          settings,
          (file, number, reports) -> progress.bar(FileName.printable(file), number - 1, reports));
    } catch (UnusableReportException | TooLargeException e) {
      throw new CommandException(ExitCode.BAD_INPUT, e.getMessage(), e);
    } finally {
      progress.end();
    }
  }
}
