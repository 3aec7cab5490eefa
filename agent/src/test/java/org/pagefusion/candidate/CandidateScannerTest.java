// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.candidate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.config.Configuration;
import org.pagefusion.config.Source;
import org.pagefusion.guest.Anomalies;
import org.pagefusion.guest.GuestTree;
import org.pagefusion.guest.ProcessScanner;

/** Where a scan looks, and what it does where it can't, on trees made by hand. */
class CandidateScannerTest {
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

  // ---- sources

  private void prepareSources() throws IOException {
    tree.file("/usr/lib/mapped.so", TestElf.make(TestElf.SHARED, false, BUILD_ID, SIZE, 1));
    tree.file("/usr/lib/cached.so", TestElf.make(TestElf.SHARED, false, BUILD_ID, SIZE, 2));
    tree.file("/usr/lib/short", TestElf.data(100, 2));
    tree.file("/usr/lib/sub/short", TestElf.data(200, 2));
    tree.file("/opt/short", TestElf.data(300, 2));
    tree.file("/opt/key", TestElf.data(SIZE, 2));
    tree.mode("/opt/key", "rw-------");
    tree.file("/elsewhere/cached.so", TestElf.data(SIZE, 3));
    tree.file("/usr/holes", new byte[0]);
    tree.sparse("/usr/holes", 1 << 20, new byte[0]);
    tree.process(1).maps("/usr/lib/mapped.so");
    tree.text(
        "/proc/kallsyms",
        """
        ffffffff81000000 T _stext
        ffffffff81200000 T _etext
        ffffffff81400000 D __start_rodata
        ffffffff81500000 D __end_rodata
        """);
    tree.buildId("/sys/kernel/notes", 1, 2, 3);
  }

  @Test
  void allSourcesTogetherFindEachFileOnce() throws IOException {
    prepareSources();
    ScanHelper.Result result = new ScanHelper(tree.root()).roots("/usr", "/opt").scan();
    assumeWalkWorks(result);
    assertEquals(1, result.candidate("/usr/lib/mapped.so").mappedBy());
    assertEquals(0, result.candidate("/usr/lib/cached.so").mappedBy());
    result.candidate("/sys/kernel");
    assertEquals(3, result.scan().candidates().size());
    assertEquals(Reason.UNREADABLE, result.reason("/opt/key"));
    assertEquals(
        new Exclusion("/usr", Reason.TOO_SMALL, "files shorter than min-resident", 300, 2),
        result.exclusion("/usr"));
    assertEquals(
        new Exclusion("/opt", Reason.TOO_SMALL, "files shorter than min-resident", 300, 1),
        result.exclusion("/opt"));
    assertEquals(3, result.scan().exclusions().size(), "holes take no memory");
    assertEquals(7, result.scan().filesExamined());
    assertEquals(List.of(), result.anomalies());
  }

  @Test
  void withoutMappedFilesNothingIsReadOfProcesses() throws IOException {
    prepareSources();
    ScanHelper.Result result =
        new ScanHelper(tree.root()).sources(Source.PAGE_CACHE, Source.KERNEL).scan();
    assumeWalkWorks(result);
    assertEquals(0, result.scan().processes().processes());
    assertEquals(0, result.candidate("/usr/lib/mapped.so").mappedBy());
    assertEquals(3, result.scan().candidates().size());
  }

  @Test
  void withoutPageCacheOnlyMappedFilesCount() throws IOException {
    prepareSources();
    ScanHelper.Result result =
        new ScanHelper(tree.root()).sources(Source.MAPPED, Source.KERNEL).scan();
    result.candidate("/usr/lib/mapped.so");
    result.candidate("/sys/kernel");
    assertEquals(2, result.scan().candidates().size());
    assertEquals(List.of(), result.scan().exclusions());
  }

  @Test
  void withoutKernelThereIsNoneAndNoWordOfIt() throws IOException {
    prepareSources();
    Files.delete(tree.at("/proc/kallsyms"));
    ScanHelper.Result result =
        new ScanHelper(tree.root()).sources(Source.MAPPED, Source.PAGE_CACHE).scan();
    assumeWalkWorks(result);
    assertEquals(2, result.scan().candidates().size());
    assertEquals(List.of(), result.anomalies());
  }

  @Test
  void theKernelAlone() throws IOException {
    prepareSources();
    ScanHelper.Result result = new ScanHelper(tree.root()).sources(Source.KERNEL).scan();
    assertEquals(List.of(result.candidate("/sys/kernel")), result.scan().candidates());
    assertEquals(0, result.scan().filesExamined());
  }

  private static List<String> kernelPaths(CandidateScanner scanner) {
    return scanner.scan(new Anomalies(), (what, files) -> {}).candidates().stream()
        .map(Candidate::path)
        .toList();
  }

