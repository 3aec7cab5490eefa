// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.candidate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.pagefusion.guest.KernelImage;
import org.pagefusion.guest.KernelModule;

/** Whatever a tree says of addresses and sizes, what comes out keeps to the host's limits. */
class KernelJudgeProperties {
  private static final int PAGE = 4096;

  @Provide
  Arbitrary<Long> addresses() {
    Arbitrary<Long> near =
        Arbitraries.longs().between(0, 0x4000).map(offset -> 0xffffffffc0000000L + offset * 0x321);
    Arbitrary<Long> edges =
        Arbitraries.of(0L, 1L, 4095L, 4096L, -1L, -4095L, -4096L, -4097L, Long.MIN_VALUE);
    return Arbitraries.oneOf(near, edges, Arbitraries.longs());
  }

  @Provide
  Arbitrary<List<KernelModule.Section>> sections() {
    Arbitrary<String> names =
        Arbitraries.of(
            ".text",
            ".text.unlikely",
            ".exit.text",
            ".init.text",
            ".init.data",
            ".rodata",
            ".rodata.str1.1",
            ".note.gnu.build-id",
            ".orc_unwind",
            ".data",
            ".bss",
            "__bug_table",
            ".data..ro_after_init",
            ".data..percpu",
            ".gnu.linkonce.this_module",
            "odd");
    return Combinators.combine(names, addresses())
        .as(KernelModule.Section::new)
        .list()
        .ofMaxSize(80)
        .map(
            list -> {
              List<KernelModule.Section> sorted = new ArrayList<>(list);
              sorted.sort((a, b) -> Long.compareUnsigned(a.address(), b.address()));
              return sorted;
            });
  }

  @Provide
  Arbitrary<Long> sizes() {
    return Arbitraries.oneOf(
        Arbitraries.longs().between(0, 1 << 22),
        Arbitraries.longs().between(0, Long.MAX_VALUE),
        Arbitraries.of(0L, 4096L, 1L << 30, Long.MAX_VALUE));
  }

  @Provide
  Arbitrary<Optional<KernelImage.Range>> ranges() {
    return Combinators.combine(addresses(), addresses())
        .as(KernelImage.Range::new)
        .filter(range -> range.start() != 0 && Long.compareUnsigned(range.start(), range.end()) < 0)
        .optional(0.8);
  }

  @Property
  void modulesKeepToTheLimits(
      @ForAll("sections") List<KernelModule.Section> sections,
      @ForAll("addresses") long address,
      @ForAll("sizes") long size) {
    KernelModule module =
        new KernelModule(
            "m",
            size,
            0,
            List.of(),
            KernelModule.State.LIVE,
            address,
            "",
            Optional.of("00ff"),
            sections);
    for (boolean apart : new boolean[] {false, true}) {
      VerdictList verdicts = new VerdictList();
      new KernelJudge(new Identity(""), PAGE, 0).judge(module, apart, Optional.empty(), verdicts);
      check(verdicts);
    }
  }

  @Property
  void kernelsKeepToTheLimits(
      @ForAll("ranges") Optional<KernelImage.Range> text,
      @ForAll("ranges") Optional<KernelImage.Range> rodata) {
    KernelImage image = new KernelImage(Optional.empty(), Optional.of("00ff"), text, rodata);
    VerdictList verdicts = new VerdictList();
    new KernelJudge(new Identity(""), PAGE, 0).judge(image, Optional.empty(), verdicts);
    check(verdicts);
  }

  private static void check(VerdictList verdicts) {
    assertTrue(verdicts.candidates.size() + verdicts.exclusions.size() >= 1, "a verdict");
    for (Exclusion exclusion : verdicts.exclusions) {
      assertTrue(exclusion.sizeBytes() >= 0, exclusion.toString());
    }
    for (Candidate candidate : verdicts.candidates) {
      List<Region> regions = candidate.regions();
      assertTrue(regions.size() >= 1 && regions.size() <= 32, candidate.toString());
      assertEquals(0, candidate.kernelAddress().orElseThrow() % PAGE);
      long end = 0;
      long pages = 0;
      assertEquals(0, regions.get(0).offset());
      for (Region region : regions) {
        assertTrue(region.offset() >= end, "ascending, none overlapping: " + candidate);
        assertTrue(region.sizeBytes() > 0, candidate.toString());
        assertEquals(0, region.offset() % PAGE);
        assertEquals(0, region.sizeBytes() % PAGE);
        end = region.offset() + region.sizeBytes();
        pages += region.sizeBytes() / PAGE;
        assertEquals(
            region.sizeBytes() / PAGE,
            candidate.resident().within(region.offset() / PAGE, end / PAGE).pages());
      }
      assertEquals(pages, candidate.resident().pages());
      assertEquals(candidate.regionBytes(), candidate.sizeBytes());
      assertTrue(candidate.regionBytes() <= 1L << 30, candidate.toString());
    }
  }
}
