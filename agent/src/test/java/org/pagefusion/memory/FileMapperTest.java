// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.memory;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pagefusion.bridge.FileStatus;
import org.pagefusion.bridge.Kernel;

class FileMapperTest {
  private static final long ADDRESS = AddressSpace.START + (8L << 40);

  private final Kernel kernel = Kernel.load();
  private final int page = kernel.pageSize();
  private final FileMapper mapper = new FileMapper(kernel);
  private TestFiles files;

  @BeforeEach
  void createFolder() throws IOException {
    files = TestFiles.create(kernel);
  }

  @AfterEach
  void removeFolder() throws IOException {
    try {
      assertEquals(0, OwnMemory.mappingsBelow(files.folder()), "mappings left");
    } finally {
      files.close();
    }
  }

  private FileMapping map(Path file, long address) throws IOException {
    return mapper.map(files.asIs(file), 0, Files.size(file), address);
  }

  private MapException.Reason refusal(FileToMap file) {
    return assertThrows(MapException.class, () -> mapper.map(file, 0, page, ADDRESS)).reason();
  }

  private MapException.Reason refusal(String location) {
    return refusal(files.asIs(location));
  }

  @Test
  void mapsAFileToReadAtTheAddress() throws IOException {
    Path file = files.file("file", 5);
    try (FileMapping mapping = map(file, ADDRESS + 7L * page)) {
      assertEquals(ADDRESS + 7L * page, mapping.address());
      assertEquals(5L * page, mapping.lengthBytes());
      assertEquals(files.asIs(file), mapping.file());
      String line = OwnMemory.mapsLine(mapping.address());
      assertTrue(
          line.matches("[0-9a-f]+-" + Long.toHexString(ADDRESS + 12L * page) + " r--p 0+ .*"),
          line);
      assertTrue(line.endsWith(file.toString()), line);
      assertArrayEquals(Files.readAllBytes(file), OwnMemory.read(mapping.address(), 5 * page));
    }
  }

  @Test
  void presentPagesAreNeitherLockedNorWrittenNorKept() throws IOException {
    try (FileMapping mapping = map(files.file("file", 5), ADDRESS)) {
      mapping.makePresent();
      Set<String> flags = Set.of(OwnMemory.smapsField(ADDRESS, "VmFlags").split(" "));
      // A mapping that was read from front to back does not keep its pages from being reclaimed.
      assertTrue(flags.contains("sr"), flags::toString);
      assertFalse(flags.contains("lo"), flags::toString);
      assertFalse(flags.contains("wr"), flags::toString);
      assertEquals(0, OwnMemory.lockedBytes());
      assertEquals(5L * page, OwnMemory.smapsBytes(ADDRESS, "Rss"));
      assertEquals(0, OwnMemory.smapsBytes(ADDRESS, "Private_Dirty"));
      assertEquals(0, OwnMemory.smapsBytes(ADDRESS, "Shared_Dirty"));
      assertEquals(0, OwnMemory.smapsBytes(ADDRESS, "Anonymous"));
    }
  }

  @Test
  void mapsAPart() throws IOException {
    Path file = files.file("file", 9);
    byte[] part = Arrays.copyOfRange(Files.readAllBytes(file), 4 * page, 7 * page);
    try (FileMapping mapping = mapper.map(files.asIs(file), 4L * page, 3L * page, ADDRESS)) {
      assertEquals(3, mapping.makePresent().presentPages());
      assertArrayEquals(part, OwnMemory.read(ADDRESS, 3 * page));
    }
  }

  @Test
  void theLastPageIsMappedWhole() throws IOException {
    Path file = files.file("file", 2);
    Files.write(file, new byte[page + 1]);
    try (FileMapping mapping = map(file, ADDRESS)) {
      assertEquals(page + 1, mapping.lengthBytes());
      assertEquals(2, mapping.makePresent().presentPages());
      assertEquals(2, mapping.presentPages());
      assertTrue(mapping.isUnchanged());
    }
  }

