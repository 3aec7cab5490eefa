// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.hostsim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.pagefusion.vmmdev.CheckRequest;
import org.pagefusion.vmmdev.HostVersion;
import org.pagefusion.vmmdev.HostVersionRequest;
import org.pagefusion.vmmdev.MalformedRequestException;
import org.pagefusion.vmmdev.ModuleRegion;
import org.pagefusion.vmmdev.OsFamily;
import org.pagefusion.vmmdev.RegisterRequest;
import org.pagefusion.vmmdev.RequestHeader;
import org.pagefusion.vmmdev.RequestType;
import org.pagefusion.vmmdev.SessionIdRequest;
import org.pagefusion.vmmdev.SharedModule;
import org.pagefusion.vmmdev.StatusRequest;
import org.pagefusion.vmmdev.UnregisterRequest;

/** Each rule of the host, with result codes as the numbers that VirtualBox has for them. */
class HostSimulatorTest {
  private static final long PAGE = 4096;
  private static final long A = 0x7f00_0000_0000L;
  private static final long B = 0x7f11_1111_1000L;
  private static final HostVersion VERSION = new HostVersion(7, 1, 12, 170000, 1);

  private final Clock clock = Clock.fixed(Instant.ofEpochMilli(1_000_000), ZoneOffset.UTC);
  private final List<HostEvent> events = new ArrayList<>();
  private HostSimulator host = host(HostSettings.of(VERSION));
  private final FakeMemory memory1 = new FakeMemory();
  private final FakeMemory memory2 = new FakeMemory();
  private Guest guest1 = guest("one");
  private Guest guest2 = guest("two");

  private HostSimulator host(HostSettings settings) {
    return new HostSimulator(settings, 1000, clock, events::add);
  }

  private void use(HostSettings settings) {
    host = host(settings);
    guest1 = guest("one");
    guest2 = guest("two");
  }

  private Guest guest(String name) {
    return host.connect(Guest.Id.named(name)).orElseThrow();
  }

  private int send(Guest guest, ByteBuffer request) {
    host.answer(
        guest,
        request,
        () -> {
          throw new IOException("no memory");
        });
    return RequestHeader.rc(request);
  }

  private PageCounts check(Guest guest, FakeMemory memory) {
    ByteBuffer request = CheckRequest.encode();
    host.answer(guest, request, () -> memory);
    assertEquals(0, RequestHeader.rc(request));
    return figures(guest).lastCheck().orElseThrow().pages();
  }

  private HostFigures.OfGuest figures(Guest guest) {
    for (HostFigures.OfGuest figures : host.figures().guests()) {
      if (figures.name().equals(guest.id.toString())) {
        return figures;
      }
    }
    throw new AssertionError(guest.id);
  }

  private int register(Guest guest, SharedModule module) {
    return send(guest, RegisterRequest.encode(module));
  }

  private int unregister(Guest guest, SharedModule module) {
    return send(guest, UnregisterRequest.encode(module));
  }

  /** A module of one region, which begins at the base. */
  private static SharedModule module(String name, String version, long base, long sizeBytes) {
    return new SharedModule(
        base,
        sizeBytes,
        name,
        version,
        OsFamily.LINUX64,
        List.of(new ModuleRegion(base, sizeBytes)));
  }

  private static SharedModule libc(long base) {
    return module("libc", "1", base, 3 * PAGE);
  }

  private static PageCounts counts(
      long newShared, long merged, long different, long alreadyShared, long cow) {
    return new PageCounts(newShared, merged, different, alreadyShared, 0, 0, 0, cow);
  }

  private void assertTotals(long shared, long duplicates) {
    HostFigures figures = host.figures();
    assertEquals(shared, figures.sharedPages(), "shared");
    assertEquals(duplicates, figures.duplicatePages(), "duplicates");
    assertEquals(duplicates * PAGE, figures.savedBytes());
  }

