// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import jnr.constants.platform.Signal;
import jnr.posix.util.SunMiscSignal;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.guest.FileName;
import org.pagefusion.hostsim.HostEvent;
import org.pagefusion.hostsim.HostFigures;
import org.pagefusion.hostsim.HostServer;
import org.pagefusion.hostsim.HostSettings;
import org.pagefusion.hostsim.HostSimulator;
import org.pagefusion.vmmdev.HostVersion;
import org.pagefusion.vmmdev.RequestType;
import org.tinylog.Logger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code pagefusion hostsim}: the simulated host, until it is told to stop. */
@Command(
    name = "hostsim",
    mixinStandardHelpOptions = true,
    description = {
      "Simulate a VirtualBox host on a socket, for agents with --device sim:PATH, or sim:PATH#NAME for a"
          + " guest with a name. It applies the host's rules to the agents' real pages and counts what"
          + " would be fused; no page is changed.",
      "Prints its figures when it ends (SIGTERM, SIGINT) and on SIGUSR1."
    })
final class HostsimCommand implements Callable<Integer> {
  @ParentCommand private Main main;
  @Spec private CommandSpec spec;

  @Option(
      names = "--socket",
      paramLabel = "PATH",
      required = true,
      description = "Listen here; who may write to it may connect.")
  private Path socket;

  @Option(names = "--json", description = "Write JSON objects (schema pagefusion.hostsim/1).")
  private boolean json;

  @Option(
      names = "--host-version",
      paramLabel = "A.B.C",
      defaultValue = "7.1.12",
      description = "Be this version of VirtualBox (default: ${DEFAULT-VALUE}).")
  private String version = "";

  @Option(names = "--fusion-off", description = "Have page fusion off, as VMs have by default.")
  private boolean fusionOff;

  @Option(
      names = "--not-compiled",
      description = "Be built without page fusion, as VirtualBox 7.2 is.")
  private boolean notCompiled;

  @Option(
      names = "--smap",
      description = "End a check where a Linux host with SMAP crashes: at the first comparison.")
  private boolean smap;

  @Option(
      names = "--unmapped",
      paramLabel = "ADDRESS",
      description =
          "End a check at the comparison of a page from this address on, as if the host had not mapped its"
              + " memory.")
  private String unmapped;

  @Option(
      names = "--answer",
      paramLabel = "REQUEST=RC",
      description =
          "Answer all of these requests with this result code and do nothing: register, unregister, check,"
              + " status, session-id or host-version.")
  private Map<String, Integer> answers = new HashMap<>();

  @Override
  public Integer call() throws Exception {
    HostSettings settings = settings();
    Kernel kernel = Kernel.load();
    long pagesMax = Runtime.getRuntime().maxMemory() / HostSimulator.HEAP_BYTES_OF_PAGE;
    HostSimulator simulator =
        new HostSimulator(settings, pagesMax, Clock.systemUTC(), HostsimCommand::log);
    CountDownLatch told = new CountDownLatch(1);
    PrintWriter out = spec.commandLine().getOut();
    HostServer server =
        HostServer.start(socket, simulator, Kernel::load, figures -> toJson(settings, figures));
    try {
      // Not POSIX.signal: its handlers are native, run in whatever thread, and are lost to the
      // garbage collector.
      SunMiscSignal.signal(Signal.SIGTERM, number -> told.countDown());
      SunMiscSignal.signal(Signal.SIGINT, number -> told.countDown());
      SunMiscSignal.signal(Signal.SIGUSR1, number -> print(settings, simulator.figures(), out));
      say(settings, kernel);
      told.await();
    } finally {
      server.close();
    }
    print(settings, simulator.figures(), out);
    return ExitCode.DONE;
  }

  private HostSettings settings() throws CommandException {
    Map<Integer, Integer> codes = new HashMap<>();
    for (Map.Entry<String, Integer> answer : answers.entrySet()) {
      codes.put(requestType(answer.getKey()), answer.getValue());
    }
    return new HostSettings(hostVersion(), !fusionOff, !notCompiled, smap, unmappedFrom(), codes);
  }

  private static int requestType(String name) throws CommandException {
    return switch (name) {
      case "register" -> RequestType.REGISTER;
      case "unregister" -> RequestType.UNREGISTER;
      case "check" -> RequestType.CHECK;
      case "status" -> RequestType.STATUS;
      case "session-id" -> RequestType.SESSION_ID;
      case "host-version" -> RequestType.HOST_VERSION;
      default ->
          throw new CommandException(
              ExitCode.USAGE,
              "--answer "
                  + name
                  + ": expected register, unregister, check, status, session-id or"
                  + " host-version");
    };
  }

  private HostVersion hostVersion() throws CommandException {
    String[] parts = version.split("\\.", -1);
    try {
      if (parts.length == 3) {
        // The other two numbers are of no importance to any guest.
        return new HostVersion(
            Integer.parseInt(parts[0]),
            Integer.parseInt(parts[1]),
            Integer.parseInt(parts[2]),
            1,
            1);
      }
    } catch (NumberFormatException e) {
      throw versionProblem(e);
    }
    throw versionProblem(null);
  }

  private CommandException versionProblem(Exception cause) {
    return new CommandException(
        ExitCode.USAGE, "--host-version " + version + ": expected a version like 7.1.12", cause);
  }

  private OptionalLong unmappedFrom() throws CommandException {
    if (unmapped == null) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(
          unmapped.startsWith("0x")
              ? Long.parseUnsignedLong(unmapped.substring(2), 16)
              : Long.parseUnsignedLong(unmapped));
    } catch (NumberFormatException e) {
      throw new CommandException(
          ExitCode.USAGE,
          "--unmapped " + unmapped + ": expected an address like 0x7f0000000000",
          e);
    }
  }

  private void say(HostSettings settings, Kernel kernel) {
    if (main.quiet) {
      return;
    }
    PrintWriter err = spec.commandLine().getErr();
    err.println(
        "pagefusion: VirtualBox "
            + settings.version().text()
            + " simulated on "
            + socket
            + "; connect agents with --device sim:"
            + socket);
    if (kernel.effectiveUid() != 0) {
      err.println(
          "pagefusion: not root: page frame numbers are hidden, pages are told apart by file and place");
    }
    err.flush();
  }

  private static void log(HostEvent event) {
    if (event.unusual()) {
      Logger.warn("{}: {}", FileName.printable(event.who()), FileName.printable(event.what()));
    } else {
      Logger.debug("{}: {}", FileName.printable(event.who()), FileName.printable(event.what()));
    }
  }

  private void print(HostSettings settings, HostFigures figures, PrintWriter out) {
    // From the signal's thread and from the command's.
    synchronized (out) {
      out.print(json ? toJson(settings, figures) + "\n" : HostsimText.render(settings, figures));
      out.flush();
    }
  }

  private static String toJson(HostSettings settings, HostFigures figures) {
    StringWriter text = new StringWriter();
    try {
      HostsimJson.write(settings, figures, text);
    } catch (IOException e) {
      // Memory takes everything.
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }
}
