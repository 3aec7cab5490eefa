// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.candidate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.guest.Actor;
import org.pagefusion.guest.Anomalies;
import org.pagefusion.guest.GuestTree;
import org.pagefusion.guest.Machine;
import org.pagefusion.guest.ProcessScanner.Method;

/** The file that is judged is the one that is mapped, whatever its path leads to from here. */
class NamespacesTest {
  private static final long HERE_BYTES = 3 * 4096;
  private static final long THERE_BYTES = 7 * 4096 + 5;

  private Machine machine;
  private Actor maker;

  @BeforeEach
  void start() throws IOException {
    machine = Machine.open();
    machine.needRoot();
    maker = machine.actor();
    machine.newFolder("place");
    machine.newFolder("other");
  }

  @AfterEach
  void end() {
    machine.close();
  }

  private void assertIsThere(LiveScan scan, String path, String there) throws IOException {
    Candidate candidate = scan.candidate(path);
    Path file = Path.of(there);
    assertEquals(THERE_BYTES, candidate.sizeBytes());
    assertEquals(new Identity("").name(path), candidate.name());
    assertEquals(
        Identity.fileVersion(
            Optional.empty(), THERE_BYTES, Files.getLastModifiedTime(file).toMillis() / 1000, 0),
        candidate.version());
    assertEquals(Files.getAttribute(file, "unix:ino"), candidate.file().orElseThrow().inode());
    assertEquals(8, candidate.resident().pages());
    assertContentIs(candidate, Files.readAllBytes(file));
  }

  /**
   * What can be reached through its mapping alone is recognised, but not used: nobody knows whether
   * all users may read it.
   */
  private static void assertIsThereButOutOfSight(LiveScan scan, String path) {
    assertEquals(Reason.UNREADABLE, scan.reason(path));
    assertEquals(THERE_BYTES, scan.exclusions(path).get(0).sizeBytes());
  }

  /** What is hashed is the same file again. */
  private static void assertContentIs(Candidate candidate, byte[] expected) throws IOException {
    Kernel kernel = Kernel.load();
    Anomalies anomalies = new Anomalies();
    byte[] content = new byte[8 * 4096];
    try (GuestTree tree = GuestTree.open(kernel, "/", anomalies);
        CandidatePages pages = new CandidatePages(tree, kernel, anomalies)) {
      pages.visit(
          candidate,
          (page, bytes) ->
              System.arraycopy(bytes, 0, content, (int) page * bytes.length, bytes.length));
    }
    assertEquals(List.of(), anomalies.list());
    assertArrayEquals(expected, Arrays.copyOf(content, expected.length));
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void anotherMountNamespace(Method method) throws IOException {
    maker.create(machine.file("place/file"), HERE_BYTES);
    maker.create(machine.file("other/file"), THERE_BYTES);
    Actor contained = machine.actor("unshare", "-m");
    contained.run("mount", "--bind", machine.file("other"), machine.file("place"));
    contained.map(machine.file("place/file"));
    LiveScan scan = LiveScan.ofMapped(method);
    assertIsThere(scan, machine.file("place/file"), machine.file("other/file"));
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void aPathThatIsOnlyInAnotherMountNamespace(Method method) throws IOException {
    maker.create(machine.file("other/file"), THERE_BYTES);
    Actor contained = machine.actor("unshare", "-m");
    contained.run("mount", "--bind", machine.file("other"), machine.file("place"));
    contained.map(machine.file("place/file"));
    LiveScan scan = LiveScan.ofMapped(method);
    assertIsThere(scan, machine.file("place/file"), machine.file("other/file"));
  }

  /** Both map the same path, and each its own file. */
  @ParameterizedTest
  @EnumSource(Method.class)
  void onePathInTwoMountNamespaces(Method method) throws IOException {
    maker.create(machine.file("place/file"), HERE_BYTES);
    maker.create(machine.file("other/file"), THERE_BYTES);
    maker.map(machine.file("place/file"));
    Actor contained = machine.actor("unshare", "-m");
    contained.run("mount", "--bind", machine.file("other"), machine.file("place"));
    contained.map(machine.file("place/file"));
    LiveScan scan = LiveScan.ofMapped(method);
    List<Long> sizes =
        scan.candidates(machine.file("place/file")).stream()
            .map(Candidate::sizeBytes)
            .sorted()
            .toList();
    assertEquals(List.of(HERE_BYTES, THERE_BYTES), sizes);
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void anotherRoot(Method method) throws IOException {
    maker.create(machine.file("place/file"), THERE_BYTES);
    maker.tell("chroot", Actor.word(machine.file("place")));
    maker.map("/file");
    LiveScan scan = LiveScan.ofMapped(method);
    assertIsThere(scan, machine.file("place/file"), machine.file("place/file"));
  }

  /** Maps shows a path that leads to it neither from here nor from the root of the process. */
  @ParameterizedTest
  @EnumSource(Method.class)
  void anotherRootInAnotherMountNamespace(Method method) throws IOException {
    for (String name : List.of("file", "new\nline", "literal\\012")) {
      maker.create(machine.file("place/" + name), HERE_BYTES);
      maker.create(machine.file("other/" + name), THERE_BYTES);
    }
    Actor contained = machine.actor("unshare", "-m");
    contained.run("mount", "--bind", machine.file("other"), machine.file("place"));
    contained.tell("chroot", Actor.word(machine.file("place")));
    for (String name : List.of("file", "new\nline", "literal\\012")) {
      contained.map("/" + name);
    }
    LiveScan scan = LiveScan.ofMapped(method);
    for (String name : List.of("file", "new\nline", "literal\\012")) {
      assertIsThereButOutOfSight(scan, machine.file("place/" + name));
    }
  }

  /** The path was mounted upon since. */
  @ParameterizedTest
  @EnumSource(Method.class)
  void aPathThatIsHidden(Method method) throws IOException {
    maker.create(machine.file("place/file"), THERE_BYTES);
    maker.create(machine.file("other/file"), HERE_BYTES);
    maker.map(machine.file("place/file"));
    machine.mountAt(Path.of(machine.file("place")), "--bind", machine.file("other"));
    LiveScan scan = LiveScan.ofMapped(method);
    assertIsThereButOutOfSight(scan, machine.file("place/file"));
  }

  /**
   * To look the path up here would take as long as the server of that file system does not answer.
   */
  @ParameterizedTest
  @EnumSource(Method.class)
  void aPathThatIsHiddenByAFileSystemThatDoesNotAnswer(Method method) throws IOException {
    assumeTrue(Files.exists(Path.of("/dev/fuse")), "needs FUSE");
    maker.create(machine.file("place/file"), THERE_BYTES);
    Actor before = machine.actor();
    before.map(machine.file("place/file"));
    Actor server = machine.actor();
    server.tell("mount-dead", Actor.word(machine.file("place")));
    machine.mounted(Path.of(machine.file("place")));
    LiveScan scan = LiveScan.ofMapped(method);
    assertEquals("1", server.tell("kept"), "the scan waited until the server had gone");
    assertIsThereButOutOfSight(scan, machine.file("place/file"));
    assertTrue(scan.anomalies().isEmpty(), scan.anomalies()::toString);
  }
}