  // Matching and merging.

  @Test
  void theFirstPageWinsAndEqualOnesAreMergedWhereverTheyLie() {
    memory1.map(A, 10, 11, 12);
    memory2.map(B, 10, 99, 12);
    assertEquals(0, register(guest1, libc(A)));
    assertEquals(0, register(guest2, libc(B)));
    assertEquals(counts(3, 0, 0, 0, 0), check(guest1, memory1));
    assertTotals(3, 0);
    assertEquals(counts(0, 2, 1, 0, 0), check(guest2, memory2));
    assertTotals(3, 2);
    // Shared ones are left alone; the different one is compared again.
    assertEquals(counts(0, 0, 1, 2, 0), check(guest2, memory2));
    assertEquals(counts(0, 0, 0, 3, 0), check(guest1, memory1));
    memory2.at(B + PAGE).content = 11;
    assertEquals(counts(0, 1, 0, 2, 0), check(guest2, memory2));
    assertTotals(3, 3);
    assertEquals(3, figures(guest1).sharedPages());
    assertTrue(memory1.closed);
    HostFigures.OfModule module = host.figures().modules().get(0);
    assertEquals(
        new HostFigures.OfModule("libc", "1", 3 * PAGE, OsFamily.LINUX64, 3, 2, 3, 3), module);
  }

  @Test
  void onlyTheSameIdentityIsCompared() {
    memory1.map(A, 1, 2, 3, 4);
    memory2.map(A, 1, 2, 3, 4);
    register(guest1, libc(A));
    check(guest1, memory1);
    List<ModuleRegion> two =
        List.of(new ModuleRegion(A, PAGE), new ModuleRegion(A + PAGE, 2 * PAGE));
    List<SharedModule> others =
        List.of(
            module("libc", "2", A, 3 * PAGE),
            module("libd", "1", A, 3 * PAGE),
            module("libc", "1", A, 3 * PAGE - 1),
            new SharedModule(A, 3 * PAGE, "libc", "1", OsFamily.LINUX32, libc(A).regions()),
            new SharedModule(A, 3 * PAGE, "libc", "1", OsFamily.LINUX64, two),
            new SharedModule(
                A, 3 * PAGE, "libc", "1", OsFamily.LINUX64, List.of(new ModuleRegion(A, 4 * PAGE))),
            new SharedModule(
                A,
                3 * PAGE,
                "libc",
                "1",
                OsFamily.LINUX64,
                List.of(new ModuleRegion(A + 1, 3 * PAGE))));
    for (SharedModule other : others) {
      Guest another = guest(other.toString());
      assertEquals(0, register(another, other));
      assertEquals(0, check(another, memory2).merged(), other.toString());
      assertEquals(0, unregister(another, other));
    }
    assertEquals(0, host.figures().duplicatePages());
    // And this is the same.
    assertEquals(0, register(guest2, libc(A)));
    assertEquals(3, check(guest2, memory2).merged());
  }

  /** Sizes of regions count in pages, their addresses by the offset in a page. */
  @Test
  void regionsAreRounded() {
    SharedModule first =
        new SharedModule(
            A, 9999, "m", "1", OsFamily.LINUX64, List.of(new ModuleRegion(A + 100, 5000)));
    SharedModule second =
        new SharedModule(
            7, 9999, "m", "1", OsFamily.LINUX64, List.of(new ModuleRegion(B + PAGE + 100, 8092)));
    memory1.map(A, 1, 2);
    memory2.map(B + PAGE, 1, 2);
    register(guest1, first);
    register(guest2, second);
    assertEquals(2, check(guest1, memory1).newShared());
    assertEquals(2, check(guest2, memory2).merged());
    // One byte more is a page more.
    SharedModule third =
        new SharedModule(
            7, 9999, "m", "1", OsFamily.LINUX64, List.of(new ModuleRegion(B + PAGE + 100, 8093)));
    Guest guest3 = guest("three");
    register(guest3, third);
    FakeMemory memory3 = new FakeMemory().map(B + PAGE, 1, 2);
    assertEquals(new PageCounts(2, 0, 0, 0, 0, 1, 0, 0), check(guest3, memory3));
  }

