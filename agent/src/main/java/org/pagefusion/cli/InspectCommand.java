// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.pagefusion.bridge.Errno;
import org.pagefusion.bridge.KernelException;
import org.pagefusion.candidate.Inspector;
import org.pagefusion.config.ConfigurationException;
import org.pagefusion.guest.MalformedElfException;
import org.pagefusion.report.InspectionJson;
import org.pagefusion.report.InspectionText;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code pagefusion inspect}: one thing in detail. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "(process | file | module | elf)",
    description = "Show one thing in detail, and what a scan makes of it.")
final class InspectCommand implements Callable<Integer> {
  @ParentCommand private Main main;
  @Spec private CommandSpec spec;

  @Option(
      names = "--json",
      scope = CommandLine.ScopeType.INHERIT,
      description = "Write one JSON object.")
  private boolean json;

  @Override
  public Integer call() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "inspect: what? process, file, module or elf");
  }

  /** Looks at something and shows it. */
  private interface Look {
    void at(Inspector inspector, Session session, PrintWriter out)
        throws IOException, CommandException, MalformedElfException;
  }

  private int look(Look look) throws ConfigurationException, IOException, CommandException {
    try (Session session = Session.open(main);
        Inspector inspector =
            new Inspector(
                session.tree,
                session.kernel,
                session.configuration,
                session.clock,
                session.anomalies)) {
      look.at(inspector, session, spec.commandLine().getOut());
      session.logAnomalies();
    } catch (MalformedElfException e) {
      throw new CommandException(ExitCode.BAD_INPUT, String.valueOf(e.getMessage()), e);
    }
    return ExitCode.DONE;
  }

  @Command(
      name = "process",
      mixinStandardHelpOptions = true,
      description = "The mappings of a process, and what would be registered of its files.")
  int process(@Parameters(paramLabel = "PID") int pid) throws Exception {
    return look(
        (inspector, session, out) -> {
          Inspector.ProcessInspection process;
          try {
            process = inspector.process(pid);
          } catch (KernelException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.ESRCH) {
              throw new CommandException(
                  ExitCode.BAD_INPUT, "process " + pid + ": there is none with this id", e);
            }
            throw e;
          }
          if (json) {
            new InspectionJson(out).write(process, session.anomalies.list());
          } else {
            out.print(new InspectionText(session.kernel.pageSize()).render(process));
          }
        });
  }

  @Command(
      name = "file",
      mixinStandardHelpOptions = true,
      description = "A file: what of it is resident, who maps it, how it would be registered.")
  int file(@Parameters(paramLabel = "PATH") String path) throws Exception {
    return look(
        (inspector, session, out) -> {
          Inspector.FileInspection file = inspector.file(absolute(path));
          if (json) {
            new InspectionJson(out)
                .write(file, session.kernel.pageSize(), session.anomalies.list());
          } else {
            out.print(new InspectionText(session.kernel.pageSize()).render(file));
          }
        });
  }

  @Command(
      name = "module",
      mixinStandardHelpOptions = true,
      description = "A loaded kernel module.")
  int module(@Parameters(paramLabel = "NAME") String name) throws Exception {
    return look(
        (inspector, session, out) -> {
          Inspector.ModuleInspection module =
              inspector
                  .module(name)
                  .orElseThrow(
                      () ->
                          new CommandException(
                              ExitCode.BAD_INPUT,
                              "module " + name + ": not loaded; /proc/modules lists those that are"));
          if (json) {
            new InspectionJson(out).write(module, session.anomalies.list());
          } else {
            out.print(new InspectionText(session.kernel.pageSize()).render(module));
          }
        });
  }

  @Command(
      name = "elf",
      mixinStandardHelpOptions = true,
      description = "The headers and the build id of an ELF file.")
  int elf(@Parameters(paramLabel = "PATH") String path) throws Exception {
    return look(
        (inspector, session, out) -> {
          Inspector.ElfInspection elf =
              inspector
                  .elf(absolute(path))
                  .orElseThrow(
                      () -> new CommandException(ExitCode.BAD_INPUT, path + ": not an ELF file"));
          if (json) {
            new InspectionJson(out).write(elf);
          } else {
            out.print(new InspectionText(session.kernel.pageSize()).render(elf));
          }
        });
  }

  /** Paths are those of the tree; one that is relative counts from the working directory. */
  private static String absolute(String path) {
    return path.startsWith("/") ? path : System.getProperty("user.dir") + "/" + path;
  }
}
