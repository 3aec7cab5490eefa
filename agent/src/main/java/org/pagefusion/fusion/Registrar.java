// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.fusion;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.pagefusion.vmmdev.HostRefusedException;
import org.pagefusion.vmmdev.ResultCode;
import org.pagefusion.vmmdev.VmmDev;

/**
 * Tells the host what to register and what to forget, and keeps the books: what it was told, what
 * it answered, and how much of the VM's registrations that has cost.
 */
final class Registrar {
  /** What the host knows, or may know. */
  final Registry registry = new Registry();

  private final VmmDev host;
  private final Mappings mappings;
  private final RegistrationStore store;
  private final Failures failures;
  // Bases of which this process knows that they stand, in the session that the host is in.
  private final Set<Long> standing = new HashSet<>();
  private OptionalLong sessionId = OptionalLong.empty();
  private int used;
  private int newlyRegistered;
  private int unregistered;
  private boolean opened;
  private boolean exhausted;

  Registrar(VmmDev host, Mappings mappings, RegistrationStore store, Failures failures) {
    this.host = host;
    this.mappings = mappings;
    this.store = store;
    this.failures = failures;
  }

  /**
   * Begins another round of requests: reads what former agents registered, and finds out whether
   * the host still knows.
   */
  void begin(List<String> problems) throws IOException {
    newlyRegistered = 0;
    unregistered = 0;
    exhausted = false;
    open(problems);
    followSession();
  }

  /** How many of the VM's lifetime registrations are spent, at most. */
  int used() {
    return used;
  }

  /** Modules that the host had not been told of before this round. */
  int newlyRegistered() {
    return newlyRegistered;
  }

  /** Modules that were taken back in this round. */
  int unregistered() {
    return unregistered;
  }

  /** Whether so many modules at a time, and the VM's lifetime budget, leave room for another. */
  boolean hasRoom(int maxModules) {
    return registry.size() < maxModules && used < FusionCycle.LIFETIME_REGISTRATIONS;
  }

  /** Takes a module that the host is going to be told of, as one that counts. */
  void add(Registration registration) {
    registry.put(registration);
    used++;
  }

  void save() throws IOException {
    store.save(new StoredRegistrations(sessionId, used, registry.all()));
  }

  // ---- what former agents, or former sessions, registered

  private void open(List<String> problems) throws IOException {
    if (opened) {
      return;
    }
    StoredRegistrations stored = store.load(problems);
    opened = true;
    used = stored.registrationsUsed();
    sessionId = stored.sessionId();
    for (Registration registration : stored.registrations()) {
      if (registry.contains(registration) || registry.contains(registration.key())) {
        problems.add(registration.module().name() + ": registered twice, says the store");
      } else {
        registry.put(registration);
        // Taken before anything new is mapped, whether its own file can be mapped or not.
        registration.file().ifPresent(file -> mappings.reserve(file, registration.module().base()));
      }
    }
  }

  private void followSession() throws IOException {
    OptionalLong current;
    try {
      current = OptionalLong.of(host.sessionId());
    } catch (HostRefusedException e) {
      // A host that has no session ids restores no VM behind our back either.
      return;
    }
    if (sessionId.isPresent() && !sessionId.equals(current)) {
      // The VM was restored from a saved state: the host has forgotten it all, and counts from
      // zero.
      used = registry.size();
      standing.clear();
      failures.clear();
      for (Registration registration : registry.all()) {
        registry.put(registration.withConfirmed(false));
      }
    }
    sessionId = current;
  }

  // ---- what is taken back

  void unregister(Registration registration, String why) throws HostRefusal, IOException {
    int rc = takeBack(registration);
    if (registry.contains(registration)) {
      // Not under this name any more.
      mappings.unmapKeepingAddress(registration.module().base());
      failures.add(registration.key(), "unregister (" + why + "): " + ResultCode.describe(rc));
    }
  }

