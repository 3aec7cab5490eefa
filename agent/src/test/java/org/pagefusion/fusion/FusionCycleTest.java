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
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pagefusion.vmmdev.RequestType;
import org.pagefusion.vmmdev.ResultCode;
import org.pagefusion.vmmdev.SharedModule;

class FusionCycleTest {
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
  void nothingToRegisterNeedsNoCheck() throws Exception {
    CycleResult result = guest.run();
    assertEquals(0, result.modules());
    assertFalse(guest.check.asked());
    assertEquals(0, host.checks);
    guest.assertAtRest(result);
  }

  @Test
  void registersAndChecks() throws Exception {
    guest.addAll(5);
    CycleResult result = guest.run();
    assertEquals(5, result.modules());
    assertEquals(5, result.newlyRegistered());
    assertTrue(guest.check.accepted());
    assertEquals(1, host.checks);
    assertEquals(10, result.residentPages());
    assertEquals(10, result.eligiblePages());
    assertEquals(host.registered.keySet(), TestGuest.mapped());
    guest.assertAtRest(result);
  }

  @Test
  void aSecondCycleRegistersNothing() throws Exception {
    guest.addAll(5);
    guest.run();
    int registerRequests = host.registerRequests;
    CycleResult second = guest.run();
    assertEquals(registerRequests, host.registerRequests);
    assertEquals(0, host.unregisterRequests);
    assertEquals(0, second.newlyRegistered());
    assertEquals(2, host.checks);
    guest.assertAtRest(second);
  }

  @Test
  void registersTheBestFirstUpToMaxModules() throws Exception {
    guest.maxModules = 3;
    guest.start();
    guest.addAll(5);
    CycleResult result = guest.run();
    assertEquals(List.of("/file0", "/file1", "/file2"), host.order);
    guest.assertAtRest(result);
    guest.delete("file1");
    guest.assertAtRest(guest.run());
    assertEquals(Set.of("/file0", "/file2", "/file3"), guest.hostNames());
  }

  @Test
  void spendsNoMoreThanTheBudgetAcrossRestarts() throws Exception {
    guest.store.save(
        new StoredRegistrations(
            java.util.OptionalLong.of(host.session),
            FusionCycle.LIFETIME_REGISTRATIONS - 2,
            List.of()));
    host.lifetimeCount = FusionCycle.LIFETIME_REGISTRATIONS - 2;
    guest.addAll(4);
    guest.assertAtRest(guest.run());
    assertEquals(2, host.registered.size());
    guest.start();
    CycleResult result = guest.run();
    assertEquals(2048, result.registrationsUsed());
    assertEquals(2, host.registerRequests - 2, "only what stands is registered again");
    guest.assertAtRest(result);
    guest.delete("file0");
    guest.run();
    assertEquals(Set.of("/file1"), guest.hostNames(), "what is spent does not come back");
  }

  @Test
  void aSpentBudgetStopsRegisteringUntilTheSessionChanges() throws Exception {
    guest.addAll(3);
    guest.run();
    host.lifetimeCount = 2048;
    guest.add("a");
    guest.add("b");
    int before = host.registerRequests;
    CycleResult result = guest.run();
    assertEquals(before + 1, host.registerRequests, "one refusal is enough");
    assertEquals(2048, result.registrationsUsed());
    assertEquals(3, result.modules());
    assertTrue(guest.check.accepted());
    assertEquals(1, result.failures().size());
    assertEquals(host.registered.keySet(), TestGuest.mapped());
    guest.now.pass(Duration.ofDays(30));
    guest.run();
    guest.start();
    guest.now.pass(Duration.ofDays(30));
    CycleResult restarted = guest.run();
    assertEquals(before + 1 + 3, host.registerRequests);
    assertEquals(3, restarted.modules());
    assertEquals(3, host.checks - 1);
    host.restore();
    CycleResult restored = guest.run();
    assertEquals(5, restored.registrationsUsed());
    guest.assertAtRest(restored);
  }

  @Test
  void aFullHostIsAskedAgainLaterAndLater() throws Exception {
    guest.addAll(2);
    host.refusedNames.put("/file1", ResultCode.TOO_MANY_MODULES_OF_HOST.code());
    CycleResult result = guest.run();
    assertEquals(1, result.registrationsUsed());
    assertEquals(1, result.failures().size());
    assertEquals("/file1", result.failures().get(0).name());
    assertTrue(result.failures().get(0).what().contains("-3826"));
    int[] minutes = {1, 2, 4, 8, 16, 32, 64, 128, 256, 256};
    for (int i = 0; i < minutes.length; i++) {
      int asked = host.registerRequests;
      guest.now.pass(Duration.ofMinutes(minutes[i]).minusMillis(1));
      assertEquals(i + 1, guest.run().failures().get(0).attempts());
      assertEquals(asked, host.registerRequests);
      guest.now.pass(Duration.ofMillis(1));
      assertEquals(i + 2, guest.run().failures().get(0).attempts());
      assertEquals(asked + 1, host.registerRequests);
    }
    host.live();
    guest.now.pass(Duration.ofMinutes(256));
    guest.assertAtRest(guest.run());
    assertEquals(2, host.registered.size());
  }

