// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.candidate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pagefusion.config.Source;
import org.pagefusion.guest.KernelImage;
import org.pagefusion.guest.KernelModule;
import org.pagefusion.guest.PageRuns;

class KernelJudgeTest {
  private static final int PAGE = 4096;
  private static final String BUILD_ID = "1122334455667788990011223344556677889900";

  /** ext4 of a Debian 12 guest: sections as its sysfs has them. */
  private static final String EXT4_OF_6_1 =
      """
      c05ed000 .text
      c0661bce .text.unlikely
      c06625fc .altinstr_replacement
      c0662600 .static_call.text
      c0662988 .exit.text
      c0663000 .note.gnu.build-id
      c0663024 .note.Linux
      c0663060 .altinstructions
      c0663080 .rodata
      c0668488 __mcount_loc
      c0669f38 .rodata.str1.8
      c067560d .orc_unwind
      c068990b .orc_unwind_ip
      c0697060 .rodata.cst2
      c0697460 __tracepoints_strings
      c0699000 __jump_table
      c069a000 __bug_table
      c069b920 .data
      c06ae898 .static_call_sites
      c06af490 .exit.data
      c06b52c0 .gnu.linkonce.this_module
      c06b5640 .bss
      c06de000 .init.text
      c06df000 .init.data
      c06e0000 .symtab
      c06f5780 .strtab
      """;

  private final VerdictList verdicts = new VerdictList();
  private final KernelJudge judge = new KernelJudge(new Identity(""), PAGE, 64 << 10);

  private static KernelModule module(
      long address, long size, KernelModule.State state, String sections) {
    List<KernelModule.Section> list = new ArrayList<>();
    for (String line : sections.split("\n")) {
      if (!line.isBlank()) {
        String[] fields = line.strip().split(" ");
        list.add(new KernelModule.Section(fields[1], kernel(fields[0])));
      }
    }
    list.sort((a, b) -> Long.compareUnsigned(a.address(), b.address()));
    return new KernelModule(
        "ext4", size, 1, List.of(), state, address, "", Optional.of(BUILD_ID), list);
  }

  /** An address of which the upper half is the kernel's. */
  private static long kernel(String lower) {
    return lower.equals("0") ? 0 : 0xffffffff00000000L | Long.parseLong(lower, 16);
  }

  private static KernelModule live(long address, long size, String sections) {
    return module(address, size, KernelModule.State.LIVE, sections);
  }

  private static KernelModule with(KernelModule module, Optional<String> buildId) {
    return new KernelModule(
        module.name(),
        module.sizeBytes(),
        module.references(),
        module.usedBy(),
        module.state(),
        module.address(),
        module.taint(),
        buildId,
        module.sections());
  }

  private Candidate only() {
    assertEquals(List.of(), verdicts.exclusions);
    assertEquals(1, verdicts.candidates.size());
    return verdicts.candidates.get(0);
  }

  private Exclusion excluded() {
    assertEquals(List.of(), verdicts.candidates);
    assertEquals(1, verdicts.exclusions.size());
    return verdicts.exclusions.get(0);
  }

  // ---- modules in one piece, until Linux 6.3

  @Test
  void aModuleInOnePieceIsOneRegionUpToWhatIsWritten() {
    judge.judge(live(kernel("c05ed000"), 983040, EXT4_OF_6_1), false, Optional.empty(), verdicts);
    Candidate found = only();
    long size = 0xc069a000L - 0xc05ed000L;
    assertEquals("[ext4]", found.name());
    assertEquals(Identity.kernelVersion(BUILD_ID), found.version());
    assertEquals("/sys/module/ext4", found.path());
    assertEquals(Category.KERNEL_MODULE, found.category());
    assertEquals(Optional.of(BUILD_ID), found.buildId());
    assertEquals(List.of(new Region(0, size)), found.regions());
    assertEquals(PageRuns.of(0, size / PAGE), found.resident());
    assertEquals(size, found.sizeBytes());
    assertEquals(OptionalLong.of(kernel("c05ed000")), found.kernelAddress());
    assertEquals(Optional.empty(), found.file());
    assertEquals(0, found.mappedBy());
  }

