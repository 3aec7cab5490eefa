// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.guest.ProcessScanner.Method;

/** The scanner on the processes of this machine, by both of its methods. */
class ProcessScannerLiveTest {
  private static final int PAGE_BYTES = 4096;

  private final Kernel kernel = Kernel.load();
  private Machine machine;

  @BeforeEach
  void start() throws IOException {
    machine = Machine.open();
  }

  @AfterEach
  void end() {
    machine.close();
  }

  private interface Scan {
    ProcessScan of(ProcessScanner scanner) throws IOException;
  }

  private ProcessScan scan(String root, Method method, Scan scan) throws IOException {
    Anomalies anomalies = new Anomalies();
    try (GuestTree tree = GuestTree.open(kernel, root, anomalies)) {
      MountTable mounts = new MountTable(tree, anomalies);
      ProcessScan result = scan.of(new ProcessScanner(tree, kernel, mounts, anomalies, method));
      assertEquals(List.of(), anomalies.list());
      return result;
    }
  }

  private ProcessScan scan(Method method, int... pids) throws IOException {
    return scan("/", method, scanner -> scanner.scan(pids));
  }

  /** Whether this kernel has the ioctl, by its version: Linux 6.11. */
  private static boolean kernelHasQuery() throws IOException {
    String[] version =
        Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip().split("[.-]");
    int major = Integer.parseInt(version[0]);
    int minor = Integer.parseInt(version[1]);
    return major > 6 || major == 6 && minor >= 11;
  }

  /** The same file as if it had been found by the ioctl, for what differs by nature. */
  private static MappedFile asQueried(MappedFile file) {
    return new MappedFile(
        file.device(),
        file.inode(),
        file.escaped() ? file.path().replace("\\012", "\n") : file.path(),
        false,
        file.deletedSuffix(),
        file.processes(),
        file.sharedWritable(),
        file.mappedEndBytes(),
        file.pid(),
        file.start(),
        file.end());
  }

  private static List<MappedFile> asQueried(List<MappedFile> files) {
    return files.stream().map(ProcessScannerLiveTest::asQueried).toList();
  }

  /** Processes with mappings of all kinds, all of which stand still. */
  private int[] processesThatStandStill() throws IOException {
    Actor maker = machine.actor();
    List<String> names = List.of("one", "two words", "new\nline", "shared", "written", "gone");
    for (String name : names) {
      maker.create(machine.file(name), 64 * PAGE_BYTES);
    }
    int[] pids = new int[6];
    for (int i = 0; i < pids.length; i++) {
      Actor actor = machine.actor();
      pids[i] = actor.pid();
      actor.map(machine.file("one"));
      actor.tell("map", Actor.word(machine.file("shared")), "shared", "r", 0, 0);
      if (i % 2 == 0) {
        actor.map(machine.file("two words"));
        actor.tell(
            "map", Actor.word(machine.file("new\nline")), "private", "rw", 8 * PAGE_BYTES, 100);
        actor.tell("map", Actor.word(machine.file("gone")));
      }
      if (i == 3) {
        actor.tell("map", Actor.word(machine.file("written")), "shared", "rw", PAGE_BYTES, 3);
        actor.tell("map", Actor.word(machine.file("one")), "private", "r", 4 * PAGE_BYTES, 10);
      }
    }
    maker.tell("unlink", Actor.word(machine.file("gone")));
    return pids;
  }

  private MappedFile named(ProcessScan scan, String name) {
    List<MappedFile> found =
        scan.files().stream().filter(f -> f.path().equals(machine.file(name))).toList();
    assertEquals(1, found.size(), name);
    return found.get(0);
  }

  @Test
  void bothMethodsTellWhatIsMapped() throws IOException {
    int[] pids = processesThatStandStill();
    ProcessScan text = scan(Method.TEXT, pids);
    ProcessScan auto = scan(Method.AUTO, pids);
    assertFalse(text.byQuery());
    assertEquals(kernelHasQuery(), auto.byQuery());
    assertEquals(asQueried(text.files()), asQueried(auto.files()));
    assertEquals(text.mappings(), auto.mappings());

    for (ProcessScan scan : List.of(text, auto)) {
      assertEquals(pids.length, scan.processes());
      assertEquals(0, scan.vanished() + scan.denied());
      assertEquals(6, named(scan, "one").processes());
      assertEquals(3, named(scan, "two words").processes());
      assertEquals(6, named(scan, "shared").processes());
      assertFalse(named(scan, "shared").sharedWritable());
      assertTrue(named(scan, "written").sharedWritable());
      assertEquals(2 * PAGE_BYTES, named(scan, "written").mappedEndBytes());
      assertTrue(named(scan, "gone").deletedSuffix());
      assertFalse(named(scan, "one").deletedSuffix());
      assertEquals(pids[0], named(scan, "one").pid());
      assertEquals(pids[3], named(scan, "written").pid());
    }
    MappedFile odd = named(auto, auto.byQuery() ? "new\nline" : "new\\012line");
    assertEquals(9 * PAGE_BYTES, odd.mappedEndBytes());
    assertFalse(odd.sharedWritable());
  }

