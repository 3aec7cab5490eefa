// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pagefusion.bridge.Kernel;

class MountTableTest {
  /** Of a Linux 6.18: names that need escapes, an empty source, mounts below and upon others. */
  private static final String REAL =
      """
      43 42 254:0 / / rw,relatime - ext4 /dev/vda rw,discard
      45 43 0:21 / /proc rw,relatime shared:12 - proc proc rw
      58 43 0:6 / /dev rw,relatime shared:2 master:1 propagate_from:3 - devtmpfs devtmpfs rw
      59 58 0:23 / /dev/shm rw,relatime - tmpfs tmpfs rw,size=24684092k
      60 59 0:27 / /dev/shm rw,relatime - ramfs tmpfs rw,size=24684092k
      63 43 0:39 / /m rw,relatime - tmpfs base rw
      64 63 0:40 / /m/a/b rw,relatime - tmpfs src\\040with\\040\\043\\040and\\040space rw
      65 63 0:41 / /m/a rw,relatime - ramfs lower rw
      66 65 0:42 / /m/a/b/deep rw,relatime unbindable - tmpfs x rw
      67 63 0:43 / /m/sp\\040ace rw,relatime - tmpfs one rw
      68 63 0:44 / /m/tab\\011x rw,relatime - tmpfs two rw
      69 63 0:45 / /m/hash#b\\134s rw,relatime - tmpfs  rw
      70 63 0:46 / /m/\u00e9 rw,relatime - tmpfs e rw
      71 63 0:47 / /m/over rw,relatime - tmpfs first rw
      72 71 0:48 / /m/over/sub rw,relatime - tmpfs insub rw
      73 71 0:49 / /m/over rw,relatime - ramfs second rw
      74 63 0:50 / /m/new\\012line rw,relatime - fuse.my\\040fs proc rw
      """;

  @Test
  void readsMounts() {
    Anomalies anomalies = new Anomalies();
    List<MountTable.Mount> mounts =
        MountTable.parse(REAL.getBytes(StandardCharsets.UTF_8), "/proc/7/mountinfo", anomalies);
    assertEquals(List.of(), anomalies.list());
    assertEquals(17, mounts.size());
    assertEquals(
        new MountTable.Mount(43, 42, 254L << 32, "/", FileSystem.of("ext4")), mounts.get(0));
    assertEquals(new MountTable.Mount(58, 43, 6, "/dev", FileSystem.of("devtmpfs")), mounts.get(2));
    assertEquals(
        List.of("/m/sp ace", "/m/tab\tx", "/m/hash#b\\s", "/m/\u00e9", "/m/over"),
        mounts.subList(9, 14).stream().map(MountTable.Mount::mountPoint).toList());
    assertEquals(
        new MountTable.Mount(74, 63, 50, "/m/new\nline", FileSystem.of("fuse.my fs")),
        mounts.get(16));
  }

  @Test
  void seesNoMountsThatOthersCover() {
    List<MountTable.Mount> mounts =
        MountTable.parse(REAL.getBytes(StandardCharsets.UTF_8), "x", new Anomalies());
    assertEquals(
        List.of(43, 45, 58, 60, 63, 65, 66, 67, 68, 69, 70, 73, 74),
        MountTable.visible(mounts).stream().map(MountTable.Mount::id).toList());
  }

  @Test
  void seesTheRootOfTheNamespace() {
    String rootfs = "1 1 0:2 / / rw - rootfs rootfs rw\n";
    String disk = "20 1 8:1 / / rw - ext4 /dev/sda1 rw\n";
    String home = "21 20 8:2 / /home rw - xfs /dev/sda2 rw\n";
    assertEquals(List.of(1), visible(rootfs));
    assertEquals(List.of(20, 21), visible(rootfs + disk + home));
    assertEquals(List.of(21, 20), visible(home + disk + rootfs));
    // What was mounted on the first root before the second is out of reach.
    assertEquals(List.of(20), visible(rootfs + disk + "5 1 0:9 / /run rw - tmpfs t rw\n"));
    // In a chroot, the mount that holds the root is not shown.
    assertEquals(
        List.of(30, 31),
        visible("30 9 0:4 / /proc rw - proc p rw\n31 9 0:5 / /tmp rw - tmpfs t rw\n"));
  }

  @Test
  void seesOnlyWholePartsOfPaths() {
    assertEquals(
        List.of(2, 3, 4),
        visible(
            """
            2 1 8:1 / / rw - ext4 a rw
            3 2 8:2 / /a rw - ext4 b rw
            4 2 8:3 / /ab/c rw - ext4 c rw
            """));
  }

