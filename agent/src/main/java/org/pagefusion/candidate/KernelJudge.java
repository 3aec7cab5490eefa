// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.candidate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.pagefusion.guest.KernelImage;
import org.pagefusion.guest.KernelModule;
import org.pagefusion.guest.PageRuns;

/**
 * Makes candidates of the kernel and its modules: text and read-only data, which every process has
 * mapped read-only in its kernel half (Documentation/arch/x86/x86_64/mm.rst). They are always
 * resident.
 *
 * <p>The regions of a candidate must follow from the build alone, or the host would not match them
 * between guests. So pieces whose distance the kernel's allocator decides become candidates of
 * their own.
 */
final class KernelJudge {
  /** What the name of a candidate of read-only data ends in, where its text is a candidate too. */
  private static final String RODATA_SUFFIX = ".rodata";

  private final Identity identity;
  private final int pageSize;
  private final long minResidentBytes;

  KernelJudge(Identity identity, int pageSize, long minResidentBytes) {
    this.identity = identity;
    this.pageSize = pageSize;
    this.minResidentBytes = minResidentBytes;
  }

  /**
   * Memory that lies together.
   *
   * @param nameSuffix what tells it from the other pieces of its module; empty for the first
   * @param ranges whole pages by ascending address, none overlapping
   */
  record Piece(String nameSuffix, List<KernelImage.Range> ranges) {
    long start() {
      return ranges.get(0).start();
    }

    long sizeBytes() {
      long sum = 0;
      for (KernelImage.Range range : ranges) {
        sum += range.sizeBytes();
      }
      return sum;
    }

    /** From the first byte to the last, unsigned. */
    long spanBytes() {
      return ranges.get(ranges.size() - 1).end() - start();
    }
  }

  void judge(KernelImage kernel, Optional<String> pattern, FileJudge.Verdicts verdicts) {
    List<KernelImage.Range> ranges = new ArrayList<>();
    kernel.text().ifPresent(ranges::add);
    kernel.rodata().ifPresent(ranges::add);
    Piece piece = new Piece("", wholePages(ranges));
    Reason reason = null;
    String detail = "";
    if (pattern.isPresent()) {
      reason = Reason.PATTERN;
      detail = pattern.get();
    } else if (ranges.isEmpty() || kernel.buildId().isEmpty()) {
      reason = Reason.HIDDEN;
      detail = ranges.isEmpty() ? "addresses in /proc/kallsyms" : "/sys/kernel/notes";
    } else if (exceedsHost(piece)) {
      reason = Reason.LIMIT;
      detail = "text and read-only data are more than 1 GiB, or so far apart";
    } else if (piece.sizeBytes() < minResidentBytes) {
      reason = Reason.TOO_SMALL;
    }
    if (reason != null) {
      verdicts.exclusion(
          new Exclusion(KernelNames.KERNEL_PATH, reason, detail, reportedBytes(piece)));
      return;
    }
    add(
        KernelNames.KERNEL,
        KernelNames.KERNEL_PATH,
        Category.KERNEL,
        kernel.buildId().orElseThrow(),
        piece,
        verdicts);
  }

  /**
   * Judges a module.
   *
   * @param apart what {@link #arePiecesApart} says of this kernel
   * @param pattern the pattern that excludes it
   */
  void judge(
      KernelModule module, boolean apart, Optional<String> pattern, FileJudge.Verdicts verdicts) {
    String path = KernelNames.modulePath(module.name());
    Reason reason = null;
    String detail = "";
    List<Piece> pieces = readOnlyPieces(module, apart);
    if (pattern.isPresent()) {
      reason = Reason.PATTERN;
      detail = pattern.get();
    } else if (module.state() != KernelModule.State.LIVE) {
      reason = Reason.NOT_LIVE;
    } else if (hasNoAddresses(module) || module.buildId().isEmpty()) {
      reason = Reason.HIDDEN;
      detail = hasNoAddresses(module) ? "addresses of its sections" : "build id";
    } else if (exceedHost(pieces)) {
      reason = Reason.LIMIT;
      detail = "more than 1 GiB";
    } else if (areTooSmall(pieces)) {
      reason = Reason.TOO_SMALL;
      detail = pieces.isEmpty() ? "its sections show no whole read-only page" : "";
    }
    if (reason != null) {
      verdicts.exclusion(new Exclusion(path, reason, detail, module.sizeBytes()));
      return;
    }
    String buildId = module.buildId().orElseThrow();
    for (Piece piece : pieces) {
      if (isTooSmall(piece)) {
        String what = piece.nameSuffix().isEmpty() ? "its text" : "its read-only data";
        verdicts.exclusion(new Exclusion(path, Reason.TOO_SMALL, what, piece.sizeBytes()));
      } else {
        String name = KernelNames.ofModule(module.name()) + piece.nameSuffix();
        add(name, path, Category.KERNEL_MODULE, buildId, piece, verdicts);
      }
    }
  }