  @Test
  void onlyPresentReadOnlyRamIsShared() {
    memory1.map(A, memory1.page(1), PageBatch.WRITABLE);
    memory1.map(A + PAGE, memory1.page(2), PageBatch.NOT_RAM);
    register(guest1, libc(A));
    assertEquals(new PageCounts(0, 0, 0, 0, 1, 1, 1, 0), check(guest1, memory1));
    assertTotals(0, 0);
    // No content of what can't be shared is looked at.
    assertEquals(0, memory1.pagesRead);
  }

  /** Regions are many batches long, and their pages counted without a gap. */
  @Test
  void everyPageOfALongRegionIsLookedAt() {
    long pages = 3 * PageBatch.PAGES_MAX + 5;
    for (long i = 0; i < pages; i++) {
      memory1.map(A + i * PAGE, i);
    }
    register(guest1, module("long", "1", A, (pages + 10) * PAGE));
    assertEquals(new PageCounts(pages, 0, 0, 0, 0, 10, 0, 0), check(guest1, memory1));
  }

  @Test
  void aPageBelongsToTheModuleThatHadItFirst() {
    memory1.map(A, 1, 2, 3);
    memory2.map(A, 1, 2, 3);
    register(guest1, module("other", "1", A + 1, PAGE));
    register(guest1, libc(A));
    register(guest2, module("other", "1", A + 1, PAGE));
    // libc comes first: its base is lower.
    PageCounts pages = check(guest1, memory1);
    assertEquals(counts(3, 0, 0, 2, 0), pages);
    List<HostFigures.Registered> modules = figures(guest1).modules();
    assertEquals(counts(3, 0, 0, 0, 0), modules.get(0).pages());
    assertEquals(counts(0, 0, 0, 2, 0), modules.get(1).pages());
    // So for the other module, the second guest has the first pages.
    assertEquals(2, check(guest2, memory2).newShared());
  }

  @Test
  void modulesAreCheckedInTheUnsignedOrderOfTheirBases() {
    long kernel = 0xffff_ffff_8100_0000L;
    memory1.map(A, 1, 2, 3);
    register(guest1, new SharedModule(kernel, PAGE, "k", "1", OsFamily.LINUX64, libc(A).regions()));
    register(guest1, libc(A));
    check(guest1, memory1);
    List<HostFigures.Registered> modules = figures(guest1).modules();
    assertEquals("libc", modules.get(0).name());
    assertEquals(3, modules.get(0).pages().newShared());
    assertEquals(3, modules.get(1).pages().alreadyShared());
  }

  /** From one end of the address space to the other. */
  @Test
  void pagesAreFoundAgainWhereverTheyLie() {
    long[] addresses = {0, A, 0xffff_ffff_8100_0000L, -PAGE};
    for (long address : addresses) {
      memory1.map(address, address);
      register(guest1, module("m", "1", address, PAGE));
    }
    assertEquals(counts(1, 0, 3, 0, 0), check(guest1, memory1));
    for (long address : addresses) {
      unregister(guest1, module("m", "1", address, PAGE));
      register(guest1, module("m" + address, "1", address, PAGE));
    }
    assertEquals(counts(3, 0, 0, 1, 0), check(guest1, memory1));
    assertEquals(counts(0, 0, 0, 4, 0), check(guest1, memory1));
    for (long address : addresses) {
      memory1.at(address).content = 1;
      assertEquals(counts(1, 0, 0, 3, 1), check(guest1, memory1));
    }
  }