  /** The same module at another place has the same identity and the same layout. */
  @Test
  void theLoadAddressChangesNothing() {
    judge.judge(live(kernel("c05ed000"), 983040, EXT4_OF_6_1), false, Optional.empty(), verdicts);
    judge.judge(
        live(kernel("d05ed000"), 983040, EXT4_OF_6_1.replace("c05e", "d05e").replace("c06", "d06")),
        false,
        Optional.empty(),
        verdicts);
    Candidate one = verdicts.candidates.get(0);
    Candidate two = verdicts.candidates.get(1);
    assertEquals(one.name() + one.version(), two.name() + two.version());
    assertEquals(one.regions(), two.regions());
    assertEquals(one.resident(), two.resident());
    assertNotEquals(one.kernelAddress(), two.kernelAddress());
  }

  /** Init memory is freed after init, and something else may lie there. */
  @Test
  void initSectionsDoNotCount() {
    String freed = EXT4_OF_6_1.replace("c06de000 .init.text", "c05ee000 .init.text");
    judge.judge(live(kernel("c05ed000"), 983040, freed), false, Optional.empty(), verdicts);
    assertEquals(0xc069a000L - 0xc05ed000L, only().regionBytes());
  }

  @Test
  void whatIsReadOnlyAfterInitCountsAndVariablesOfCpusLieElsewhere() {
    String sections =
        EXT4_OF_6_1.replace("__jump_table", ".data..ro_after_init")
            + "0 .bss.hidden\n10000 .data..percpu\n";
    judge.judge(live(kernel("c05ed000"), 983040, sections), false, Optional.empty(), verdicts);
    assertEquals(0xc069a000L - 0xc05ed000L, only().regionBytes());
  }

  // ---- modules in several pieces, since Linux 6.4

  private static String apart(long text, long data, long rodata) {
    String[] lines = {
      Long.toHexString(text) + " .text",
      Long.toHexString(text + 0x74bce) + " .text.unlikely",
      Long.toHexString(text + 0x75988) + " .exit.text",
      Long.toHexString(data) + " __bug_table",
      Long.toHexString(data + 0x1920) + " .data",
      Long.toHexString(data + 0x1b2c0) + " .gnu.linkonce.this_module",
      Long.toHexString(rodata) + " .note.gnu.build-id",
      Long.toHexString(rodata + 0x80) + " .rodata",
      Long.toHexString(rodata + 0x1960d) + " .orc_unwind",
      Long.toHexString(rodata + 0x2690b) + " .orc_unwind_ip",
    };
    return String.join("\n", lines);
  }

  /** Wherever the allocator found room, the candidates are the same but for their addresses. */
  @ParameterizedTest
  @CsvSource({
    "c0500000, c0577000, c05a0000",
    "c0500000, c05a0000, c0577000",
    "c0500000, c0400000, c0300000",
    "c0500000, c0300000, c0400000",
    "c0500000, c0577000, c0300000",
    "c0500000, c0300000, c0577000",
    "c0500000, d0577000, e05a0000",
    "c0500000, b0577000, e05a0000",
  })
  void piecesThatLieApartAreCandidatesOfTheirOwn(String text, String data, String rodata) {
    String sections =
        apart(Long.parseLong(text, 16), Long.parseLong(data, 16), Long.parseLong(rodata, 16));
    judge.judge(live(kernel(text), 0xf0000, sections), true, Optional.empty(), verdicts);

    assertEquals(List.of(), verdicts.exclusions);
    assertEquals(2, verdicts.candidates.size());
    Candidate code = verdicts.candidates.get(0);
    Candidate constants = verdicts.candidates.get(1);
    assertEquals("[ext4]", code.name());
    assertEquals(List.of(new Region(0, 0x76000)), code.regions());
    assertEquals(OptionalLong.of(kernel(text)), code.kernelAddress());
    assertEquals("[ext4].rodata", constants.name());
    assertEquals(List.of(new Region(0, 0x27000)), constants.regions());
    assertEquals(OptionalLong.of(kernel(rodata)), constants.kernelAddress());
    for (Candidate candidate : verdicts.candidates) {
      assertEquals(Identity.kernelVersion(BUILD_ID), candidate.version());
      assertEquals("/sys/module/ext4", candidate.path());
      assertEquals(PageRuns.of(0, candidate.regionBytes() / PAGE), candidate.resident());
    }
  }

