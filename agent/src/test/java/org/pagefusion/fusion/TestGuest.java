// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.fusion;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.pagefusion.bridge.FileStatus;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.bridge.PathBytes;
import org.pagefusion.candidate.Candidate;
import org.pagefusion.candidate.Category;
import org.pagefusion.candidate.FileReference;
import org.pagefusion.candidate.Identity;
import org.pagefusion.candidate.Region;
import org.pagefusion.guest.PageRuns;
import org.pagefusion.memory.AddressSpace;
import org.pagefusion.memory.FileMapper;
import org.pagefusion.vmmdev.SharedModule;
import org.pagefusion.vmmdev.VmmDev;

/** A guest of real files, an agent that comes and goes, and a host. */
final class TestGuest implements AutoCloseable {
  final Kernel kernel = Kernel.load();
  final FakeHost host = new FakeHost();
  final Now now = new Now();
  final Map<String, Path> found = new LinkedHashMap<>();
  final List<Candidate> kernelCandidates = new ArrayList<>();
  final List<String> problems = new ArrayList<>();
  final Path folder;
  final Path state;
  RegistrationStore store;
  FusionCycle cycle;
  int maxModules = 2000;
  RegistrationPolicy policy = registration -> Optional.empty();
  CheckResult check = CheckResult.NOT_ASKED;

  private int generation;

  TestGuest() throws IOException {
    Path target = Path.of(System.getProperty("pagefusion.checkout"), "agent/target");
    folder = Files.createTempDirectory(Files.createDirectories(target), "fusion-test");
    state = folder.resolve("run/registrations");
    store = new RegistrationFile(state);
    start();
  }

  /** A new agent; the former one dies without a word. */
  void start() {
    if (cycle != null) {
      cycle.close();
    }
    Mappings mappings = new Mappings(new FileMapper(kernel), kernel.pageSize());
    cycle = new FusionCycle(new VmmDev(host), mappings, store, policy, maxModules, now);
  }

  CycleResult run() throws HostRefusal, IOException {
    check = CheckResult.NOT_ASKED;
    CycleResult result = cycle.update(candidates(), problems);
    check = cycle.check();
    return result;
  }

  /** Writes a file of a length that no other has, in place of any other. */
  void add(String name) throws IOException {
    generation++;
    Path fresh = folder.resolve("fresh");
    byte[] content = new byte[kernel.pageSize() + 64 * generation];
    byte[] text = (name + generation).getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < content.length; i++) {
      content[i] = text[i % text.length];
    }
    Files.write(fresh, content);
    Path file = folder.resolve(name);
    Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
    found.put(name, file);
  }

  void addAll(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      add("file" + i);
    }
  }

  void delete(String name) throws IOException {
    Files.deleteIfExists(folder.resolve(name));
    found.remove(name);
  }

  List<Candidate> candidates() throws IOException {
    List<Candidate> candidates = new ArrayList<>();
    for (Map.Entry<String, Path> entry : found.entrySet()) {
      candidates.add(candidate("/" + entry.getKey(), entry.getValue()));
    }
    candidates.addAll(kernelCandidates);
    return candidates;
  }

  Candidate candidate(String name, Path file) {
    int fd = kernel.open(PathBytes.encode(file.toString()), Kernel.O_PATH);
    FileStatus[] statuses = new FileStatus[1];
    assertEquals(0, kernel.status(fd, statuses), file.toString());
    kernel.close(fd);
    FileStatus status = statuses[0];
    return new Candidate(
        name,
        Identity.fileVersion(Optional.empty(), status.sizeBytes(), status.mtimeSeconds(), 0),
        file.toString(),
        Category.DATA,
        Optional.empty(),
        status.sizeBytes(),
        List.of(new Region(0, status.sizeBytes())),
        PageRuns.of(0, 1),
        true,
        1,
        Optional.of(
            new FileReference(
                file.toString(),
                status.device(),
                status.inode(),
                status.sizeBytes(),
                status.mtimeSeconds())),
        OptionalLong.empty());
  }

  static Candidate kernelCandidate(String name, String version, long address) {
    return new Candidate(
        name,
        version,
        name,
        Category.KERNEL_MODULE,
        Optional.empty(),
        3 * 4096,
        List.of(new Region(0, 4096), new Region(8192, 2 * 4096)),
        PageRuns.of(0, 1),
        true,
        0,
        Optional.empty(),
        OptionalLong.of(address));
  }

  Set<Long> registryBases() {
    Set<Long> bases = new TreeSet<>(Long::compareUnsigned);
    for (Registration registration : cycle.registry().all()) {
      bases.add(registration.module().base());
    }
    return bases;
  }

  Set<Long> storedBases() throws IOException {
    Set<Long> bases = new TreeSet<>(Long::compareUnsigned);
    for (Registration registration : stored().registrations()) {
      bases.add(registration.module().base());
    }
    return bases;
  }

  StoredRegistrations stored() throws IOException {
    List<String> damage = new ArrayList<>();
    StoredRegistrations stored = new RegistrationFile(state).load(damage);
    assertEquals(List.of(), damage);
    return stored;
  }

  Set<String> hostNames() {
    Set<String> names = new TreeSet<>();
    for (SharedModule module : host.registered.values()) {
      names.add(module.name());
    }
    return names;
  }

  /** Where this process has something mapped in the window of files. */
  static Set<Long> mapped() throws IOException {
    Set<Long> starts = new TreeSet<>(Long::compareUnsigned);
    // The file names of other tests need not be UTF-8.
    for (String line :
        Files.readAllLines(Path.of("/proc/self/maps"), StandardCharsets.ISO_8859_1)) {
      long start = Long.parseUnsignedLong(line.substring(0, line.indexOf('-')), 16);
      if (start >= AddressSpace.START && start < AddressSpace.END) {
        starts.add(start);
      }
    }
    return starts;
  }

  /** What holds whenever nothing is left to be done. */
  void assertAtRest(CycleResult result) throws IOException {
    assertEquals(List.of(), result.failures());
    assertEquals(host.registered.keySet(), registryBases());
    assertEquals(host.registered.keySet(), storedBases());
    assertEquals(host.lifetimeCount, result.registrationsUsed());
    assertEquals(host.lifetimeCount, stored().registrationsUsed());
  }

  @Override
  public void close() throws IOException {
    cycle.close();
    List<Path> all;
    try (Stream<Path> walk = Files.walk(folder)) {
      all = walk.toList();
    }
    for (int i = all.size() - 1; i >= 0; i--) {
      Files.delete(all.get(i));
    }
  }

  /** A clock that is set by hand. */
  static final class Now extends Clock {
    private Instant instant = Instant.parse("2026-01-01T00:00:00Z");

    void pass(Duration duration) {
      instant = instant.plus(duration);
    }

    @Override
    public Instant instant() {
      return instant;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
