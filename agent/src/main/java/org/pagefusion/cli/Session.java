// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.util.Optional;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.config.Configuration;
import org.pagefusion.config.ConfigurationException;
import org.pagefusion.config.ConfigurationLoader;
import org.pagefusion.config.LoadedConfiguration;
import org.pagefusion.guest.Anomalies;
import org.pagefusion.guest.Anomaly;
import org.pagefusion.guest.GuestTree;
import org.tinylog.Logger;

/** What a command that looks at a guest needs, opened by the shared options. */
final class Session implements AutoCloseable {
  final Kernel kernel;
  final GuestTree tree;
  final Configuration configuration;
  final Anomalies anomalies = new Anomalies();
  final Clock clock = Clock.systemUTC();

  private Session(Main main) throws ConfigurationException, IOException, CommandException {
    configuration = configuration(main).configuration();
    kernel = Kernel.load();
    tree = GuestTree.open(kernel, main.root, anomalies);
  }

  static Session open(Main main) throws ConfigurationException, IOException, CommandException {
    return new Session(main);
  }

  static LoadedConfiguration configuration(Main main)
      throws ConfigurationException, CommandException {
    return new ConfigurationLoader(root(main.root))
        .load(Optional.ofNullable(main.configurationFile));
  }

  /**
   * The directory of --root, which must be there: else defaults would pass for what it configures.
   */
  static Path root(String name) throws CommandException {
    String where = "--root " + name;
    if (name.isEmpty()) {
      throw new CommandException(
          ExitCode.USAGE, "--root: found nothing, expected a directory, or / for this machine");
    }
    try {
      Path root = Path.of(name);
      if (!Files.readAttributes(root, BasicFileAttributes.class).isDirectory()) {
        throw new CommandException(
            ExitCode.IO, where + ": not a directory; name one that holds a tree");
      }
      if (!Files.isExecutable(root)) {
        throw new AccessDeniedException(name);
      }
      return root;
    } catch (InvalidPathException e) {
      throw new CommandException(
          ExitCode.USAGE, where + ": not text in this locale; run with LC_ALL=C.UTF-8", e);
    } catch (AccessDeniedException e) {
      throw new CommandException(
          ExitCode.NOT_PERMITTED, where + ": permission denied; try as root", e);
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.IO, where + ": no such directory; name one that holds a tree", e);
    }
  }

  /** Says on stderr what was gone around, for who asked to hear more. */
  void logAnomalies() {
    if (Logger.isDebugEnabled()) {
      for (Anomaly anomaly : anomalies.list()) {
        Logger.debug("{}: {}", anomaly.where(), anomaly.what());
      }
    }
  }

  @Override
  public void close() {
    tree.close();
  }
}
