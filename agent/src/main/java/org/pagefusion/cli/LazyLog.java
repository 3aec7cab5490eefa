// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import org.pagefusion.bridge.Kernel;
import org.pagefusion.daemon.ServiceLog;
import org.pagefusion.guest.FileName;
import org.tinylog.Logger;

/**
 * The log of the service. The logger's classes take some MiB, and a service that has nothing to
 * tell never needs them: so they are loaded with the first message that is shown.
 */
final class LazyLog implements ServiceLog {
  private final Kernel kernel;
  private final boolean verbose;
  private boolean configured;

  LazyLog(Kernel kernel, boolean verbose) {
    this.kernel = kernel;
    this.verbose = verbose;
  }

  @Override
  public void debug(String message) {
    if (verbose) {
      configure();
      Logger.debug(FileName.printable(message));
    }
  }

  @Override
  public void info(String message) {
    configure();
    Logger.info(FileName.printable(message));
  }

  @Override
  public void warn(String message) {
    configure();
    Logger.warn(FileName.printable(message));
  }

  private void configure() {
    if (!configured) {
      configured = true;
      boolean journal = JournalStream.isStderr(System.getenv("JOURNAL_STREAM"), kernel);
      Log.configure(verbose ? "debug" : "info", journal);
    }
  }
}
