// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.pagefusion.bridge.BridgeException;
import org.pagefusion.bridge.Errno;
import org.pagefusion.bridge.KernelException;
import org.pagefusion.config.ConfigurationException;
import org.pagefusion.guest.FileName;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code pagefusion}: options that all its commands share, and what errors become. */
@Command(
    name = "pagefusion",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    description =
        "Memory of Linux guests that VirtualBox can fuse: what there is, and why not the rest.",
    subcommands = {
      ReportCommand.class,
      InspectCommand.class,
      CompareCommand.class,
      ConfigCommand.class,
      RunCommand.class,
      StatusCommand.class,
      DoctorCommand.class,
      HostsimCommand.class
    },
    exitCodeOnInvalidInput = ExitCode.USAGE,
    exitCodeOnExecutionException = ExitCode.INTERNAL)
public final class Main {
  @Option(
      names = "--root",
      paramLabel = "DIR",
      defaultValue = "/",
      scope = CommandLine.ScopeType.INHERIT,
      description = "Read another tree's proc, sys, etc, usr, lib instead of the live one.")
  String root = "/";

  @Option(
      names = "--config",
      paramLabel = "FILE",
      scope = CommandLine.ScopeType.INHERIT,
      description = "Read this instead of /etc/pagefusion/pagefusion.conf and conf.d.")
  Path configurationFile;

  @Option(
      names = {"-v", "--verbose"},
      scope = CommandLine.ScopeType.INHERIT,
      description = "Say more on stderr; with an error, its stack trace.")
  boolean verbose;

  @Option(
      names = {"-q", "--quiet"},
      scope = CommandLine.ScopeType.INHERIT,
      description = "Say nothing on stderr but errors.")
  boolean quiet;

  private Main() {}

  /** Runs the command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    Optional<ServiceOptions> service = ServiceOptions.parse(arguments);
    System.exit(service.isPresent() ? serve(service.get()) : runCommand(arguments));
  }

  private static int runCommand(String... arguments) {
    PrintWriter out = writer(FileDescriptor.out);
    PrintWriter err = writer(FileDescriptor.err);
    int exitCode = run(arguments, out, err);
    out.flush();
    if (out.checkError() && exitCode == ExitCode.DONE) {
      err.println(
          "pagefusion: stdout: the result could not be written; is the disk full, or the reader gone?");
      exitCode = ExitCode.IO;
    }
    err.flush();
    return exitCode;
  }

  private static int serve(ServiceOptions options) {
    try {
      ServiceRunner.run(options);
      return ExitCode.DONE;
    } catch (Exception | Error e) {
      PrintWriter err = writer(FileDescriptor.err);
      int exitCode = failed(e, options.verbose(), err);
      err.flush();
      return exitCode;
    }
  }

  /** UTF-8 whatever the locale, as JSON has to be and file names mostly are. */
  private static PrintWriter writer(FileDescriptor descriptor) {
    return new PrintWriter(
        new OutputStreamWriter(new FileOutputStream(descriptor), StandardCharsets.UTF_8));
  }

  /** Runs the command. */
  static int run(String[] arguments, PrintWriter out, PrintWriter err) {
    Main main = new Main();
    CommandLine line = new CommandLine(main);
    // A path may begin with "@".
    line.setExpandAtFiles(false);
    line.setOut(out);
    line.setErr(err);
    line.setExecutionStrategy(
        parsed -> {
          Log.configure(main.verbose ? "debug" : main.quiet ? "error" : "warn", false);
          return new CommandLine.RunLast().execute(parsed);
        });
    line.setExecutionExceptionHandler(
        (failure, command, parsed) -> failed(failure, main.verbose, err));
    line.setParameterExceptionHandler(
        (failure, unused) -> {
          String help = failure.getCommandLine().getCommandSpec().qualifiedName() + " --help";
          err.println("pagefusion: " + oneLine(failure.getMessage()) + "; see '" + help + "'");
          return ExitCode.USAGE;
        });
    try {
      return line.execute(arguments);
    } catch (Error e) {
      // Out of memory, or a class of a broken installation: told like any other failure.
      return failed(e, main.verbose, err);
    }
  }

  private static int failed(Throwable failure, boolean verbose, PrintWriter err) {
    int exitCode = ExitCode.INTERNAL;
    String message = String.valueOf(failure.getMessage());
    if (failure instanceof CommandException known) {
      exitCode = known.exitCode();
    } else if (failure instanceof ConfigurationException) {
      exitCode = ExitCode.CONFIGURATION;
    } else if (failure instanceof BridgeException) {
      exitCode = ExitCode.UNAVAILABLE;
    } else if (failure instanceof KernelException refused) {
      boolean denied = refused.errno() == Errno.EACCES || refused.errno() == Errno.EPERM;
      exitCode = denied ? ExitCode.NOT_PERMITTED : ExitCode.IO;
      message += denied ? "; try as root" : "";
      message += refused.errno() == Errno.ENOENT ? "; is the path right?" : "";
    } else if (failure instanceof IOException) {
      exitCode = ExitCode.IO;
    } else {
      message = "internal error: " + failure + "; run with -v and report what it prints";
    }
    err.println("pagefusion: " + oneLine(message));
    if (verbose) {
      failure.printStackTrace(err);
    }
    return exitCode;
  }

  /** Paths may have newlines in them, and whatever else a terminal obeys. */
  private static String oneLine(String message) {
    return FileName.printable(String.valueOf(message));
  }
}