  @Test
  void whatIsWrittenLaterIsUnsharedAtTheNextCheck() {
    memory1.map(A, 1, 2, 3);
    memory2.map(B, 1, 2, 3);
    register(guest1, libc(A));
    register(guest2, libc(B));
    check(guest1, memory1);
    check(guest2, memory2);
    assertTotals(3, 3);
    memory2.at(B).content = 77;
    // Nobody has looked yet.
    assertTotals(3, 3);
    assertEquals(counts(0, 0, 1, 2, 1), check(guest2, memory2));
    assertTotals(3, 2);
    assertEquals(1, figures(guest2).modules().get(0).pages().cow());
    // It can be fused again.
    memory2.at(B).content = 1;
    assertEquals(counts(0, 1, 0, 2, 0), check(guest2, memory2));
    assertTotals(3, 3);
    // The first page is one of many: the copy stays when its guest writes.
    memory1.at(A + PAGE).content = 88;
    assertEquals(counts(0, 0, 1, 2, 1), check(guest1, memory1));
    assertTotals(3, 2);
    // When all have written theirs, the copy is gone, and there is a new first.
    memory2.at(B + PAGE).content = 88;
    assertEquals(counts(1, 0, 0, 2, 1), check(guest2, memory2));
    assertEquals(counts(0, 1, 0, 2, 0), check(guest1, memory1));
    assertTotals(3, 3);
  }

  /** Also where it became writable, or is no longer registered. */
  @Test
  void whatIsWrittenIsFoundWhereverItWasSeen() {
    memory1.map(A, 1, 2, 3);
    register(guest1, libc(A));
    check(guest1, memory1);
    FakeMemory.Page first = memory1.at(A);
    memory1.map(A, first, PageBatch.WRITABLE);
    assertEquals(new PageCounts(0, 0, 0, 2, 1, 0, 0, 0), check(guest1, memory1));
    assertTotals(3, 0);
    first.content = 5;
    assertEquals(new PageCounts(0, 0, 0, 2, 1, 0, 0, 1), check(guest1, memory1));
    assertTotals(2, 0);
    unregister(guest1, libc(A));
    memory1.at(A + PAGE).content = 6;
    assertEquals(counts(0, 0, 0, 0, 1), check(guest1, memory1));
    assertTotals(1, 0);
    // What can't be seen stays as it was.
    memory1.unmap(A + 2 * PAGE);
    assertEquals(counts(0, 0, 0, 0, 0), check(guest1, memory1));
    assertTotals(1, 0);
  }

  /** As after a restart of the agent, when the file is mapped elsewhere. */
  @Test
  void aSharedPageIsKnownAtAnotherAddress() {
    memory1.map(A, 1, 2, 3);
    register(guest1, libc(A));
    check(guest1, memory1);
    for (int i = 0; i < 3; i++) {
      memory1.map(B + i * PAGE, memory1.at(A + i * PAGE), PageBatch.READ_ONLY);
      memory1.unmap(A + i * PAGE);
    }
    memory1.at(B).content = 9;
    register(guest1, libc(B));
    assertEquals(new PageCounts(1, 0, 0, 2, 0, 3, 0, 1), check(guest1, memory1));
    assertTotals(3, 0);
    // And there it is looked for from then on.
    unregister(guest1, libc(B));
    memory1.at(B + PAGE).content = 9;
    assertEquals(1, check(guest1, memory1).cow());
    assertTotals(2, 0);
  }

  @Test
  void unregisteringUnsharesNothing() {
    memory1.map(A, 1, 2, 3);
    memory2.map(B, 1, 2, 3);
    register(guest1, libc(A));
    register(guest2, libc(B));
    check(guest1, memory1);
    check(guest2, memory2);
    assertEquals(0, unregister(guest1, libc(A)));
    assertTotals(3, 3);
    // The host knows the module by the other guest still.
    Guest guest3 = guest("three");
    register(guest3, libc(A));
    assertEquals(counts(0, 3, 0, 0, 0), check(guest3, new FakeMemory().map(A, 1, 2, 3)));
    assertTotals(3, 6);
  }

