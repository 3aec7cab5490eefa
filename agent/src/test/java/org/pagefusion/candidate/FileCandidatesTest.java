// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.candidate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pagefusion.config.Source;
import org.pagefusion.guest.PageRuns;

/** What a scan makes of files, on trees made by hand. */
class FileCandidatesTest {
  private static final int[] BUILD_ID = {0xbe, 0x63, 0x97, 0xdd};
  private static final int SIZE = 100_000;
  private static final long GIB = 1L << 30;

  private OddTree tree;

  @BeforeEach
  void createTree() throws IOException {
    tree = OddTree.create();
  }

  @AfterEach
  void deleteTree() throws IOException {
    tree.close();
  }

  private ScanHelper mappedOnly() {
    return new ScanHelper(tree.root()).sources(Source.MAPPED);
  }

  private static long pages(long bytes, int pageSize) {
    return (bytes + pageSize - 1) / pageSize;
  }

  // ---- what becomes a candidate

  @Test
  void aMappedLibraryIsACandidateInAllItsParts() throws IOException {
    Path file =
        tree.file("/usr/lib/libx.so.1", TestElf.make(TestElf.SHARED, false, BUILD_ID, SIZE, 1));
    tree.process(7).maps("/usr/lib/libx.so.1", "r--p").maps("/usr/lib/libx.so.1");
    tree.process(8).maps("/usr/lib/libx.so.1");
    tree.process(9);

    ScanHelper.Result result = mappedOnly().scan();

    Candidate found = result.candidate("/usr/lib/libx.so.1");
    assertEquals("/usr/lib/libx.so.1", found.name());
    assertEquals(Identity.fileVersion(Optional.of("be6397dd"), SIZE, 0, 0), found.version());
    assertEquals(Category.LIBRARY, found.category());
    assertEquals(Optional.of("be6397dd"), found.buildId());
    assertEquals(SIZE, found.sizeBytes());
    assertEquals(List.of(new Region(0, SIZE)), found.regions());
    assertEquals(PageRuns.of(0, pages(SIZE, result.pageSize())), found.resident());
    assertTrue(found.residencyMeasured());
    assertEquals(2, found.mappedBy());
    assertEquals(OptionalLong.empty(), found.kernelAddress());
    FileReference reference = found.file().orElseThrow();
    assertEquals("/usr/lib/libx.so.1", reference.location());
    assertEquals(OddTree.inode(file), reference.inode());
    assertEquals(SIZE, reference.sizeBytes());
    assertEquals(OddTree.WRITTEN.getEpochSecond(), reference.mtimeSeconds());
    assertEquals(3, result.scan().processes().processes());
    assertEquals(3, result.scan().processes().mappings());
    assertEquals(1, result.scan().filesExamined());
    assertEquals(List.of(), result.anomalies());
    assertEquals(List.of(), result.scan().exclusions());
  }

  @ParameterizedTest
  @CsvSource({
    "/usr/lib/liba.so,          SHARED,      false, LIBRARY",
    "/usr/lib/libc.so.6,        SHARED,      true,  LIBRARY",
    "/usr/lib/ld-2.36.so,       SHARED,      false, LIBRARY",
    "/usr/bin/pie,              SHARED,      true,  EXECUTABLE",
    "/usr/bin/static,           EXECUTABLE,  false, EXECUTABLE",
    "/usr/bin/fixed,            EXECUTABLE,  true,  EXECUTABLE",
    "/usr/lib/plugin.node,      SHARED,      false, LIBRARY",
    "/usr/lib/foo.so/program,   SHARED,      true,  EXECUTABLE",
    "/usr/lib/modules/ext4.ko,  RELOCATABLE, false, DATA",
  })
  void elfFilesHaveTheirCategories(String path, String type, boolean interpreter, Category expected)
      throws IOException {
    int elfType =
        switch (type) {
          case "SHARED" -> TestElf.SHARED;
          case "EXECUTABLE" -> TestElf.EXECUTABLE;
          default -> TestElf.RELOCATABLE;
        };
    tree.file(path, TestElf.make(elfType, interpreter, BUILD_ID, SIZE, 1));
    tree.process(1).maps(path);
    assertEquals(expected, mappedOnly().scan().candidate(path).category());
  }

