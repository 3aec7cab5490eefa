// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.fusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.pagefusion.vmmdev.RequestType;

/** Whatever happens to files, agent, VM and host, and in whatever order. */
class FusionModelProperties {
  private static final int[] REFUSALS = {-2, -8, -10, -12, -37, -225, -3816, -3826, -4711};
  private static final int[] TYPES = {
    RequestType.REGISTER, RequestType.UNREGISTER, RequestType.CHECK, RequestType.SESSION_ID
  };

  enum Event {
    ADD,
    DELETE,
    HIDE,
    RESTART,
    CRASH,
    RESTORE,
    REFUSE,
    PASS
  }

  /**
   * Something that happens before a cycle.
   *
   * @param which file, request or answer it is about
   * @param flag what else there is to decide
   */
  record Step(Event event, int which, boolean flag) {}

  @Provide
  Arbitrary<List<Step>> histories() {
    return Combinators.combine(
            Arbitraries.of(Event.class),
            Arbitraries.integers().between(0, 35),
            Arbitraries.of(true, false))
        .as(Step::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(25);
  }

  @Property(tries = 300)
  void hostRegistryAndMappingsAgree(@ForAll("histories") List<Step> history) throws Exception {
    try (TestGuest guest = new TestGuest()) {
      for (Step step : history) {
        happen(guest, step);
        cycle(guest);
      }
      guest.host.live();
      guest.now.pass(Duration.ofDays(1));
      cycle(guest);
      CycleResult last = guest.run();
      guest.assertAtRest(last);
      assertEquals(guest.host.registered.keySet(), TestGuest.mapped());
      Set<String> wanted = new TreeSet<>();
      guest.found.keySet().forEach(name -> wanted.add("/" + name));
      assertTrue(guest.hostNames().containsAll(wanted), guest.hostNames() + " lacks " + wanted);
    }
    assertEquals(Set.of(), TestGuest.mapped());
  }

  private static void happen(TestGuest guest, Step step) throws IOException {
    String name = "file" + step.which() % 6;
    switch (step.event()) {
      case ADD -> guest.add(name);
      case DELETE -> guest.delete(name);
      case HIDE -> guest.found.remove(name);
      case RESTART -> guest.start();
      case CRASH -> guest.host.dieAfter(step.which() % 8, step.flag());
      case RESTORE -> guest.host.restore();
      case REFUSE -> {
        guest.host.obeysBeforeRefusing(step.flag());
        guest.host.answer(
            TYPES[step.which() % TYPES.length], REFUSALS[step.which() % REFUSALS.length]);
      }
      case PASS -> guest.now.pass(Duration.ofMinutes(step.which()));
      default -> throw new IllegalStateException();
    }
  }

  private static void cycle(TestGuest guest) throws IOException {
    FakeHost host = guest.host;
    try {
      CycleResult result = guest.run();
      assertTrue(result.registrationsUsed() >= host.lifetimeCount);
      assertEquals(guest.storedBases(), guest.registryBases());
      assertTrue(guest.registryBases().containsAll(host.registered.keySet()));
      assertTrue(guest.registryBases().containsAll(TestGuest.mapped()));
      // An agent that was not told of a restored VM counts what the host has forgotten, too.
      boolean knowsSession = guest.stored().sessionId().equals(OptionalLong.of(host.session));
      if (result.failures().isEmpty() && knowsSession) {
        guest.assertAtRest(result);
        assertEquals(guest.registryBases(), TestGuest.mapped());
      }
    } catch (IOException | HostRefusal e) {
      assertTrue(guest.storedBases().containsAll(host.registered.keySet()), e.toString());
      assertTrue(guest.stored().registrationsUsed() >= host.lifetimeCount, e.toString());
      host.live();
      // Half of the agents die of it.
      if (host.requests % 2 == 0) {
        guest.start();
      }
    }
  }
}