  @Test
  void aModuleThatNobodyHasIsForgotten() {
    memory1.map(A, 1, 2, 3);
    register(guest1, libc(A));
    check(guest1, memory1);
    unregister(guest1, libc(A));
    assertTotals(3, 0);
    assertEquals(List.of(), host.figures().modules());
    register(guest2, libc(B));
    memory2.map(B, 1, 2, 3);
    assertEquals(counts(3, 0, 0, 0, 0), check(guest2, memory2));
    assertTotals(6, 0);
    // The old pages are shared: nothing merges them with the new ones.
    register(guest1, libc(A));
    assertEquals(counts(0, 0, 0, 3, 0), check(guest1, memory1));
    assertTotals(6, 0);
    memory1.at(A).content = 9;
    check(guest1, memory1);
    assertTotals(5, 0);
    assertEquals(3, host.figures().modules().get(0).sharedPages());
  }

  // Registrations.

  @Test
  void whatIsRegisteredAlreadyCostsNothing() {
    for (int i = 0; i < 3000; i++) {
      assertEquals(0, register(guest1, libc(A)));
    }
    assertEquals(1, figures(guest1).registrationsEver());
    assertEquals(1, host.figures().modules().get(0).registrations());
    // The addresses of the first time stand.
    memory1.map(A, 1, 2, 3);
    assertEquals(
        0,
        register(
            guest1,
            new SharedModule(A, 3 * PAGE, "libc", "1", OsFamily.LINUX64, libc(B).regions())));
    assertEquals(3, check(guest1, memory1).newShared());
  }

  @Test
  void anotherModuleAtABaseClashes() {
    register(guest1, libc(A));
    assertEquals(-3828, register(guest1, module("libd", "1", A, PAGE)));
    assertEquals(0, register(guest2, module("libd", "1", A, PAGE)));
    // Also where the host knows the module.
    assertEquals(-3828, register(guest1, module("libd", "1", A, PAGE)));
    assertEquals(0, register(guest1, module("libd", "1", A + 1, PAGE)));
    // One module may stand at two bases.
    assertEquals(0, register(guest1, libc(B)));
    assertEquals(2, host.figures().modules().get(0).registrations());
  }

  @Test
  void registrationsAreABudgetForLife() {
    for (int i = 0; i < 2047; i++) {
      assertEquals(0, register(guest1, libc(A)));
      assertEquals(0, unregister(guest1, libc(A)));
    }
    assertEquals(0, register(guest1, libc(A)));
    assertEquals(2048, figures(guest1).registrationsEver());
    assertEquals(-3825, register(guest1, libc(B)));
    assertEquals(0, register(guest1, libc(A)));
    assertEquals(-3828, register(guest1, module("libd", "1", A, PAGE)));
    unregister(guest1, libc(A));
    assertEquals(-3825, register(guest1, libc(A)));
    // Others have their own.
    assertEquals(0, register(guest2, libc(A)));
    assertEquals(Map.of(-3825, 2L, -3828, 1L), figures(guest1).refused());
  }

  @Test
  void theHostHasRoomForSomeModules() {
    int sent = 0;
    for (int g = 0; g < 9; g++) {
      Guest guest = guest("guest " + g);
      for (int i = 0; i < 2048 && sent < 16834; i++, sent++) {
        assertEquals(0, register(guest, module("module " + sent, "1", i * PAGE, PAGE)));
      }
    }
    assertEquals(-3826, register(guest2, libc(A)));
    assertEquals(0, register(guest2, module("module 5", "1", A, PAGE)));
    unregister(guest("guest 0"), module("any", "1", 7 * PAGE, PAGE));
    assertEquals(0, register(guest2, libc(B)));
    assertEquals(-3826, register(guest2, module("one more", "1", 0, PAGE)));
  }