  /** Most modules of a kernel tell how it allocates, even if one happens to lie in order. */
  @Test
  void theKernelsWayIsThatOfMostModules() {
    KernelModule onePiece = live(kernel("c05ed000"), 983040, EXT4_OF_6_1);
    KernelModule inOrder =
        live(kernel("c0500000"), 0xf0000, apart(0xc0500000L, 0xc05a0000L, 0xc0577000L));
    KernelModule between =
        live(kernel("c0500000"), 0xf0000, apart(0xc0500000L, 0xc0577000L, 0xc05a0000L));
    KernelModule far =
        live(kernel("c0500000"), 0xf0000, apart(0xc0500000L, 0xd0577000L, 0xe05a0000L));
    KernelModule textLast =
        live(
            kernel("c0500000"),
            0xf0000,
            "c0500000 .rodata\nc0510000 .text\nc0520000 .data\nc0530000 .bss\n");
    KernelModule hidden = live(0, 983040, EXT4_OF_6_1);
    KernelModule bare = live(kernel("c05ed000"), 983040, "c05ed000 .text\n");
    assertFalse(KernelJudge.arePiecesApart(List.of()));
    assertFalse(KernelJudge.arePiecesApart(List.of(onePiece)));
    assertFalse(KernelJudge.arePiecesApart(List.of(onePiece, far, onePiece)));
    assertFalse(KernelJudge.arePiecesApart(List.of(hidden, hidden, bare, bare, onePiece)));
    assertTrue(KernelJudge.arePiecesApart(List.of(between)));
    assertTrue(KernelJudge.arePiecesApart(List.of(far)));
    assertTrue(KernelJudge.arePiecesApart(List.of(textLast)));
    // In order, but one of them outside.
    for (String sections :
        List.of(
            "c04ff000 .text\nc0510000 .rodata\nc0520000 .data\n",
            "c04ff000 .rodata\nc0520000 .data\n",
            "c0500000 .text\nc0510000 .rodata\nc05f0000 .data\n")) {
      KernelModule outside = live(kernel("c0500000"), 0xf0000, sections);
      assertTrue(KernelJudge.arePiecesApart(List.of(outside)), sections);
    }
    assertTrue(KernelJudge.arePiecesApart(List.of(between, inOrder, far)));
  }

  /** In a kernel that keeps modules in one piece, one that is not so is not understood. */
  @Test
  void aModuleOutOfOrderIsLeftOut() {
    judge.judge(
        live(kernel("c0500000"), 0xf0000, apart(0xc0500000L, 0xc0577000L, 0xc05a0000L)),
        false,
        Optional.empty(),
        verdicts);
    assertEquals(Reason.TOO_SMALL, excluded().reason());
  }

  @Test
  void aPieceThatIsTooSmallIsLeftOutAlone() {
    String sections = apart(0xc0500000L, 0xc0577000L, 0xc05a0000L).replace("26", "00");
    judge.judge(live(kernel("c0500000"), 0xf0000, sections), true, Optional.empty(), verdicts);
    assertEquals(2, verdicts.candidates.size(), "the page of .orc_unwind is the last");
    KernelJudge choosy = new KernelJudge(new Identity(""), PAGE, 0x30000);
    VerdictList fewer = new VerdictList();
    choosy.judge(
        live(kernel("c0500000"), 0xf0000, apart(0xc0500000L, 0xc0577000L, 0xc05a0000L)),
        true,
        Optional.empty(),
        fewer);
    assertEquals(1, fewer.candidates.size());
    assertEquals("[ext4]", fewer.candidates.get(0).name());
    assertEquals(
        List.of(new Exclusion("/sys/module/ext4", Reason.TOO_SMALL, "its read-only data", 0x27000)),
        fewer.exclusions);
  }