  private static boolean hasNoAddresses(KernelModule module) {
    return module.address() == 0 || module.sections().isEmpty();
  }

  private static boolean exceedsHost(Piece piece) {
    // A span of 0 is all that addresses can be.
    return Long.compareUnsigned(piece.spanBytes() - 1, FileJudge.MODULE_MAX_BYTES) >= 0;
  }

  private static boolean exceedHost(List<Piece> pieces) {
    for (Piece piece : pieces) {
      if (exceedsHost(piece)) {
        return true;
      }
    }
    return false;
  }

  private boolean areTooSmall(List<Piece> pieces) {
    for (Piece piece : pieces) {
      if (!isTooSmall(piece)) {
        return false;
      }
    }
    return true;
  }

  private boolean isTooSmall(Piece piece) {
    return piece.sizeBytes() < minResidentBytes;
  }

  /** Addresses are whatever a tree says: their sum may be beyond a long. */
  private static long reportedBytes(Piece piece) {
    long size = piece.sizeBytes();
    return size > 0 || piece.ranges().isEmpty() ? size : Long.MAX_VALUE;
  }

  private void add(
      String name,
      String path,
      Category category,
      String buildId,
      Piece piece,
      FileJudge.Verdicts verdicts) {
    List<Region> regions = new ArrayList<>();
    PageRuns.Builder pages = new PageRuns.Builder();
    for (KernelImage.Range range : piece.ranges()) {
      long offset = range.start() - piece.start();
      regions.add(new Region(offset, range.sizeBytes()));
      pages.add(offset / pageSize, range.sizeBytes() / pageSize);
    }
    verdicts.candidate(
        new Candidate(
            identity.name(name),
            Identity.kernelVersion(buildId),
            path,
            category,
            Optional.of(buildId),
            piece.sizeBytes(),
            List.copyOf(regions),
            pages.build(),
            true,
            0,
            Optional.empty(),
            OptionalLong.of(piece.start())));
  }

  /** The pages that ranges touch, by ascending address; ranges that share a page become one. */
  private List<KernelImage.Range> wholePages(List<KernelImage.Range> ranges) {
    List<KernelImage.Range> sorted = new ArrayList<>(ranges);
    sorted.sort(Comparator.comparing(KernelImage.Range::start, Long::compareUnsigned));
    List<KernelImage.Range> apart = new ArrayList<>();
    for (KernelImage.Range range : sorted) {
      long start = range.start() & -pageSize;
      long end = (range.end() - 1 & -pageSize) + pageSize;
      int last = apart.size() - 1;
      // The last range may end where addresses do: at 0.
      if (last >= 0 && Long.compareUnsigned(start, apart.get(last).end() - 1) < 0) {
        KernelImage.Range before = apart.get(last);
        boolean longer = Long.compareUnsigned(end - 1, before.end() - 1) > 0;
        apart.set(last, new KernelImage.Range(before.start(), longer ? end : before.end()));
      } else {
        apart.add(new KernelImage.Range(start, end));
      }
    }
    return apart;
  }

  /**
   * Whether this kernel allocates the text and the data of a module apart.
   *
   * <p>Until Linux 6.3 a module is one piece: text, read-only data, what is read-only after init,
   * then what is written, each beginning a page (kernel/module/strict_rwx.c). Since 6.4 each kind
   * is allocated on its own (kernel/module/main.c, move_module): text, written data, read-only
   * data, one behind the other or where there is room. That may happen to look like one piece, but
   * not for most modules of a kernel, and all must be judged alike for guests to agree.
   */
  static boolean arePiecesApart(List<KernelModule> modules) {
    int apart = 0;
    int inOnePiece = 0;
    for (KernelModule module : modules) {
      Sections sections = Sections.of(module);
      if (!hasNoAddresses(module) && !sections.written.isEmpty()) {
        if (sections.areOnePieceOf(module)) {
          inOnePiece++;
        } else {
          apart++;
        }
      }
    }
    return apart > inOnePiece;
  }

