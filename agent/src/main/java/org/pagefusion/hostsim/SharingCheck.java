// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.hostsim;

import java.io.IOException;
import java.util.Arrays;
import java.util.function.BooleanSupplier;

/**
 * One check: looks at every page of every module that a guest registered, and shares what is equal.
 */
final class SharingCheck {
  /** A check that ended before it had looked at everything. */
  static final class StoppedException extends Exception {
    private static final long serialVersionUID = 1L;

    StoppedException(String why) {
      super(why);
    }
  }

  private final SharedModules modules;
  private final HostSettings settings;
  private final Guest guest;
  private final GuestMemory memory;
  private final PageBatch batch;
  private final int number;
  private final BooleanSupplier cancelled;

  /** Frames that were found written, for the module that they come up in. */
  private final LongTable<Boolean> written = new LongTable<>();

  private final PageTally total = new PageTally();

  /**
   * Prepares a check.
   *
   * @param batch scratch
   * @param number other than that of any check before
   * @param cancelled asked now and then whether to stop
   */
  SharingCheck(
      SharedModules modules,
      HostSettings settings,
      Guest guest,
      GuestMemory memory,
      PageBatch batch,
      int number,
      BooleanSupplier cancelled) {
    this.modules = modules;
    this.settings = settings;
    this.guest = guest;
    this.memory = memory;
    this.batch = batch;
    this.number = number;
    this.cancelled = cancelled;
  }

  /** The pages so far. */
  PageCounts total() {
    return total.counts();
  }

  /**
   * Makes the check.
   *
   * @throws StoppedException when a peculiarity of hosts or a bound of the simulation ends it
   * @throws IOException when the process ended or can't be looked at
   */
  void run() throws StoppedException, IOException {
    for (Registration registration : guest.registrations()) {
      registration.pages = PageCounts.NONE;
    }
    unshareWritten();
    for (Registration registration : guest.registrations()) {
      PageTally tally = new PageTally();
      try {
        int regions = registration.regions().size();
        for (int i = 0; i < regions; i++) {
          checkRegion(registration, i, tally);
        }
      } finally {
        registration.pages = tally.counts();
        total.addPages(tally);
      }
    }
  }

  /**
   * Gives pages that were written since they were shared back to the guest. A host notices the
   * write itself; here it shows in the content, where the page last was.
   */
  private void unshareWritten() throws StoppedException, IOException {
    long[] addresses = new long[guest.shared.size()];
    int[] count = new int[1];
    guest.shared.forEach(page -> addresses[count[0]++] = page.address ^ Long.MIN_VALUE);
    // Without the sign's flip, the upper half would come first.
    Arrays.sort(addresses);
    int i = 0;
    while (i < addresses.length) {
      long first = addresses[i];
      long last = first;
      while (i < addresses.length
          && Long.compareUnsigned(
                  addresses[i] - first, PageBatch.PAGES_MAX * HostSimulator.PAGE_BYTES)
              < 0) {
        last = addresses[i++];
      }
      begin(first ^ Long.MIN_VALUE, (int) ((last - first) / HostSimulator.PAGE_BYTES) + 1);
      memory.look(batch);
      for (int p = 0; p < batch.pages; p++) {
        batch.wanted[p] = batch.state[p] != PageBatch.ABSENT && isSharedUnseen(batch.frame[p]);
      }
      memory.read(batch);
      for (int p = 0; p < batch.pages; p++) {
        if (batch.wanted[p] && isReadable(p)) {
          stillShared(p);
        }
      }
    }
  }

  private boolean isReadable(int index) {
    return batch.state[index] == PageBatch.READ_ONLY || batch.state[index] == PageBatch.WRITABLE;
  }

  private boolean isSharedUnseen(long frame) {
    GuestPage page = guest.shared.get(frame);
    return page != null && page.seenAt != number;
  }

  private void checkRegion(Registration registration, int region, PageTally tally)
      throws StoppedException, IOException {
    int pages = registration.module.key.regions().get(region).pages();
    long start = registration.regions().get(region).address() & -HostSimulator.PAGE_BYTES;
    for (int done = 0; done < pages; done += batch.pages) {
      begin(
          start + (long) done * HostSimulator.PAGE_BYTES,
          Math.min(PageBatch.PAGES_MAX, pages - done));
      memory.look(batch);
      for (int i = 0; i < batch.pages; i++) {
        batch.wanted[i] = batch.state[i] == PageBatch.READ_ONLY && !isSharedSeen(batch.frame[i]);
      }
      memory.read(batch);
      for (int i = 0; i < batch.pages; i++) {
        checkPage(registration.module, region, done + i, i, tally);
        if (batch.state[i] != PageBatch.ABSENT && written.get(batch.frame[i]) != null) {
          written.remove(batch.frame[i]);
          tally.cow++;
        }
      }
    }
  }

  private void begin(long address, int pages) throws StoppedException {
    if (cancelled.getAsBoolean()) {
      throw new StoppedException("the simulated host is stopping");
    }
    batch.begin(address, pages);
  }

  private boolean isSharedSeen(long frame) {
    GuestPage page = guest.shared.get(frame);
    return page != null && page.seenAt == number;
  }

  /**
   * Applies the host's rules to a page.
   *
   * @param place index of the page in its region
   * @param index of the page in the batch
   */
  private void checkPage(GlobalModule module, int region, int place, int index, PageTally tally)
      throws StoppedException {
    switch (batch.state[index]) {
      case PageBatch.READ_ONLY:
        break;
      case PageBatch.WRITABLE:
        tally.writable++;
        return;
      case PageBatch.NOT_RAM:
        tally.notRam++;
        return;
      default:
        tally.absent++;
        return;
    }
    if (stillShared(index)) {
      tally.alreadyShared++;
      return;
    }
    LongTable<SharedPage> places = module.regions.get(region);
    SharedPage first = places.get(place);
    if (first == null || first.references == 0) {
      ensureRoom();
      first = new SharedPage(batch.hashHigh[index], batch.hashLow[index], module);
      places.put(place, first);
      tally.newShared++;
    } else {
      ensureComparable(batch.addressOf(index));
      if (!first.holds(batch, index)) {
        tally.different++;
        return;
      }
      ensureRoom();
      tally.merged++;
    }
    modules.share(guest, batch.frame[index], batch.addressOf(index), first, number);
  }

  /** Whether a page is shared and unchanged; if it was written, it is unshared. */
  private boolean stillShared(int index) {
    long frame = batch.frame[index];
    GuestPage page = guest.shared.get(frame);
    if (page == null) {
      return false;
    }
    if (page.seenAt != number) {
      if (!page.shared.holds(batch, index)) {
        modules.unshare(guest, frame);
        written.put(frame, Boolean.TRUE);
        total.cow++;
        return false;
      }
      page.seenAt = number;
      page.address = batch.addressOf(index);
    }
    return true;
  }

  private void ensureRoom() throws StoppedException {
    if (modules.isFull()) {
      throw new StoppedException(
          "the simulation's memory is full of shared pages; give its JVM more (-Xmx)");
    }
  }

  private void ensureComparable(long address) throws StoppedException {
    if (settings.smap()) {
      throw new StoppedException(
          "a Linux host with SMAP crashes here: comparison at 0x" + Long.toHexString(address));
    }
    if (settings.unmappedFrom().isPresent()
        && Long.compareUnsigned(address, settings.unmappedFrom().getAsLong()) >= 0) {
      throw new StoppedException(
          "the page is in a chunk that the host did not map: comparison at 0x"
              + Long.toHexString(address));
    }
  }
}