  @ParameterizedTest
  @EnumSource(
      value = ResultCode.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"OK", "NOT_IMPLEMENTED", "NOT_SUPPORTED", "TOO_MANY_MODULES_OF_VM"})
  void everyRefusalOfAModuleIsKeptShownAndRetried(ResultCode code) throws Exception {
    guest.addAll(3);
    host.refusedNames.put("/file1", code.code());
    CycleResult result = guest.run();
    assertEquals(Set.of("/file0", "/file2"), guest.hostNames());
    assertTrue(guest.check.accepted());
    assertEquals(1, result.failures().size());
    assertTrue(result.failures().get(0).what().contains(String.valueOf(code.code())));
    guest.start();
    guest.run();
    host.live();
    guest.now.pass(Duration.ofMinutes(1));
    guest.assertAtRest(guest.run());
    assertEquals(3, host.registered.size());
    assertEquals(host.registered.keySet(), TestGuest.mapped());
  }

  @ParameterizedTest
  @ValueSource(ints = {-4711, 1, 5, -225})
  void unknownAnswersAreTakenForWhatTheirSignSays(int rc) throws Exception {
    guest.addAll(2);
    host.answer(RequestType.REGISTER, rc);
    CycleResult result = guest.run();
    assertEquals(rc < 0 ? 1 : 0, result.failures().size());
    assertEquals(2, result.registrationsUsed(), "the host may have counted it");
    assertEquals(host.registered.size(), 1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anInternalErrorLosesNoBudgetWhateverItMeant(boolean obeyed) throws Exception {
    guest.addAll(3);
    host.obeysBeforeRefusing(obeyed);
    host.answer(RequestType.REGISTER, -225, -225);
    assertEquals(2, guest.run().failures().size());
    guest.now.pass(Duration.ofMinutes(1));
    guest.assertAtRest(guest.run());
    assertEquals(3, host.lifetimeCount);
    guest.delete("file0");
    guest.delete("file1");
    host.answer(RequestType.UNREGISTER, -225, -225);
    CycleResult refused = guest.run();
    assertEquals(2, refused.failures().size());
    assertEquals(1, TestGuest.mapped().size());
    guest.now.pass(Duration.ofMinutes(1));
    guest.assertAtRest(guest.run());
    assertEquals(1, host.registered.size());
    assertEquals(3, host.lifetimeCount);
  }

  @ParameterizedTest
  @ValueSource(ints = {-12, -37})
  void aHostWithoutPageFusionRefusesEverything(int rc) throws Exception {
    guest.addAll(2);
    for (int type : new int[] {RequestType.REGISTER, RequestType.CHECK}) {
      host.answer(type, rc);
      HostRefusal refusal = assertThrows(HostRefusal.class, guest::run);
      assertEquals(rc, refusal.rc());
    }
    guest.assertAtRest(guest.run());
    guest.delete("file0");
    host.answer(RequestType.UNREGISTER, rc);
    assertThrows(HostRefusal.class, guest::run);
    guest.assertAtRest(guest.run());
    assertEquals(1, host.registered.size());
  }

  @Test
  void aRefusedCheckIsToldAndLeavesAllRegistered() throws Exception {
    guest.addAll(2);
    host.answer(RequestType.CHECK, -8);
    guest.assertAtRest(guest.run());
    assertTrue(guest.check.refused());
    assertEquals(-8, guest.check.rc());
    host.answer(RequestType.CHECK, 3);
    guest.assertAtRest(guest.run());
    assertTrue(guest.check.accepted());
    assertEquals(2, host.registerRequests);
  }

  @Test
  void whatMustNotBeFusedAnyMoreIsTakenBack() throws Exception {
    long base = 0xffff_ffff_c000_0000L;
    guest.addAll(3);
    guest.kernelCandidates.add(TestGuest.kernelCandidate("[a]", "k1", base));
    guest.run();
    guest.policy =
        registration ->
            Set.of("/file1", "[a]").contains(registration.module().name())
                ? Optional.of("excluded")
                : Optional.empty();
    guest.start();
    guest.found.remove("file1");
    guest.kernelCandidates.clear();
    CycleResult result = guest.run();
    assertEquals(2, result.unregistered());
    assertEquals(Set.of("/file0", "/file2"), guest.hostNames());
    assertEquals(host.registered.keySet(), TestGuest.mapped());
    guest.assertAtRest(result);
  }

  @Test
  void whatMustNotBeFusedIsNotMappedEvenIfTheHostKeepsIt() throws Exception {
    guest.addAll(2);
    guest.run();
    guest.policy = registration -> Optional.of("excluded");
    guest.start();
    host.answer(RequestType.UNREGISTER, -8, -8);
    guest.found.clear();
    assertEquals(2, guest.run().failures().size());
    assertEquals(Set.of(), TestGuest.mapped());
    guest.now.pass(Duration.ofMinutes(1));
    guest.assertAtRest(guest.run());
    assertEquals(Map.of(), host.registered);
  }

  @Test
  void aReplacedFileIsRegisteredAnew() throws Exception {
    guest.addAll(2);
    guest.run();
    guest.add("file0");
    CycleResult result = guest.run();
    assertEquals(1, result.unregistered());
    assertEquals(1, result.newlyRegistered());
    assertEquals(2, result.modules());
    assertEquals(3, host.lifetimeCount);
    assertEquals(host.registered.keySet(), TestGuest.mapped());
    guest.assertAtRest(result);
  }

  @Test
  void aTruncatedFileIsRegisteredAsItIsNow() throws Exception {
    guest.addAll(1);
    guest.run();
    try (var channel =
        java.nio.channels.FileChannel.open(
            guest.found.get("file0"), java.nio.file.StandardOpenOption.WRITE)) {
      channel.truncate(100);
    }
    CycleResult result = guest.run();
    assertEquals(1, result.unregistered());
    assertEquals(1, result.eligiblePages());
    assertEquals(100, host.registered.firstEntry().getValue().sizeBytes());
    guest.assertAtRest(result);
  }

  @Test
  void aDeletedFileIsUnregisteredAndUnmapped() throws Exception {
    guest.addAll(2);
    guest.run();
    guest.delete("file1");
    CycleResult result = guest.run();
    assertEquals(1, result.unregistered());
    assertEquals(Set.of("/file0"), guest.hostNames());
    assertEquals(1, TestGuest.mapped().size());
    guest.assertAtRest(result);
  }

  @Test
  void aFileThatAScanDoesNotFindStaysWhileItIsThere() throws Exception {
    guest.addAll(2);
    guest.run();
    guest.found.remove("file1");
    CycleResult result = guest.run();
    assertEquals(0, result.unregistered());
    guest.start();
    guest.assertAtRest(guest.run());
    assertEquals(2, host.registered.size());
    assertEquals(2, host.lifetimeCount);
  }

  @Test
  void aFileThatIsFoundElsewhereKeepsItsRegistration() throws Exception {
    guest.addAll(1);
    guest.run();
    Path elsewhere = guest.folder.resolve("elsewhere");
    Files.move(guest.found.get("file0"), elsewhere);
    guest.found.put("file0", elsewhere);
    guest.assertAtRest(guest.run());
    assertEquals(
        elsewhere.toString(),
        guest.stored().registrations().get(0).file().orElseThrow().file().location());
    // Neither the scan nor the former place tell of it now.
    guest.found.clear();
    guest.start();
    guest.assertAtRest(guest.run());
    assertEquals(0, host.unregisterRequests);
    assertEquals(1, host.lifetimeCount);
  }

  @Test
  void aRestartFindsAFileWhereTheScanDoes() throws Exception {
    guest.addAll(1);
    guest.run();
    Path elsewhere = guest.folder.resolve("elsewhere");
    Files.move(guest.found.get("file0"), elsewhere);
    guest.found.put("file0", elsewhere);
    guest.start();
    guest.assertAtRest(guest.run());
    assertEquals(1, host.lifetimeCount);
    assertEquals(0, host.unregisterRequests);
  }

  @Test
  void anotherSessionIsRegisteredAnewAndCountsFromThere() throws Exception {
    guest.addAll(3);
    guest.run();
    guest.delete("file0");
    guest.run();
    assertEquals(3, host.lifetimeCount);
    Set<Long> bases = new TreeSet<>(host.registered.keySet());
    host.restore();
    CycleResult result = guest.run();
    assertEquals(2, result.newlyRegistered());
    assertEquals(2, result.registrationsUsed());
    assertEquals(bases, host.registered.keySet());
    guest.assertAtRest(result);
    host.restore();
    guest.start();
    CycleResult restarted = guest.run();
    assertEquals(2, restarted.registrationsUsed());
    guest.assertAtRest(restarted);
  }

  @Test
  void aHostThatHidesItsSessionForAWhileIsStillFoundRestored() throws Exception {
    guest.addAll(2);
    guest.run();
    guest.start();
    host.answer(RequestType.SESSION_ID, -8);
    guest.assertAtRest(guest.run());
    host.restore();
    guest.start();
    CycleResult result = guest.run();
    assertEquals(2, result.newlyRegistered());
    guest.assertAtRest(result);
  }

  /** A package that is installed again writes the same files anew. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theSameFileWrittenAnewCostsNoRegistration(boolean restarted) throws Exception {
    guest.addAll(2);
    guest.run();
    Set<Long> bases = guest.registryBases();
    Path file = guest.folder.resolve("file0");
    Path fresh = guest.folder.resolve("fresh");
    Files.copy(file, fresh, java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
    Files.move(fresh, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    if (restarted) {
      guest.start();
    }
    CycleResult result = guest.run();
    assertEquals(2, host.lifetimeCount);
    assertEquals(0, host.unregisterRequests);
    assertEquals(bases, guest.registryBases());
    assertEquals(bases, TestGuest.mapped());
    assertEquals(4, result.eligiblePages());
    guest.assertAtRest(result);
    guest.start();
    guest.assertAtRest(guest.run());
    assertEquals(2, host.lifetimeCount);
  }

  @Test
  void kernelMemoryIsNotMapped() throws Exception {
    long base = 0xffff_ffff_c000_0000L;
    guest.addAll(1);
    guest.kernelCandidates.add(TestGuest.kernelCandidate("/sys/module/a", "k1", base));
    CycleResult result = guest.run();
    assertEquals(2, result.modules());
    assertEquals(5, result.eligiblePages());
    assertEquals(1, TestGuest.mapped().size());
    SharedModule module = host.registered.get(base);
    assertEquals(base + 8192, module.regions().get(1).address());
    guest.assertAtRest(result);
    guest.start();
    guest.assertAtRest(guest.run());
    assertEquals(2, host.lifetimeCount);
    // Without any kernel memory a scan tells nothing of it.
    guest.kernelCandidates.clear();
    guest.assertAtRest(guest.run());
    assertEquals(2, host.registered.size());
  }

  @Test
  void anotherKernelModuleAtTheAddressOfOneTakesItsPlace() throws Exception {
    long base = 0xffff_ffff_c000_0000L;
    guest.kernelCandidates.add(TestGuest.kernelCandidate("/sys/module/a", "k1", base));
    guest.run();
    guest.kernelCandidates.set(0, TestGuest.kernelCandidate("/sys/module/b", "k2", base));
    CycleResult result = guest.run();
    assertEquals(Set.of("/sys/module/b"), guest.hostNames());
    assertEquals(2, host.lifetimeCount);
    guest.assertAtRest(result);
  }

  @Test
  void failuresOfWhatIsGoneAreForgotten() throws Exception {
    guest.addAll(2);
    host.refusedNames.put("/file0", -8);
    assertEquals(1, guest.run().failures().size());
    guest.delete("file0");
    assertEquals(List.of(), guest.run().failures());
  }

  @Test
  void releaseUnregistersEverything() throws Exception {
    guest.addAll(3);
    guest.run();
    assertEquals(3, guest.cycle.release(guest.problems));
    assertEquals(Map.of(), host.registered);
    assertEquals(Set.of(), TestGuest.mapped());
    assertEquals(List.of(), guest.stored().registrations());
    assertEquals(3, guest.stored().registrationsUsed());
    assertEquals(0, guest.cycle.release(guest.problems));
    guest.assertAtRest(guest.run());
    assertEquals(6, host.lifetimeCount);
  }

  @Test
  void releaseUnregistersWhatOnlyTheStoreKnows() throws Exception {
    guest.addAll(3);
    guest.run();
    guest.start();
    host.answer(RequestType.UNREGISTER, -8);
    assertEquals(2, guest.cycle.release(guest.problems));
    assertEquals(1, guest.problems.size());
    assertEquals(1, guest.stored().registrations().size());
    guest.start();
    assertEquals(1, guest.cycle.release(guest.problems));
    assertEquals(Map.of(), host.registered);
    assertEquals(List.of(), guest.stored().registrations());
  }

  @Test
  void releaseThatFailsHalfwayForgetsNothing() throws Exception {
    guest.addAll(3);
    guest.run();
    guest.start();
    host.dieAfter(2, true);
    assertThrows(IOException.class, () -> guest.cycle.release(guest.problems));
    host.live();
    assertEquals(1, guest.cycle.release(guest.problems));
    assertEquals(Map.of(), host.registered);
    assertEquals(List.of(), guest.stored().registrations());
    assertEquals(3, guest.stored().registrationsUsed());
  }
}
