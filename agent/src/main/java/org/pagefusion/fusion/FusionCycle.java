// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.fusion;

import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pagefusion.candidate.Candidate;
import org.pagefusion.candidate.FileReference;
import org.pagefusion.candidate.Region;
import org.pagefusion.memory.FileToMap;
import org.pagefusion.memory.MapException;
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

  private final VmmDev host;
  private final Mappings mappings;
  private final RegistrationPolicy policy;
  private final int maxModules;
  private final Clock clock;
  private final Failures failures;
  private final Registrar registrar;
  private final Registry registry;

  /**
   * Creates a cycle over a host.
   *
   * @param policy what may stay registered
   * @param maxModules most modules that are registered at a time; what is registered stays so when
   *     it is lowered
   */
  public FusionCycle(
      VmmDev host,
      Mappings mappings,
      RegistrationStore store,
      RegistrationPolicy policy,
      int maxModules,
      Clock clock) {
    this.host = host;
    this.mappings = mappings;
    this.policy = policy;
    this.maxModules = Math.min(maxModules, LIFETIME_REGISTRATIONS);
    this.clock = clock;
    this.failures = new Failures(clock);
    this.registrar = new Registrar(host, mappings, store, failures);
    this.registry = registrar.registry;
  }

  /** What is registered. */
  public Registry registry() {
    return registry;
  }

  /**
   * Brings mappings and registrations in line, and makes present what is resident. One that failed
   * may be repeated.
   *
   * @param candidates what should be registered, best first
   * @param problems takes what is wrong with the store, and what could not be made present
   * @throws HostRefusal when the host does not do page fusion for this VM
   * @throws IOException when the device fails, or the store can't be written: nothing is then
   *     registered that the store does not know
   */
  public CycleResult update(List<Candidate> candidates, List<String> problems)
      throws HostRefusal, IOException {
    long start = clock.millis();
    registrar.begin(problems);
    Map<Registration.Key, Optional<ModuleFile>> desired = desiredBy(candidates);
    dropWhatIsGone(desired);
    List<Registration> fresh = prepareNew(candidates);
    // What is neither wanted nor registered any more failed for the last time.
    failures.removeIf(key -> !desired.containsKey(key) && !registry.contains(key));
    // The next agent must know of what the host is told now, whatever happens from here on.
    registrar.save();
    registrar.tell(fresh);
    registrar.save();
    long registeredAt = clock.millis();
    Mappings.Presence presence = mappings.makePresent(problems);
    long presentAt = clock.millis();
    long kernelPages = registry.kernelPages(mappings.pageSize());
    return new CycleResult(
        registry.size(),
        registrar.newlyRegistered(),
        registrar.unregistered(),
        presence.residentPages() + kernelPages,
        presence.presentPages() + kernelPages,
        registrar.used(),
        registeredAt - start,
        presentAt - registeredAt,
        failures.list());
  }

  /**
   * Has the host look at all registered pages, as this process maps them; nothing is asked when
   * nothing is registered.
   *
   * @throws HostRefusal when the host does not do page fusion for this VM
   * @throws IOException when the device fails
   */
  public CheckResult check() throws HostRefusal, IOException {
    if (registry.size() == 0) {
      return CheckResult.NOT_ASKED;
    }
    long start = clock.millis();
    int rc = host.check();
    Registrar.refuseOn(rc);
    return new CheckResult(true, rc, clock.millis() - start);
  }

  /**
   * Unregisters everything, also what former agents left.
   *
   * @param problems takes what is wrong with the store, and what the host refused to unregister:
   *     that stays in the store
   * @return how many modules were registered
   */
  public int release(List<String> problems) throws HostRefusal, IOException {
    registrar.begin(problems);
    for (Registration registration : registry.all()) {
      int rc = registrar.takeBack(registration);
      if (registry.contains(registration)) {
        problems.add(registration.module().name() + ": " + ResultCode.describe(rc));
      }
    }
    registrar.save();
    return registrar.unregistered();
  }

  // ---- what is gone

  private void dropWhatIsGone(Map<Registration.Key, Optional<ModuleFile>> desired)
      throws HostRefusal, IOException {
    boolean kernelSeen = desired.containsValue(Optional.<ModuleFile>empty());
    Map<String, ModuleFile> successors = successors(desired);
    for (Registration registration : registry.all()) {
      Registration.Key key = registration.key();
      Optional<ModuleFile> found = desired.getOrDefault(key, Optional.empty());
      if (!failures.isDue(key)) {
        continue;
      }
      Optional<String> objection = policy.objection(registration);
      if (objection.isPresent()) {
        registrar.unregister(registration, objection.get());
      } else if (registration.file().isEmpty()) {
        // A scan that finds no kernel memory at all tells nothing of it.
        if (kernelSeen && !desired.containsKey(key)) {
          registrar.unregister(registration, "the kernel memory is gone");
        }
      } else {
        keepMapped(registration, found, successors);
      }
    }
  }

  /** Maps what is not, and drops what is not the same file any more. */
  private void keepMapped(
      Registration registration, Optional<ModuleFile> found, Map<String, ModuleFile> successors)
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
      map(current, successors);
    } else if (found.isEmpty() && !mappings.isUnchanged(base)) {
      // What the scan has just found again needs no look of its own.
      succeed(current, successors, "its file was changed, replaced or deleted");
    }
  }

  /**
   * Files that the host need not be told of if they take the place of one that is gone: a package
   * that is installed again writes the same files anew, and the host knows modules by their names
   * and addresses, not by their files.
   */
  private Map<String, ModuleFile> successors(Map<Registration.Key, Optional<ModuleFile>> desired) {
    Map<String, ModuleFile> successors = new HashMap<>();
    for (Map.Entry<Registration.Key, Optional<ModuleFile>> entry : desired.entrySet()) {
      Registration.Key key = entry.getKey();
      if (entry.getValue().isPresent() && !registry.contains(key)) {
        ModuleFile file = entry.getValue().get();
        successors.put(moduleText(key.name(), key.version(), file), file);
      }
    }
    return successors;
  }

  /** What the host tells modules of files apart by, but for the address. */
  private static String moduleText(String name, String version, ModuleFile file) {
    return name + '\n' + version + '\n' + file.offset() + '\n' + file.lengthBytes();
  }

  /** Maps the file that has come in place of one that is gone; unregisters it if there is none. */
  private void succeed(Registration gone, Map<String, ModuleFile> successors, String why)
      throws HostRefusal, IOException {
    SharedModule module = gone.module();
    ModuleFile successor =
        successors.remove(moduleText(module.name(), module.version(), gone.file().orElseThrow()));
    if (successor == null) {
      registrar.unregister(gone, why);
      return;
    }
    mappings.unmapKeepingAddress(module.base());
    Registration current = new Registration(module, Optional.of(successor), gone.confirmed());
    registry.put(current);
    map(current, Map.of());
  }

  /** Maps a registration at its base; unregisters it when that can't be done any more. */
  private void map(Registration registration, Map<String, ModuleFile> successors)
      throws HostRefusal, IOException {
    if (!mappings.isReserved(registration.module().base())) {
      registrar.unregister(registration, "no file can lie at its address");
      return;
    }
    try {
      mappings.map(registration.file().orElseThrow(), registration.module().base());
    } catch (MapException e) {
      switch (e.reason()) {
        // The host would look at something else there: a place of its own is found for it.
        case ADDRESS_TAKEN -> registrar.unregister(registration, e.getMessage());
        case VANISHED, CHANGED, NOT_MAPPABLE -> succeed(registration, successors, e.getMessage());
        default -> failures.add(registration.key(), "map: " + e.getMessage());
      }
    }
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
      if (!registrar.hasRoom(maxModules)) {
        break;
      }
      Registration registration = prepare(candidate);
      if (registration != null) {
        registrar.add(registration);
        fresh.add(registration);
      }
    }
    return fresh;
  }

  /** Maps a candidate at an address of its own; null when it is registered, or can't be now. */
  private Registration prepare(Candidate candidate) {
    Optional<ModuleFile> file = fileOf(candidate);
    Registration.Key key = key(candidate, file);
    if (registry.contains(key) || !failures.isDue(key)) {
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
      failures.add(key, "map: " + e.getMessage());
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

  /** Releases the mappings; what is registered stays so, for the next agent. */
  @Override
  public void close() {
    mappings.close();
  }
}
