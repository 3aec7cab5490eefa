// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import java.io.IOException;
import java.nio.file.Path;
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

  private Session(Main main) throws ConfigurationException, IOException {
    configuration = configuration(main).configuration();
    kernel = Kernel.load();
    tree = GuestTree.open(kernel, main.root, anomalies);
  }

  static Session open(Main main) throws ConfigurationException, IOException {
    return new Session(main);
  }

  static LoadedConfiguration configuration(Main main) throws ConfigurationException {
    return new ConfigurationLoader(Path.of(main.root))
        .load(Optional.ofNullable(main.configurationFile));
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