  /**
   * No kind of section is larger than the module: what seems so is not understood, and left out.
   */
  @Test
  void aSpanLargerThanTheModuleIsNone() {
    String sections =
        apart(0xc0500000L, 0xc0577000L, 0xc05a0000L) + "\nd0000000 .rodata.far\nd0000000 .text.far";
    judge.judge(live(kernel("c0500000"), 0xf0000, sections), true, Optional.empty(), verdicts);
    assertEquals(Reason.TOO_SMALL, excluded().reason());
  }

  // ---- modules that are none

  @ParameterizedTest
  @ValueSource(strings = {"LOADING", "UNLOADING"})
  void onlyLiveModulesCount(KernelModule.State state) {
    judge.judge(
        module(kernel("c05ed000"), 983040, state, EXT4_OF_6_1), false, Optional.empty(), verdicts);
    assertEquals(Reason.NOT_LIVE, excluded().reason());
    assertEquals(983040, excluded().sizeBytes());
  }

  @Test
  void patternsLeaveModulesOut() {
    judge.judge(
        live(kernel("c05ed000"), 983040, EXT4_OF_6_1),
        false,
        Optional.of("/sys/module/*"),
        verdicts);
    assertEquals(
        new Exclusion("/sys/module/ext4", Reason.PATTERN, "/sys/module/*", 983040), excluded());
  }

  @Test
  void hiddenAddressesLeaveModulesOut() {
    String hidden = EXT4_OF_6_1.replaceAll("(?m)^\\p{XDigit}+", "0");
    List<KernelModule> modules =
        List.of(
            live(0, 983040, hidden),
            live(0, 983040, EXT4_OF_6_1),
            live(kernel("c05ed000"), 983040, ""));
    for (KernelModule module : modules) {
      verdicts.exclusions.clear();
      judge.judge(module, false, Optional.empty(), verdicts);
      assertEquals(
          new Exclusion("/sys/module/ext4", Reason.HIDDEN, "addresses of its sections", 983040),
          excluded());
    }
  }

  @Test
  void aModuleWithoutBuildIdIsNotKnown() {
    KernelModule module = live(kernel("c05ed000"), 983040, EXT4_OF_6_1);
    judge.judge(with(module, Optional.empty()), false, Optional.empty(), verdicts);
    assertEquals(new Exclusion("/sys/module/ext4", Reason.HIDDEN, "build id", 983040), excluded());
  }

  @Test
  void smallModulesAreLeftOut() {
    String small = "c0480000 .text\nc0481000 .rodata\nc0482000 .data\n";
    judge.judge(live(kernel("c0480000"), 16384, small), false, Optional.empty(), verdicts);
    assertEquals(new Exclusion("/sys/module/ext4", Reason.TOO_SMALL, "", 16384), excluded());
    // Built without strict rights, text and data share a page.
    verdicts.exclusions.clear();
    String packed = "c0480000 .text\nc0480800 .rodata\nc0480c00 .data\n";
    judge.judge(live(kernel("c0480000"), 16384, packed), false, Optional.empty(), verdicts);
    assertEquals(Reason.TOO_SMALL, excluded().reason());
  }

  @Test
  void aModuleBeyondOneGibIsBeyondTheHost() {
    String huge = "10000000 .text\n10001000 .rodata\n60000000 .data\n";
    judge.judge(live(kernel("10000000"), 0x70000000L, huge), false, Optional.empty(), verdicts);
    assertEquals(Reason.LIMIT, excluded().reason());
    assertEquals(0x70000000L, excluded().sizeBytes());
  }

  // ---- the kernel itself

  private static KernelImage image(
      Optional<String> buildId, KernelImage.Range text, KernelImage.Range rodata) {
    return new KernelImage(
        Optional.of("6.1.0"), buildId, Optional.ofNullable(text), Optional.ofNullable(rodata));
  }

  private static KernelImage.Range range(long start, long end) {
    return new KernelImage.Range(start, end);
  }

