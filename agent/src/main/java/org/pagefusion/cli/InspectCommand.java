// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.pagefusion.bridge.Errno;
import org.pagefusion.bridge.KernelException;
import org.pagefusion.candidate.Inspector;
import org.pagefusion.candidate.NotRegularFileException;
import org.pagefusion.config.ConfigurationException;
import org.pagefusion.guest.MalformedElfException;
import org.pagefusion.guest.NotResidentException;
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

  /** Looks at something, and shows it as JSON or as text. */
  private interface Look {
    void at(Inspector inspector, Session session, PrintWriter out)
        throws IOException, CommandException;
  }

  private int look(Look look) throws ConfigurationException, IOException, CommandException {
    PrintWriter out = spec.commandLine().getOut();
    try (Session session = Session.open(main);
        Inspector inspector =
            new Inspector(
                session.tree,
                session.kernel,
                session.configuration,
                session.clock,
                session.anomalies)) {
      look.at(inspector, session, out);
      if (!json) {
        out.print(new InspectionText(session.kernel.pageSize()).render(session.anomalies.list()));
      }
      session.logAnomalies();
    } catch (NotRegularFileException e) {
      throw new CommandException(
          ExitCode.BAD_INPUT, e.getMessage() + "; name a file, not a directory or device", e);
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
                  ExitCode.BAD_INPUT,
                  "process " + pid + ": there is none with this id; /proc lists those that are",
                  e);
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
          Inspector.FileInspection file = inspector.file(inTree(path, session));
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
                              "module "
                                  + name
                                  + ": not loaded; /proc/modules lists those that are"));
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
          Inspector.ElfInspection elf = elf(inspector, inTree(path, session), session);
          if (json) {
            new InspectionJson(out).write(elf);
          } else {
            out.print(new InspectionText(session.kernel.pageSize()).render(elf));
          }
        });
  }

  private static Inspector.ElfInspection elf(Inspector inspector, String path, Session session)
      throws IOException, CommandException {
    String where = session.tree.locate(path);
    try {
      return inspector
          .elf(path)
          .orElseThrow(
              () ->
                  new CommandException(
                      ExitCode.BAD_INPUT,
                      where + ": not an ELF file; 'pagefusion inspect file' looks at any file"));
    } catch (MalformedElfException e) {
      throw new CommandException(
          ExitCode.BAD_INPUT,
          where + ": malformed ELF file: " + e.getMessage() + "; compare it with its package's",
          e);
    } catch (NotResidentException e) {
      throw new CommandException(
          ExitCode.IO,
          where
              + ": its headers are not in the page cache ("
              + e.getMessage()
              + "), and nothing is loaded for an inspection; read the file once, then try again",
          e);
    }
  }

  /**
   * Paths are those of the tree: a relative one counts from the working directory, in another tree
   * than the live one from its top.
   */
  private static String inTree(String path, Session session) {
    if (path.startsWith("/")) {
      return path;
    }
    return session.tree.isLive() ? System.getProperty("user.dir") + "/" + path : "/" + path;
  }
}
