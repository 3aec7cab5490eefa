// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import java.util.EnumSet;
import java.util.Set;
import jnr.posix.util.SunMiscSignal;
import org.pagefusion.daemon.Signals;

/**
 * The signals that this process gets from others. Several of a kind count as one; STOP comes before
 * the others.
 */
final class SignalQueue implements Signals {
  private static final long NANOS_A_MILLI = 1_000_000;

  private final Set<Signal> pending = EnumSet.noneOf(Signal.class);

  /** Listens from now on. */
  static SignalQueue listen() {
    SignalQueue queue = new SignalQueue();
    queue.on(jnr.constants.platform.Signal.SIGTERM, Signal.STOP);
    queue.on(jnr.constants.platform.Signal.SIGINT, Signal.STOP);
    queue.on(jnr.constants.platform.Signal.SIGHUP, Signal.RELOAD);
    queue.on(jnr.constants.platform.Signal.SIGUSR1, Signal.CYCLE);
    return queue;
  }

  private void on(jnr.constants.platform.Signal signal, Signal meaning) {
    // Not POSIX.signal: its handlers are native, run in whatever thread, and are lost to garbage
    // collection.
    SunMiscSignal.signal(signal, number -> add(meaning));
  }

  /** A signal has come. */
  synchronized void add(Signal signal) {
    pending.add(signal);
    notifyAll();
  }

  @Override
  public synchronized Signal await(long millis) throws InterruptedException {
    long start = System.nanoTime();
    long left = millis;
    while (pending.isEmpty() && left > 0) {
      wait(left);
      left = millis - (System.nanoTime() - start) / NANOS_A_MILLI;
    }
    for (Signal signal : Signal.values()) {
      if (pending.remove(signal)) {
        return signal;
      }
    }
    return Signal.NONE;
  }
}