  /**
   * Has the host forget a registration; afterwards the registry has it only if the host refused.
   */
  int takeBack(Registration registration) throws HostRefusal, IOException {
    int rc = host.unregister(registration.module());
    refuseOn(rc);
    if (ResultCode.isSuccess(rc)) {
      forget(registration);
      failures.remove(registration.key());
      unregistered++;
    } else if (rc == ResultCode.NOT_FOUND.code()) {
      forget(registration);
      failures.remove(registration.key());
      // An agent died, or a VM was restored, before the host was told of it.
      giveBack(registration);
    }
    return rc;
  }

  private void forget(Registration registration) {
    long base = registration.module().base();
    registry.remove(registration);
    standing.remove(base);
    mappings.unmap(base);
  }

  // ---- what the host is told

  /** Registers what does not stand yet: first what costs nothing where it stands already. */
  void tell(List<Registration> fresh) throws HostRefusal, IOException {
    Set<Long> freshBases = new HashSet<>();
    for (Registration registration : fresh) {
      freshBases.add(registration.module().base());
    }
    for (Registration registration : registry.all()) {
      long base = registration.module().base();
      boolean there = registration.file().isEmpty() || mappings.isMapped(base);
      if (there
          && !standing.contains(base)
          && !freshBases.contains(base)
          && failures.isDue(registration.key())) {
        answered(registration, true, host.register(registration.module()));
      }
    }
    for (Registration registration : fresh) {
      if (exhausted) {
        forget(registration);
      } else {
        answered(registration, false, host.register(registration.module()));
      }
    }
  }

  /**
   * Takes the host's answer to a register request.
   *
   * @param toldBefore whether the host may have been told already
   */
  private void answered(Registration registration, boolean toldBefore, int rc)
      throws HostRefusal, IOException {
    refuseOn(rc);
    int answer = rc == ResultCode.ADDRESS_CLASH.code() ? replace(registration) : rc;
    if (ResultCode.isSuccess(answer)) {
      newlyRegistered += registration.confirmed() ? 0 : 1;
      registry.put(registration.withConfirmed(true));
      standing.add(registration.module().base());
      failures.remove(registration.key());
      return;
    }
    if (answer == ResultCode.TOO_MANY_MODULES_OF_VM.code()) {
      exhausted = true;
      used = FusionCycle.LIFETIME_REGISTRATIONS;
      forget(registration);
    } else if (!mayStand(toldBefore, answer)) {
      forget(registration);
      giveBack(registration);
    }
    failures.add(registration.key(), "register: " + ResultCode.describe(answer));
  }

  /** Registers in place of something that an agent left whose store is lost. */
  private int replace(Registration registration) throws HostRefusal, IOException {
    // What is there was counted, too, and another registration of what should be there counts
    // again.
    int more = registration.confirmed() ? 2 : 1;
    int before = used;
    used = Math.min(FusionCycle.LIFETIME_REGISTRATIONS, used + more);
    save();
    int gone = host.unregister(registration.module());
    refuseOn(gone);
    if (gone == ResultCode.NOT_FOUND.code()) {
      used = Math.min(FusionCycle.LIFETIME_REGISTRATIONS, before + more - 1);
    }
    int rc = host.register(registration.module());
    refuseOn(rc);
    if (rc == ResultCode.ADDRESS_CLASH.code()) {
      used = before;
    }
    return rc;
  }

  /** Whether the host may have a registration that it did not answer with success. */
  private static boolean mayStand(boolean toldBefore, int rc) {
    // Who answers with an internal error may be the guest's driver, for a host that did not answer.
    return rc != ResultCode.ADDRESS_CLASH.code()
        && (toldBefore || rc == ResultCode.INTERNAL_ERROR.code() || ResultCode.of(rc) == null);
  }

  /** The host did not count it after all. */
  private void giveBack(Registration registration) {
    // What the host said itself of its count is true whatever else it refuses.
    if (!registration.confirmed() && !exhausted && used > 0) {
      used--;
    }
  }

  static void refuseOn(int rc) throws HostRefusal {
    if (rc == ResultCode.NOT_IMPLEMENTED.code() || rc == ResultCode.NOT_SUPPORTED.code()) {
      throw new HostRefusal(rc, "the host answered " + ResultCode.describe(rc));
    }
  }
}
