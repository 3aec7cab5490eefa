// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pagefusion.bridge.Kernel;

/** The walk through directories of this machine. */
class TreeWalkerLiveTest {
  private final Kernel kernel = Kernel.load();
  private final Anomalies anomalies = new Anomalies();
  private Machine machine;

  @BeforeEach
  void start() throws IOException {
    machine = Machine.open();
    machine.needRoot();
  }

  @AfterEach
  void end() {
    machine.close();
  }

  /** Finds one file by its inode number on whatever device, and opens no other. */
  private List<String> findInode(long inode, String... roots) throws IOException {
    List<String> found = new ArrayList<>();
    walk((device, candidate) -> candidate != inode, found, roots);
    found.sort(null);
    return found;
  }

  private void walk(BiPredicate<Long, Long> known, List<String> found, String... roots)
      throws IOException {
    try (GuestTree tree = GuestTree.open(kernel, "/", anomalies);
        FileProbe probe = new FileProbe(tree, kernel)) {
      MountTable mounts = new MountTable(tree, anomalies);
      new TreeWalker(tree, kernel, probe, mounts, anomalies)
          .walk(
              List.of(roots),
              new TreeWalker.Visitor() {
                @Override
                public boolean isKnown(long device, long candidate) {
                  return known.test(device, candidate);
                }

                @Override
                public void file(OpenedFile file, FileSystem fileSystem) {
                  found.add(file.path());
                  file.close();
                }

                @Override
                public void skipped(String path, FileSystem fileSystem) {
                  found.add(path + " " + fileSystem.type());
                }
              });
    }
  }

  /** A file with an inode number that hardly another one has, on a file system of its own. */
  private Path fileOnItsOwnDisk() throws IOException {
    Path image = machine.image("image", 8 << 20, "mkfs.ext4", "-q", "-N", "1800");
    Path root = machine.mount("m", "-o", "loop", image.toString());
    return Files.writeString(root.resolve("file"), "content");
  }

  private static long inode(Path path) throws IOException {
    return (long) Files.getAttribute(path, "unix:ino");
  }

  /** What is mounted below the root of everything is walked too. */
  @Test
  void fromTheRootOfAllItCrossesMounts() throws IOException {
    Path file = fileOnItsOwnDisk();
    List<String> found = findInode(inode(file), "/");
    assertEquals(1, found.stream().filter(path -> path.equals(file.toString())).count());
    assertEquals(1, found.stream().filter(path -> path.equals("/proc proc")).count());
  }

  /** Roots that lead to one place, one of them by a link, are walked once. */
  @Test
  void noPlaceIsWalkedTwice() throws IOException {
    Path file = fileOnItsOwnDisk();
    Path memory = machine.mount("m/memory", "-t", "tmpfs", "none");
    Path link = Files.createSymbolicLink(machine.folder().resolve("link"), file.getParent());
    String folder = machine.folder().toString();
    assertEquals(
        List.of(file.toString(), memory + " tmpfs"),
        findInode(inode(file), link.toString(), folder, file.getParent().toString(), folder));
  }

  /** A mount that is hidden by another does not tell what lies at its mount point. */
  @Test
  void aHiddenMountIsNotTakenForWhatHidesIt() throws IOException {
    Path file = fileOnItsOwnDisk();
    machine.mountAt(machine.folder(), "-t", "tmpfs", "none");
    machine.newFolder("m");
    Files.writeString(file, "in memory");
    assertEquals(
        List.of(machine.folder() + " tmpfs"),
        findInode(inode(file), machine.folder().toString()).stream()
            .filter(path -> !path.endsWith("/m tmpfs"))
            .toList());
  }

  /** The kernel does not follow a link from memory alone when its access time is to be written. */
  @Test
  void aRootThatIsAFreshLink() throws IOException {
    Path folder = machine.newFolder("folder");
    Path file = Files.writeString(folder.resolve("file"), "content");
    Path link = Files.createSymbolicLink(machine.folder().resolve("link"), folder);
    assertEquals(List.of(file.toString()), findInode(inode(file), link.toString()));
  }

  /** Something mounted and unmounted all the time lets hardly a walk overlook anything. */
  @Test
  void mountsComeAndGo() throws IOException {
    Path folder = machine.newFolder("many");
    for (int i = 0; i < 50; i++) {
      Path below = Files.createDirectory(folder.resolve("folder-" + i));
      for (int j = 0; j < 20; j++) {
        Files.createFile(below.resolve("file-" + j));
      }
    }
    Actor actor = machine.actor("unshare", "-m");
    actor.begin("mounts", 100_000);
    int complete = 0;
    for (int i = 0; i < 20; i++) {
      List<String> found = new ArrayList<>();
      walk((device, inode) -> false, found, folder.toString());
      complete += found.size() == 1000 ? 1 : 0;
    }
    assertTrue(complete >= 15, complete + " of 20 walks were complete");
  }

  /** Directories come in pieces, and their files are opened in between. */
  @Test
  void aLargeDirectoryIsWalkedWhole() throws IOException {
    Path folder = machine.newFolder("large");
    List<String> files = new ArrayList<>();
    for (int i = 0; i < 4000; i++) {
      files.add(Files.createFile(folder.resolve("file-" + i)).toString());
    }
    Path link = Files.createDirectory(folder.resolve("sub")).resolve("other-name");
    Files.createLink(link, folder.resolve("file-0"));
    List<String> found = new ArrayList<>();
    walk((device, inode) -> false, found, folder.toString());
    files.add(link.toString());
    assertEquals(files.stream().sorted().toList(), found.stream().sorted().toList());
  }

  /** Nothing is followed without end. */
  @Test
  void aDeepTreeEndsInAnAnomaly() throws IOException {
    Path at = machine.newFolder("deep");
    for (int i = 0; i < 300; i++) {
      at = Files.createDirectory(at.resolve("d"));
    }
    Path file = Files.writeString(at.resolve("file"), "content");
    assertEquals(List.of(), findInode(inode(file), machine.file("deep")));
    assertEquals(1, anomalies.count());
    assertEquals("nested deeper than 256", anomalies.list().get(0).what());
  }
}
