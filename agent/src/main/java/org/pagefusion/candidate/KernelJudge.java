// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.candidate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.pagefusion.guest.KernelImage;
import org.pagefusion.guest.KernelModule;
import org.pagefusion.guest.PageRuns;

/**
 * Makes candidates of the kernel and its modules: text and read-only data, which every process has mapped
 * read-only in its kernel half (Documentation/arch/x86/x86_64/mm.rst). They are always resident.
 */
final class KernelJudge {
  /** Paths that stand for kernel memory in reports and in exclude patterns. */
  static final String KERNEL_PATH = "/sys/kernel";

  static final String MODULE_PATH = "/sys/module/";

  /** Sections further apart than this were allocated apart. */
  private static final long GAP_BYTES = 1 << 20;

  private final Identity identity;
  private final int pageSize;
  private final long minResidentBytes;

  KernelJudge(Identity identity, int pageSize, long minResidentBytes) {
    this.identity = identity;
    this.pageSize = pageSize;
    this.minResidentBytes = minResidentBytes;
  }

  void judge(KernelImage kernel, FileJudge.Verdicts verdicts) {
    List<KernelImage.Range> ranges = new ArrayList<>();
    kernel.text().ifPresent(ranges::add);
    kernel.rodata().ifPresent(ranges::add);
    long size = 0;
    for (KernelImage.Range range : ranges) {
      size += range.sizeBytes();
    }
    if (ranges.isEmpty() || kernel.buildId().isEmpty()) {
      verdicts.exclusion(
          new Exclusion(
              KERNEL_PATH,
              Reason.HIDDEN,
              ranges.isEmpty() ? "addresses in /proc/kallsyms" : "/sys/kernel/notes",
              size));
      return;
    }
    add("[kernel]", KERNEL_PATH, Category.KERNEL, kernel.buildId().get(), ranges, verdicts);
  }

  void judge(KernelModule module, Optional<String> pattern, FileJudge.Verdicts verdicts) {
    String path = MODULE_PATH + module.name();
    Reason reason = null;
    String detail = "";
    List<KernelImage.Range> ranges = readOnlyRanges(module);
    if (pattern.isPresent()) {
      reason = Reason.PATTERN;
      detail = pattern.get();
    } else if (module.state() != KernelModule.State.LIVE) {
      reason = Reason.NOT_LIVE;
    } else if (ranges.isEmpty() || module.buildId().isEmpty()) {
      reason = Reason.HIDDEN;
      detail = ranges.isEmpty() ? "addresses of its sections" : "build id";
    } else if (bytes(ranges) < minResidentBytes) {
      reason = Reason.TOO_SMALL;
    }
    if (reason != null) {
      verdicts.exclusion(new Exclusion(path, reason, detail, module.sizeBytes()));
      return;
    }
    String name = "[" + module.name() + "]";
    add(name, path, Category.KERNEL_MODULE, module.buildId().get(), ranges, verdicts);
  }

  private static long bytes(List<KernelImage.Range> ranges) {
    long sum = 0;
    for (KernelImage.Range range : ranges) {
      sum += range.sizeBytes();
    }
    return sum;
  }

  private void add(
      String name,
      String path,
      Category category,
      String buildId,
      List<KernelImage.Range> ranges,
      FileJudge.Verdicts verdicts) {
    long base = ranges.get(0).start() & -pageSize;
    List<Region> regions = new ArrayList<>();
    PageRuns.Builder pages = new PageRuns.Builder();
    for (KernelImage.Range range : ranges) {
      long offset = (range.start() & -pageSize) - base;
      long size = range.end() - base - offset;
      regions.add(new Region(offset, size));
      pages.add(offset / pageSize, (size + pageSize - 1) / pageSize);
    }
    verdicts.candidate(
        new Candidate(
            identity.name(name),
            Identity.kernelVersion(buildId),
            path,
            category,
            Optional.of(buildId),
            bytes(ranges),
            List.copyOf(regions),
            pages.build(),
            true,
            0,
            Optional.empty(),
            OptionalLong.of(base)));
  }

  /**
   * Where a module's text and read-only data lie, whole pages, ascending.
   *
   * <p>sysfs tells where sections begin, not how long they are. Until Linux 6.3 a module is one piece:
   * text, read-only data, what is read-only after init, then what is written, each beginning a page
   * (kernel/module/strict_rwx.c); so all up to the first written section is read-only. Since 6.4 each kind
   * is allocated apart: there a run of read-only sections counts up to the page in which its last one
   * begins. Either way the result follows from the build alone. A page too many does no harm: the host
   * passes over what is writable.
   */
  List<KernelImage.Range> readOnlyRanges(KernelModule module) {
    long start = module.address();
    long end = start + module.sizeBytes();
    if (start == 0) {
      return List.of();
    }
    long firstWritten = -1;
    boolean inOnePiece = false;
    for (KernelModule.Section section : module.sections()) {
      boolean within =
          Long.compareUnsigned(section.address(), start) >= 0
              && Long.compareUnsigned(section.address(), end) < 0;
      if (within && isWritten(section.name())) {
        inOnePiece = true;
        firstWritten = section.address();
        break;
      }
    }
    if (inOnePiece) {
      long limit = firstWritten & -pageSize;
      return limit == start ? List.of() : List.of(new KernelImage.Range(start, limit));
    }
    return readOnlyRuns(module.sections());
  }

  private List<KernelImage.Range> readOnlyRuns(List<KernelModule.Section> sections) {
    List<KernelImage.Range> runs = new ArrayList<>();
    long first = 0;
    long last = 0;
    for (KernelModule.Section section : sections) {
      boolean readOnly = isReadOnly(section.name());
      if (first != 0 && (!readOnly || section.address() - last > GAP_BYTES)) {
        runs.add(pagesOf(first, last));
        first = 0;
      }
      if (readOnly) {
        first = first == 0 ? section.address() : first;
        last = section.address();
      }
    }
    if (first != 0) {
      runs.add(pagesOf(first, last));
    }
    return withoutOverlaps(runs);
  }

  private KernelImage.Range pagesOf(long first, long last) {
    return new KernelImage.Range(first & -pageSize, (last & -pageSize) + pageSize);
  }

  private static List<KernelImage.Range> withoutOverlaps(List<KernelImage.Range> runs) {
    List<KernelImage.Range> apart = new ArrayList<>();
    for (KernelImage.Range run : runs) {
      int at = apart.size() - 1;
      if (at >= 0 && Long.compareUnsigned(run.start(), apart.get(at).end()) < 0) {
        apart.set(at, new KernelImage.Range(apart.get(at).start(), run.end()));
      } else {
        apart.add(run);
      }
    }
    return apart;
  }

  private static boolean isWritten(String section) {
    return (section.startsWith(".data") && !section.startsWith(".data..ro_after_init"))
        || section.startsWith(".bss")
        || section.equals(".gnu.linkonce.this_module")
        || section.equals("__bug_table");
  }

  /** Sections that are executable, or allocated and never written; those of init are freed after it. */
  private static boolean isReadOnly(String section) {
    return (section.startsWith(".text") && !section.startsWith(".text.init"))
        || section.startsWith(".rodata")
        || section.startsWith(".exit.text")
        || section.startsWith(".orc_")
        || section.startsWith("__ksymtab")
        || section.startsWith(".note");
  }
}
