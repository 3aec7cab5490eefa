// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.fusion;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.pagefusion.candidate.Candidate;
import org.pagefusion.candidate.FileReference;
import org.pagefusion.candidate.Region;
import org.pagefusion.memory.FileToMap;
import org.pagefusion.memory.MapException;
import org.pagefusion.vmmdev.HostRefusedException;
import org.pagefusion.vmmdev.ModuleRegion;
import org.pagefusion.vmmdev.OsFamily;
import org.pagefusion.vmmdev.ResultCode;
import org.pagefusion.vmmdev.SharedModule;
import org.pagefusion.vmmdev.VmmDev;

/**
 * Brings what the host knows in line with what could be fused: what is gone is unregistered, what
 * is new is mapped and registered, and the host is asked to check. What stays costs nothing, so a
 * cycle may be repeated at will.
 *
 * <p>Registrations are a budget of the VM's lifetime (VMMDev: 2048, never counted down), so nothing
 * is unregistered in order to be registered again, and what is about to be registered is written to
 * the store before the host is told: an agent that dies at any point leaves nothing that the next
 * one does not know.
 */
public final class FusionCycle implements AutoCloseable {
  /** Registrations that the host accepts in the lifetime of a VM. */
  public static final int LIFETIME_REGISTRATIONS = 2048;

  private static final Duration FIRST_RETRY = Duration.ofMinutes(1);
  private static final int MOST_DOUBLINGS = 8;

  private final VmmDev host;
  private final Mappings mappings;
  private final RegistrationStore store;
  private final int maxModules;
  private final Clock clock;
  private final Registry registry = new Registry();
  private final Map<Registration.Key, ModuleFailure> failures = new LinkedHashMap<>();
  // Bases of which this process knows that they stand, in the session that the host is in.
  private final Set<Long> standing = new HashSet<>();
  private OptionalLong sessionId = OptionalLong.empty();
  private int used;
  private int newlyRegistered;
  private int unregistered;
  private boolean opened;
  private boolean exhausted;

  /**
   * Creates a cycle over a host.
   *
   * @param maxModules most modules that are registered at a time; what is registered stays so when
   *     it is lowered
   */
  public FusionCycle(
      VmmDev host, Mappings mappings, RegistrationStore store, int maxModules, Clock clock) {
    this.host = host;
    this.mappings = mappings;
    this.store = store;
    this.maxModules = Math.min(maxModules, LIFETIME_REGISTRATIONS);
    this.clock = clock;
  }

  /** What is registered. */
  public Registry registry() {
    return registry;
  }

  /**
   * Runs a cycle. One that failed may be repeated.
   *
   * @param candidates what should be registered, best first
   * @param problems takes what is wrong with the store, and what could not be made present
   * @throws HostRefusal when the host does not do page fusion for this VM
   * @throws IOException when the device fails, the host refuses the check, or the store can't be
   *     written: nothing is then registered that the store does not know
   */
  public CycleResult run(List<Candidate> candidates, List<String> problems)
      throws HostRefusal, IOException {
    newlyRegistered = 0;
    unregistered = 0;
    exhausted = false;
    long start = clock.millis();
    open(problems);
    followSession();
    Map<Registration.Key, Optional<ModuleFile>> desired = desiredBy(candidates);
    dropWhatIsGone(desired);
    List<Registration> fresh = prepareNew(candidates);
    forgetFailures(desired);
    // The next agent must know of what the host is told now, whatever happens from here on.
    save();
    tell(fresh);
    save();
    long registeredAt = clock.millis();
    Mappings.Presence presence = mappings.makePresent(problems);
    long presentAt = clock.millis();
    check();
    long checkedAt = clock.millis();
    return new CycleResult(
        registry.size(),
        newlyRegistered,
        unregistered,
        presence.residentPages() + registry.kernelPages(mappings.pageSize()),
        presence.presentPages() + registry.kernelPages(mappings.pageSize()),
        used,
        registry.size() > 0,
        registeredAt - start,
        presentAt - registeredAt,
        checkedAt - presentAt,
        List.copyOf(failures.values()));
  }

  /**
   * Unregisters everything, also what former agents left.
   *
   * @param problems takes what is wrong with the store, and what the host refused to unregister:
   *     that stays in the store
   * @return how many modules were registered
   */
  public int release(List<String> problems) throws HostRefusal, IOException {
    unregistered = 0;
    exhausted = false;
    open(problems);
    followSession();
    for (Registration registration : registry.all()) {
      int rc = takeBack(registration);
      if (registry.contains(registration)) {
        problems.add(registration.module().name() + ": " + ResultCode.describe(rc));
      }
    }
    save();
    return unregistered;
  }