  @Test
  void keepsNoFileOpen() throws IOException {
    Path file = files.file("file", 5);
    FileToMap gone = files.asIs(file);
    Files.copy(file, files.folder().resolve("copy"));
    FileToMap other = files.asIs(files.folder().resolve("copy"));
    Set<String> before = OwnMemory.openFiles();
    FileMapping mapping = mapper.map(gone, 0, page, ADDRESS);
    assertEquals(before, OwnMemory.openFiles());
    assertThrows(MapException.class, () -> mapper.map(other, 0, page, ADDRESS));
    mapping.makePresent();
    mapping.isUnchanged();
    mapping.presentPages();
    mapping.close();
    Files.delete(file);
    assertEquals(MapException.Reason.VANISHED, refusal(gone));
    refusal("/dev/null");
    assertEquals(before, OwnMemory.openFiles());
  }

  @Test
  void neverMapsOverSomethingElse() throws IOException {
    Path file = files.file("file", 4);
    Path other = files.file("other", 2);
    try (FileMapping mapping = map(file, ADDRESS)) {
      byte[] content = OwnMemory.read(ADDRESS, 4 * page);
      for (long address = ADDRESS - page; address < ADDRESS + 4L * page; address += page) {
        long taken = address;
        MapException e = assertThrows(MapException.class, () -> map(other, taken));
        assertEquals(MapException.Reason.ADDRESS_TAKEN, e.reason());
        assertTrue(e.getMessage().contains("0x" + Long.toHexString(taken)), e.getMessage());
      }
      assertArrayEquals(content, OwnMemory.read(ADDRESS, 4 * page));
      assertEquals(4, mapping.makePresent().presentPages());
      map(other, ADDRESS + 4L * page).close();
    }
  }

  @Test
  void mapsAtTheSameAddressAgain() throws IOException {
    Path file = files.file("file", 4);
    for (int i = 0; i < 3; i++) {
      FileMapping mapping = map(file, ADDRESS);
      assertEquals(ADDRESS, mapping.address());
      assertEquals(4, mapping.makePresent().newPages());
      mapping.close();
      assertEquals("", OwnMemory.mapsLine(ADDRESS));
    }
  }

  @Test
  void anotherProcessMapsAtTheSameAddress() throws IOException {
    Path file = files.file("file", 4);
    try (FileMapping mapping = map(file, ADDRESS);
        MappingProcess other = MappingProcess.start()) {
      assertEquals(
          Long.toString(ADDRESS), other.map(files.asIs(file), mapping.lengthBytes(), ADDRESS));
      assertEquals(mapping.makePresent().toString(), other.makePresent());
      assertEquals("ADDRESS_TAKEN", other.map(files.asIs(file), page, ADDRESS));
    }
  }

  @Test
  void aClosedMappingUnmapsNothingElse() throws IOException {
    Path file = files.file("file", 4);
    FileMapping first = map(file, ADDRESS);
    first.close();
    assertThrows(IllegalStateException.class, first::makePresent);
    assertThrows(IllegalStateException.class, first::presentPages);
    assertThrows(IllegalStateException.class, first::isUnchanged);
    try (FileMapping second = map(file, ADDRESS)) {
      first.close();
      assertEquals(4, second.makePresent().presentPages());
    }
  }

  @Test
  void refusesWhatIsNoFileWithPages() throws IOException {
    Path empty = Files.createFile(files.folder().resolve("empty"));
    Path pipe = files.folder().resolve("pipe");
    TestFiles.run("mkfifo", pipe.toString());
    for (String location :
        new String[] {
          empty.toString(),
          pipe.toString(),
          files.folder().toString(),
          "/dev/null",
          "/dev/zero",
          "/proc/self/maps",
          "/sys/kernel/notes"
        }) {
      assertEquals(MapException.Reason.NOT_MAPPABLE, refusal(location), location);
    }
  }

  @Test
  void refusesFilesWithoutPageCache() throws IOException {
    FileToMap file = new FileToMap("/mnt/pmem/file", 1, 2, 4096, 4);
    long dax = 0x200000;
    FileStatus plain = new FileStatus(1, 2, 4096, 0100644, 0, 1, 0, 4, 4, 0);
    FileStatus direct = new FileStatus(1, 2, 4096, 0100644, 0, 1, dax, 4, 4, 0);
    long ext4 = 0xEF53;
    long hugetlbfs = 0x958458F6L;
    assertDoesNotThrow(() -> FileMapper.examine(file, plain, ext4));
    assertEquals(
        MapException.Reason.NOT_MAPPABLE,
        assertThrows(MapException.class, () -> FileMapper.examine(file, direct, ext4)).reason());
    assertEquals(
        MapException.Reason.NOT_MAPPABLE,
        assertThrows(MapException.class, () -> FileMapper.examine(file, plain, hugetlbfs))
            .reason());
  }