  /**
   * Where a module's text and read-only data lie.
   *
   * <p>sysfs tells where sections begin, not how long they are. In a module of one piece, all up to
   * the first written section is read-only. Where the kinds lie apart, each is a piece that reaches
   * from its first section to the page in which its last one begins. Either way the result follows
   * from the build alone. A page too many does no harm: the host passes over what is writable.
   *
   * @return the pieces, without overlaps; none when addresses are hidden, or nothing read-only has
   *     a page of its own
   */
  private List<Piece> readOnlyPieces(KernelModule module, boolean apart) {
    if (hasNoAddresses(module)) {
      return List.of();
    }
    Sections sections = Sections.of(module);
    List<Piece> pieces = new ArrayList<>();
    if (apart) {
      addPiece(pieces, "", sections.text, module);
      addPiece(pieces, RODATA_SUFFIX, sections.rodata, module);
    } else if (sections.areOnePieceOf(module)) {
      long end = sections.written.first & -pageSize;
      if (end != module.address()) {
        KernelImage.Range range = new KernelImage.Range(module.address(), end);
        pieces.add(new Piece("", wholePages(List.of(range))));
      }
    }
    return pieces;
  }

  private void addPiece(List<Piece> pieces, String nameSuffix, Span span, KernelModule module) {
    // No kind is larger than all of the module: if it seems so, a section is of another kind.
    if (!span.isEmpty() && Long.compareUnsigned(span.last - span.first, module.sizeBytes()) < 0) {
      KernelImage.Range range = new KernelImage.Range(span.first, span.last + 1);
      pieces.add(new Piece(nameSuffix, wholePages(List.of(range))));
    }
  }

  /** Where a module's sections of each kind begin. */
  private record Sections(Span text, Span rodata, Span written) {
    static Sections of(KernelModule module) {
      Sections sections = new Sections(new Span(), new Span(), new Span());
      for (KernelModule.Section section : module.sections()) {
        if (isText(section.name())) {
          sections.text.add(section.address());
        } else if (isRodata(section.name())) {
          sections.rodata.add(section.address());
        } else if (isWritten(section.name())) {
          sections.written.add(section.address());
        }
      }
      return sections;
    }

    /** All inside, and in the order that one piece has. */
    boolean areOnePieceOf(KernelModule module) {
      return !written.isEmpty()
          && text.isWithin(module)
          && rodata.isWithin(module)
          && written.isWithin(module)
          && text.isBefore(rodata)
          && text.isBefore(written)
          && rodata.isBefore(written);
    }
  }

  /** Where sections of one kind begin: the first and the last of them, unsigned. */
  private static final class Span {
    private long first = -1;
    private long last;

    void add(long address) {
      if (address == 0) {
        // Hidden from this user (kptr_restrict).
        return;
      }
      first = Long.compareUnsigned(address, first) < 0 ? address : first;
      last = Long.compareUnsigned(address, last) > 0 ? address : last;
    }

    boolean isEmpty() {
      return last == 0;
    }

    boolean isWithin(KernelModule module) {
      return isEmpty()
          || Long.compareUnsigned(first - module.address(), module.sizeBytes()) < 0
              && Long.compareUnsigned(last - module.address(), module.sizeBytes()) < 0;
    }

    boolean isBefore(Span other) {
      return isEmpty() || other.isEmpty() || Long.compareUnsigned(last, other.first) < 0;
    }
  }

  /** Sections that are executable; those of init are freed after it. */
  private static boolean isText(String section) {
    return section.startsWith(".text")
        || section.endsWith(".text") && !section.startsWith(".init")
        || section.startsWith(".altinstr_replacement");
  }

  /** Sections that are allocated and never written. */
  private static boolean isRodata(String section) {
    return section.startsWith(".rodata")
        || section.startsWith(".orc_")
        || section.startsWith("__ksymtab")
        || section.startsWith(".note");
  }

  /** Sections that are written after init too; those of each CPU lie elsewhere. */
  private static boolean isWritten(String section) {
    return section.startsWith(".data")
            && !section.startsWith(".data..ro_after_init")
            && !section.startsWith(".data..percpu")
        || section.startsWith(".bss")
        || section.equals(".gnu.linkonce.this_module")
        || section.equals("__bug_table");
  }
}
