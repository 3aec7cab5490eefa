// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.pagefusion.bridge.Errno;
import org.pagefusion.candidate.Candidate;
import org.pagefusion.candidate.CandidateScanner;
import org.pagefusion.config.Mode;
import org.pagefusion.daemon.HostConnection;
import org.pagefusion.daemon.Surroundings;
import org.pagefusion.fusion.CheckResult;
import org.pagefusion.fusion.CycleResult;
import org.pagefusion.fusion.FusionCycle;
import org.pagefusion.fusion.HostRefusal;
import org.pagefusion.fusion.RegistrationFile;
import org.pagefusion.fusion.RegistrationLock;
import org.pagefusion.guest.ProcessScanner;
import org.pagefusion.report.CycleReport;
import org.pagefusion.vmmdev.DeviceException;
import org.pagefusion.vmmdev.GuestDevice;
import org.pagefusion.vmmdev.ResultCode;
import org.tinylog.Logger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code pagefusion run}: registers what can be fused, and has the host check it. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = {
      "The service: register what can be fused with the host, have it checked, wait, and begin again.",
      "SIGHUP reads the configuration again, SIGUSR1 begins a cycle now; SIGTERM ends it and leaves all"
          + " registered."
    })
final class RunCommand implements Callable<Integer> {
  @ParentCommand private Main main;
  @Spec private CommandSpec spec;

  @Option(
      names = "--once",
      description = "One cycle, then exit; the registrations are left standing.")
  private boolean once;

  @Option(names = "--release", description = "Unregister everything, and exit.")
  private boolean release;

  @Option(names = "--dry-run", description = "Do it all, but send no request and save nothing.")
  private boolean dryRun;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = ServiceOptions.DEVICE,
      description = "Guest device, or sim:SOCKET of a simulated host (default: ${DEFAULT-VALUE}).")
  private String device;

  @Option(
      names = "--state",
      paramLabel = "FILE",
      defaultValue = ServiceOptions.STATE,
      description = "Where registrations are kept for the next run (default: ${DEFAULT-VALUE}).")
  private Path state;

  @Option(
      names = "--status",
      paramLabel = "FILE",
      defaultValue = ServiceOptions.STATUS,
      description = "Where the service says what it does (default: ${DEFAULT-VALUE}).")
  private Path status;

  @Option(names = "--json", description = "Write one JSON object (schema pagefusion.cycle/1).")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    if (once && release) {
      throw new CommandException(ExitCode.USAGE, "run: say one of --once and --release");
    }
    ServiceOptions options =
        new ServiceOptions(
            main.root,
            Optional.ofNullable(main.configurationFile),
            device,
            state,
            status,
            main.verbose,
            dryRun);
    if (!once && !release) {
      if (json) {
        throw new CommandException(
            ExitCode.USAGE, "run: --json goes with --once or --release; see also 'status --json'");
      }
      ServiceRunner.run(options);
      return ExitCode.DONE;
    }
    PrintWriter out = spec.commandLine().getOut();
    try (Session session = Session.open(main)) {
      if (release && isNothingRegistered(options)) {
        report(0, List.of(), out);
        return ExitCode.DONE;
      }
      // Who releases says so himself; what is registered may be from before the mode was changed.
      requireFuseUnless(release || dryRun, session);
      return withHost(session, options, out);
    }
  }

  private static void requireFuseUnless(boolean anyway, Session session) throws CommandException {
    if (session.configuration.effectiveMode() != Mode.FUSE && !anyway) {
      String why =
          session.configuration.mode() == Mode.FUSE
              ? "host-safe is not yes: whoever answers for the host has not said that it survives"
                  + " page fusion"
              : "mode is observe";
      throw new CommandException(
          ExitCode.CONFIGURATION,
          why + "; nothing is registered (see 'pagefusion config', and --dry-run)");
    }
  }

  /** Whether there is nothing to release, so that no host needs to be there for it. */
  private static boolean isNothingRegistered(ServiceOptions options) throws IOException {
    List<String> problems = new ArrayList<>();
    return new RegistrationFile(options.state()).load(problems).registrations().isEmpty()
        && problems.isEmpty();
  }

  private int withHost(Session session, ServiceOptions options, PrintWriter out) throws Exception {
    try (HostConnection connection =
        HostConnection.open(
            open(session, options),
            new HostConnection.Terms(
                session.kernel,
                session.tree.root(),
                ServiceRunner.store(options),
                session.configuration,
                session.clock))) {
      return locked(session, options, connection, out);
    } catch (HostRefusal e) {
      throw new CommandException(ExitCode.UNAVAILABLE, device + ": " + e.getMessage(), e);
    } catch (DeviceException e) {
      boolean denied = e.errno() == Errno.EACCES || e.errno() == Errno.EPERM;
      throw new CommandException(
          denied ? ExitCode.NOT_PERMITTED : ExitCode.UNAVAILABLE, e.getMessage(), e);
    }
  }

  private int locked(
      Session session, ServiceOptions options, HostConnection connection, PrintWriter out)
      throws Exception {
    Surroundings.Lock.Held lock;
    try {
      lock = ServiceRunner.lock(options);
    } catch (RegistrationLock.InUseException e) {
      throw new CommandException(ExitCode.UNAVAILABLE, e.getMessage(), e);
    }
    try {
      return release ? release(connection.cycle(), out) : once(session, connection, out);
    } finally {
      lock.release();
    }
  }

  private static GuestDevice open(Session session, ServiceOptions options)
      throws DeviceException, CommandException {
    try {
      return ServiceRunner.device(options, session.kernel);
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  private int release(FusionCycle cycle, PrintWriter out) throws Exception {
    List<String> problems = new ArrayList<>();
    report(cycle.release(problems), problems, out);
    return ExitCode.DONE;
  }

  private void report(int released, List<String> problems, PrintWriter out) throws IOException {
    problems.forEach(Logger::warn);
    if (json) {
      CycleReport.writeRelease(released, problems, out);
    } else {
      out.println("unregistered " + released + (released == 1 ? " module" : " modules"));
    }
  }

  private int once(Session session, HostConnection connection, PrintWriter out) throws Exception {
    ProgressLine progress = new ProgressLine(spec.commandLine().getErr(), main.quiet);
    List<Candidate> candidates =
        new CandidateScanner(
                session.tree,
                session.kernel,
                session.configuration,
                session.clock,
                ProcessScanner.Method.AUTO)
            .scan(session.anomalies, progress)
            .candidates();
    progress.end();
    List<String> problems = new ArrayList<>();
    CycleResult result = connection.cycle().update(candidates, problems);
    CheckResult check = connection.cycle().check();
    session.logAnomalies();
    problems.forEach(Logger::warn);
    if (json) {
      CycleReport.write(result, check, problems, out);
    } else {
      out.print(
          CycleReport.render(result, check, connection.deviceName(), session.kernel.pageSize()));
    }
    if (check.refused()) {
      throw new CommandException(
          ExitCode.UNAVAILABLE,
          device + ": check: the host answered " + ResultCode.describe(check.rc()));
    }
    return ExitCode.DONE;
  }
}