  /**
   * Of a machine that does not stand still, what was the same before and after is compared.
   * Processes that live during the second scan only can make a difference, but not every time.
   */
  @Test
  void bothMethodsAgreeOnTheWholeMachine() throws IOException {
    processesThatStandStill();
    Set<String> agreed = new HashSet<>();
    Map<String, List<String>> differences = new HashMap<>();
    for (int attempt = 0; attempt < 5; attempt++) {
      Map<String, MappedFile> before = byName(scan("/", Method.TEXT, ProcessScanner::scan));
      Map<String, MappedFile> between = byName(scan("/", Method.AUTO, ProcessScanner::scan));
      Map<String, MappedFile> after = byName(scan("/", Method.TEXT, ProcessScanner::scan));
      before.entrySet().retainAll(after.entrySet());
      for (Map.Entry<String, MappedFile> file : before.entrySet()) {
        MappedFile other = between.get(file.getKey());
        if (file.getValue().equals(other)) {
          agreed.add(file.getKey());
        } else {
          differences
              .computeIfAbsent(file.getKey(), key -> new ArrayList<>())
              .add(file.getValue() + " but " + other);
        }
      }
    }
    differences.values().removeIf(seen -> seen.size() < 3);
    differences.keySet().removeAll(agreed);
    assertEquals(Map.of(), differences);
    assertTrue(agreed.size() >= 20, agreed.size() + " files compared");
  }

  private static Map<String, MappedFile> byName(ProcessScan scan) {
    Map<String, MappedFile> files = new HashMap<>();
    for (MappedFile file : asQueried(scan.files())) {
      files.put(file.device() + ":" + file.inode() + ":" + file.path(), file);
    }
    return files;
  }

  /** A file in the place of maps takes no ioctl, like the maps of a kernel before 6.11. */
  @Test
  void withoutTheIoctlTextIsRead() throws IOException {
    machine.needRoot();
    int[] pids = processesThatStandStill();
    ProcessScan text = scan(Method.TEXT, pids);
    Path maps = Path.of("/proc/" + pids[2] + "/maps");
    Path copy = Files.write(machine.folder().resolve("maps"), Files.readAllBytes(maps));
    machine.mountAt(maps, "--bind", copy.toString());
    ProcessScan auto = scan(Method.AUTO, pids);
    assertFalse(auto.byQuery());
    assertEquals(text, auto);
    machine.unmount(maps);
    assertEquals(kernelHasQuery(), scan(Method.AUTO, pids).byQuery());
  }

  /** Of a captured tree there is only text. */
  @Test
  void aCaptureIsReadAsText() throws IOException {
    int[] pids = processesThatStandStill();
    Path tree = machine.newFolder("tree");
    for (int pid : pids) {
      Path process = Files.createDirectories(tree.resolve("proc/" + pid));
      for (String name : List.of("maps", "mountinfo")) {
        Files.write(
            process.resolve(name), Files.readAllBytes(Path.of("/proc/" + pid + "/" + name)));
      }
    }
    ProcessScan live = scan(Method.TEXT, pids);
    ProcessScan captured = scan(tree.toString(), Method.AUTO, ProcessScanner::scan);
    assertEquals(live, captured);
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void aProcessThatIsGoneIsCounted(Method method) throws IOException {
    Actor gone = machine.actor();
    Actor there = machine.actor();
    gone.close();
    ProcessScan scan = scan(method, gone.pid(), there.pid());
    assertEquals(1, scan.vanished());
    assertEquals(1, scan.processes());
    assertTrue(scan.mappings() > 0);
  }

  /** Processes that come and go all the time: no exception, no anomaly, none uncounted. */
  @ParameterizedTest
  @EnumSource(Method.class)
  void processesVanishWhileTheyAreRead(Method method) throws IOException {
    machine.actor().begin("storm", 1_000_000);
    int vanished = 0;
    while (vanished < 50) {
      int[] pids = pids();
      ProcessScan scan = scan(method, pids);
      int counted = scan.processes() + scan.vanished() + scan.denied();
      // One that ends while its text is read counts as read and as vanished.
      assertTrue(counted >= pids.length && counted <= pids.length + scan.vanished());
      vanished += scan.vanished();
    }
  }

  private static int[] pids() throws IOException {
    List<Integer> pids = new ArrayList<>();
    try (var entries = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      entries.forEach(entry -> pids.add(Integer.parseInt(entry.getFileName().toString())));
    }
    return pids.stream().mapToInt(Integer::intValue).toArray();
  }

  /** A kernel thread has no mappings, and is no process that could not be read. */
  @ParameterizedTest
  @EnumSource(Method.class)
  void aKernelThreadIsRead(Method method) throws IOException {
    int thread = 2;
    Path comm = Path.of("/proc/" + thread + "/comm");
    machine.needRoot();
    assumeTrue(
        Files.exists(comm) && Files.readString(comm).equals("kthreadd\n"),
        "process 2 is not a kernel thread here");
    ProcessScan scan = scan(method, thread);
    assertEquals(1, scan.processes());
    assertEquals(0, scan.vanished() + scan.denied() + scan.mappings());
  }
}
