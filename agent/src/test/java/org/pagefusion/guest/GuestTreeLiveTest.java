// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pagefusion.bridge.Errno;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.bridge.KernelException;

/** Which tree is the live one, and how paths stay in another. */
class GuestTreeLiveTest {
  private final Kernel kernel = Kernel.load();
  private final Anomalies anomalies = new Anomalies();
  private Machine machine;

  @BeforeEach
  void start() throws IOException {
    machine = Machine.open();
  }

  @AfterEach
  void end() {
    machine.close();
    assertEquals(0, anomalies.count());
  }

  private GuestTree open(String root) throws IOException {
    return GuestTree.open(kernel, root, anomalies);
  }

  private static String text(GuestTree tree, String path) throws IOException {
    return new String(tree.read(path, 100), StandardCharsets.US_ASCII);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "//", "/.", "/proc/self/root", "/proc/self/root/", "/usr/.."})
  void theLiveTreeByManyNames(String name) throws IOException {
    try (GuestTree tree = open(name)) {
      assertTrue(tree.isLive());
      assertEquals("/x", tree.locate("/x"));
    }
  }

  @Test
  void aLinkToAnotherTree() throws IOException {
    Path folder = machine.newFolder("tree");
    Path link = Files.createSymbolicLink(machine.folder().resolve("link"), folder);
    Files.writeString(folder.resolve("file"), "inside");
    Files.writeString(machine.folder().resolve("file"), "outside");
    Files.createSymbolicLink(folder.resolve("absolute"), Path.of("/file"));
    Files.createSymbolicLink(folder.resolve("upwards"), Path.of("../../../file"));
    try (GuestTree tree = open(link + "/")) {
      assertFalse(tree.isLive());
      assertEquals(folder + "/x", tree.locate("/x"));
      assertEquals("inside", text(tree, "/absolute"));
      assertEquals("inside", text(tree, "/upwards"));
      assertEquals("inside", text(tree, "/../../file"));
    }
  }

  /** The kernel calls the root of every mount namespace "/". */
  @Test
  void theRootOfAContainer() throws IOException {
    machine.needRoot();
    Path root = machine.newFolder("root");
    machine.newFolder("root/old");
    machine.newFolder("root/proc");
    Files.writeString(root.resolve("file"), "inside");
    Actor contained = machine.actor("unshare", "-m");
    contained.run("mount", "--bind", root.toString(), root.toString());
    contained.run("pivot_root", root.toString(), root + "/old");
    String name = "/proc/" + contained.pid() + "/root";
    assertEquals("/", Files.readSymbolicLink(Path.of(name)).toString());
    try (GuestTree tree = open(name)) {
      assertFalse(tree.isLive());
      assertEquals(name + "/x", tree.locate("/x"));
      assertEquals("inside", text(tree, "/file"));
      assertTrue(tree.list("/").contains("old"));
    }
  }

  /** The kernel's name of its root leads to something else from here. */
  @Test
  void aRootInAnotherMountNamespace() throws IOException {
    machine.needRoot();
    Path here = machine.newFolder("place");
    Path there = machine.newFolder("other");
    Files.writeString(here.resolve("file"), "here");
    Files.writeString(there.resolve("file"), "there");
    Actor contained = machine.actor("unshare", "-m");
    contained.run("mount", "--bind", there.toString(), here.toString());
    contained.tell("chroot", Actor.word(here.toString()));
    String name = "/proc/" + contained.pid() + "/root";
    try (GuestTree tree = open(name)) {
      assertEquals(name + "/file", tree.locate("/file"));
      assertEquals("there", text(tree, "/file"));
    }
  }

  @Test
  void noDirectory() throws IOException {
    Path file = Files.writeString(machine.folder().resolve("file"), "");
    for (String name : new String[] {file.toString(), machine.file("missing")}) {
      KernelException e = assertThrows(KernelException.class, () -> open(name));
      assertTrue(e.errno() == Errno.ENOTDIR || e.errno() == Errno.ENOENT, e::getMessage);
      assertTrue(String.valueOf(e.getMessage()).startsWith(name + ": "), e::getMessage);
    }
  }
}
