// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.hostsim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;
import org.pagefusion.vmmdev.CheckRequest;
import org.pagefusion.vmmdev.HostVersion;
import org.pagefusion.vmmdev.ModuleRegion;
import org.pagefusion.vmmdev.OsFamily;
import org.pagefusion.vmmdev.RegisterRequest;
import org.pagefusion.vmmdev.RequestHeader;
import org.pagefusion.vmmdev.SharedModule;
import org.pagefusion.vmmdev.UnregisterRequest;

/** Any sequence of what guests may do has the outcome that the plain model of the rules has. */
class HostSimulatorProperties {
  private static final int GUESTS = 3;
  private static final int PAGES = 10;
  private static final long PAGE = 4096;
  private static final long FIRST_ADDRESS = 0x7f00_0000_0000L;
  private static final HostVersion VERSION = new HostVersion(7, 1, 12, 1, 1);

  enum Kind {
    REGISTER,
    UNREGISTER,
    CHECK,
    WRITE,
    MAP,
    UNMAP,
    PROTECT,
    RESET
  }

  /** Something a guest does: with a page or base, and with a content or module. */
  record Step(Kind kind, int guest, int where, int what) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Kind> kinds =
        Arbitraries.of(
            Kind.REGISTER,
            Kind.REGISTER,
            Kind.UNREGISTER,
            Kind.CHECK,
            Kind.CHECK,
            Kind.CHECK,
            Kind.WRITE,
            Kind.MAP,
            Kind.UNMAP,
            Kind.PROTECT,
            Kind.RESET);
    return Combinators.combine(
            kinds,
            Arbitraries.integers().between(0, GUESTS - 1),
            Arbitraries.integers().between(0, PAGES - 1),
            Arbitraries.integers().between(0, 3))
        .as(Step::new)
        .list()
        .ofMaxSize(80);
  }

  @Property(tries = 3000)
  void equalsTheModel(@ForAll("steps") List<Step> steps) {
    Pair pair = new Pair();
    for (int g = 0; g < GUESTS; g++) {
      // At the start, half of the pages are there.
      for (int p = 0; p < PAGES; p += 2) {
        pair.map(g, p, p / 3, false);
        pair.map(g, p + 1, g, false);
      }
    }
    for (Step step : steps) {
      pair.make(step);
      pair.compareTotals();
    }
    Statistics.label("merged anything")
        .collect(pair.merged > 0)
        .coverage(c -> c.check(true).percentage(p -> p > 10));
    Statistics.label("found anything different")
        .collect(pair.different > 0)
        .coverage(c -> c.check(true).percentage(p -> p > 10));
    Statistics.label("found anything written")
        .collect(pair.written > 0)
        .coverage(c -> c.check(true).percentage(p -> p > 10));
  }

  /** The simulator and the model, with the same guests. */
  private static final class Pair {
    final ModelHost model = new ModelHost(GUESTS, PAGES);
    final HostSimulator host =
        new HostSimulator(
            HostSettings.of(VERSION),
            1000,
            Clock.fixed(Instant.EPOCH, ZoneOffset.UTC),
            event -> assertFalse(event.unusual(), event.what()));
    final List<Guest> guests = new ArrayList<>();
    final List<FakeMemory> memories = new ArrayList<>();
    final FakeMemory.Page[][] pages = new FakeMemory.Page[GUESTS][PAGES];
    long merged;
    long different;
    long written;

    Pair() {
      for (int g = 0; g < GUESTS; g++) {
        guests.add(host.connect(Guest.Id.named("guest " + g)).orElseThrow());
        memories.add(new FakeMemory());
        for (int p = 0; p < PAGES; p++) {
          pages[g][p] = memories.get(g).page(0);
        }
      }
    }

    void make(Step step) {
      int g = step.guest();
      ModelHost.Guest guest = model.guests.get(g);
      ModelHost.Page page = guest.memory.get(step.where());
      switch (step.kind()) {
        case REGISTER -> register(g, step.where(), step.what());
        case UNREGISTER ->
            assertEquals(
                model.unregister(guest, step.where()),
                send(g, UnregisterRequest.encode(module(step.where(), 0))));
        case CHECK -> check(g);
        case WRITE -> {
          // The simulator learns of it at the next check, which must be this guest's for the two to
          // agree, and only where the page is mapped.
          map(g, step.where(), page.content, page.writable);
          check(g);
          guest.write(step.where(), step.what());
          pages[g][step.where()].content = step.what();
          check(g);
        }
        case MAP -> map(g, step.where(), page.content, page.writable);
        case PROTECT -> map(g, step.where(), page.content, !page.writable);
        case UNMAP -> {
          page.present = false;
          memories.get(g).unmap(address(step.where()));
        }
        case RESET -> {
          model.reset(guest);
          assertEquals(0, send(g, CheckRequest.encode().putInt(8, HostSimulator.RESET)));
        }
        default -> throw new AssertionError(step);
      }
    }

    /** Modules of other lengths and names overlap; in each guest they lie elsewhere. */
    private static SharedModule module(int base, int what) {
      long size = (what + 1) * PAGE;
      return new SharedModule(
          base,
          size,
          "module " + what / 2,
          "1",
          OsFamily.LINUX64,
          List.of(new ModuleRegion(address(base), size)));
    }

    private static long address(int page) {
      return FIRST_ADDRESS + page * PAGE;
    }

    private void register(int g, int base, int what) {
      SharedModule module = module(base, what);
      ModelHost.Module modelled = new ModelHost.Module(module.name(), what + 1);
      assertEquals(
          model.register(model.guests.get(g), base, modelled, base),
          send(g, RegisterRequest.encode(module)));
    }

    void map(int g, int page, int content, boolean writable) {
      ModelHost.Page modelled = model.guests.get(g).memory.get(page);
      modelled.present = true;
      modelled.writable = writable;
      modelled.content = content;
      pages[g][page].content = content;
      memories
          .get(g)
          .map(address(page), pages[g][page], writable ? PageBatch.WRITABLE : PageBatch.READ_ONLY);
    }

    private void check(int g) {
      long[] expected = model.check(model.guests.get(g));
      assertEquals(0, send(g, CheckRequest.encode()));
      PageCounts counts = host.figures().guests().get(g).lastCheck().orElseThrow().pages();
      assertArrayEquals(
          expected,
          new long[] {
            counts.newShared(),
            counts.merged(),
            counts.different(),
            counts.alreadyShared(),
            counts.writable(),
            counts.absent()
          });
      merged += counts.merged();
      different += counts.different();
      written += counts.cow();
    }

    private int send(int g, ByteBuffer request) {
      host.answer(guests.get(g), request, () -> memories.get(g));
      return RequestHeader.rc(request);
    }

    void compareTotals() {
      HostFigures figures = host.figures();
      assertEquals(model.sharedPages(), figures.sharedPages());
      assertEquals(model.duplicatePages(), figures.duplicatePages());
      for (int g = 0; g < GUESTS; g++) {
        ModelHost.Guest guest = model.guests.get(g);
        HostFigures.OfGuest figuresOfGuest = figures.guests().get(g);
        assertEquals(model.sharedPagesOf(guest), figuresOfGuest.sharedPages());
        assertEquals(guest.registrations, figuresOfGuest.registrationsEver());
        assertEquals(guest.registered.size(), figuresOfGuest.modules().size());
      }
    }
  }
}