  /** The list of its symbols is long, and what it does not show by then it never will. */
  @ParameterizedTest
  @ValueSource(strings = {"", "ffffffff81400000 D __start_rodata\n"})
  void theKernelIsFoundOnceAndNotBeforeItIsShown(String rodata) throws IOException {
    String hidden = "0000000000000000 T _stext\n0000000000000000 T _etext\n";
    String shown = "ffffffff81000000 T _stext\nffffffff81200000 T _etext\n" + rodata;
    tree.text("/proc/kallsyms", hidden);
    tree.buildId("/sys/kernel/notes", 1, 2, 3);
    Kernel kernel = Kernel.load();
    try (GuestTree guest = GuestTree.open(kernel, tree.root().toString(), new Anomalies())) {
      CandidateScanner scanner =
          new CandidateScanner(
              guest,
              kernel,
              Configuration.defaults(),
              Clock.systemUTC(),
              ProcessScanner.Method.TEXT);
      assertEquals(List.of(), kernelPaths(scanner));
      tree.text("/proc/kallsyms", shown);
      assertEquals(List.of("/sys/kernel"), kernelPaths(scanner));
      Files.delete(tree.at("/proc/kallsyms"));
      assertEquals(List.of("/sys/kernel"), kernelPaths(scanner));
    }
  }

  /**
   * Where the kernel has no openat2 with RESOLVE_CACHED there is no walk, and an anomaly says so.
   */
  private static void assumeWalkWorks(ScanHelper.Result result) {
    assumeTrue(
        result.anomalies().stream().noneMatch(anomaly -> anomaly.where().equals("page-cache")),
        "this kernel has no RESOLVE_CACHED");
  }

  // ---- what can't be read

  @Test
  void aTreeWithoutProcIsScannedAllTheSame() throws IOException {
    prepareSources();
    for (String file : List.of("version", "meminfo", "kallsyms", "modules")) {
      Files.delete(tree.at("/proc/" + file));
    }
    Files.move(tree.at("/proc"), tree.at("/no-proc"));
    ScanHelper.Result result = new ScanHelper(tree.root()).scan();
    assumeWalkWorks(result);
    assertEquals(0, result.scan().processes().processes());
    assertEquals(2, result.scan().candidates().size());
    List<String> places = new ArrayList<>();
    result
        .anomalies()
        .forEach(anomaly -> places.add(anomaly.where().substring(tree.root().toString().length())));
    assertTrue(places.contains("/proc"), places.toString());
  }

  @Test
  void linesThatAreNoMappingsAreAnomaliesWithFileAndLine() throws IOException {
    tree.file("/usr/lib/libx.so", TestElf.data(SIZE, 1));
    tree.process(1)
        .maps("/usr/lib/libx.so")
        .raw("nonsense\n")
        .raw("7f00-7e00 r--p 00000000 fe:00 12 /backwards\n")
        .maps("/usr/lib/libx.so");
    ScanHelper.Result result = mappedOnly().scan();
    assertEquals(2, result.scan().processes().mappings());
    result.candidate("/usr/lib/libx.so");
    assertEquals(2, result.anomalies().size(), result.anomalies().toString());
    assertTrue(result.anomalies().get(0).where().endsWith("/proc/1/maps:2"));
    assertTrue(result.anomalies().get(1).where().endsWith("/proc/1/maps:3"));
  }

  /** A captured tree's manifest is input like any other: nonsense in it must not stop a scan. */
  @ParameterizedTest
  @ValueSource(
      strings = {"-5", "9223372036854775807", "68719476736", "4611686018427387904", "99999999"})
  void aManifestMaySayAnything(String size) throws IOException {
    Path file = tree.file("/usr/lib/libx.so", TestElf.data(SIZE, 1));
    tree.process(1).maps("/usr/lib/libx.so");
    long device = ((Number) Files.getAttribute(file, "unix:dev")).longValue();
    tree.text(
        "/files.tsv",
        "path\tdevice\tinode\tsize\tmode\tuid\tmtime\n"
            + "/usr/lib/libx.so\t%x\t%d\t%s\t644\t0\t1700000000\n"
                .formatted(device, OddTree.inode(file), size)
            + "nonsense\n");
    ScanHelper.Result result = mappedOnly().scan();
    int found = result.candidates("/usr/lib/libx.so").size();
    found += result.exclusions("/usr/lib/libx.so").size();
    assertTrue(found >= 1, result.scan().toString());
    for (Candidate candidate : result.scan().candidates()) {
      assertTrue(candidate.regionBytes() > 0 && candidate.regionBytes() <= GIB);
    }
    assertTrue(result.anomalies().stream().anyMatch(a -> a.where().endsWith("/files.tsv:3")));
  }
}
