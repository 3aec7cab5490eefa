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
import org.pagefusion.bridge.Kernel;
import org.pagefusion.daemon.OwnCost;
import org.pagefusion.daemon.ServiceStatus;
import org.pagefusion.daemon.StatusJson;
import org.pagefusion.daemon.StatusReader;
import org.pagefusion.report.StatusText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code pagefusion status}: what the service does. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = {
      "What the running service has registered, its last and next cycle, what does not work, and what it"
          + " costs.",
      "Exit code 69 when no service runs; what the last one told is shown nevertheless."
    })
final class StatusCommand implements Callable<Integer> {
  @ParentCommand private Main main;
  @Spec private CommandSpec spec;

  @Option(
      names = "--status",
      paramLabel = "FILE",
      defaultValue = ServiceOptions.STATUS,
      description = "Where the service says what it does (default: ${DEFAULT-VALUE}).")
  private Path statusFile;

  @Option(names = "--json", description = "Write one JSON object (schema pagefusion.status/1).")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    ServiceStatus told = read();
    boolean running = told.stoppedAt().isEmpty() && isService(told.pid());
    ServiceStatus status = running ? withCostOfNow(told) : told;
    PrintWriter out = spec.commandLine().getOut();
    out.print(json ? StatusJson.toJson(status) : StatusText.render(status, running));
    if (!running) {
      throw new CommandException(
          ExitCode.UNAVAILABLE, "no service runs; start it, e.g. systemctl start pagefusion");
    }
    return ExitCode.DONE;
  }

  private ServiceStatus read() throws IOException, CommandException {
    // Of another tree, the file in that tree.
    Path file = main.root.equals("/") ? statusFile : Path.of(main.root, statusFile.toString());
    try {
      return StatusReader.read(Files.readString(file, StandardCharsets.UTF_8));
    } catch (NoSuchFileException e) {
      throw new CommandException(
          ExitCode.UNAVAILABLE,
          file + ": no service has run here; start it, e.g. systemctl start pagefusion",
          e);
    } catch (IOException e) {
      throw new CommandException(ExitCode.BAD_INPUT, file + ": " + e.getMessage(), e);
    }
  }

  private static boolean isService(long pid) {
    try {
      String command =
          Files.readString(Path.of("/proc/" + pid + "/cmdline"), StandardCharsets.ISO_8859_1);
      return StatusReader.isService(command);
    } catch (IOException e) {
      return false;
    }
  }

  private static ServiceStatus withCostOfNow(ServiceStatus told) {
    Optional<ServiceStatus.Cost> cost = new OwnCost(Kernel.load()).measure("/proc/" + told.pid());
    return cost.isPresent() ? told.withCost(cost) : told;
  }
}
