// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.hostsim;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pagefusion.vmmdev.OsFamily;

/**
 * What a simulated host has seen and shared, at one moment. Names are the guests' own, and
 * unchecked.
 *
 * @param guests in order of their first connection
 * @param modules that any guest has registered now
 * @param sharedPages on the host, however many guests' pages each stands for
 * @param duplicatePages of guests that were freed, because a shared page stands for them
 * @param brokenConnections that were closed because of what came over them
 */
public record HostFigures(
    List<OfGuest> guests,
    List<OfModule> modules,
    long sharedPages,
    long duplicatePages,
    long brokenConnections) {
  /** Copies the lists. */
  public HostFigures {
    guests = List.copyOf(guests);
    modules = List.copyOf(modules);
  }

  /** What fusion saves, in bytes. */
  public long savedBytes() {
    return duplicatePages * HostSimulator.PAGE_BYTES;
  }

  /**
   * A guest.
   *
   * @param name as it gave it, or "pid N"
   * @param sessionId as it is told
   * @param connections that are open
   * @param registrationsEver since its reset, of {@link HostSimulator#GUEST_MODULES_MAX}
   * @param sharedPages of it that are in shared state, the first of their place included
   * @param requests that it sent
   * @param refused how often each result code but 0 was answered
   * @param checks that it asked for and that were made
   * @param lastCheck the last of them
   * @param modules that it has registered, in order of base address
   */
  public record OfGuest(
      String name,
      long sessionId,
      int connections,
      int registrationsEver,
      long sharedPages,
      long requests,
      Map<Integer, Long> refused,
      int checks,
      Optional<Check> lastCheck,
      List<Registered> modules) {
    /** Copies the collections. */
    public OfGuest {
      refused = Map.copyOf(refused);
      modules = List.copyOf(modules);
    }
  }

  /**
   * A check.
   *
   * @param pages of all modules; pages found written count also where no module has them any more
   * @param millis that it took
   * @param stopped why it ended before it had looked at everything
   */
  public record Check(PageCounts pages, long millis, Optional<String> stopped) {}

  /**
   * A module as a guest registered it.
   *
   * @param base address, unsigned
   * @param pages in the last check
   */
  public record Registered(String name, String version, long base, PageCounts pages) {}

  /**
   * A module as the host knows it.
   *
   * @param sizeBytes as registered
   * @param osFamily as registered
   * @param pages of all regions
   * @param registrations of all guests
   * @param sharedPages of it, however many guests' pages each stands for
   * @param duplicatePages of guests that were freed, because one of them stands for them
   */
  public record OfModule(
      String name,
      String version,
      long sizeBytes,
      OsFamily osFamily,
      long pages,
      int registrations,
      long sharedPages,
      long duplicatePages) {}
}
