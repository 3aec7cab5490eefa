// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.hostsim.HostEvent;
import org.pagefusion.hostsim.HostFigures;
import org.pagefusion.hostsim.HostServer;
import org.pagefusion.hostsim.HostSettings;
import org.pagefusion.hostsim.HostSimulator;
import org.pagefusion.vmmdev.HostVersion;

/**
 * A simulated host for agents of other processes, which stops in the middle of requests when told
 * to.
 */
final class LabHost implements AutoCloseable {
  private static final long GUEST_PAGES_MAX = 100_000;
  private static final long HANG_SECONDS = 60;

  private final HostSimulator simulator;
  private final HostServer server;
  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final AtomicLong requestsBeforeStop;
  private final String stopPrefix;
  private volatile String lastRequest = "";

  /**
   * Starts a host.
   *
   * @param session by which guests tell it from others
   * @param answers result codes by request type that are answered without doing anything
   */
  LabHost(Path socket, long session, Map<Integer, Integer> answers) throws IOException {
    this(socket, session, answers, -1, 1);
  }

  /** Starts a host that stops between doing what a request of a type asks for and answering it. */
  static LabHost stoppingAt(Path socket, long session, int requestType, int number)
      throws IOException {
    return new LabHost(socket, session, Map.of(), requestType, number);
  }

  private LabHost(
      Path socket, long session, Map<Integer, Integer> answers, int requestType, int number)
      throws IOException {
    stopPrefix = "request " + requestType + ":";
    requestsBeforeStop = new AtomicLong(number);
    HostSettings settings =
        new HostSettings(
            new HostVersion(7, 1, 12, 1, 1), true, true, false, OptionalLong.empty(), answers);
    simulator =
        new HostSimulator(
            settings,
            GUEST_PAGES_MAX,
            Clock.fixed(Instant.ofEpochSecond(session), ZoneOffset.UTC),
            this::happened);
    server = HostServer.start(socket, simulator, Kernel::load, figures -> "");
  }

  private void happened(HostEvent event) {
    lastRequest = event.what();
    if (event.what().startsWith(stopPrefix) && requestsBeforeStop.decrementAndGet() == 0) {
      reached.countDown();
      try {
        assertTrue(goOn.await(HANG_SECONDS, TimeUnit.SECONDS));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Waits until it has stopped in the middle of the request. */
  void awaitStop() throws InterruptedException {
    assertTrue(reached.await(HANG_SECONDS, TimeUnit.SECONDS), "no such request came");
  }

  /** Lets it go on. */
  void goOn() {
    goOn.countDown();
  }

  /** Ends it while it is stopped: its connections are closed before it comes to answer. */
  Thread endWhileStopped() {
    Thread ending = new Thread(server::close, "lab-host-end");
    ending.start();
    return ending;
  }

  /** The type of the request that was answered last: 0 before the first. */
  int lastRequestType() {
    String request = lastRequest;
    String prefix = "request ";
    return request.startsWith(prefix)
        ? Integer.parseInt(request.substring(prefix.length(), request.indexOf(':')))
        : 0;
  }

  /** Forgets which request was answered last. */
  void forgetLastRequest() {
    lastRequest = "";
  }

  HostFigures.OfGuest guest(String name) {
    for (HostFigures.OfGuest guest : simulator.figures().guests()) {
      if (guest.name().equals(name)) {
        return guest;
      }
    }
    throw new AssertionError("the host knows no guest " + name);
  }

  @Override
  public void close() {
    goOn();
    server.close();
  }
}
