// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.fusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FusionRestartTest {
  private TestGuest guest;
  private FakeHost host;

  @BeforeEach
  void open() throws IOException {
    guest = new TestGuest();
    host = guest.host;
  }

  @AfterEach
  void close() throws IOException {
    guest.close();
    assertEquals(Set.of(), TestGuest.mapped());
  }

  @Test
  void aHundredRestartsCostNothing() throws Exception {
    guest.addAll(20);
    guest.run();
    Set<Long> bases = new TreeSet<>(host.registered.keySet());
    for (int i = 0; i < 100; i++) {
      guest.start();
      CycleResult result = guest.run();
      assertEquals(0, result.newlyRegistered());
      guest.assertAtRest(result);
      assertEquals(bases, TestGuest.mapped());
    }
    assertEquals(20, host.lifetimeCount);
    assertEquals(0, host.unregisterRequests);
  }

  @Test
  void aLostStoreIsHealed() throws Exception {
    guest.addAll(5);
    guest.run();
    Files.delete(guest.state);
    guest.found.clear();
    guest.add("x");
    guest.add("y");
    guest.start();
    CycleResult result = guest.run();
    assertEquals(List.of(), result.failures());
    assertTrue(guest.hostNames().containsAll(List.of("/x", "/y")), guest.hostNames().toString());
    assertEquals(7, host.lifetimeCount);
    assertEquals(4, result.registrationsUsed(), "what clashed is known to be spent");
  }

  @Test
  void aLostStoreOfTheSameFilesCostsNothing() throws Exception {
    guest.addAll(5);
    guest.run();
    Files.delete(guest.state);
    guest.start();
    guest.assertAtRest(guest.run());
    assertEquals(5, host.lifetimeCount);
  }

  @Test
  void aStoreDamagedAtAnyByteIsReportedAndGotAround() throws Exception {
    guest.addAll(3);
    guest.run();
    byte[] whole = Files.readAllBytes(guest.state);
    for (int i = 0; i < whole.length; i += 7) {
      byte[] damaged = whole.clone();
      damaged[i] ^= 1;
      startWith(damaged, i);
    }
  }

  @Test
  void aStoreCutAtAnyByteIsReportedAndGotAround() throws Exception {
    guest.addAll(3);
    guest.run();
    byte[] whole = Files.readAllBytes(guest.state);
    // Without its last line feed it is still whole.
    for (int length = 1; length < whole.length - 1; length += 7) {
      startWith(java.util.Arrays.copyOf(whole, length), length);
    }
  }

  private void startWith(byte[] damaged, int at) throws Exception {
    Files.write(guest.state, damaged);
    guest.problems.clear();
    guest.start();
    CycleResult result = guest.run();
    assertFalse(guest.problems.isEmpty(), "damaged at " + at);
    assertEquals(3, result.modules(), "damaged at " + at);
    assertEquals(List.of(), result.failures(), "damaged at " + at);
    assertEquals(Set.of("/file0", "/file1", "/file2"), guest.hostNames());
    guest.store.load(guest.problems);
  }

  @Test
  void nothingIsRegisteredThatCanNotBeStored() throws Exception {
    Path file = Files.createFile(guest.folder.resolve("in-the-way"));
    List<RegistrationStore> stores =
        List.of(new RegistrationFile(file.resolve("registrations")), new FullStore(guest.store));
    guest.addAll(3);
    for (RegistrationStore broken : stores) {
      guest.store = broken;
      guest.start();
      for (int attempt = 0; attempt < 3; attempt++) {
        assertThrows(IOException.class, guest::run);
        assertEquals(0, host.registerRequests);
      }
    }
    guest.store = new RegistrationFile(guest.state);
    guest.start();
    guest.assertAtRest(guest.run());
  }

  @Test
  void aStoreThatCanNotBeWrittenStaysAsItWas() throws Exception {
    guest.addAll(1);
    guest.run();
    // A directory in place of the new file can't be written either.
    Path fresh = guest.state.resolveSibling("registrations.new");
    Files.createDirectory(fresh);
    Files.createFile(fresh.resolve("x"));
    guest.add("y");
    IOException e = assertThrows(IOException.class, guest::run);
    assertTrue(e.getMessage().contains("registrations: can't be written"), e.getMessage());
    assertEquals(1, guest.stored().registrations().size());
    assertEquals(1, host.registered.size());
    Files.delete(fresh.resolve("x"));
    guest.assertAtRest(guest.run());
    assertEquals(2, host.registered.size());
  }

  /** A store on a full disk. */
  private record FullStore(RegistrationStore store) implements RegistrationStore {
    @Override
    public StoredRegistrations load(List<String> problems) throws IOException {
      return store.load(problems);
    }

    @Override
    public void save(StoredRegistrations stored) throws IOException {
      throw new IOException("No space left on device");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anAgentMayDieAtAnyRequestAndStartAgain(boolean withEffect) throws Exception {
    deaths(withEffect, true);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aDeviceMayFailAtAnyRequestOfAnAgentThatGoesOn(boolean withEffect) throws Exception {
    deaths(withEffect, false);
  }

  private void deaths(boolean withEffect, boolean restarts) throws Exception {
    int expected = 0;
    List<Integer> died = new ArrayList<>();
    // From the first registration of some files to their replacement and a restored VM.
    for (int request = 0; request < 16; request++) {
      for (int i = 0; i < 3; i++) {
        guest.add("file" + i);
        expected++;
      }
      if (request % 4 == 3) {
        host.restore();
        expected = 3;
      }
      guest.start();
      host.dieAfter(request, withEffect);
      try {
        guest.run();
      } catch (IOException e) {
        died.add(request);
      }
      host.live();
      if (restarts) {
        guest.start();
      }
      CycleResult result = guest.run();
      assertEquals(3, result.modules());
      assertEquals(expected, host.lifetimeCount, "died at " + request);
      assertEquals(host.registered.keySet(), TestGuest.mapped());
      guest.assertAtRest(result);
    }
    assertTrue(died.size() >= 7, died.toString());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anAgentThatDiedBeforeItsFileWentLosesNoBudget(boolean withEffect) throws Exception {
    for (int request = 1; request < 5; request++) {
      guest.add("file");
      guest.add("other");
      guest.start();
      host.dieAfter(request, withEffect);
      assertThrows(IOException.class, () -> runToTheEnd());
      host.live();
      guest.delete("file");
      guest.delete("other");
      guest.start();
      guest.assertAtRest(guest.run());
      assertEquals(0, host.registered.size());
    }
  }

  private void runToTheEnd() throws Exception {
    for (int i = 0; i < 3; i++) {
      guest.run();
    }
  }
}