  @Test
  void theKernelIsTextAndRodataInWholePages() {
    KernelImage image =
        image(
            Optional.of(BUILD_ID),
            range(0xffffffff89200000L, 0xffffffff8a001d32L),
            range(0xffffffff8a200000L, 0xffffffff8aaeb000L));
    judge.judge(image, Optional.empty(), verdicts);
    Candidate found = only();
    assertEquals("[kernel]", found.name());
    assertEquals(Identity.kernelVersion(BUILD_ID), found.version());
    assertEquals("/sys/kernel", found.path());
    assertEquals(Category.KERNEL, found.category());
    assertEquals(
        List.of(new Region(0, 0xe02000), new Region(0x1000000, 0x8eb000)), found.regions());
    assertEquals(0xe02000 + 0x8eb000, found.sizeBytes());
    assertEquals(OptionalLong.of(0xffffffff89200000L), found.kernelAddress());
    assertEquals("[[0, 3586], [4096, 2283]]", runs(found.resident()));
  }

  private static String runs(PageRuns pages) {
    List<String> runs = new ArrayList<>();
    for (int i = 0; i < pages.count(); i++) {
      runs.add("[" + pages.first(i) + ", " + pages.length(i) + "]");
    }
    return runs.toString();
  }

  @Test
  void rangesThatBeginInsideOfPagesAreWidened() {
    judge.judge(
        image(Optional.of(BUILD_ID), range(0xffff0100L, 0x100020001L), null),
        Optional.empty(),
        verdicts);
    assertEquals(List.of(new Region(0, 0x31000)), only().regions());
    assertEquals(OptionalLong.of(0xffff0000L), only().kernelAddress());
  }

  /**
   * No page may be in two regions, and regions ascend, whatever the order and overlap of ranges.
   */
  @ParameterizedTest
  @CsvSource({
    // One behind the other, apart and in touch.
    "100000, 200000, 300000, 380000, 0+100000 200000+80000",
    "100000, 200000, 200000, 280000, 0+100000 100000+80000",
    "100000, 1ff001, 200000, 280000, 0+100000 100000+80000",
    // In one page, overlapping, one inside of the other.
    "100000, 200800, 200900, 280000, 0+180000",
    "100000, 300000, 150000, 380000, 0+280000",
    "100000, 300000, 150000, 250000, 0+200000",
    "150000, 250000, 100000, 300000, 0+200000",
    // The other way round.
    "300000, 380000, 100000, 200000, 0+100000 200000+80000",
    "200900, 300000, 100000, 200800, 0+200000",
  })
  void rangesBecomeRegions(
      String textStart, String textEnd, String rodataStart, String rodataEnd, String expected) {
    judge.judge(
        image(
            Optional.of(BUILD_ID),
            range(Long.parseLong(textStart, 16), Long.parseLong(textEnd, 16)),
            range(Long.parseLong(rodataStart, 16), Long.parseLong(rodataEnd, 16))),
        Optional.empty(),
        verdicts);
    List<String> regions = new ArrayList<>();
    for (Region region : only().regions()) {
      regions.add(Long.toHexString(region.offset()) + "+" + Long.toHexString(region.sizeBytes()));
    }
    assertEquals(expected, String.join(" ", regions));
    long first = Math.min(Long.parseLong(textStart, 16), Long.parseLong(rodataStart, 16));
    assertEquals(OptionalLong.of(first & -PAGE), only().kernelAddress());
    assertEquals(only().regionBytes() / PAGE, only().resident().pages());
  }

  @Test
  void rangesFarApartAreBeyondTheHost() {
    judge.judge(
        image(
            Optional.of(BUILD_ID), range(0x100000, 0x200000), range(0x3000000000L, 0x3000001000L)),
        Optional.empty(),
        verdicts);
    assertEquals(Reason.LIMIT, excluded().reason());
  }

  @ParameterizedTest
  @CsvSource({
    "10000000, 50000000, false",
    "10000000, 50000001, true",
    "ffffffff00000000, ffffffff40000001, true",
    "0000000000001000, ffffffffffffffff, true",
    "8000000000000000, 7fffffffffffffff, true",
  })
  void aKernelBeyondOneGibIsBeyondTheHost(String start, String end, boolean excluded) {
    KernelImage.Range range =
        range(Long.parseUnsignedLong(start, 16), Long.parseUnsignedLong(end, 16));
    judge.judge(image(Optional.of(BUILD_ID), range, null), Optional.empty(), verdicts);
    assertEquals(excluded, verdicts.candidates.isEmpty());
    if (excluded) {
      assertEquals(Reason.LIMIT, excluded().reason());
      assertTrue(excluded().sizeBytes() > 0);
    }
  }

