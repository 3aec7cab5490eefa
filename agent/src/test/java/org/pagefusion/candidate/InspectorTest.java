// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.candidate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pagefusion.bridge.Errno;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.bridge.KernelException;
import org.pagefusion.config.Configuration;
import org.pagefusion.config.Source;
import org.pagefusion.guest.Anomalies;
import org.pagefusion.guest.FileProbe;
import org.pagefusion.guest.FileSystem;
import org.pagefusion.guest.GuestTree;
import org.pagefusion.guest.MalformedElfException;
import org.pagefusion.guest.MappedFile;
import org.pagefusion.guest.MountTable;
import org.pagefusion.guest.PageRuns;
import org.pagefusion.guest.ProcessScanner;

/** What inspections tell is what scans do. */
class InspectorTest {
  private static final int[] BUILD_ID = {1, 2, 3, 4};
  private static final int SIZE = 100_000;

  private final Anomalies anomalies = new Anomalies();
  private OddTree tree;
  private GuestTree guest;
  private Inspector inspector;

  @BeforeEach
  void open() throws IOException {
    tree = OddTree.create();
    tree.file("/usr/lib/libx.so", TestElf.make(TestElf.SHARED, false, BUILD_ID, SIZE, 1));
    tree.file("/usr/share/data", TestElf.data(SIZE, 1));
    tree.process(7).maps("/usr/lib/libx.so").maps("/usr/lib/libx.so", "r--p");
    tree.process(8).maps("/usr/lib/libx.so");
    inspect(new ScanHelper(tree.root()).configuration());
  }

  private void inspect(Configuration configuration) throws IOException {
    Kernel kernel = Kernel.load();
    guest = GuestTree.open(kernel, tree.root().toString(), anomalies);
    inspector = new Inspector(guest, kernel, configuration, OddTree.clock(), anomalies);
  }

  @AfterEach
  void close() throws IOException {
    inspector.close();
    guest.close();
    tree.close();
  }

  private Candidate scanned(String path) throws IOException {
    return new ScanHelper(tree.root()).sources(Source.MAPPED).scan().candidate(path);
  }

  @Test
  void aProcess() throws IOException {
    Inspector.ProcessInspection found = inspector.process(7);
    assertEquals(7, found.pid());
    assertEquals("process-7", found.command());
    assertEquals(2, found.mappings().size());
    assertEquals("r-xp", found.mappings().get(0).permissionText());
    assertEquals("/usr/lib/libx.so", found.mappings().get(0).name());
    assertEquals(1, found.judgement().candidates().size());
    Candidate candidate = found.judgement().candidates().get(0);
    assertEquals(scanned("/usr/lib/libx.so").version(), candidate.version());
    assertEquals(1, candidate.mappedBy(), "in the process alone");
  }

  @Test
  void aProcessThatIsNone() {
    KernelException failure = assertThrows(KernelException.class, () -> inspector.process(12345));
    assertEquals(Errno.ENOENT, failure.errno());
  }

  @Test
  void aMappedFile() throws IOException {
    Inspector.FileInspection found = inspector.file("/usr/lib/libx.so");
    assertEquals(2, found.mappedBy());
    assertEquals(SIZE, found.status().sizeBytes());
    assertEquals(Optional.of("01020304"), found.elf().orElseThrow().buildId());
    assertEquals(List.of(scanned("/usr/lib/libx.so")), found.judgement().candidates());
    assertEquals(scanned("/usr/lib/libx.so").resident(), found.resident());
  }

  /** Whatever way a file is named, it is the one that a scan finds, and has the name from there. */
  @Test
  void theWayToAFileDoesNotCount() throws Exception {
    Files.createSymbolicLink(tree.at("/lib"), Path.of("/usr/lib"));
    Files.createSymbolicLink(tree.at("/usr/share/link"), Path.of("data"));
    for (String way :
        List.of(
            "/lib/libx.so",
            "/usr/lib/../lib/./libx.so",
            "//usr//lib/libx.so",
            "/../usr/lib/libx.so")) {
      assertEquals("/usr/lib/libx.so", inspector.file(way).path());
      assertEquals("/usr/lib/libx.so", inspector.file(way).judgement().candidates().get(0).name());
      assertEquals("/usr/lib/libx.so", inspector.elf(way).orElseThrow().path());
    }
    Inspector.FileInspection found = inspector.file("/usr/share/link");
    assertEquals(0, found.mappedBy());
    assertEquals("/usr/share/data", found.judgement().candidates().get(0).name());
  }

