// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.hostsim;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.pagefusion.vmmdev.ResultCode;

/**
 * A virtual machine as the host knows it: what it registered, and which of its pages are shared.
 */
final class Guest {
  /**
   * What a guest is known by: its name, or else its process.
   *
   * @param name as the guest gave it, else empty
   * @param process process id, 0 for a guest with a name
   * @param startTime of the process in clock ticks since boot, for ids are given again
   */
  record Id(String name, int process, long startTime) {
    static Id named(String name) {
      return new Id(name, 0, 0);
    }

    static Id process(int process, long startTime) {
      return new Id("", process, startTime);
    }

    boolean isNamed() {
      return process == 0;
    }

    /** For people. */
    @Override
    public String toString() {
      return isNamed() ? name : "pid " + process;
    }
  }

  final Id id;

  /** Changes when the guest is restored from a saved state. */
  long sessionId;

  /** Registrations by base address, in its unsigned order. */
  private final TreeMap<Long, Registration> registrations = new TreeMap<>(Long::compareUnsigned);

  /** Pages in shared state by their frame. */
  final LongTable<GuestPage> shared = new LongTable<>();

  /** Registrations since the guest's reset: what was unregistered counts too. */
  int registrationsEver;

  /** Connections that it has now. */
  int connections;

  long requests;

  /** How often each result code but 0 was answered. */
  final Map<Integer, Long> refused = new TreeMap<>();

  int checks;

  /** Null before the first check. */
  HostFigures.Check lastCheck;

  Guest(Id id, long sessionId) {
    this.id = id;
    this.sessionId = sessionId;
  }

  void answered(int rc) {
    requests++;
    if (rc != ResultCode.OK.code()) {
      refused.merge(rc, 1L, Long::sum);
    }
  }

  Registration registered(long base) {
    return registrations.get(base);
  }

  void add(Registration registration) {
    registrations.put(registration.base(), registration);
    registrationsEver++;
  }

  Registration remove(long base) {
    return registrations.remove(base);
  }

  /** In order of base address. */
  Collection<Registration> registrations() {
    return registrations.values();
  }
}
