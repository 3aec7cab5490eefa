// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.candidate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.pagefusion.guest.CapturedTree;

/** A real Debian 12 guest, against counts that are made here by other means. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CapturedCandidatesTest {
  private static final int PAGE = 4096;

  private Path root;
  private ScanHelper.Result result;

  /** By path: the processes that map it. */
  private final Map<String, Set<String>> processesOf = new TreeMap<>();

  /** By path: whether a mapping is shared and writable. */
  private final Set<String> sharedWritable = new HashSet<>();

  private int fileMappings;
  private int processes;

  /** By path: size, mode, mtime as the guest had them. */
  private final Map<String, long[]> manifest = new HashMap<>();

  @BeforeAll
  void scan() throws IOException {
    root = CapturedTree.unpacked();
    result = new ScanHelper(root).excludeDefaults().scan();
    for (Path folder : list(root.resolve("proc"))) {
      if (folder.getFileName().toString().matches("[0-9]+")) {
        processes++;
        readMaps(folder);
      }
    }
    List<String> lines = Files.readAllLines(root.resolve("files.tsv"));
    for (String line : lines.subList(1, lines.size())) {
      String[] fields = line.split("\t");
      long[] numbers = {
        Long.parseLong(fields[3]), Long.parseLong(fields[4], 8), Long.parseLong(fields[6])
      };
      manifest.put(fields[0], numbers);
    }
  }

  private void readMaps(Path folder) throws IOException {
    for (String line : Files.readAllLines(folder.resolve("maps"), StandardCharsets.ISO_8859_1)) {
      String[] fields = line.split(" +", 6);
      if (!fields[4].equals("0")) {
        fileMappings++;
        processesOf.computeIfAbsent(fields[5], path -> new TreeSet<>()).add(folder.toString());
        if (fields[1].equals("rw-s")) {
          sharedWritable.add(fields[5]);
        }
      }
    }
  }

  private static List<Path> list(Path folder) throws IOException {
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
      stream.forEach(entries::add);
    }
    return entries;
  }

  @Test
  void everythingIsUnderstood() {
    assertEquals(List.of(), result.anomalies());
  }

  @Test
  void processesAndMappingsAreAllThere() {
    assertTrue(processes > 50 && fileMappings > 1000, processes + ", " + fileMappings);
    assertEquals(processes, result.scan().processes().processes());
    assertEquals(fileMappings, result.scan().processes().mappings());
    assertEquals(processesOf.size(), result.scan().filesExamined());
    assertEquals(0, result.scan().processes().denied());
    assertEquals(0, result.scan().processes().vanished());
  }

  /** None is dropped silently, none is both. */
  @Test
  void everyMappedFileIsACandidateOrHasAReason() {
    for (String path : processesOf.keySet()) {
      String file = path.replace(" (deleted)", "");
      int found = result.candidates(file).size() + result.exclusions(file).size();
      assertEquals(1, found, file);
    }
    for (String path : manifest.keySet()) {
      assertTrue(processesOf.containsKey(path), path);
    }
  }

  @Test
  void mappedByIsTheNumberOfProcesses() {
    int files = 0;
    for (Candidate candidate : result.scan().candidates()) {
      if (candidate.file().isPresent()) {
        files++;
        assertEquals(
            processesOf.get(candidate.path()).size(), candidate.mappedBy(), candidate.path());
      }
    }
    assertTrue(files > 50, files + " files");
    String libc = "/usr/lib/x86_64-linux-gnu/libc.so.6";
    assertTrue(processesOf.get(libc).size() > 10);
    assertEquals(processesOf.get(libc).size(), result.candidate(libc).mappedBy());
  }

  @Test
  void candidatesAreWhatTheManifestSays() throws IOException {
    for (Candidate candidate : result.scan().candidates()) {
      if (candidate.file().isEmpty()) {
        continue;
      }
      long[] said = manifest.get(candidate.path());
      assertEquals(said[0], candidate.sizeBytes(), candidate.path());
      assertTrue((said[1] & 4) != 0, candidate + " is readable by everyone");
      assertTrue(said[0] >= 64 << 10, candidate + " is large enough");
      assertEquals(List.of(new Region(0, said[0])), candidate.regions());
      assertEquals((said[0] + PAGE - 1) / PAGE, candidate.resident().pages());
      assertFalse(candidate.residencyMeasured(), "a capture holds no residency");
      assertFalse(sharedWritable.contains(candidate.path()), candidate.path());
      assertEquals(
          Identity.fileVersion(candidate.buildId(), said[0], said[2], 0), candidate.version());
      assertEquals(candidate.path(), candidate.name());
      assertEquals(buildIdOf(candidate.path()), candidate.buildId(), candidate.path());
    }
  }

  @Test
  void reasonsAreTrue() {
    for (Exclusion exclusion : result.scan().exclusions()) {
      String path = exclusion.path();
      if (path.startsWith("/sys/")) {
        continue;
      }
      long[] said = manifest.get(path);
      switch (exclusion.reason()) {
        case WRITABLE_MAPPING -> assertTrue(sharedWritable.contains(path), path);
        case UNREADABLE -> assertEquals(0, said[1] & 4, path);
        case TOO_SMALL -> assertTrue(said[0] < 64 << 10, path);
        case PATTERN ->
            assertTrue(
                path.matches(
                    ".*/(lib(crypto|ssl|gcrypt|gnutls|nettle|hogweed|gmp|k5|krb5|crypt|tasn|p11|nss|cap-ng).*|.*(ssh|python|java|gpg|key|pam).*).*"),
                path);
        case MEMORY -> assertTrue(path.startsWith("/run/") || path.startsWith("/dev/"), path);
        default -> throw new AssertionError(exclusion);
      }
    }
    assertEquals(
        Reason.WRITABLE_MAPPING, result.reason("/tmp/hsperfdata_root/371"), "a JVM's counters");
    assertEquals(Reason.PATTERN, result.reason("/usr/lib/x86_64-linux-gnu/libcrypto.so.3"));
    assertEquals(Reason.MEMORY, result.reason("/run/systemd/journal/kernel-seqnum"));
  }

  @Test
  void categoriesAreRight() {
    Map<String, Category> expected =
        Map.of(
            "/usr/lib/x86_64-linux-gnu/libc.so.6", Category.LIBRARY,
            "/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2", Category.LIBRARY,
            "/usr/lib/jvm/java-17-openjdk-amd64/lib/server/libjvm.so", Category.LIBRARY,
            "/usr/bin/python3.11", Category.EXECUTABLE,
            "/usr/sbin/nginx", Category.EXECUTABLE,
            "/usr/lib/udev/hwdb.bin", Category.DATA,
            "/usr/lib/jvm/java-17-openjdk-amd64/lib/modules", Category.DATA);
    expected.forEach(
        (path, category) -> assertEquals(category, result.candidate(path).category(), path));
    for (Candidate candidate : result.scan().candidates()) {
      String path = candidate.path();
      if (candidate.category() == Category.LIBRARY) {
        assertTrue(path.contains(".so"), path);
      }
      if (candidate.category() == Category.EXECUTABLE) {
        assertTrue(path.matches(".*/s?bin/.*|/usr/lib/(systemd|policykit-1|dbus-1.0)/.*"), path);
      }
    }
  }

  @Test
  void theKernelIsThere() throws IOException {
    Candidate kernel = result.candidate("/sys/kernel");
    Map<String, Long> symbols = new HashMap<>();
    for (String line : Files.readAllLines(root.resolve("proc/kallsyms"))) {
      String[] fields = line.split("\\s+");
      symbols.put(fields[2], Long.parseUnsignedLong(fields[0], 16));
    }
    long text = symbols.get("_stext");
    long rodata = symbols.get("__start_rodata");
    assertEquals(text, kernel.kernelAddress().orElseThrow());
    assertEquals(
        List.of(
            new Region(0, wholePages(symbols.get("_etext") - text)),
            new Region(rodata - text, wholePages(symbols.get("__end_rodata") - rodata))),
        kernel.regions());
    Optional<String> buildId = buildIdOfNotes(root.resolve("sys/kernel/notes"));
    assertEquals(buildId, kernel.buildId());
    assertEquals(Identity.kernelVersion(buildId.orElseThrow()), kernel.version());
  }

  private static long wholePages(long bytes) {
    return (bytes + PAGE - 1) / PAGE * PAGE;
  }

  @Test
  void everyModuleIsACandidateOrHasAReason() throws IOException {
    int candidates = 0;
    for (String line : Files.readAllLines(root.resolve("proc/modules"))) {
      String[] fields = line.split(" ");
      String path = "/sys/module/" + fields[0];
      long start = Long.parseUnsignedLong(fields[5].substring(2), 16);
      long end = firstWritten(root.resolve("sys/module/" + fields[0] + "/sections")) & -PAGE;
      assertTrue(end > start && end - start < Long.parseLong(fields[1]), path);
      if (result.candidates(path).isEmpty()) {
        Reason reason = result.reason(path);
        assertTrue(reason == Reason.PATTERN || end - start < 64 << 10, path + " " + reason);
        continue;
      }
      Candidate module = result.candidate(path);
      candidates++;
      assertEquals("[" + fields[0] + "]", module.name());
      assertEquals(List.of(new Region(0, end - start)), module.regions());
      assertEquals(start, module.kernelAddress().orElseThrow());
      assertEquals(Category.KERNEL_MODULE, module.category());
      Path note = root.resolve("sys/module/" + fields[0] + "/notes/.note.gnu.build-id");
      assertEquals(buildIdOfNotes(note), module.buildId());
      assertTrue(module.buildId().isPresent());
    }
    assertTrue(candidates >= 5, candidates + " modules");
  }

  private static long firstWritten(Path sections) throws IOException {
    long first = -1;
    for (String name :
        List.of(".data", ".bss", "__bug_table", ".gnu.linkonce.this_module", ".data.once")) {
      Path file = sections.resolve(name);
      if (Files.exists(file)) {
        long address = Long.parseUnsignedLong(Files.readString(file).strip().substring(2), 16);
        first = Long.compareUnsigned(address, first) < 0 ? address : first;
      }
    }
    return first;
  }

  /** The descriptor behind the words "4, 20, 3, GNU": simply searched for. */
  private static Optional<String> buildIdOfNotes(Path file) throws IOException {
    return buildIdIn(Files.readAllBytes(file));
  }

  private Optional<String> buildIdOf(String path) throws IOException {
    byte[] start = new byte[64 << 10];
    try (var in = Files.newInputStream(root.resolve(path.substring(1)))) {
      in.readNBytes(start, 0, start.length);
    }
    boolean isElf = start[0] == 0x7F && start[1] == 'E' && start[2] == 'L' && start[3] == 'F';
    return isElf ? buildIdIn(start) : Optional.empty();
  }

  private static Optional<String> buildIdIn(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    for (int length : new int[] {20, 16, 8}) {
      String header = "\4\0\0\0" + (char) length + "\0\0\0\3\0\0\0GNU\0";
      int at = text.indexOf(header);
      if (at >= 0) {
        StringBuilder hex = new StringBuilder();
        for (int i = 0; i < length; i++) {
          hex.append(String.format("%02x", bytes[at + header.length() + i]));
        }
        return Optional.of(hex.toString());
      }
    }
    return Optional.empty();
  }

  /** Two scans of one tree are the same, in the same order. */
  @Test
  void scansRepeat() throws IOException {
    CandidateScan again = new ScanHelper(root).excludeDefaults().scan().scan();
    assertEquals(result.scan().candidates(), again.candidates());
    assertEquals(result.scan().exclusions(), again.exclusions());
  }
}