  @Test
  void unregisteringLooksAtTheBaseAlone() {
    register(guest1, libc(A));
    assertEquals(-3829, unregister(guest1, libc(B)));
    assertEquals(-3829, unregister(guest2, libc(A)));
    assertEquals(0, unregister(guest1, module("something else", "9", A, 17)));
    assertEquals(-3829, unregister(guest1, libc(A)));
  }

  @Test
  void aResetForgetsTheGuestButNotTheOthers() {
    memory1.map(A, 1, 2, 3);
    memory2.map(B, 1, 2, 3);
    register(guest1, libc(A));
    register(guest2, libc(B));
    check(guest1, memory1);
    check(guest2, memory2);
    long session = sessionId(guest1);
    assertEquals(0, send(guest1, header(HostSimulator.RESET)));
    assertEquals(session, sessionId(guest1));
    assertEquals(0, figures(guest1).registrationsEver());
    assertEquals(List.of(), figures(guest1).modules());
    assertEquals(0, figures(guest1).sharedPages());
    assertTotals(3, 0);
    assertEquals(0, register(guest1, libc(A)));
    assertEquals(counts(0, 3, 0, 0, 0), check(guest1, memory1));
  }

  @Test
  void aRestoredGuestHasAnotherSession() {
    register(guest1, libc(A));
    long session = sessionId(guest1);
    assertEquals(session, sessionId(guest1));
    assertEquals(0, send(guest1, header(HostSimulator.RESTORE)));
    assertNotEquals(session, sessionId(guest1));
    assertNotEquals(sessionId(guest2), sessionId(guest1));
    assertEquals(List.of(), figures(guest1).modules());
    assertEquals(-3829, unregister(guest1, libc(A)));
  }

  private long sessionId(Guest guest) {
    ByteBuffer request = SessionIdRequest.encode();
    assertEquals(0, send(guest, request));
    try {
      return SessionIdRequest.decodeAnswer(request);
    } catch (MalformedRequestException e) {
      throw new AssertionError(e);
    }
  }

  // What may be wrong with a request.

  private static ByteBuffer header(int type) {
    ByteBuffer request = CheckRequest.encode();
    return request.putInt(8, type);
  }

  @Test
  void malformedRequestsAreRefused() {
    assertEquals(-11, send(guest1, CheckRequest.encode().putInt(4, 0x10002)));
    assertEquals(-12, send(guest1, header(216)));
    assertEquals(-12, send(guest1, header(1)));
    assertEquals(-12, send(guest1, header(-1)));
    for (ByteBuffer request :
        List.of(
            CheckRequest.encode(),
            RegisterRequest.encode(libc(A)),
            UnregisterRequest.encode(libc(A)),
            StatusRequest.encode(),
            SessionIdRequest.encode(),
            HostVersionRequest.encode())) {
      // Right but for its length: with zeros at its end, and cut off.
      for (int size : new int[] {24, request.limit() - 8, request.limit() + 8}) {
        ByteBuffer other = ByteBuffer.allocate(Math.max(24, size)).order(request.order());
        other.put(0, request, 0, Math.min(other.limit(), request.limit()));
        other.putInt(0, other.limit());
        assertEquals(other.limit() == request.limit() ? 0 : -2, send(guest1, other));
      }
    }
    ByteBuffer unterminated = RegisterRequest.encode(libc(A));
    for (int i = 0; i < 128; i++) {
      unterminated.put(48 + i, (byte) 'x');
    }
    assertEquals(-2, send(guest1, unterminated));
    ByteBuffer manyRegions = ByteBuffer.allocate(192 + 33 * 16).order(unterminated.order());
    manyRegions.put(0, RegisterRequest.encode(libc(A)), 0, 208);
    manyRegions.putInt(0, manyRegions.limit()).putInt(28, 33);
    assertEquals(-2, send(guest1, manyRegions));
    assertEquals(-2, send(guest1, RegisterRequest.encode(libc(A)).putInt(28, 2)));
    assertEquals(List.of(), figures(guest1).modules());
  }

