// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import java.io.PrintWriter;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import jnr.posix.POSIXFactory;
import org.pagefusion.candidate.CandidateScanner;

/** A line on a terminal that says how far a scan is, once it takes longer than a second. */
final class ProgressLine implements CandidateScanner.Progress {
  private static final long QUIET_NANOS = 1_000_000_000L;
  private static final long REDRAW_NANOS = 200_000_000L;
  private static final int STDERR = 2;
  private static final String CLEAR = "\r\u001B[K";

  private final PrintWriter err;
  private final LongSupplier nanoTime;
  private final BooleanSupplier isTerminal;
  private final long start;
  private long drawnAt;
  private boolean drawn;
  private Boolean onTerminal;

  /** Creates a line on stderr, by the time of this machine. */
  ProgressLine(PrintWriter err, boolean quiet) {
    this(err, quiet, System::nanoTime, ProgressLine::stderrIsTerminal);
  }

  /**
   * Creates a line.
   *
   * @param nanoTime the time, from any beginning
   * @param isTerminal whether {@code err} is one; asked once at most
   */
  ProgressLine(PrintWriter err, boolean quiet, LongSupplier nanoTime, BooleanSupplier isTerminal) {
    this.err = err;
    this.nanoTime = nanoTime;
    this.isTerminal = isTerminal;
    this.start = nanoTime.getAsLong();
    this.drawnAt = start;
    this.onTerminal = quiet ? Boolean.FALSE : null;
  }

  /** Whether stderr is a terminal. */
  static boolean stderrIsTerminal() {
    return POSIXFactory.getNativePOSIX().libc().isatty(STDERR) != 0;
  }

  @Override
  public void at(String what, int filesExamined) {
    long now = nanoTime.getAsLong();
    if (now - start < QUIET_NANOS || now - drawnAt < REDRAW_NANOS) {
      return;
    }
    if (onTerminal == null) {
      // Asked only now, for the answer costs more time than most scans.
      onTerminal = isTerminal.getAsBoolean();
    }
    if (onTerminal) {
      err.print(CLEAR + "scanning " + what + ": " + filesExamined + " files");
      err.flush();
      drawn = true;
    }
    drawnAt = now;
  }

  /** Takes the line away. */
  void end() {
    if (drawn) {
      err.print(CLEAR);
      err.flush();
    }
  }
}