  @Test
  void aHiddenKernelIsLeftOut() {
    judge.judge(image(Optional.of(BUILD_ID), null, null), Optional.empty(), verdicts);
    assertEquals(
        new Exclusion("/sys/kernel", Reason.HIDDEN, "addresses in /proc/kallsyms", 0), excluded());
    verdicts.exclusions.clear();
    judge.judge(image(Optional.empty(), range(4096, 8192), null), Optional.empty(), verdicts);
    assertEquals(
        new Exclusion("/sys/kernel", Reason.HIDDEN, "/sys/kernel/notes", 4096), excluded());
  }

  @Test
  void patternsAndMinResidentLeaveTheKernelOut() {
    KernelImage image = image(Optional.of(BUILD_ID), range(0x100000, 0x180000), null);
    judge.judge(image, Optional.of("/sys/kernel"), verdicts);
    assertEquals(new Exclusion("/sys/kernel", Reason.PATTERN, "/sys/kernel", 0x80000), excluded());
    verdicts.exclusions.clear();
    new KernelJudge(new Identity(""), PAGE, 0x80001).judge(image, Optional.empty(), verdicts);
    assertEquals(Reason.TOO_SMALL, excluded().reason());
  }

  @Test
  void groupsKeepKernelsApartToo() {
    KernelImage image = image(Optional.of(BUILD_ID), range(0x100000, 0x180000), null);
    new KernelJudge(new Identity("prod"), PAGE, 0).judge(image, Optional.empty(), verdicts);
    assertEquals(new Identity("prod").name("[kernel]"), only().name());
  }

  /**
   * From the files of a tree to candidates, and patterns by the paths that stand for kernel memory.
   */
  @Test
  void aTreesKernelAndModulesAreJudged() throws IOException {
    try (OddTree tree = OddTree.create()) {
      tree.text(
          "/proc/kallsyms",
          """
          ffffffff81000000 T _stext
          ffffffff81200001 T _etext
          ffffffff81400000 D __start_rodata
          ffffffff81500000 D __end_rodata
          """);
      tree.buildId("/sys/kernel/notes", 1, 2, 3);
      tree.text(
          "/proc/modules",
          """
          ext4 983040 1 - Live 0xffffffffc05ed000
          aes 983040 1 - Live 0xffffffffd05ed000
          new 983040 1 - Loading 0xffffffffe05ed000
          """);
      for (String module : List.of("ext4", "aes", "new")) {
        String folder = "/sys/module/" + module;
        tree.buildId(folder + "/notes/.note.gnu.build-id", module.length(), 5);
        for (String line : EXT4_OF_6_1.strip().split("\n")) {
          String address = "0xffffffff" + line.substring(0, 8) + "\n";
          address = module.equals("aes") ? address.replace("ffc0", "ffd0") : address;
          tree.text(folder + "/sections/" + line.substring(9), address);
        }
      }
      ScanHelper.Result result =
          new ScanHelper(tree.root()).sources(Source.KERNEL).exclude("/sys/module/aes").scan();
      assertEquals(
          List.of(new Region(0, 0x201000), new Region(0x400000, 0x100000)),
          result.candidate("/sys/kernel").regions());
      assertEquals(Optional.of("010203"), result.candidate("/sys/kernel").buildId());
      assertEquals(Optional.of("0405"), result.candidate("/sys/module/ext4").buildId());
      assertEquals(Reason.PATTERN, result.reason("/sys/module/aes"));
      assertEquals(Reason.NOT_LIVE, result.reason("/sys/module/new"));
      assertEquals(List.of(), result.anomalies());

      result = new ScanHelper(tree.root()).sources(Source.KERNEL).exclude("/sys/kernel").scan();
      assertEquals(Reason.PATTERN, result.reason("/sys/kernel"));
      result.candidate("/sys/module/aes");
    }
  }
}