  @Test
  void copesWithParentsInARing() {
    assertEquals(
        List.of(2, 3), visible("2 3 8:1 / /a rw - ext4 a rw\n3 2 8:2 / /b rw - ext4 b rw\n"));
    // The same mount twice covers itself no more than one does.
    String twice = "4 2 8:2 / /b rw - ext4 b rw\n";
    assertEquals(List.of(4, 4), visible(twice + twice));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "x",
        "36",
        "36 35 98:0 /root /mnt rw",
        "36 35 98:0 /root /mnt rw -",
        "36 35 98:0 /root /mnt rw - ",
        "36 35 98:0 /root /mnt rw -  /dev/sda rw",
        "36 35 98:0 /root /mnt rw ext4 /dev/sda rw",
        "36 35 98:0 /root /mnt - ext4 /dev/sda rw",
        "36 35 98:0 /root  rw - ext4 /dev/sda rw",
        "36 35 980 /root /mnt rw - ext4 /dev/sda rw",
        "36 35 : /root /mnt rw - ext4 /dev/sda rw",
        "36 35 98: /root /mnt rw - ext4 /dev/sda rw",
        "36 35 :0 /root /mnt rw - ext4 /dev/sda rw",
        "36 35 -1:0 /root /mnt rw - ext4 /dev/sda rw",
        "36 35 98:-1 /root /mnt rw - ext4 /dev/sda rw",
        "36 35 98:0:1 /root /mnt rw - ext4 /dev/sda rw",
        "36 35 fe:0 /root /mnt rw - ext4 /dev/sda rw",
        "36 35 4294967296:0 /root /mnt rw - ext4 /dev/sda rw",
        "36 35 0:4294967296 /root /mnt rw - ext4 /dev/sda rw",
        "x 35 98:0 /root /mnt rw - ext4 /dev/sda rw",
        "36 -1 98:0 /root /mnt rw - ext4 /dev/sda rw",
        "36 2147483648 98:0 /root /mnt rw - ext4 /dev/sda rw",
        "/dev/sda / ext4 rw,relatime 0 0",
      })
  void saysWhichLineIsWrong(String line) {
    Anomalies anomalies = new Anomalies();
    String good = "36 35 98:0 /root /mnt rw - ext4 /dev/sda rw\n";
    List<MountTable.Mount> mounts =
        MountTable.parse(TextLines.bytes(good + line + "\n" + good), "/m", anomalies);
    assertEquals(2, mounts.size());
    assertEquals(
        List.of(new Anomaly("/m:2", "not a line of mountinfo: \"" + line + "\"")),
        anomalies.list());
  }

  @Test
  void readsDeviceNumbersOf32Bits() {
    List<MountTable.Mount> mounts =
        MountTable.parse(
            TextLines.bytes("36 35 4294967295:4294967295 / / rw - ext4 a rw"),
            "/m",
            new Anomalies());
    assertEquals(-1, mounts.get(0).device());
  }

  @ParameterizedTest
  @CsvSource({
    "/plain, /plain",
    "'', ''",
    "a\\040b, a b",
    "\\011\\012\\134\\043, '\t\n\\#'",
    "\\303\\244, '\u00e4'",
    "\\377, '\udcff'",
    "\\000, '\0'",
    // What the kernel does not write stays as it is.
    "\\, \\",
    "\\0, \\0",
    "\\04, \\04",
    "\\400, \\400",
    "\\777, \\777",
    "\\048, \\048",
    "\\\\040, '\\ '",
    "a\\x20, a\\x20",
    "x040, x040",
    "\\080, \\080",
    "\\/40, \\/40",
    "\\0/1, \\0/1",
    "\\00/, \\00/",
    "\\134040, '\\040'",
  })
  void undoesEscapes(String escaped, String name) {
    assertEquals(name, MountTable.unescape(escaped));
  }

  @ParameterizedTest
  @CsvSource({
    "/, ext4",
    "/usr, ext4",
    "/mm, ext4",
    "/m, tmpfs",
    "/m/, tmpfs",
    "/m/x, tmpfs",
    "/m/a, ramfs",
    "/m/a/b, ramfs",
    "/m/a/b/x, ramfs",
    "/m/a/b/deep, tmpfs",
    "/m/a/b/deep/x/y, tmpfs",
    "/m/a/b/deeper, ramfs",
    "/m/over/sub, ramfs",
    "/dev/shm/x, ramfs",
    "/m/sp ace/x, tmpfs",
  })
  void knowsOnWhichFileSystemAPathLies(String path, String type) {
    List<MountTable.Mount> mounts =
        MountTable.parse(REAL.getBytes(StandardCharsets.UTF_8), "x", new Anomalies());
    assertEquals(type, MountTable.at(MountTable.visible(mounts), path).type());
    // Without the root's own mount, which a chroot does not show; then a disk is assumed.
    assertEquals(
        type, MountTable.at(MountTable.visible(mounts.subList(1, mounts.size())), path).type());
  }

  @Test
  void findsTheRootsFileSystem() {
    List<MountTable.Mount> mounts =
        MountTable.parse(
            TextLines.bytes("2 1 8:1 / / rw - xfs a rw\n3 2 8:2 / /a rw - btrfs b rw\n"),
            "x",
            new Anomalies());
    assertEquals("xfs", MountTable.at(mounts, "/").type());
    assertEquals("xfs", MountTable.at(mounts, "/b").type());
    assertEquals("xfs", MountTable.at(mounts, "/ab").type());
    assertEquals("btrfs", MountTable.at(mounts, "/a").type());
    assertEquals("btrfs", MountTable.at(mounts, "/a/b").type());
  }

  @Test
  void knowsTheFileSystemsOfATree(@TempDir Path root) throws IOException {
    TreeFiles files = new TreeFiles(root);
    String base = root.toRealPath() + "/proc/";
    files.write("/proc/1/mountinfo", "bad\n3 1 0:9 / /x rw - btrfs a rw\n");
    files.write("/proc/7/mountinfo", "2 0 0:40 / / rw - overlay a rw\nbad\n");
    files.write("/proc/8/mountinfo", "2 0 0:41 / / rw - xfs a rw\nbad\n");
    // Of the machine on which the tree lies, or nobody's.
    files.write("/proc/self/mountinfo", "2 0 0:77 / / rw - xfs a rw\nbad\n");
    Anomalies anomalies = new Anomalies();
    try (GuestTree tree = GuestTree.open(Kernel.load(), root.toString(), anomalies)) {
      MountTable table = new MountTable(tree, anomalies);
      assertEquals(Optional.of(FileSystem.of("overlay")), table.typeOf(40, 7));
      assertEquals(List.of(base + "7/mountinfo:2"), where(anomalies));
      // Known from the other process: nothing is read for it.
      assertEquals(Optional.of(FileSystem.of("overlay")), table.typeOf(40, 8));
      assertEquals(1, anomalies.count());
      // The process does not have it mounted, the first one does.
      assertEquals(Optional.of(FileSystem.of("btrfs")), table.typeOf(9, 7));
      assertEquals(List.of(base + "7/mountinfo:2", base + "1/mountinfo:1"), where(anomalies));
      // Nothing is read twice.
      assertEquals(Optional.empty(), table.typeOf(77, 7));
      assertEquals(2, anomalies.count());
      // Not there.
      assertEquals(Optional.empty(), table.typeOf(77, 6));
      assertEquals(2, anomalies.count());
      assertEquals(Optional.of(FileSystem.of("xfs")), table.typeOf(41, 8));
      assertEquals(3, anomalies.count());
      // The whole tree lies on one disk of this machine.
      assertEquals(List.of(), table.all());
      assertEquals(FileSystem.Kind.LOCAL, table.at("/x").kind());
    }
  }

  @Test
  void recordsAnUnreadableTable(@TempDir Path root) throws IOException {
    Files.createDirectories(root.resolve("proc/7/mountinfo"));
    new TreeFiles(root).write("/proc/8/mountinfo", new byte[(16 << 20) + 1]);
    Anomalies anomalies = new Anomalies();
    try (GuestTree tree = GuestTree.open(Kernel.load(), root.toString(), anomalies)) {
      MountTable table = new MountTable(tree, anomalies);
      assertEquals(Optional.empty(), table.typeOf(1, 7));
      assertEquals(List.of(root.toRealPath() + "/proc/7/mountinfo"), where(anomalies));
      assertEquals(Optional.empty(), table.typeOf(1, 8));
      assertEquals(2, anomalies.count());
      assertTrue(anomalies.list().get(1).what().contains("longer than"));
    }
  }

  @Test
  void knowsTheMountsOfThisMachine() throws IOException {
    Anomalies anomalies = new Anomalies();
    try (GuestTree tree = GuestTree.open(Kernel.load(), "/", anomalies)) {
      MountTable table = new MountTable(tree, anomalies);
      assertEquals("proc", table.at("/proc/self/maps").type());
      assertEquals("proc", table.at("/proc").type());
      assertSame(table.all(), table.all());
      int pid = (int) ProcessHandle.current().pid();
      for (MountTable.Mount mount : table.all()) {
        assertEquals(mount.type(), table.at(mount.mountPoint()));
        assertEquals(mount.type(), table.at(mount.mountPoint() + "/x"));
        assertEquals(Optional.of(mount.type()), table.typeOf(mount.device(), pid));
      }
    }
    assertEquals(List.of(), anomalies.list());
  }

  private static List<String> where(Anomalies anomalies) {
    return anomalies.list().stream().map(Anomaly::where).toList();
  }

  private static List<Integer> visible(String text) {
    Anomalies anomalies = new Anomalies();
    List<MountTable.Mount> mounts = MountTable.parse(TextLines.bytes(text), "x", anomalies);
    assertEquals(List.of(), anomalies.list());
    return MountTable.visible(mounts).stream().map(MountTable.Mount::id).toList();
  }
}