  private void check() throws HostRefusal, IOException {
    int rc = registry.size() == 0 ? ResultCode.OK.code() : host.check();
    refuseOn(rc);
    if (!ResultCode.isSuccess(rc)) {
      throw new IOException("check: the host answered " + ResultCode.describe(rc));
    }
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

  // ---- what is gone

  private void dropWhatIsGone(Map<Registration.Key, Optional<ModuleFile>> desired)
      throws HostRefusal, IOException {
    boolean kernelSeen = desired.containsValue(Optional.<ModuleFile>empty());
    for (Registration registration : registry.all()) {
      Registration.Key key = registration.key();
      Optional<ModuleFile> found = desired.getOrDefault(key, Optional.empty());
      if (!isDue(key)) {
        continue;
      }
      if (registration.file().isEmpty()) {
        // A scan that finds no kernel memory at all tells nothing of it.
        if (kernelSeen && !desired.containsKey(key)) {
          unregister(registration, "the kernel memory is gone");
        }
      } else {
        keepMapped(registration, found);
      }
    }
  }

  /** Maps what is not, and drops what is not the same file any more. */
  private void keepMapped(Registration registration, Optional<ModuleFile> found)
      throws HostRefusal, IOException {
    long base = registration.module().base();
    Registration current = registration;
    if (found.isPresent() && !found.equals(registration.file())) {
      // A scan knows the way to a file by now; the former one may lead through a process that is
      // gone.
      current = new Registration(registration.module(), found, registration.confirmed());
      registry.put(current);
      if (mappings.isMapped(base) && !mappings.isUnchanged(base)) {
        mappings.unmapKeepingAddress(base);
      }
    }
    if (!mappings.isMapped(base)) {
      map(current);
    } else if (found.isEmpty() && !mappings.isUnchanged(base)) {
      // What the scan has just found again needs no look of its own.
      unregister(current, "its file was changed, replaced or deleted");
    }
  }

  /** Maps a registration at its base; unregisters it when that can't be done any more. */
  private void map(Registration registration) throws HostRefusal, IOException {
    if (!mappings.isReserved(registration.module().base())) {
      unregister(registration, "no file can lie at its address");
      return;
    }
    try {
      mappings.map(registration.file().orElseThrow(), registration.module().base());
    } catch (MapException e) {
      switch (e.reason()) {
        // At a taken address the host would look at something else: a place of its own is found for
        // it.
        case VANISHED, CHANGED, NOT_MAPPABLE, ADDRESS_TAKEN ->
            unregister(registration, e.getMessage());
        default -> failed(registration.key(), "map: " + e.getMessage());
      }
    }
  }

  private void unregister(Registration registration, String why) throws HostRefusal, IOException {
    int rc = takeBack(registration);
    if (registry.contains(registration)) {
      // Not under this name any more.
      mappings.unmapKeepingAddress(registration.module().base());
      failed(registration.key(), "unregister (" + why + "): " + ResultCode.describe(rc));
    }
  }

  /**
   * Has the host forget a registration; afterwards the registry has it only if the host refused.
   */
  private int takeBack(Registration registration) throws HostRefusal, IOException {
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

  // ---- what is new

  private static Map<Registration.Key, Optional<ModuleFile>> desiredBy(List<Candidate> candidates) {
    Map<Registration.Key, Optional<ModuleFile>> desired = new HashMap<>();
    for (Candidate candidate : candidates) {
      Optional<ModuleFile> file = fileOf(candidate);
      desired.put(key(candidate, file), file);
    }
    return desired;
  }

  private static Registration.Key key(Candidate candidate, Optional<ModuleFile> file) {
    return new Registration.Key(
        candidate.name(),
        candidate.version(),
        file.map(f -> f.file().device()).orElse(0L),
        file.map(f -> f.file().inode()).orElse(0L),
        file.map(ModuleFile::offset).orElseGet(() -> candidate.kernelAddress().orElse(0)));
  }

  private List<Registration> prepareNew(List<Candidate> candidates) {
    List<Registration> fresh = new ArrayList<>();
    for (Candidate candidate : candidates) {
      if (registry.size() >= maxModules || used >= LIFETIME_REGISTRATIONS) {
        break;
      }
      Registration registration = prepare(candidate);
      if (registration != null) {
        registry.put(registration);
        fresh.add(registration);
        used++;
      }
    }
    return fresh;
  }

  /** Maps a candidate at an address of its own; null when it is registered, or can't be now. */
  private Registration prepare(Candidate candidate) {
    Optional<ModuleFile> file = fileOf(candidate);
    Registration.Key key = key(candidate, file);
    if (registry.contains(key) || !isDue(key)) {
      return null;
    }
    try {
      if (file.isPresent()) {
        return new Registration(module(candidate, mappings.mapAnywhere(file.get())), file, false);
      }
      SharedModule kernel = module(candidate, candidate.kernelAddress().orElseThrow());
      Registration registration = new Registration(kernel, file, false);
      // Something else is registered there that the host would not give up so far.
      return registry.contains(registration) ? null : registration;
    } catch (MapException e) {
      failed(key, "map: " + e.getMessage());
      return null;
    }
  }

  private static Optional<ModuleFile> fileOf(Candidate candidate) {
    if (candidate.file().isEmpty()) {
      return Optional.empty();
    }
    FileReference reference = candidate.file().get();
    FileToMap file =
        new FileToMap(
            reference.location(),
            reference.device(),
            reference.inode(),
            reference.sizeBytes(),
            reference.mtimeSeconds());
    Region region = candidate.regions().get(0);
    return Optional.of(new ModuleFile(file, region.offset(), region.sizeBytes()));
  }

  private static SharedModule module(Candidate candidate, long base) {
    List<ModuleRegion> regions = new ArrayList<>();
    long first = candidate.regions().get(0).offset();
    for (Region region : candidate.regions()) {
      regions.add(new ModuleRegion(base + region.offset() - first, region.sizeBytes()));
    }
    return new SharedModule(
        base,
        candidate.regionBytes(),
        candidate.name(),
        candidate.version(),
        OsFamily.LINUX64,
        regions);
  }

  // ---- what the host is told

  /** Registers what does not stand yet: first what costs nothing where it stands already. */
  private void tell(List<Registration> fresh) throws HostRefusal, IOException {
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
          && isDue(registration.key())) {
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
      used = LIFETIME_REGISTRATIONS;
      forget(registration);
    } else if (!mayStand(toldBefore, answer)) {
      forget(registration);
      giveBack(registration);
    }
    failed(registration.key(), "register: " + ResultCode.describe(answer));
  }

  /** Registers in place of something that an agent left whose store is lost. */
  private int replace(Registration registration) throws HostRefusal, IOException {
    // What is there was counted, too, and another registration of what should be there counts
    // again.
    int more = registration.confirmed() ? 2 : 1;
    int before = used;
    used = Math.min(LIFETIME_REGISTRATIONS, used + more);
    save();
    int gone = host.unregister(registration.module());
    refuseOn(gone);
    if (gone == ResultCode.NOT_FOUND.code()) {
      used = Math.min(LIFETIME_REGISTRATIONS, before + more - 1);
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

  private static void refuseOn(int rc) throws HostRefusal {
    if (rc == ResultCode.NOT_IMPLEMENTED.code() || rc == ResultCode.NOT_SUPPORTED.code()) {
      throw new HostRefusal(rc, "the host answered " + ResultCode.describe(rc));
    }
  }

  // ---- failures

  private void failed(Registration.Key key, String what) {
    ModuleFailure before = failures.get(key);
    int attempts = before == null ? 1 : before.attempts() + 1;
    Duration wait = FIRST_RETRY.multipliedBy(1L << Math.min(attempts - 1, MOST_DOUBLINGS));
    Instant retryAt = clock.instant().plus(wait);
    failures.put(key, new ModuleFailure(key.name(), key.version(), what, attempts, retryAt));
  }

  private boolean isDue(Registration.Key key) {
    ModuleFailure failure = failures.get(key);
    return failure == null || !clock.instant().isBefore(failure.retryAt());
  }

  /** What is neither wanted nor registered any more failed for the last time. */
  private void forgetFailures(Map<Registration.Key, Optional<ModuleFile>> desired) {
    failures.keySet().removeIf(key -> !desired.containsKey(key) && !registry.contains(key));
  }

  private void save() throws IOException {
    store.save(new StoredRegistrations(sessionId, used, registry.all()));
  }

  /** Releases the mappings; what is registered stays so, for the next agent. */
  @Override
  public void close() {
    mappings.close();
  }
}
