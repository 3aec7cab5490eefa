// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.compare;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pagefusion.guest.PageRuns;

/**
 * The host's rules over page hashes, guest after guest: the first page at a place of a module
 * becomes the shared one, later ones with equal contents are freed, others are left alone
 * (VirtualBox, {@code GMMR0RegisterSharedModule} and {@code GMMR0SharedModuleCheckPage}). Equal
 * hashes are taken for equal pages: with 64 bits, one such error in 100 million comparisons has a
 * probability of 5 in 10^12.
 */
final class HostModel {
  /** Modules of all guests that the host has room for. */
  static final int MODULES_MAX = 16_834;

  /** How often a guest may have the same module: in containers, for example. */
  static final int COPIES_IN_GUEST_MAX = 32;

  private final Map<ModuleKey, ModulePages> modules = new LinkedHashMap<>();
  private final List<GuestTally> guests = new ArrayList<>();
  private final MemoryBudget budget;
  private final int modulesMax;
  private final boolean pairs;
  private final PageTable table;
  private final VariantTable variants;
  private long unregistered;

  /**
   * Creates a host without guests.
   *
   * @param pairs whether to remember which guests hold a page; there may be {@link
   *     PairMatrix#MAX_GUESTS} of them at most then
   * @param heapBytes that the JVM may use
   */
  HostModel(boolean pairs, long heapBytes) {
    this(pairs, heapBytes, MODULES_MAX);
  }

  /** The same with room for fewer modules. */
  HostModel(boolean pairs, long heapBytes, int modulesMax) {
    budget = MemoryBudget.ofTables(heapBytes);
    this.modulesMax = modulesMax;
    this.pairs = pairs;
    table = new PageTable(pairs, budget);
    variants = new VariantTable(pairs, MemoryBudget.ofVariants(heapBytes));
  }

  /**
   * A guest registers its modules and has them checked.
   *
   * @throws UnusableReportException when it holds a module too often; nothing is counted then
   */
  void add(GuestReport report) throws UnusableReportException, TooLargeException {
    Map<ModuleKey, BitSet> repeated = repeated(report.modules());
    int guest = guests.size();
    GuestTally tally = new GuestTally();
    guests.add(tally);
    for (ReportedModule reported : report.modules()) {
      ModulePages module = register(reported, guest);
      if (module == null) {
        unregistered++;
        tally.of(reported.category()).onlyHere +=
            reported.hashes().isPresent() ? reported.resident().pages() : 0;
      } else {
        module.addGuest(guest);
      }
      if (reported.hashes().isEmpty()) {
        tally.unknown += reported.resident().pages();
      } else if (module != null) {
        check(reported, module, guest, repeated.get(reported.key()));
      }
    }
  }

  /** For each module that a guest has more than once, room for the places that were seen. */
  private static Map<ModuleKey, BitSet> repeated(List<ReportedModule> modules)
      throws UnusableReportException {
    Map<ModuleKey, Integer> counts = new HashMap<>();
    Map<ModuleKey, BitSet> repeated = new HashMap<>();
    for (ReportedModule module : modules) {
      int count = counts.merge(module.key(), 1, Integer::sum);
      if (count == 2) {
        repeated.put(module.key(), new BitSet());
      } else if (count > COPIES_IN_GUEST_MAX) {
        throw new UnusableReportException(
            "the same module more than " + COPIES_IN_GUEST_MAX + " times: " + module.path());
      }
    }
    return repeated;
  }

  private ModulePages register(ReportedModule reported, int guest) throws TooLargeException {
    ModulePages module = modules.get(reported.key());
    if (module == null && modules.size() < modulesMax) {
      module = new ModulePages(reported, guest, budget);
      modules.put(reported.key(), module);
    }
    return module;
  }

  /** Looks at all pages of a module in a guest. */
  private void check(ReportedModule reported, ModulePages module, int guest, BitSet seen)
      throws TooLargeException {
    PageRuns resident = reported.resident();
    long[] hashes = reported.hashes().orElseThrow();
    List<Integer> regionPages = module.key.regionPages();
    int next = 0;
    int firstPlace = 0;
    for (int region = 0; region < regionPages.size(); region++) {
      long start = reported.regionStarts()[region];
      PageRuns within = resident.within(start, start + regionPages.get(region));
      for (int run = 0; run < within.count(); run++) {
        int place = firstPlace + (int) (within.first(run) - start);
        for (int behind = place + (int) within.length(run); place < behind; place++) {
          boolean first = seen == null || !seen.get(place);
          checkPage(module, place, hashes[next++], guest, first);
          if (seen != null) {
            seen.set(place);
          }
        }
      }
      firstPlace += regionPages.get(region);
    }
  }

  /**
   * Applies the rules to a page.
   *
   * @param first whether it is the guest's first page at that place
   */
  private void checkPage(ModulePages module, int place, long hash, int guest, boolean first)
      throws TooLargeException {
    int slot = module.slot(place, table);
    if (table.copies(slot) == PageTable.NO_COPY) {
      table.setFirst(slot, hash, guest);
    } else if (table.hash(slot) == hash) {
      table.addEqual(slot);
      if (first) {
        table.addToMask(slot, guest);
      }
      guests.get(guest).of(module.category).fused++;
      module.tally.fused++;
    } else {
      table.setVaried(slot);
      int entry = variants.add(slot, hash);
      if (first) {
        variants.addToMask(entry, guest);
      }
      guests.get(guest).of(module.category).different++;
      module.addDifferent(place, guest, table.owner(slot));
    }
  }

  /** Counts the first copies, whose fate is known when all guests have been there. */
  void finish() {
    int[] onlyHere = new int[guests.size()];
    for (ModulePages module : modules.values()) {
      module.visitSlots(table, slot -> countFirst(module, slot, onlyHere));
      for (int guest = 0; guest < onlyHere.length; guest++) {
        if (onlyHere[guest] > 0) {
          module.addOnlyHere(guest, onlyHere[guest]);
          onlyHere[guest] = 0;
        }
      }
    }
  }

  private void countFirst(ModulePages module, int slot, int[] onlyHere) {
    PageTally owner = guests.get(table.owner(slot)).of(module.category);
    module.distinct++;
    if (table.copies(slot) > 1) {
      owner.kept++;
      module.tally.kept++;
    } else if (table.isVaried(slot)) {
      owner.different++;
      module.tally.different++;
    } else {
      owner.onlyHere++;
      onlyHere[table.owner(slot)]++;
    }
  }

  /** What is left for what grows with the guests. */
  MemoryBudget budget() {
    return budget;
  }

  Collection<ModulePages> modules() {
    return modules.values();
  }

  List<GuestTally> guests() {
    return guests;
  }

  /**
   * How much another order of the guests would change; empty when not all is registered, or too
   * many pages differ.
   */
  Optional<OrderRange> order() {
    if (unregistered > 0 || variants.isGivenUp()) {
      return Optional.empty();
    }
    try {
      return Optional.of(OrderSearch.range(table, variants, guests.size()));
    } catch (TooLargeException e) {
      return Optional.empty();
    }
  }

  /** What pairs of guests have in common; empty when that was not kept. */
  Optional<PairMatrix> pairs() {
    return pairs && !variants.isGivenUp()
        ? Optional.of(PairCounter.count(table, variants, guests.size()))
        : Optional.empty();
  }

  /** Registrations that the host has no room for. */
  long unregistered() {
    return unregistered;
  }
}