  @Test
  void refusesFilesOfHugePages() throws IOException {
    try (MountedFileSystem huge =
        MountedFileSystem.of(kernel, files.folder(), "hugetlbfs", "pagesize=2M")) {
      Path file = huge.folder().resolve("file");
      try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
        access.setLength(4 << 20);
      }
      assertEquals(MapException.Reason.NOT_MAPPABLE, refusal(file.toString()));
    }
  }

  @Test
  void refusesWhatIsNotTheFileThatWasJudged() throws IOException {
    Path file = files.file("file", 2);
    FileToMap right = files.asIs(file);
    String at = right.location();
    long device = right.device();
    long inode = right.inode();
    long size = right.sizeBytes();
    long mtime = right.mtimeSeconds();
    MapException.Reason changed = MapException.Reason.CHANGED;
    assertEquals(changed, refusal(new FileToMap(at, device + 1, inode, size, mtime)));
    assertEquals(changed, refusal(new FileToMap(at, device, inode + 1, size, mtime)));
    assertEquals(changed, refusal(new FileToMap(at, device, inode, size + 1, mtime)));
    assertEquals(changed, refusal(new FileToMap(at, device, inode, size, mtime + 1)));
    mapper.map(right, 0, page, ADDRESS).close();
    Files.delete(file);
    assertEquals(MapException.Reason.VANISHED, refusal(right));
    assertEquals(
        MapException.Reason.VANISHED,
        refusal(new FileToMap(at + "/x", device, inode, size, mtime)));
    String tooLong = at + "/" + "x".repeat(5000);
    assertEquals(
        MapException.Reason.FAILED, refusal(new FileToMap(tooLong, device, inode, size, mtime)));
  }

  /** mincore(2) tells such a process that every page is resident: making them so would read all. */
  @Test
  void refusesWhereResidencyIsHidden() throws IOException {
    TestFiles.assumeRoot(kernel);
    Path file = files.file("file", 4);
    TestFiles.run("chown", "65534", file.toString());
    try (MappingProcess other = processWithoutPrivileges()) {
      assertEquals("RESIDENCY_UNKNOWN", other.map(files.asIs(file), page, ADDRESS));
    }
  }

  private static MappingProcess processWithoutPrivileges() throws IOException {
    StringBuilder output = new StringBuilder();
    assumeTrue(TestFiles.call(output, "setpriv", "--version") == 0, "needs setpriv");
    return MappingProcess.start("setpriv", "--bounding-set=-fowner,-dac_override");
  }

  @Test
  void doesNotWaitForALease() throws Exception {
    Path file = files.file("file", 2);
    String program =
        """
        import fcntl, signal, sys
        signal.signal(signal.SIGIO, signal.SIG_IGN)
        file = open(sys.argv[1], "r+")
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)
        print("leased", flush=True)
        sys.stdin.read()
        """;
    Process holder = new ProcessBuilder("python3", "-c", program, file.toString()).start();
    try (var out = new BufferedReader(new InputStreamReader(holder.getInputStream(), UTF_8))) {
      assumeTrue("leased".equals(out.readLine()), "needs python3 and leases");
      assertEquals(MapException.Reason.FAILED, refusal(file.toString()));
      assertTrue(holder.isAlive());
    } finally {
      holder.destroyForcibly().waitFor();
    }
    map(file, ADDRESS).close();
  }

  @Test
  void rejectsNumbersThatMakeNoSense() throws IOException {
    FileToMap file = files.asIs(files.file("file", 2));
    long[][] senseless = {
      {1, page, ADDRESS},
      {-page, page, ADDRESS},
      {0, 0, ADDRESS},
      {0, -1, ADDRESS},
      {0, Long.MAX_VALUE, ADDRESS},
      {0, page, ADDRESS + 1},
      {0, page, 0},
      {0, page, -page}
    };
    for (long[] numbers : senseless) {
      assertThrows(
          IllegalArgumentException.class,
          () -> mapper.map(file, numbers[0], numbers[1], numbers[2]),
          () -> Arrays.toString(numbers));
    }
    // More than there are addresses for: the kernel says so.
    assertEquals(
        MapException.Reason.FAILED,
        assertThrows(MapException.class, () -> mapper.map(file, 0, 1L << 60, ADDRESS)).reason());
  }

  @Test
  void findsFilesByWhateverLeadsToThem() throws IOException {
    Path file = files.file("file", 2);
    Path link = Files.createSymbolicLink(files.folder().resolve("link"), file);
    FileToMap target = files.asIs(file);
    String[] locations = {
      link.toString(),
      "/proc/self/root" + file,
      "/proc/" + ProcessHandle.current().pid() + "/root" + file
    };
    for (String location : locations) {
      FileToMap same =
          new FileToMap(
              location, target.device(), target.inode(), target.sizeBytes(), target.mtimeSeconds());
      try (FileMapping mapping = mapper.map(same, 0, page, ADDRESS)) {
        assertTrue(mapping.isUnchanged(), location);
        assertEquals(1, mapping.makePresent().presentPages(), location);
      }
    }
  }

  @Test
  void findsFilesWhoseNamesAreNotUtf8() throws IOException {
    String folder = files.folder().toString();
    TestFiles.run("sh", "-c", "printf x > \"$1\"/\"$(printf 'b\\303\\244\\377')\"", "sh", folder);
    FileToMap file = files.asIs(folder + "/b\u00e4\udcff");
    assertEquals(1, file.sizeBytes());
    try (FileMapping mapping = mapper.map(file, 0, page, ADDRESS)) {
      assertTrue(mapping.isUnchanged());
      assertEquals('x', OwnMemory.read(ADDRESS, 1)[0]);
    }
    TestFiles.run("find", folder, "-name", "b*", "-delete");
  }

  @Test
  void linksOfATreeStayInIt() throws IOException {
    Path tree = Files.createDirectories(files.folder().resolve("tree/etc"));
    Path inside = files.file("tree/etc/file", 3);
    Files.createSymbolicLink(tree.resolve("link"), Path.of("/etc/file"));
    Files.createSymbolicLink(tree.resolve("out"), Path.of("../../../file"));
    files.file("file", 2);
    FileToMap expected = files.asIs(inside);
    FileMapper inTree = new FileMapper(kernel, files.folder().resolve("tree").toString());
    for (String location : new String[] {"/etc/file", "/etc/link", "/../etc/file"}) {
      FileToMap file =
          new FileToMap(
              location,
              expected.device(),
              expected.inode(),
              expected.sizeBytes(),
              expected.mtimeSeconds());
      try (FileMapping mapping = inTree.map(file, 0, page, ADDRESS)) {
        assertTrue(mapping.isUnchanged(), location);
        assertTrue(OwnMemory.mapsLine(ADDRESS).endsWith(inside.toString()), location);
      }
    }
    FileToMap outside = new FileToMap("/etc/out", 1, 1, 1, 1);
    assertEquals(
        MapException.Reason.VANISHED,
        assertThrows(MapException.class, () -> inTree.map(outside, 0, page, ADDRESS)).reason());
    FileMapper nowhere = new FileMapper(kernel, files.folder().resolve("no").toString());
    assertEquals(
        MapException.Reason.VANISHED,
        assertThrows(MapException.class, () -> nowhere.map(expected, 0, page, ADDRESS)).reason());
  }

  @Test
  void leaksNothing() throws IOException {
    Path file = files.file("file", 64);
    FileToMap right = files.asIs(file);
    FileToMap wrong = new FileToMap(right.location(), right.device(), 0, right.sizeBytes(), 0);
    map(file, ADDRESS).close();
    Set<String> open = OwnMemory.openFiles();
    long pageTables = OwnMemory.pageTableBytes();
    for (int i = 0; i < 1000; i++) {
      long address = ADDRESS + i * AddressSpace.HUGE_PAGE_BYTES;
      try (FileMapping mapping = mapper.map(right, 0, right.sizeBytes(), address)) {
        assertEquals(64, mapping.makePresent().presentPages());
        assertTrue(mapping.isUnchanged());
        assertThrows(MapException.class, () -> mapper.map(right, 0, page, address));
      }
      assertThrows(MapException.class, () -> mapper.map(wrong, 0, page, address));
    }
    assertEquals(open, OwnMemory.openFiles());
    assertEquals(0, OwnMemory.mappingsBelow(files.folder()));
    // A thousand mappings left would have taken a thousand pages.
    assertTrue(OwnMemory.pageTableBytes() < pageTables + 100L * page);
  }
}