  @Test
  void otherFilesAreDataAndHaveTheirTimeInTheirVersion() throws IOException {
    tree.file("/usr/share/locale-archive", TestElf.data(SIZE, 1));
    tree.process(1).maps("/usr/share/locale-archive", "r--p");
    Candidate found = mappedOnly().scan().candidate("/usr/share/locale-archive");
    assertEquals(Category.DATA, found.category());
    assertEquals(Optional.empty(), found.buildId());
    long time = OddTree.WRITTEN.getEpochSecond();
    assertEquals(Identity.fileVersion(Optional.empty(), SIZE, time, 0), found.version());
  }

  @Test
  void anElfFileWithoutBuildIdIsKnownBySizeAndTime() throws IOException {
    tree.file("/usr/bin/go", TestElf.make(TestElf.EXECUTABLE, false, new int[0], SIZE, 1));
    tree.process(1).maps("/usr/bin/go");
    Candidate found = mappedOnly().scan().candidate("/usr/bin/go");
    assertEquals(Optional.empty(), found.buildId());
    assertEquals('m', found.version().charAt(0));
  }

  @Test
  void aBrokenElfFileIsDataAndAnAnomaly() throws IOException {
    byte[] broken = TestElf.make(TestElf.SHARED, false, BUILD_ID, SIZE, 1);
    broken[4] = 9;
    tree.file("/usr/lib/broken.so", broken);
    tree.process(1).maps("/usr/lib/broken.so");
    ScanHelper.Result result = mappedOnly().scan();
    assertEquals(Category.DATA, result.candidate("/usr/lib/broken.so").category());
    assertEquals(1, result.anomalies().size(), result.anomalies().toString());
    String where = result.anomalies().get(0).where();
    assertTrue(where.endsWith("/usr/lib/broken.so"), where);
    assertTrue(result.anomalies().get(0).what().startsWith("malformed ELF file: "));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "prod"})
  void theGroupIsInEveryName(String group) throws IOException {
    tree.file("/usr/lib/libx.so", TestElf.make(TestElf.SHARED, false, BUILD_ID, SIZE, 1));
    tree.process(1).maps("/usr/lib/libx.so");
    Candidate found = mappedOnly().group(group).scan().candidate("/usr/lib/libx.so");
    assertEquals(new Identity(group).name("/usr/lib/libx.so"), found.name());
    assertEquals(group.isEmpty(), found.name().equals("/usr/lib/libx.so"));
  }

  @Test
  void oddNamesSurvive() throws IOException {
    List<String> names =
        List.of("/usr/a b.so", "/usr/ü.so", "/usr/q\"uo\\te.so", "/usr/new\nline.so");
    OddTree.Mapper process = tree.process(1);
    for (String name : names) {
      tree.file(name, TestElf.data(SIZE, name.length()));
      process.mapsAs(name.replace("\n", "\\012"), tree.at(name));
    }
    ScanHelper.Result result = mappedOnly().scan();
    for (String name : names) {
      Candidate found = result.candidate(name);
      assertEquals(new Identity("").name(name), found.name());
    }
    assertEquals(List.of(), result.anomalies());
  }

  /** Text in maps can't tell a newline from what it stands for: the file decides. */
  @Test
  void aBackslashInANameIsNoNewline() throws IOException {
    tree.file("/usr/new\\012line.so", TestElf.data(SIZE, 1));
    tree.process(1).maps("/usr/new\\012line.so");
    assertEquals(1, mappedOnly().scan().candidate("/usr/new\\012line.so").mappedBy());
  }

  // ---- what does not

  @Test
  void sharedWritableMappingsAreLeftOut() throws IOException {
    tree.file("/usr/a.db", TestElf.data(SIZE, 1));
    tree.file("/usr/b.db", TestElf.data(SIZE, 2));
    tree.file("/usr/c.db", TestElf.data(SIZE, 3));
    tree.process(1).maps("/usr/a.db", "r--p").maps("/usr/b.db", "r--s").maps("/usr/c.db", "rw-p");
    tree.process(2).maps("/usr/a.db", "rw-s");
    ScanHelper.Result result = mappedOnly().scan();
    assertEquals(Reason.WRITABLE_MAPPING, result.reason("/usr/a.db"));
    assertEquals(1 << 20, result.exclusion("/usr/a.db").sizeBytes(), "what is mapped of it");
    result.candidate("/usr/b.db");
    result.candidate("/usr/c.db");
  }

  @Test
  void patternsLeaveOutAndAreNamed() throws IOException {
    tree.file("/usr/lib/libcrypto.so.3", TestElf.make(TestElf.SHARED, false, BUILD_ID, SIZE, 1));
    tree.file("/usr/lib/other.so", TestElf.make(TestElf.SHARED, false, BUILD_ID, SIZE, 2));
    tree.process(1).maps("/usr/lib/libcrypto.so.3").maps("/usr/lib/other.so");
    ScanHelper.Result result = mappedOnly().exclude("/nowhere/**", "/usr/**/other*").scan();
    result.candidate("/usr/lib/libcrypto.so.3");
    assertEquals(Reason.PATTERN, result.reason("/usr/lib/other.so"));
    assertEquals("/usr/**/other*", result.exclusion("/usr/lib/other.so").detail());
    result = mappedOnly().excludeDefaults().scan();
    assertEquals(Reason.PATTERN, result.reason("/usr/lib/libcrypto.so.3"));
    result.candidate("/usr/lib/other.so");
  }

  /** A name with a newline is matched as it is, not as maps writes it. */
  @Test
  void patternsSeeTheTrueName() throws IOException {
    tree.file("/usr/x\nsecret.so", TestElf.data(SIZE, 1));
    tree.process(1).mapsAs("/usr/x\\012secret.so", tree.at("/usr/x\nsecret.so"));
    ScanHelper.Result result = mappedOnly().exclude("*\\\nsecret*").scan();
    assertEquals(Reason.PATTERN, result.reason("/usr/x\nsecret.so"));
  }

  @ParameterizedTest
  @CsvSource({
    "rw-r-----, rwxr-xr-x, true",
    "rw-------, rwxr-xr-x, true",
    "rw-r--r--, rwxr-x---, true",
    "rw-r--r--, rwx------, true",
    "rw-r--r--, rwxr-xr--, true",
    "rw-r--r--, rwx--x--x, false",
    "rwxr-xr-x, rwxr-xr-x, false",
    "rw----r--, rwx-----x, false",
  })
  void whatNotEveryoneMayReadIsLeftOut(String fileMode, String folderMode, boolean leftOut)
      throws IOException {
    tree.file("/usr/share/deep/er/data", TestElf.data(SIZE, 1));
    tree.mode("/usr/share/deep/er/data", fileMode);
    tree.mode("/usr/share/deep", folderMode);
    tree.process(1).maps("/usr/share/deep/er/data", "r--p");
    ScanHelper.Result result = mappedOnly().scan();
    assertEquals(leftOut ? 0 : 1, result.candidates("/usr/share/deep/er/data").size());
    if (leftOut) {
      assertEquals(Reason.UNREADABLE, result.reason("/usr/share/deep/er/data"));
      assertFalse(result.exclusion("/usr/share/deep/er/data").detail().isEmpty());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "65535, 65536, false",
    "65536, 65536, true",
    "1,     0,     true",
    "0,     0,     false",
    "1,     1,     true",
    "5000,  8192,  false",
    "8192,  8192,  true",
  })
  void minResidentDecides(int size, long minResident, boolean counts) throws IOException {
    tree.file("/usr/lib/small", TestElf.data(size, 1));
    tree.process(1).maps("/usr/lib/small", "r--p");
    ScanHelper.Result result = mappedOnly().minResident(minResident).scan();
    if (counts) {
      assertEquals(
          pages(size, result.pageSize()), result.candidate("/usr/lib/small").resident().pages());
    } else {
      assertEquals(Reason.TOO_SMALL, result.reason("/usr/lib/small"));
    }
  }

  /** What is not resident does not count, however long the file. */
  @Test
  void holesAreNotResident() throws IOException {
    tree.sparse("/usr/lib/sparse", 10L << 20, TestElf.data(32 << 10, 1), 1 << 20);
    tree.process(1).maps("/usr/lib/sparse", "r--p");
    ScanHelper.Result result = mappedOnly().scan();
    assertEquals(Reason.TOO_SMALL, result.reason("/usr/lib/sparse"));
    assertEquals(32 << 10, result.exclusion("/usr/lib/sparse").sizeBytes());
    result = mappedOnly().minResident(32 << 10).scan();
    long page = result.pageSize();
    assertEquals(
        PageRuns.of((1 << 20) / page, (32 << 10) / page),
        result.candidate("/usr/lib/sparse").resident());
  }

  @Test
  void whatWasWrittenWithinTheLastMinuteIsLeftOut() throws IOException {
    Path file = tree.file("/usr/lib/fresh", TestElf.data(SIZE, 1));
    tree.process(1).maps("/usr/lib/fresh", "r--p");
    Instant written = Instant.ofEpochSecond(1_800_000_000);
    Files.setLastModifiedTime(file, FileTime.from(written));
    for (int age : new int[] {0, 1, 59}) {
      Clock clock = Clock.fixed(written.plusSeconds(age), ZoneOffset.UTC);
      assertEquals(
          Reason.RECENTLY_WRITTEN, mappedOnly().clock(clock).scan().reason("/usr/lib/fresh"));
    }
    // Packages carry times that a guest with a wrong clock has not reached yet.
    for (int age : new int[] {60, 3600, -1, -100_000}) {
      Clock clock = Clock.fixed(written.plusSeconds(age), ZoneOffset.UTC);
      mappedOnly().clock(clock).scan().candidate("/usr/lib/fresh");
    }
    assertEquals(Duration.ofSeconds(60), FileJudge.QUIET);
  }

  @Test
  void deletedFilesAreLeftOut() throws IOException {
    Path file = tree.file("/usr/lib/gone.so", TestElf.data(SIZE, 1));
    tree.process(1).mapsAs("/usr/lib/gone.so (deleted)", file);
    tree.file("/usr/lib/new.so", TestElf.data(SIZE, 2));
    tree.process(1)
        .line("r-xp", OddTree.hexDevice(file), 99_999_999_999L, "/usr/lib/new.so (deleted)");
    Files.delete(file);
    ScanHelper.Result result = mappedOnly().scan();
    assertEquals(Reason.DELETED, result.reason("/usr/lib/gone.so"));
    assertEquals(Reason.DELETED, result.reason("/usr/lib/new.so"));
    assertEquals(List.of(), result.scan().candidates());
  }

  @Test
  void aFileMayBeCalledDeleted() throws IOException {
    tree.file("/usr/lib/not (deleted)", TestElf.data(SIZE, 1));
    tree.process(1).maps("/usr/lib/not (deleted)", "r--p");
    assertEquals(1, mappedOnly().scan().candidate("/usr/lib/not (deleted)").mappedBy());
  }

  @Test
  void aPathThatHasAnotherFileByNowIsReplaced() throws IOException {
    Path file = tree.file("/usr/lib/swapped.so", TestElf.data(SIZE, 1));
    tree.process(1)
        .line("r-xp", OddTree.hexDevice(file), OddTree.inode(file) + 1, "/usr/lib/swapped.so")
        .line("r-xp", "fa:11", OddTree.inode(file), "/usr/lib/other-disk.so")
        .line("r-xp", OddTree.hexDevice(file), 77, "/usr/lib/now-a-folder.so")
        .mounts("250:17", "/mnt", "ext4");
    tree.file("/usr/lib/other-disk.so", TestElf.data(SIZE, 2));
    tree.file("/usr/lib/now-a-folder.so/x", new byte[0]);
    ScanHelper.Result result = mappedOnly().scan();
    assertEquals(Reason.REPLACED, result.reason("/usr/lib/swapped.so"));
    assertEquals(Reason.REPLACED, result.reason("/usr/lib/other-disk.so"));
    assertEquals(Reason.REPLACED, result.reason("/usr/lib/now-a-folder.so"));
  }

  /**
   * A symbolic link has come to stand where the file was: what it leads to is another path's file.
   */
  @Test
  void linksAreNotFollowed() throws IOException {
    Path file = tree.file("/usr/lib/true.so", TestElf.data(SIZE, 1));
    Files.createSymbolicLink(tree.at("/usr/lib/link.so"), Path.of("true.so"));
    tree.process(1).mapsAs("/usr/lib/link.so", file);
    assertEquals(Reason.REPLACED, mappedOnly().scan().reason("/usr/lib/link.so"));
  }

  @Test
  void aFileThatIsNotThereVanished() throws IOException {
    String device = OddTree.hexDevice(tree.root());
    tree.process(1)
        .line("r-xp", device, 123, "/usr/lib/never.so")
        .line("r-xp", device, 124, "/proc/version/not-a-folder.so");
    ScanHelper.Result result = mappedOnly().scan();
    assertEquals(Reason.VANISHED, result.reason("/usr/lib/never.so"));
    assertEquals(Reason.VANISHED, result.reason("/proc/version/not-a-folder.so"));
  }

  @Test
  void whatHasNoPathIsNotAFile() throws IOException {
    tree.process(1).line("rw-s", "00:0e", 12, "anon_inode:[perf_event]");
    ScanHelper.Result result = mappedOnly().scan();
    assertEquals(Reason.NOT_REGULAR, result.reason("anon_inode:[perf_event]"));
  }

  /** Not even looked for: the file is not there, and still the reason is the file system. */
  @ParameterizedTest
  @CsvSource({
    "nfs,         NETWORK",
    "nfs4,        NETWORK",
    "cifs,        NETWORK",
    "9p,          NETWORK",
    "virtiofs,    NETWORK",
    "vboxsf,      NETWORK",
    "fuse.sshfs,  NETWORK",
    "fuse,        NETWORK",
    "tmpfs,       MEMORY",
    "ramfs,       MEMORY",
    "hugetlbfs,   MEMORY",
    "devtmpfs,    MEMORY",
    "proc,        PSEUDO",
    "sysfs,       PSEUDO",
    "unheard-of,  PSEUDO",
  })
  void filesOnOtherFileSystemsAreNotOpened(String type, Reason expected) throws IOException {
    tree.process(1).mounts("0:99", "/mnt", type).line("r-xp", "00:63", 5, "/mnt/never.so");
    Exclusion found = mappedOnly().scan().exclusion("/mnt/never.so");
    assertEquals(expected, found.reason());
    assertEquals(type, found.detail());
  }

  @Test
  void memoryWithoutAMountIsMemory() throws IOException {
    tree.process(1)
        .line("rw-s", "00:01", 5, "/memfd:pulse (deleted)")
        .line("rw-s", "00:01", 6, "/SYSV00000000 (deleted)")
        .line("rw-s", "00:01", 7, "/dev/zero (deleted)")
        .line("r--p", "00:2a", 8, "/some/where")
        .line("r--p", "fa:2a", 9, "/no/mount (deleted)");
    ScanHelper.Result result = mappedOnly().scan();
    for (String path : List.of("/memfd:pulse", "/SYSV00000000", "/dev/zero")) {
      assertEquals(Reason.MEMORY, result.reason(path));
    }
    assertEquals(Reason.PSEUDO, result.reason("/some/where"));
    assertEquals("device 0:42 is mounted nowhere", result.exclusion("/some/where").detail());
    assertEquals(Reason.PSEUDO, result.reason("/no/mount"));
  }

  // ---- containers

  @Test
  void aContainersFileIsReadInTheContainer() throws IOException {
    tree.file("/usr/lib/libx.so", TestElf.make(TestElf.SHARED, false, BUILD_ID, SIZE, 1));
    tree.file(
        "/srv/box/usr/lib/libx.so", TestElf.make(TestElf.SHARED, false, BUILD_ID, 2 * SIZE, 2));
    tree.process(1).maps("/usr/lib/libx.so");
    tree.process(2)
        .root("/srv/box")
        .mapsAs("/usr/lib/libx.so", tree.at("/srv/box/usr/lib/libx.so"))
        .mapsAs("/usr/lib/only-here.so", tree.at("/srv/box/usr/lib/libx.so"));

    List<Candidate> found = mappedOnly().scan().candidates("/usr/lib/libx.so");

    assertEquals(2, found.size());
    assertEquals(2 * SIZE, found.get(0).sizeBytes());
    assertEquals("/srv/box/usr/lib/libx.so", found.get(0).file().orElseThrow().location());
    assertEquals("/usr/lib/libx.so", found.get(0).name(), "as the container's package has it");
    assertEquals(SIZE, found.get(1).sizeBytes());
    assertNotEquals(found.get(0).version(), found.get(1).version());
  }

  /**
   * The folder of all containers is closed, as Docker's is: what counts is what the container sees.
   */
  @Test
  void onlyDirectoriesInTheContainerCount() throws IOException {
    tree.file("/srv/box/usr/lib/libx.so", TestElf.data(SIZE, 2));
    tree.mode("/srv", "rwx------");
    tree.process(2)
        .root("/srv/box")
        .mapsAs("/usr/lib/libx.so", tree.at("/srv/box/usr/lib/libx.so"));
    mappedOnly().scan().candidate("/usr/lib/libx.so");
    tree.mode("/srv/box/usr/lib", "rwx------");
    assertEquals(Reason.UNREADABLE, mappedOnly().scan().reason("/usr/lib/libx.so"));
  }

  // ---- limits

  @Test
  void aFileBeyondOneGibBecomesParts() throws IOException {
    byte[] content = TestElf.data(128 << 10, 1);
    long size = 2 * GIB + 200_000;
    tree.sparse("/usr/big", size, content, 0, GIB - (64 << 10), 2 * GIB);
    tree.process(1).maps("/usr/big", "r--p");

    ScanHelper.Result result = mappedOnly().scan();

    long page = result.pageSize();
    List<Candidate> parts = result.candidates("/usr/big");
    assertEquals(3, parts.size());
    // Most resident pages first: 128 + 64, 128, 64 KiB.
    Candidate first = parts.get(0);
    Candidate third = parts.get(1);
    Candidate second = parts.get(2);
    assertEquals(List.of(new Region(0, GIB)), first.regions());
    assertEquals(List.of(new Region(GIB, GIB)), second.regions());
    assertEquals(List.of(new Region(2 * GIB, 200_000)), third.regions());
    assertEquals((192 << 10) / page, first.resident().pages());
    assertEquals(PageRuns.of(GIB / page, (64 << 10) / page), second.resident());
    assertEquals(PageRuns.of(2 * GIB / page, (128 << 10) / page), third.resident());
    long time = OddTree.WRITTEN.getEpochSecond();
    int number = 0;
    for (Candidate part : List.of(first, second, third)) {
      assertEquals("/usr/big", part.name());
      assertEquals(Identity.fileVersion(Optional.empty(), size, time, number), part.version());
      assertEquals(size, part.sizeBytes());
      number++;
    }

    result = mappedOnly().minResident(128 << 10).scan();
    assertEquals(2, result.candidates("/usr/big").size());
    Exclusion left = result.exclusions("/usr/big").get(0);
    assertEquals(Reason.TOO_SMALL, left.reason());
    assertEquals("GiB 2 of 3", left.detail());
    assertEquals(64 << 10, left.sizeBytes());
  }

  @ParameterizedTest
  @CsvSource({"1073741823, 1", "1073741824, 1", "1073741825, 2"})
  void oneGibIsOnePart(long size, int parts) throws IOException {
    byte[] content = TestElf.data(4096, 1);
    tree.sparse("/usr/big", size, content, 0, size - 4096, Math.min(GIB, size - 4096));
    tree.process(1).maps("/usr/big", "r--p");
    ScanHelper.Result result = mappedOnly().minResident(0).scan();
    List<Candidate> found = result.candidates("/usr/big");
    assertEquals(parts, found.size());
    assertEquals(List.of(), result.scan().exclusions());
    long sum = 0;
    for (Candidate part : found) {
      assertTrue(part.regionBytes() > 0 && part.regionBytes() <= GIB);
      sum += part.regionBytes();
    }
    assertEquals(size, sum);
  }

  @Test
  void aFileBeyond64GibIsLeftOut() throws IOException {
    try {
      tree.sparse("/usr/huge", 64 * GIB + 1, TestElf.data(100_000, 1), 0);
    } catch (IOException e) {
      assumeTrue(false, "this file system has no files of 64 GiB: " + e.getMessage());
    }
    tree.process(1).maps("/usr/huge", "r--p");
    assertEquals(Reason.LIMIT, mappedOnly().scan().reason("/usr/huge"));
  }

  @Test
  void maxModulesKeepsTheBest() throws IOException {
    OddTree.Mapper process = tree.process(1);
    // Mapped in an order that is none of theirs; three are equally large.
    for (String name : List.of("c", "small", "b", "large", "a")) {
      int size = name.equals("small") ? 70_000 : name.equals("large") ? 300_000 : SIZE;
      tree.file("/usr/lib/" + name, TestElf.data(size, name.charAt(0)));
      process.maps("/usr/lib/" + name, "r--p");
    }
    ScanHelper.Result result = mappedOnly().maxModules(3).scan();
    List<String> kept = new ArrayList<>();
    result.scan().candidates().forEach(candidate -> kept.add(candidate.path()));
    assertEquals(List.of("/usr/lib/large", "/usr/lib/a", "/usr/lib/b"), kept);
    assertEquals(Reason.LIMIT, result.reason("/usr/lib/c"));
    assertEquals(Reason.LIMIT, result.reason("/usr/lib/small"));
    assertEquals("max-modules is 3", result.exclusion("/usr/lib/c").detail());
    assertEquals(
        pages(SIZE, result.pageSize()) * result.pageSize(),
        result.exclusion("/usr/lib/c").sizeBytes());
    assertEquals(5, mappedOnly().maxModules(5).scan().scan().candidates().size());
  }
}
