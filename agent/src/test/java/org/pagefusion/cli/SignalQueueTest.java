// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.pagefusion.daemon.Signals.Signal;

class SignalQueueTest {
  private final SignalQueue queue = new SignalQueue();

  @Test
  void tellsOfNothingAfterItsTime() throws Exception {
    long start = System.nanoTime();
    assertEquals(Signal.NONE, queue.await(30));
    assertTrue(System.nanoTime() - start >= 29_000_000);
    assertEquals(Signal.NONE, queue.await(0));
  }

  @Test
  void severalOfAKindAreOneAndStopComesFirst() throws Exception {
    queue.add(Signal.CYCLE);
    queue.add(Signal.RELOAD);
    queue.add(Signal.CYCLE);
    queue.add(Signal.STOP);
    assertEquals(Signal.STOP, queue.await(1000));
    assertEquals(Signal.RELOAD, queue.await(1000));
    assertEquals(Signal.CYCLE, queue.await(1000));
    assertEquals(Signal.NONE, queue.await(1));
  }

  @Test
  void wakesWhoWaits() throws Exception {
    Thread other = new Thread(() -> queue.add(Signal.STOP));
    other.start();
    assertEquals(Signal.STOP, queue.await(60_000));
    other.join();
  }
}