  @Test
  void sizesThatNoModuleHasAreRefused() {
    assertEquals(-3830, send(guest1, RegisterRequest.encode(libc(A)).putInt(24, 0)));
    assertEquals(-3830, send(guest1, RegisterRequest.encode(libc(A)).putInt(24, (1 << 30) + 1)));
    assertEquals(-3831, send(guest1, RegisterRequest.encode(libc(A)).putInt(200, 0)));
    assertEquals(-3831, send(guest1, RegisterRequest.encode(libc(A)).putInt(200, -1)));
    assertEquals(-54, send(guest1, UnregisterRequest.encode(libc(A)).putInt(24, 0)));
    assertEquals(-54, send(guest1, UnregisterRequest.encode(libc(A)).putInt(24, 1 << 30)));
    assertEquals(0, register(guest1, module("most", "1", A, 1 << 30)));
  }

  @Test
  void theLongestNamesAndMostRegionsAreTaken() {
    List<ModuleRegion> regions = new ArrayList<>();
    for (int i = 0; i < 32; i++) {
      long address = A + 2L * i * PAGE;
      regions.add(new ModuleRegion(address, PAGE));
      memory1.map(address, i);
    }
    String name = "é".repeat(63) + "x";
    assertEquals(127, name.getBytes(StandardCharsets.UTF_8).length);
    assertEquals(
        0,
        register(
            guest1, new SharedModule(1, 1, name, "123456789012345", OsFamily.LINUX64, regions)));
    assertEquals(32, check(guest1, memory1).newShared());
    assertEquals(name, host.figures().modules().get(0).name());
    assertEquals(32, host.figures().modules().get(0).pages());
  }

  // Hosts as they are.

  @Test
  void tellsVersionAndStatus() throws MalformedRequestException {
    ByteBuffer version = HostVersionRequest.encode();
    assertEquals(0, send(guest1, version));
    assertEquals(VERSION, HostVersionRequest.decodeAnswer(version));
    ByteBuffer status = StatusRequest.encode();
    assertEquals(0, send(guest1, status));
    assertTrue(StatusRequest.decodeAnswer(status));
  }

  @Test
  void withFusionOffNothingIsTaken() throws MalformedRequestException {
    use(new HostSettings(VERSION, false, true, false, OptionalLong.empty(), Map.of()));
    ByteBuffer status = StatusRequest.encode();
    assertEquals(0, send(guest1, status));
    assertEquals(false, StatusRequest.decodeAnswer(status));
    assertEquals(-37, register(guest1, libc(A)));
    assertEquals(-37, unregister(guest1, libc(A)));
    assertEquals(-37, send(guest1, CheckRequest.encode()));
    assertEquals(0, figures(guest1).checks());
    assertEquals(0, send(guest1, SessionIdRequest.encode()));
  }

  @Test
  void builtWithoutFusionItKnowsNoSuchRequest() {
    use(new HostSettings(VERSION, true, false, false, OptionalLong.empty(), Map.of()));
    assertEquals(-12, send(guest1, StatusRequest.encode()));
    assertEquals(-12, register(guest1, libc(A)));
    assertEquals(-12, unregister(guest1, libc(A)));
    assertEquals(-12, send(guest1, CheckRequest.encode()));
    assertEquals(0, send(guest1, HostVersionRequest.encode()));
  }

  @Test
  void answersAsTold() {
    use(
        new HostSettings(
            VERSION,
            true,
            true,
            false,
            OptionalLong.empty(),
            Map.of(RequestType.REGISTER, -3816, RequestType.CHECK, -225)));
    assertEquals(-3816, register(guest1, libc(A)));
    assertEquals(List.of(), figures(guest1).modules());
    assertEquals(-225, send(guest1, CheckRequest.encode()));
    assertEquals(0, figures(guest1).checks());
    assertEquals(-3829, unregister(guest1, libc(A)));
  }

