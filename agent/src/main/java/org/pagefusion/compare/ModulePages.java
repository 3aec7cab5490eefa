// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.compare;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import org.pagefusion.candidate.Category;

/**
 * A module as it is filled guest by guest. Its pages are numbered through its regions: the place of
 * a page. They have slots in a table, in blocks, for files may be large and hardly resident.
 */
final class ModulePages {
  private static final int BLOCK_SHIFT = 4;
  private static final int BLOCK_SLOTS = 1 << BLOCK_SHIFT;
  private static final int NO_BLOCK = -1;

  /** What a module takes beside its path and pages; names and versions are short. */
  private static final int BYTES_A_MODULE = 1000;

  final ModuleKey key;
  final String path;
  final Category category;
  final Optional<String> buildId;
  final long fileOffset;
  private final long[] regionStarts;
  private final int[] blocks;

  /** Guests that have it. */
  int guests;

  int firstGuest;
  private int lastGuest = -1;

  /** How often the last guest has it. */
  private int copiesInGuest;

  final PageTally tally = new PageTally();

  /** Places that some guest holds a page at. */
  long distinct;

  /** Guests with pages that are only there, and the one with most of them. */
  int onlyHereGuests;

  int onlyHereGuest;
  private int mostOnlyHere;

  // The first page with other contents than the shared one, and who has it so.
  private int differentPlace = -1;
  int differentGuest;
  int differentOwner;

  ModulePages(ReportedModule module, int guest, MemoryBudget budget) throws TooLargeException {
    key = module.key();
    path = module.path();
    category = module.category();
    buildId = module.buildId();
    fileOffset = module.fileOffset();
    regionStarts = module.regionStarts();
    firstGuest = guest;
    int pages = 0;
    for (int each : key.regionPages()) {
      pages += each;
    }
    int count = (pages + BLOCK_SLOTS - 1) >> BLOCK_SHIFT;
    budget.take(BYTES_A_MODULE + Character.BYTES * (long) path.length());
    budget.take((long) count * Integer.BYTES);
    blocks = new int[count];
    Arrays.fill(blocks, NO_BLOCK);
  }

  /** A guest has it: how often by now. */
  int addGuest(int guest) {
    if (guest != lastGuest) {
      guests++;
      lastGuest = guest;
      copiesInGuest = 0;
    }
    return ++copiesInGuest;
  }

  /** The slot of the page at a place. */
  int slot(int place, PageTable table) throws TooLargeException {
    int block = place >> BLOCK_SHIFT;
    if (blocks[block] == NO_BLOCK) {
      blocks[block] = table.allocate(BLOCK_SLOTS);
    }
    return blocks[block] + (place & (BLOCK_SLOTS - 1));
  }

  /** A page with other contents than the shared one. */
  void addDifferent(int place, int guest, int owner) {
    tally.different++;
    if (differentPlace < 0 || place < differentPlace) {
      differentPlace = place;
      differentGuest = guest;
      differentOwner = owner;
    }
  }

  /** Pages that only one guest has. */
  void addOnlyHere(int guest, int pages) {
    tally.onlyHere += pages;
    onlyHereGuests++;
    if (pages > mostOnlyHere) {
      mostOnlyHere = pages;
      onlyHereGuest = guest;
    }
  }

  /** Index in the file of the first page that differs from the shared one. */
  OptionalLong firstDifference() {
    if (differentPlace < 0) {
      return OptionalLong.empty();
    }
    int place = differentPlace;
    int region = 0;
    while (place >= key.regionPages().get(region)) {
      place -= key.regionPages().get(region++);
    }
    return OptionalLong.of(regionStarts[region] + place);
  }

  /** Takes the slots of pages that some guest holds. */
  interface SlotVisitor {
    void slot(int slot);
  }

  void visitSlots(PageTable table, SlotVisitor visitor) {
    for (int first : blocks) {
      if (first != NO_BLOCK) {
        for (int slot = first; slot < first + BLOCK_SLOTS; slot++) {
          if (table.copies(slot) != PageTable.NO_COPY) {
            visitor.slot(slot);
          }
        }
      }
    }
  }

  ComparedModule compared() {
    return new ComparedModule(
        key.name(),
        key.version(),
        path,
        category,
        buildId,
        key.sizeBytes(),
        guests,
        tally.counts());
  }
}
