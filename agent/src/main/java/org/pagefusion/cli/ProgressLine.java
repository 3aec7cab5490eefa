// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import java.io.PrintWriter;
import jnr.posix.POSIXFactory;
import org.pagefusion.candidate.CandidateScanner;

/** A line on a terminal that says how far a scan is, once it takes longer than a second. */
final class ProgressLine implements CandidateScanner.Progress {
  private static final long QUIET_NANOS = 1_000_000_000L;
  private static final long REDRAW_NANOS = 200_000_000L;
  private static final int STDERR = 2;
  private static final String CLEAR = "\r\u001B[K";

  private final PrintWriter err;
  private final long start = System.nanoTime();
  private long drawnAt;
  private boolean drawn;
  private Boolean onTerminal;

  ProgressLine(PrintWriter err, boolean quiet) {
    this.err = err;
    this.onTerminal = quiet ? Boolean.FALSE : null;
  }

  @Override
  public void at(String what, int filesExamined) {
    long now = System.nanoTime();
    if (now - start < QUIET_NANOS || now - drawnAt < REDRAW_NANOS) {
      return;
    }
    if (onTerminal == null) {
      // Asked only now, for the answer costs more time than most scans.
      onTerminal = POSIXFactory.getNativePOSIX().libc().isatty(STDERR) != 0;
    }
    if (onTerminal) {
      err.print(CLEAR + "scanning " + what + ": " + filesExamined + " files");
      err.flush();
      drawn = true;
    }
    drawnAt = now;
  }

  void end() {
    if (drawn) {
      err.print(CLEAR);
      err.flush();
    }
  }
}