  @Test
  void aBrokenElfFileIsShownAndIsAnAnomaly() throws IOException {
    tree.file("/usr/lib/broken.so", new byte[] {0x7F, 'E', 'L', 'F', 2, 1, 1});
    byte[] broken = TestElf.make(TestElf.SHARED, false, BUILD_ID, SIZE, 1);
    broken[4] = 9;
    tree.file("/usr/lib/odd.so", broken);
    assertEquals(Optional.empty(), inspector.file("/usr/lib/broken.so").elf());
    Inspector.FileInspection odd = inspector.file("/usr/lib/odd.so");
    assertEquals(Optional.empty(), odd.elf());
    assertEquals(Category.DATA, odd.judgement().candidates().get(0).category());
    assertEquals(1, anomalies.count(), anomalies.list().toString());
    assertThrows(MalformedElfException.class, () -> inspector.elf("/usr/lib/odd.so"));
  }

  @Test
  void nothingResidentIsSaid() throws IOException {
    tree.sparse("/usr/share/hole", 1 << 20, new byte[0]);
    Inspector.FileInspection found = inspector.file("/usr/share/hole");
    assertEquals(PageRuns.NONE, found.resident());
    assertEquals(
        List.of(new Exclusion("/usr/share/hole", Reason.TOO_SMALL, "nothing of it is resident", 0)),
        found.judgement().exclusions());
  }

  @Test
  void whatIsNoRegularFileIsNamed() {
    for (String path : List.of("/usr/lib", "/")) {
      for (boolean elf : new boolean[] {true, false}) {
        NotRegularFileException failure =
            assertThrows(
                NotRegularFileException.class,
                () -> {
                  if (elf) {
                    inspector.elf(path);
                  } else {
                    inspector.file(path);
                  }
                });
        assertTrue(
            failure.getMessage().startsWith(tree.root().toString() + path.replaceAll("/$", "")),
            failure.getMessage());
      }
    }
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    KernelException failure =
        assertThrows(KernelException.class, () -> inspector.file("/usr/lib/never.so"));
    assertEquals(Errno.ENOENT, failure.errno());
    assertTrue(failure.getMessage().startsWith(tree.at("/usr/lib/never.so") + ": "));
  }

  @Test
  void aTreeWithoutProcHasFilesAllTheSame() throws IOException {
    Files.move(tree.at("/proc"), tree.at("/no-proc"));
    Inspector.FileInspection found = inspector.file("/usr/lib/libx.so");
    assertEquals(0, found.mappedBy());
    assertEquals(1, found.judgement().candidates().size());
    assertEquals(1, anomalies.count());
  }

  @Test
  void anElfFile() throws Exception {
    Inspector.ElfInspection found = inspector.elf("/usr/lib/libx.so").orElseThrow();
    assertEquals(Optional.of("01020304"), found.elf().buildId());
    assertEquals(2, found.elf().segments().size());
    assertFalse(found.sectionBuildId().isPresent());
    assertEquals(Optional.empty(), inspector.elf("/usr/share/data"));
    assertEquals(Optional.empty(), inspector.elf("/proc/modules"));
  }

