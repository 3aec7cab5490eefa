// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.pagefusion.daemon.ServiceStatus;
import org.pagefusion.daemon.StatusReader;
import org.pagefusion.doctor.Diagnosis;
import org.pagefusion.doctor.Doctor;
import org.pagefusion.fusion.RegistrationFile;
import org.pagefusion.guest.FileName;
import org.pagefusion.report.DoctorJson;
import org.pagefusion.report.DoctorText;
import org.pagefusion.vmmdev.DeviceException;
import org.pagefusion.vmmdev.GuestDevice;
import org.pagefusion.vmmdev.GuestDevices;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code pagefusion doctor}: can this guest fuse, and is it safe for the host? */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = {
      "Check whether this guest can fuse, and what its host's owner must make sure of: a line a check,"
          + " with what to do about it. Changes nothing, unless told to with --probe.",
      "Exit code 1 when a check failed, 0 when none did. Without root it says what it could not see."
    })
final class DoctorCommand implements Callable<Integer> {
  private static final String STATE = "run/pagefusion/registrations";
  private static final String STATUS = "status.json";

  @ParentCommand private Main main;
  @Spec private CommandSpec spec;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      description =
          "Guest device, or sim:SOCKET of a simulated host (default: /dev/vboxguest; with --root, none"
              + " is asked).")
  private String device;

  @Option(
      names = "--probe",
      description =
          "Register a page with the host and unregister it at once. It uses up one of the 2,048"
              + " registrations that a VM has until it is reset.")
  private boolean probe;

  @Option(
      names = "--state",
      paramLabel = "FILE",
      description =
          "The agent's record of registrations, only read (default: /run/pagefusion/registrations).")
  private Path state;

  @Option(names = "--json", description = "Write one JSON object (schema pagefusion.doctor/1).")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    try (Session session = Session.open(main)) {
      Diagnosis diagnosis = diagnose(session);
      session.logAnomalies();
      if (json) {
        DoctorJson.write(diagnosis, BuildVersion.read(), out);
      } else {
        out.print(DoctorText.render(diagnosis));
      }
      return diagnosis.hasFailed() ? ExitCode.NO : ExitCode.DONE;
    }
  }

  private Diagnosis diagnose(Session session) throws CommandException {
    Path registrations = state == null ? Path.of(main.root).resolve(STATE) : state;
    Optional<String> asked =
        device == null && session.tree.isLive()
            ? Optional.of(GuestDevices.DEFAULT)
            : Optional.ofNullable(device);
    Doctor doctor =
        new Doctor(
            session.tree,
            session.kernel,
            session.configuration,
            session.clock,
            name -> open(name, session));
    ProgressLine progress = new ProgressLine(spec.commandLine().getErr(), main.quiet);
    try {
      return doctor.diagnose(
          new Doctor.Examination(
              asked,
              probe,
              new RegistrationFile(registrations),
              told(registrations.resolveSibling(STATUS))),
          session.anomalies,
          progress);
    } catch (NoDeviceName e) {
      throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    } finally {
      progress.end();
    }
  }

  /** What the service told last; empty where there is no such file, or none that can be read. */
  private Optional<ServiceStatus> told(Path statusFile) {
    try {
      return Optional.of(StatusReader.read(Files.readString(statusFile, StandardCharsets.UTF_8)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      spec.commandLine()
          .getErr()
          .println(FileName.printable("pagefusion: " + statusFile + ": " + e.getMessage()));
      return Optional.empty();
    }
  }

  private static GuestDevice open(String name, Session session) throws DeviceException {
    try {
      return GuestDevices.open(name, session.kernel);
    } catch (IllegalArgumentException e) {
      throw new NoDeviceName(e);
    }
  }

  /** A name that can't be a device's: the caller's mistake, and not another's. */
  private static final class NoDeviceName extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoDeviceName(IllegalArgumentException cause) {
      super(cause.getMessage(), cause);
    }
  }
}
