// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.pagefusion.bridge.Errno;
import org.pagefusion.candidate.Candidate;
import org.pagefusion.candidate.CandidateScanner;
import org.pagefusion.config.Mode;
import org.pagefusion.fusion.CheckResult;
import org.pagefusion.fusion.ConfiguredPolicy;
import org.pagefusion.fusion.CycleResult;
import org.pagefusion.fusion.FusionCycle;
import org.pagefusion.fusion.HostRefusal;
import org.pagefusion.fusion.Mappings;
import org.pagefusion.fusion.RegistrationFile;
import org.pagefusion.fusion.RegistrationStore;
import org.pagefusion.fusion.StoredRegistrations;
import org.pagefusion.guest.ProcessScanner;
import org.pagefusion.memory.FileMapper;
import org.pagefusion.report.CycleReport;
import org.pagefusion.vmmdev.DeviceException;
import org.pagefusion.vmmdev.DryRunDevice;
import org.pagefusion.vmmdev.GuestDevice;
import org.pagefusion.vmmdev.GuestDevices;
import org.pagefusion.vmmdev.HostRefusedException;
import org.pagefusion.vmmdev.ResultCode;
import org.pagefusion.vmmdev.VmmDev;
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
    description = "Register what can be fused with the host, and have it checked.")
final class RunCommand implements Callable<Integer> {
  @ParentCommand private Main main;
  @Spec private CommandSpec spec;

  @Option(names = "--once", description = "One cycle; the registrations are left standing.")
  private boolean once;

  @Option(names = "--release", description = "Unregister everything, and exit.")
  private boolean release;

  @Option(names = "--dry-run", description = "Do it all, but send no request and save nothing.")
  private boolean dryRun;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "/dev/vboxguest",
      description = "Guest device, or sim:SOCKET of a simulated host (default: ${DEFAULT-VALUE}).")
  private String device;

  @Option(
      names = "--state",
      paramLabel = "FILE",
      defaultValue = "/run/pagefusion/registrations",
      description = "Where registrations are kept for the next run (default: ${DEFAULT-VALUE}).")
  private Path state;

  @Option(names = "--json", description = "Write one JSON object (schema pagefusion.cycle/1).")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    if (once == release) {
      throw new CommandException(ExitCode.USAGE, "run: say one of --once and --release");
    }
    PrintWriter out = spec.commandLine().getOut();
    try (Session session = Session.open(main)) {
      boolean fuses = session.configuration.effectiveMode() == Mode.FUSE;
      if (!fuses && !dryRun) {
        String why =
            session.configuration.mode() == Mode.FUSE
                ? "host-safe is not yes: whoever answers for the host has not said that it survives"
                    + " page fusion"
                : "mode is observe";
        throw new CommandException(
            ExitCode.CONFIGURATION,
            why + "; nothing is registered (see 'pagefusion config', and --dry-run)");
      }
      try (GuestDevice guestDevice = openDevice(session)) {
        VmmDev host = new VmmDev(guestDevice);
        requireFusion(host);
        try (FusionCycle cycle = cycle(session, host)) {
          return release ? release(cycle, out) : once(session, cycle, host, out);
        }
      } catch (HostRefusal e) {
        throw new CommandException(ExitCode.UNAVAILABLE, device + ": " + e.getMessage(), e);
      } catch (DeviceException e) {
        boolean denied = e.errno() == Errno.EACCES || e.errno() == Errno.EPERM;
        throw new CommandException(
            denied ? ExitCode.NOT_PERMITTED : ExitCode.UNAVAILABLE, e.getMessage(), e);
      }
    }
  }

  private GuestDevice openDevice(Session session) throws DeviceException, CommandException {
    if (dryRun) {
      return new DryRunDevice();
    }
    try {
      return GuestDevices.open(device, session.kernel);
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  /** Says what the host can't do before anything is mapped for it. */
  private void requireFusion(VmmDev host) throws DeviceException, CommandException {
    try {
      if (!host.status()) {
        throw new CommandException(
            ExitCode.UNAVAILABLE,
            device + ": " + ResultCode.describe(ResultCode.NOT_SUPPORTED.code()));
      }
    } catch (HostRefusedException e) {
      throw new CommandException(
          ExitCode.UNAVAILABLE, device + ": " + ResultCode.describe(e.rc()), e);
    }
  }

  private FusionCycle cycle(Session session, VmmDev host) {
    FileMapper mapper = new FileMapper(session.kernel, session.tree.root());
    RegistrationStore file = new RegistrationFile(state);
    return new FusionCycle(
        host,
        new Mappings(mapper, session.kernel.pageSize()),
        dryRun ? new ReadOnlyStore(file) : file,
        new ConfiguredPolicy(session.configuration),
        session.configuration.maxModules(),
        session.clock);
  }

  /** What a dry run saves is gone with it. */
  private record ReadOnlyStore(RegistrationStore store) implements RegistrationStore {
    @Override
    public StoredRegistrations load(List<String> problems) throws IOException {
      StoredRegistrations stored = store.load(problems);
      // No host is asked, so its session is not known to be another one.
      return new StoredRegistrations(
          OptionalLong.empty(), stored.registrationsUsed(), stored.registrations());
    }

    @Override
    public void save(StoredRegistrations stored) {
      // Nothing is to be remembered.
    }
  }

  private int release(FusionCycle cycle, PrintWriter out) throws Exception {
    List<String> problems = new ArrayList<>();
    int released = cycle.release(problems);
    problems.forEach(Logger::warn);
    if (json) {
      CycleReport.writeRelease(released, problems, out);
    } else {
      out.println("unregistered " + released + (released == 1 ? " module" : " modules"));
    }
    return ExitCode.DONE;
  }

  private int once(Session session, FusionCycle cycle, VmmDev host, PrintWriter out)
      throws Exception {
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
    CycleResult result = cycle.update(candidates, problems);
    CheckResult check = cycle.check();
    session.logAnomalies();
    problems.forEach(Logger::warn);
    if (json) {
      CycleReport.write(result, check, problems, out);
    } else {
      out.print(CycleReport.render(result, check, host.name(), session.kernel.pageSize()));
    }
    return check.refused() ? ExitCode.UNAVAILABLE : ExitCode.DONE;
  }
}
