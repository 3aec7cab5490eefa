// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pagefusion.config.ConfigurationException;
import org.pagefusion.config.Mode;
import org.pagefusion.daemon.ServiceStatus.HostState;
import org.pagefusion.daemon.Signals.Signal;
import org.pagefusion.vmmdev.RequestType;

class ServiceTest {
  private ServiceWorld world;

  @BeforeEach
  void open() throws Exception {
    world = new ServiceWorld(ServiceWorld.FUSE);
    world.file("a.so", 40);
    world.file("b.so", 20);
  }

  @AfterEach
  void close() throws Exception {
    world.close();
  }

  @Test
  void observingSendsNoRequestAtAll() throws Exception {
    world.configure("sources = page-cache\n");
    world.quiet(5).then(Signal.CYCLE, () -> {}).quiet(1).run();
    assertEquals(0, world.opened);
    assertEquals(0, world.host.requests);
    assertFalse(world.locked);
    assertEquals(Mode.OBSERVE, world.last.mode().effective());
    assertEquals(HostState.NOT_ASKED, world.last.host().state());
    assertTrue(world.last.eligibleBytes() >= 60 * 4096, world.last.toString());
    assertEquals(List.of(), world.log);
  }

  @Test
  void fuseWithoutTheWordOfTheHostsOwnerObservesAndSaysWhy() throws Exception {
    world.configure("mode = fuse\nsources = page-cache\n");
    world.quiet(2).run();
    assertEquals(0, world.opened);
    assertEquals(Mode.FUSE, world.last.mode().configured());
    assertEquals(Mode.OBSERVE, world.last.mode().effective());
    assertTrue(world.last.mode().why().contains("host-safe"), world.last.mode().why());
  }

  @Test
  void registersChecksAndLeavesAllStanding() throws Exception {
    world.quiet(3).run();
    assertEquals(2, world.host.registered.size());
    assertEquals(1, world.host.checks, "nothing changed since the first check");
    assertEquals(2, world.host.registerRequests);
    assertEquals(2, world.last.registered().orElseThrow().modules());
    assertEquals(
        world.last.registered().orElseThrow().eligiblePages() * 4096, world.last.eligibleBytes());
    assertTrue(world.last.stoppedAt().isPresent());
    assertFalse(world.locked, "another agent may come");
    assertEquals(
        List.of(
            "ready",
            "scanning for the first time",
            "fusing: 2 modules, 0 MiB eligible",
            "stopping"),
        world.told);
    assertEquals(List.of(), world.log, "all is well");
  }

  @Test
  void restartsCostNothing() throws Exception {
    for (int i = 0; i < 3; i++) {
      world.quiet(1).run();
    }
    assertEquals(2, world.host.lifetimeCount);
    assertEquals(2, world.host.registered.size());
  }

  @Test
  void aQuietGuestIsLeftAloneMoreAndMore() throws Exception {
    world.configure(ServiceWorld.FUSE + "scan-interval = 1 min\nscan-interval-max = 8 min\n");
    world.quiet(60).run();
    // One wait for each look at the processes, and two scans in them at last: none costs the host.
    assertEquals(2, world.host.registerRequests);
    long scans = world.last.scan().orElseThrow().count();
    assertTrue(scans >= 9 && scans <= 13, "scans in an hour: " + scans);
    long checks = world.host.checks;
    assertTrue(checks >= 5 && checks <= 9, "checks in an hour, each 8 minutes: " + checks);
  }

  @Test
  void whatIsNewIsRegisteredAndWhatIsGoneTakenBack() throws Exception {
    world
        .quiet(1)
        .then(Signal.CYCLE, () -> world.file("c.so", 30))
        .quiet(1)
        .then(Signal.CYCLE, () -> Files.delete(world.root.resolve("usr/lib/a.so")))
        .quiet(1)
        .run();
    assertEquals(3, world.host.lifetimeCount);
    assertEquals(2, world.host.registered.size());
  }

  @Test
  void aNewConfigurationHoldsAtOnceAndForWhatIsRegistered() throws Exception {
    world
        .quiet(1)
        .then(Signal.RELOAD, () -> world.configure(ServiceWorld.FUSE + "exclude = /usr/lib/a.so\n"))
        .quiet(1)
        .run();
    assertEquals(1, world.host.registered.size());
    assertEquals(2, world.host.lifetimeCount, "what stays costs nothing");
    assertEquals(
        List.of("ready", "reloading", "ready"),
        world.told.stream().filter(t -> t.equals("ready") || t.equals("reloading")).toList());
  }

