// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import java.io.PrintWriter;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import jnr.posix.POSIXFactory;
import org.pagefusion.candidate.CandidateScanner;

/**
 * A line on a terminal that says how far a scan or a comparison is, once it takes longer than a
 * second.
 */
final class ProgressLine implements CandidateScanner.Progress {
  private static final long QUIET_NANOS = 1_000_000_000L;
  private static final long REDRAW_NANOS = 200_000_000L;
  private static final int STDERR = 2;
  private static final int BAR_WIDTH = 30;
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
    if (isDue()) {
      draw("scanning " + what + ": " + filesExamined + " files");
    }
  }

  /** Shows a bar: what is being done, and how much of all has been. */
  void bar(String what, int done, int all) {
    if (isDue()) {
      String bar = "#".repeat((int) ((long) BAR_WIDTH * done / all));
      String rest = ".".repeat(BAR_WIDTH - bar.length());
      draw("[" + bar + rest + "] " + done + " of " + all + " read, " + what);
    }
  }

  /** Whether it is time for another line, and there is a terminal for it. */
  private boolean isDue() {
    long now = nanoTime.getAsLong();
    if (now - start < QUIET_NANOS || now - drawnAt < REDRAW_NANOS) {
      return false;
    }
    if (onTerminal == null) {
      // Asked only now, for the answer costs more time than most scans.
      onTerminal = isTerminal.getAsBoolean();
    }
    drawnAt = now;
    return onTerminal;
  }

  private void draw(String line) {
    err.print(CLEAR + line);
    err.flush();
    drawn = true;
  }

  /** Takes the line away. */
  void end() {
    if (drawn) {
      err.print(CLEAR);
      err.flush();
    }
  }
}
