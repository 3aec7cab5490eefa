// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.candidate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pagefusion.config.Source;
import org.pagefusion.guest.Actor;
import org.pagefusion.guest.Machine;
import org.pagefusion.guest.ProcessScanner.Method;

/**
 * Files on file systems that show other device numbers in maps than in stat, or repeat inode
 * numbers.
 */
class FileSystemsTest {
  private static final long PAGE_BYTES = 4096;

  private Machine machine;
  private Actor actor;

  @BeforeEach
  void start() throws IOException {
    machine = Machine.open();
    machine.needRoot();
    actor = machine.actor();
  }

  @AfterEach
  void end() {
    machine.close();
  }

  private void assertResidencyIsRight(LiveScan scan, List<String> paths) throws IOException {
    Map<String, Long> counted = machine.residentPages(paths);
    for (String path : paths) {
      assertEquals(counted.get(path), scan.candidate(path).resident().pages(), path);
      assertNotEquals(0, counted.get(path), path);
    }
  }

  private Path btrfs() throws IOException {
    Path image = machine.image("btrfs", 128 << 20, "mkfs.btrfs", "-q");
    return machine.mount("b", "-o", "loop", image.toString());
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void subvolumesWithEqualInodeNumbers(Method method) throws IOException {
    Path root = btrfs();
    String first = root + "/first/file";
    String second = root + "/second/file";
    machine.run("btrfs", "-q", "subvolume", "create", root + "/first");
    machine.run("btrfs", "-q", "subvolume", "create", root + "/second");
    actor.create(first, 10 * PAGE_BYTES);
    actor.create(second, 20 * PAGE_BYTES);
    assertEquals(inode(first), inode(second));
    actor.drop(second);
    actor.read(second, 0, 1);
    actor.read(second, 3, 4);
    for (String path : List.of(first, second, first, second)) {
      actor.map(path);
    }
    machine.actor().map(second);

    LiveScan scan = LiveScan.ofMapped(method);
    assertEquals(10 * PAGE_BYTES, scan.candidate(first).sizeBytes());
    assertEquals(20 * PAGE_BYTES, scan.candidate(second).sizeBytes());
    assertEquals(1, scan.candidate(first).mappedBy());
    assertEquals(2, scan.candidate(second).mappedBy());
    assertEquals("[0, 1, 3, 4]", scan.candidate(second).resident().toString());
    assertResidencyIsRight(scan, List.of(first, second));
  }

  private static Object inode(String path) throws IOException {
    return Files.getAttribute(Path.of(path), "unix:ino");
  }

  /** Maps tells the same device and inode of both. */
  @ParameterizedTest
  @EnumSource(Method.class)
  void aSubvolumeInThePlaceOfAnother(Method method) throws IOException {
    Path root = btrfs();
    String first = root + "/first/file";
    String second = root + "/second/file";
    machine.run("btrfs", "-q", "subvolume", "create", root + "/first");
    machine.run("btrfs", "-q", "subvolume", "create", root + "/second");
    actor.create(first, 10 * PAGE_BYTES);
    actor.create(second, 20 * PAGE_BYTES);
    assertEquals(inode(first), inode(second));
    Actor contained = machine.actor("unshare", "-m");
    contained.run("mount", "--bind", root + "/first", root + "/second");
    contained.map(second);
    LiveScan scan = LiveScan.ofMapped(method);
    assertEquals(10 * PAGE_BYTES, scan.candidate(second).sizeBytes());
  }

  /** One that was mapped is not judged again when the walk meets it. */
  @Test
  void aWalkOfSubvolumes() throws IOException {
    Path root = btrfs();
    machine.run("btrfs", "-q", "subvolume", "create", root + "/first");
    machine.run("btrfs", "-q", "subvolume", "create", root + "/second");
    List<String> paths = List.of(root + "/first/file", root + "/second/file", root + "/file");
    for (String path : paths) {
      actor.create(path, 10 * PAGE_BYTES);
    }
    actor.map(paths.get(0));
    LiveScan scan = scanAll(root);
    assertEquals(paths.stream().sorted().toList(), scan.pathsBelow(root.toString()));
    assertResidencyIsRight(scan, paths);
    assertEquals(1, scan.candidate(paths.get(0)).mappedBy());
    assertEquals(0, scan.candidate(paths.get(1)).mappedBy());
  }

  private static LiveScan scanAll(Path root) throws IOException {
    return LiveScan.of(
        "/",
        LiveScan.configuration(EnumSet.of(Source.MAPPED, Source.PAGE_CACHE), root.toString()),
        Method.AUTO);
  }

  /** All layers on one file system. */
  @ParameterizedTest
  @EnumSource(Method.class)
  void anOverlay(Method method) throws IOException {
    for (String folder : List.of("lower", "upper", "work")) {
      machine.newFolder(folder);
    }
    for (String name : List.of("lower/a", "lower/both", "upper/both", "upper/c")) {
      actor.create(machine.file(name), 10 * PAGE_BYTES + name.length());
    }
    String merged = mountOverlay("upperdir=" + machine.file("upper"), "lower").toString();
    List<String> paths = List.of(merged + "/a", merged + "/both", merged + "/c");
    for (String path : paths) {
      actor.map(path);
    }
    LiveScan scan = LiveScan.ofMapped(method);
    assertResidencyIsRight(scan, paths);
    assertEquals(
        10 * PAGE_BYTES + "upper/both".length(), scan.candidate(merged + "/both").sizeBytes());
    assertEquals(paths, scan.pathsBelow(merged));
    assertEquals(paths, scanAll(Path.of(merged)).pathsBelow(merged));
  }

  private Path mountOverlay(String option, String... lower) throws IOException {
    StringBuilder options = new StringBuilder("lowerdir=");
    for (int i = 0; i < lower.length; i++) {
      options.append(i == 0 ? "" : ":").append(machine.file(lower[i]));
    }
    if (option.startsWith("upper")) {
      options.append(",workdir=").append(machine.file("work"));
    }
    return machine.mount("merged", "-t", "overlay", "-o", options + "," + option, "overlay");
  }

  /** Layers on two file systems, whose inode numbers repeat in the overlay. */
  private Path overlayThatRepeatsInodes() throws IOException {
    for (String layer : List.of("one", "two")) {
      Path image = machine.image(layer + ".image", 8 << 20, "mkfs.ext4", "-q");
      machine.mount(layer, "-o", "loop", image.toString());
      actor.create(machine.file(layer + "/" + layer), 10 * PAGE_BYTES + layer.hashCode() % 1000);
    }
    assertEquals(inode(machine.file("one/one")), inode(machine.file("two/two")));
    return mountOverlay("xino=off", "one", "two");
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void anOverlayThatRepeatsInodeNumbers(Method method) throws IOException {
    Path merged = overlayThatRepeatsInodes();
    List<String> paths = List.of(merged + "/one", merged + "/two");
    actor.map(paths.get(0));
    actor.map(paths.get(1));
    LiveScan scan = LiveScan.ofMapped(method);
    assertResidencyIsRight(scan, paths);
    for (String path : paths) {
      assertEquals(Files.size(Path.of(path)), scan.candidate(path).sizeBytes());
    }
  }

  /** What is mapped must not hide another file with its inode number. */
  @Test
  void aWalkOfAnOverlayThatRepeatsInodeNumbers() throws IOException {
    Path merged = overlayThatRepeatsInodes();
    List<String> paths = List.of(merged + "/one", merged + "/two");
    actor.map(paths.get(0));
    actor.read(paths.get(1), 0, 2);
    LiveScan scan = scanAll(merged);
    assertEquals(paths, scan.pathsBelow(merged.toString()));
    assertResidencyIsRight(scan, paths);
  }

  /** A file with two names is one file. */
  @Test
  void aWalkOfAnOverlayWithHardLinks() throws IOException {
    actor.tell("mkdir", Actor.word(machine.file("two")));
    Path image = machine.image("one.image", 8 << 20, "mkfs.ext4", "-q");
    machine.mount("one", "-o", "loop", image.toString());
    actor.create(machine.file("one/a"), 10 * PAGE_BYTES);
    actor.tell("link", Actor.word(machine.file("one/a")), Actor.word(machine.file("one/b")));
    Path merged = mountOverlay("xino=off", "one", "two");
    actor.read(merged + "/a", 0, 10);
    actor.read(merged + "/b", 0, 10);
    assertEquals(1, scanAll(merged).pathsBelow(merged.toString()).size());
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void squashfs(Method method) throws IOException {
    Machine.needPrograms("mksquashfs");
    machine.newFolder("source");
    actor.create(machine.file("source/file"), 30 * PAGE_BYTES);
    machine.run(
        "mksquashfs", machine.file("source"), machine.file("squashed"), "-quiet", "-no-progress");
    Path root = machine.mount("s", "-o", "loop", machine.file("squashed"));
    String path = root + "/file";
    actor.map(path);
    actor.read(path, 8, 2);
    LiveScan scan = LiveScan.ofMapped(method);
    assertResidencyIsRight(scan, List.of(path));
  }

  @Test
  void memoryIsLeftOut() throws IOException {
    Path root = machine.mount("t", "-t", "tmpfs", "none");
    actor.create(root + "/file", 10 * PAGE_BYTES);
    actor.map(root + "/file");
    LiveScan scan = scanAll(machine.folder());
    assertEquals(Reason.MEMORY, scan.reason(root + "/file"));
    assertEquals(Reason.MEMORY, scan.reason(root.toString()));
  }

  /** A root that is a link leads to the file system that is judged, not the one with the link. */
  @Test
  void aRootThatIsALinkToAnotherFileSystem() throws IOException {
    Path root = machine.mount("t", "-t", "tmpfs", "none");
    actor.create(root + "/file", 10 * PAGE_BYTES);
    Path link = Files.createSymbolicLink(machine.folder().resolve("link"), root);
    LiveScan scan = LiveScan.ofPageCache(link.toString());
    assertEquals(Reason.MEMORY, scan.reason(root.toString()));
    assertEquals(List.of(root.toString()), scan.pathsBelow(machine.folder().toString()));
  }

  /** A header that is not resident can't be read past the page cache of every file system. */
  @Test
  void aHeaderThatCanNotBeReadWithoutGrowingThePageCache() throws IOException {
    Path root = btrfs();
    String path = fileWithoutItsHeader(root);
    LiveScan scan = LiveScan.ofPageCache(root.toString());
    assertEquals(Reason.HEADER_NOT_RESIDENT, scan.reason(path));
    assertEquals(1, machine.residentPages(path));
    assertEquals(Reason.HEADER_NOT_RESIDENT, scanTree(root).reason("/lib/library.so"));
    assertEquals(1, machine.residentPages(path));
  }

  @Test
  void aHeaderThatCan() throws IOException {
    Path image = machine.image("image", 8 << 20, "mkfs.ext4", "-q");
    Path root = machine.mount("m", "-o", "loop", image.toString());
    String path = fileWithoutItsHeader(root);
    LiveScan scan = LiveScan.ofPageCache(root.toString());
    assertEquals("[20, 1]", scan.candidate(path).resident().toString());
    assertEquals("[20, 1]", scanTree(root).candidate("/lib/library.so").resident().toString());
    assertEquals(1, machine.residentPages(path));
  }

  private String fileWithoutItsHeader(Path root) throws IOException {
    String path = root + "/lib/library.so";
    actor.tell("mkdir", Actor.word(root + "/lib"));
    actor.create(path, 64 * PAGE_BYTES);
    actor.drop(path);
    actor.read(path, 20, 1);
    return path;
  }

  /** The same as the tree of another guest. */
  private static LiveScan scanTree(Path root) throws IOException {
    return LiveScan.of(
        root.toString(),
        LiveScan.configuration(EnumSet.of(Source.PAGE_CACHE), "/lib"),
        Method.AUTO);
  }
}