  @Test
  void afterGoingBackToObserveNoRequestIsSentAndAllStands() throws Exception {
    int[] requests = new int[1];
    world
        .quiet(1)
        .then(
            Signal.RELOAD,
            () -> {
              world.configure("sources = page-cache\n");
              requests[0] = world.host.requests;
            })
        .quiet(10)
        .run();
    assertEquals(requests[0], world.host.requests);
    assertEquals(2, world.host.registered.size());
  }

  @Test
  void aBadConfigurationIsRefusedAtTheStartAndKeptOutLater() throws Exception {
    world
        .quiet(1)
        .then(Signal.RELOAD, () -> world.configure("mode = fuze\n"))
        .quiet(3)
        .then(Signal.RELOAD, () -> world.configure(ServiceWorld.FUSE))
        .run();
    assertEquals(2, world.log.size(), world.log.toString());
    assertTrue(world.log.get(0).startsWith("warn: configuration: "), world.log.get(0));
    assertEquals("info: configuration: works again", world.log.get(1));
    world.configure("mode = fuze\n");
    Surroundings surroundings = world.surroundings();
    assertThrows(ConfigurationException.class, () -> new Service(surroundings));
  }

  @Test
  void aHostWithoutPageFusionIsToldOfOnceAndObservingGoesOn() throws Exception {
    world.host.answer(RequestType.STATUS, -12, -12, -12, -12);
    world.quiet(1).quiet(2).then(Signal.NONE, () -> {}).run();
    assertEquals(1, world.log.size(), world.log.toString());
    assertTrue(world.log.get(0).startsWith("warn: host: "), world.log.get(0));
    assertEquals(HostState.REFUSED, world.last.host().state());
    assertEquals(0, world.host.registered.size());
    assertTrue(world.last.eligibleBytes() > 0);
  }

  @Test
  void aDeviceThatComesLateIsUsed() throws Exception {
    world.deviceMissing = true;
    world.quiet(3).then(Signal.CYCLE, () -> world.deviceMissing = false).quiet(1).run();
    assertEquals(2, world.host.registered.size());
    assertEquals(2, world.log.size(), world.log.toString());
    assertTrue(world.log.get(0).contains("missing"), world.log.get(0));
    assertEquals("info: host: works again", world.log.get(1));
  }

  @Test
  void aHostThatDiesIsConnectedAgainAtNoCost() throws Exception {
    world
        .quiet(1)
        .then(Signal.CYCLE, () -> world.host.dieAfter(0, false))
        .quiet(1)
        .then(Signal.CYCLE, world.host::live)
        .quiet(1)
        .run();
    assertEquals(2, world.opened);
    assertEquals(2, world.host.lifetimeCount);
    assertEquals(2, world.log.size(), world.log.toString());
  }

  @Test
  void aFullDiskLosesNothing() throws Exception {
    world.storeFull = true;
    world.statusFull = true;
    world
        .quiet(2)
        .then(
            Signal.CYCLE,
            () -> {
              assertEquals(0, world.host.registered.size(), "nothing that is not written down");
              world.storeFull = false;
              world.statusFull = false;
            })
        .quiet(1)
        .run();
    assertEquals(2, world.host.registered.size());
    assertEquals(2, world.host.lifetimeCount);
    assertEquals(4, world.log.size(), world.log.toString());
  }

  @Test
  void aRefusedCheckIsToldOnceAndTriedAgain() throws Exception {
    world.host.answer(RequestType.CHECK, -8);
    world.quiet(1).then(Signal.CYCLE, () -> {}).quiet(1).run();
    assertEquals(List.of("info: check: works again"), world.log.subList(1, world.log.size()));
    assertTrue(world.log.get(0).startsWith("warn: check: the host answered"), world.log.get(0));
    assertEquals(1, world.host.checks);
  }

  @Test
  void anotherAgentWithTheSameRegistrationsIsWaitedFor() throws Exception {
    world.locked = true;
    world.quiet(2).then(Signal.CYCLE, () -> world.locked = false).quiet(1).run();
    assertEquals(2, world.host.registered.size());
    assertTrue(world.log.get(0).contains("another pagefusion"), world.log.get(0));
  }

  @Test
  void afterTheVmWasRestoredAllIsRegisteredAnew() throws Exception {
    world.quiet(1).then(Signal.CYCLE, () -> world.host.restore()).quiet(1).run();
    assertEquals(2, world.host.registered.size());
    assertEquals(2, world.host.lifetimeCount);
    assertEquals(List.of(), world.log);
  }
}