  @Test
  void withSmapTheFirstComparisonEndsTheCheck() {
    use(new HostSettings(VERSION, true, true, true, OptionalLong.empty(), Map.of()));
    memory1.map(A, 1, 2, 3);
    memory2.map(A, 1, 2, 3);
    register(guest1, libc(A));
    register(guest2, libc(A));
    assertEquals(3, check(guest1, memory1).newShared());
    assertEquals(counts(0, 0, 0, 0, 0), check(guest2, memory2));
    assertStopped("SMAP");
    assertTotals(3, 0);
  }

  @Test
  void anUnmappedChunkEndsTheCheck() {
    use(new HostSettings(VERSION, true, true, false, OptionalLong.of(A + PAGE), Map.of()));
    memory1.map(A, 1, 2, 3);
    memory2.map(A, 1, 2, 3);
    memory2.map(B, 4);
    register(guest1, libc(A));
    register(guest2, libc(A));
    register(guest2, module("after it", "1", B, PAGE));
    assertEquals(3, check(guest1, memory1).newShared());
    assertEquals(counts(0, 1, 0, 0, 0), check(guest2, memory2));
    assertStopped("0x" + Long.toHexString(A + PAGE));
    assertEquals(PageCounts.NONE, figures(guest2).modules().get(1).pages());
  }

  private void assertStopped(String why) {
    Optional<String> stopped = figures(guest2).lastCheck().orElseThrow().stopped();
    assertTrue(stopped.orElseThrow().contains(why), stopped.toString());
    HostEvent event = events.get(events.size() - 2);
    assertTrue(event.unusual() && event.what().contains(why), event.toString());
  }

  // Bounds.

  @Test
  void aProcessThatCantBeLookedAtIsAStoppedCheck() {
    register(guest2, libc(A));
    assertEquals(0, send(guest2, CheckRequest.encode()));
    assertStopped("no memory");
    assertEquals(1, figures(guest2).checks());
  }

  @Test
  void theMemoryForSharedPagesIsBounded() {
    long[] contents = new long[600];
    for (int i = 0; i < contents.length; i++) {
      contents[i] = i;
    }
    memory1.map(A, contents);
    memory2.map(A, contents);
    SharedModule large = module("large", "1", A, contents.length * PAGE);
    register(guest1, large);
    register(guest2, large);
    assertEquals(600, check(guest1, memory1).newShared());
    assertEquals(400, check(guest2, memory2).merged());
    assertStopped("full");
    // Room is made again.
    send(guest1, header(HostSimulator.RESET));
    assertEquals(counts(200, 0, 0, 400, 0), check(guest2, memory2));
  }

  @Test
  void guestsWithoutAConnectionMakeRoom() {
    List<Guest> processes = new ArrayList<>();
    for (int pid = 1; pid <= HostSimulator.GUESTS_MAX - 2; pid++) {
      processes.add(host.connect(Guest.Id.process(pid, 7)).orElseThrow());
    }
    assertEquals(Optional.empty(), host.connect(Guest.Id.named("late")));
    Guest gone = processes.get(3);
    register(gone, libc(A));
    check(gone, new FakeMemory().map(A, 1, 2, 3));
    host.disconnect(gone);
    assertTotals(3, 0);
    // It may come back as long as there is room.
    assertEquals(gone, host.connect(gone.id).orElseThrow());
    host.disconnect(gone);
    assertTrue(host.connect(Guest.Id.named("late")).isPresent());
    assertTotals(0, 0);
    assertEquals(List.of(), host.figures().modules());
    // A guest with a name is kept: it may come back.
    host.disconnect(guest1);
    assertEquals(Optional.empty(), host.connect(Guest.Id.process(4, 8)));
  }
}