  @Test
  void aModule() throws IOException {
    tree.text("/proc/modules", "snd_hda 983040 2 - Live 0xffffffffc05ed000 (OE)\n");
    tree.buildId("/sys/module/snd_hda/notes/.note.gnu.build-id", 9, 9);
    tree.text("/sys/module/snd_hda/sections/.text", "0xffffffffc05ed000\n");
    tree.text("/sys/module/snd_hda/sections/.rodata", "0xffffffffc0600000\n");
    tree.text("/sys/module/snd_hda/sections/.data", "0xffffffffc0610000\n");
    assertEquals(Optional.empty(), inspector.module("snd"));
    for (String name : List.of("snd_hda", "snd-hda")) {
      Inspector.ModuleInspection found = inspector.module(name).orElseThrow();
      assertEquals("OE", found.module().taint());
      assertEquals(0x23000, found.judgement().candidates().get(0).regionBytes());
    }
  }

  /**
   * The kernel still opens a deleted file through its mapping; it is none that other guests have.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aDeletedFileOfALiveProcess(boolean hasAnotherName) throws IOException {
    Path file = tree.file("/deleted.so", TestElf.make(TestElf.SHARED, false, BUILD_ID, SIZE, 1));
    assumeOnDisk(file);
    Kernel kernel = Kernel.load();
    try (FileChannel channel = FileChannel.open(file);
        GuestTree live = GuestTree.open(kernel, "/", anomalies);
        Inspector here =
            new Inspector(
                live,
                kernel,
                new ScanHelper(tree.root()).configuration(),
                OddTree.clock(),
                anomalies)) {
      MappedByteBuffer mapping = channel.map(FileChannel.MapMode.READ_ONLY, 0, SIZE);
      if (hasAnotherName) {
        Files.createLink(tree.at("/other-name"), file);
      }
      Files.delete(file);
      Inspector.Judgement found =
          here.process(Math.toIntExact(ProcessHandle.current().pid())).judgement();
      assertTrue(
          found.candidates().stream().noneMatch(c -> c.path().contains("/deleted.so")),
          found.candidates().toString());
      List<Exclusion> mine =
          found.exclusions().stream().filter(e -> e.path().equals(file.toString())).toList();
      assertEquals(1, mine.size(), found.exclusions().toString());
      assertEquals(Reason.DELETED, mine.get(0).reason());
      // Keeps it mapped until here.
      assertEquals(0x7F, mapping.get(0));
    }
  }

  /** Deleted after its mappings were read, and before it was opened. */
  @Test
  void aFileThatIsDeletedMeanwhile() throws IOException {
    Path file = tree.file("/deleted.so", TestElf.make(TestElf.SHARED, false, BUILD_ID, SIZE, 1));
    assumeOnDisk(file);
    Kernel kernel = Kernel.load();
    int pid = Math.toIntExact(ProcessHandle.current().pid());
    try (FileChannel channel = FileChannel.open(file);
        GuestTree live = GuestTree.open(kernel, "/", anomalies);
        FileProbe probe = new FileProbe(live, kernel)) {
      MappedByteBuffer mapping = channel.map(FileChannel.MapMode.READ_ONLY, 0, SIZE);
      MountTable mounts = new MountTable(live, anomalies);
      MappedFile mine =
          new ProcessScanner(live, kernel, mounts, anomalies, ProcessScanner.Method.AUTO)
              .scan(pid).files().stream()
                  .filter(f -> f.path().equals(file.toString()))
                  .findFirst()
                  .orElseThrow();
      Files.delete(file);
      VerdictList verdicts = new VerdictList();
      new FileJudge(
              live,
              probe,
              mounts,
              new ScanHelper(tree.root()).configuration(),
              OddTree.clock(),
              kernel.pageSize(),
              anomalies)
          .judge(mine, verdicts);
      assertEquals(List.of(), verdicts.candidates);
      Reason reason = verdicts.exclusions.get(0).reason();
      // Who may not open files through mappings finds nothing by that path.
      assertTrue(reason == Reason.DELETED || reason == Reason.VANISHED, reason.toString());
      assertEquals(0x7F, mapping.get(0));
    }
  }

  private static void assumeOnDisk(Path file) throws IOException {
    String type = Files.getFileStore(file).type();
    assumeTrue(FileSystem.of(type).kind() == FileSystem.Kind.LOCAL, type);
  }
}
