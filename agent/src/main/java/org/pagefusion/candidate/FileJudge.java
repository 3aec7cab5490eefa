// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.candidate;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.pagefusion.bridge.FileStatus;
import org.pagefusion.bridge.KernelException;
import org.pagefusion.config.Configuration;
import org.pagefusion.config.PathPatterns;
import org.pagefusion.guest.Anomalies;
import org.pagefusion.guest.ElfFile;
import org.pagefusion.guest.FileProbe;
import org.pagefusion.guest.FileSystem;
import org.pagefusion.guest.GuestTree;
import org.pagefusion.guest.MalformedElfException;
import org.pagefusion.guest.MappedFile;
import org.pagefusion.guest.MountTable;
import org.pagefusion.guest.NotResidentException;
import org.pagefusion.guest.OpenedFile;
import org.pagefusion.guest.PageRuns;

/** Decides of one file whether it can be fused, and under which identity. */
final class FileJudge {
  /** Largest module the host takes, and largest sum of its regions, bytes (VMMDev). */
  static final long MODULE_MAX_BYTES = 1L << 30;

  /** A file that was written more recently counts as being written. */
  static final Duration QUIET = Duration.ofSeconds(60);

  private final GuestTree tree;
  private final FileProbe probe;
  private final MountTable mounts;
  private final Configuration configuration;
  private final PathPatterns patterns;
  private final Identity identity;
  private final Clock clock;
  private final int pageSize;
  private final Anomalies anomalies;
  private final Map<String, Boolean> openToOthers = new HashMap<>();

  FileJudge(
      GuestTree tree,
      FileProbe probe,
      MountTable mounts,
      Configuration configuration,
      Clock clock,
      int pageSize,
      Anomalies anomalies) {
    this.tree = tree;
    this.probe = probe;
    this.mounts = mounts;
    this.configuration = configuration;
    this.patterns = PathPatterns.compile(configuration.exclude());
    this.identity = new Identity(configuration.group());
    this.clock = clock;
    this.pageSize = pageSize;
    this.anomalies = anomalies;
  }

  Identity identity() {
    return identity;
  }

  /** The pattern that excludes a path. */
  Optional<String> excludingPattern(String path) {
    return patterns.match(path);
  }

  /** Takes what was decided. */
  interface Verdicts {
    /** A candidate. */
    void candidate(Candidate candidate);

    /** Something that is none. */
    void exclusion(Exclusion exclusion);

    /** A file that was opened, before it is decided on. */
    void opened(OpenedFile file);
  }

  /** Judges a file that processes have mapped. */
  void judge(MappedFile mapped, Verdicts verdicts) {
    Exclusion exclusion = excludedUnopened(mapped);
    if (exclusion != null) {
      verdicts.exclusion(exclusion);
      return;
    }
    FileSystem fileSystem = mounts.typeOf(mapped.device(), mapped.pid()).orElseThrow();
    MappedFile named = mapped;
    if (mapped.deletedSuffix()) {
      named = named(mapped, mapped.path() + " (deleted)");
    }
    FileProbe.Outcome outcome = probe.open(named, fileSystem);
    if (outcome instanceof FileProbe.Opened opened) {
      OpenedFile file = opened.file();
      if (isDeleted(file, mapped)) {
        file.close();
        verdicts.exclusion(excluded(mapped, Reason.DELETED, ""));
      } else {
        judge(file, mapped.processes(), verdicts);
      }
    } else if (mapped.deletedSuffix()) {
      verdicts.exclusion(excluded(mapped, Reason.DELETED, ""));
    } else if (outcome instanceof FileProbe.Refused refused) {
      verdicts.exclusion(excluded(mapped, reasonOf(refused.why()), refused.detail()));
    }
  }

  /**
   * A deleted file can still be opened through the mapping, but no other guest has it by its name.
   */
  private static boolean isDeleted(OpenedFile file, MappedFile mapped) {
    return file.status().links() == 0
        || mapped.deletedSuffix() && !file.location().endsWith(file.path());
  }

  private static Reason reasonOf(FileProbe.Refusal refusal) {
    return switch (refusal) {
      case VANISHED -> Reason.VANISHED;
      case REPLACED -> Reason.REPLACED;
      case NOT_REGULAR -> Reason.NOT_REGULAR;
      case FAILED -> Reason.FAILED;
    };
  }

  private static MappedFile named(MappedFile mapped, String path) {
    return new MappedFile(
        mapped.device(),
        mapped.inode(),
        path,
        mapped.escaped(),
        false,
        mapped.processes(),
        mapped.sharedWritable(),
        mapped.mappedEndBytes(),
        mapped.pid(),
        mapped.start(),
        mapped.end());
  }

  private static Exclusion excluded(MappedFile mapped, Reason reason, String detail) {
    return new Exclusion(mapped.path(), reason, detail, mapped.mappedEndBytes());
  }

  /** What can be said without touching the file: it might hang, or have effects. */
  private Exclusion excludedUnopened(MappedFile mapped) {
    if (!mapped.path().startsWith("/")) {
      return excluded(mapped, Reason.NOT_REGULAR, "");
    }
    Optional<FileSystem> fileSystem = mounts.typeOf(mapped.device(), mapped.pid());
    if (fileSystem.isEmpty()) {
      // The kernel's own memory file systems are mounted nowhere: memfd, System V and POSIX shared
      // memory.
      boolean memory = mapped.device() >>> 32 == 0 && mapped.deletedSuffix();
      String device = (mapped.device() >>> 32) + ":" + (mapped.device() & 0xFFFFFFFFL);
      return memory
          ? excluded(mapped, Reason.MEMORY, "")
          : excluded(mapped, Reason.PSEUDO, "device " + device + " is mounted nowhere");
    }
    Reason reason = reasonOf(fileSystem.get());
    if (reason != null) {
      return excluded(mapped, reason, fileSystem.get().type());
    }
    Optional<String> pattern = excludingPattern(mapped.path());
    if (pattern.isPresent()) {
      return excluded(mapped, Reason.PATTERN, pattern.get());
    }
    return mapped.sharedWritable() ? excluded(mapped, Reason.WRITABLE_MAPPING, "") : null;
  }

  /** Why nothing on a file system is a candidate; null when it may be. */
  static Reason reasonOf(FileSystem fileSystem) {
    return switch (fileSystem.kind()) {
      case LOCAL -> null;
      case NETWORK -> Reason.NETWORK;
      case MEMORY -> Reason.MEMORY;
      case PSEUDO -> Reason.PSEUDO;
    };
  }

  /** Judges an open file, and closes it. */
  void judge(OpenedFile file, int mappedBy, Verdicts verdicts) {
    try (file) {
      verdicts.opened(file);
      Exclusion exclusion = excludedByStatus(file);
      if (exclusion == null) {
        exclusion = judgeContent(file, mappedBy, verdicts);
      }
      if (exclusion != null) {
        verdicts.exclusion(exclusion);
      }
    }
  }

  private static Exclusion excluded(OpenedFile file, Reason reason, String detail) {
    return new Exclusion(file.path(), reason, detail, file.status().sizeBytes());
  }

  private Exclusion excludedByStatus(OpenedFile file) {
    FileStatus status = file.status();
    Optional<String> pattern = excludingPattern(file.path());
    if (pattern.isPresent()) {
      return excluded(file, Reason.PATTERN, pattern.get());
    }
    if ((status.mode() & FileStatus.OTHERS_READ) == 0) {
      return excluded(
          file, Reason.UNREADABLE, "mode " + Integer.toOctalString(status.mode() & 07777));
    }
    if (!isOpenToOthers(file)) {
      return excluded(file, Reason.UNREADABLE, "not in directories that are open to every user");
    }
    long age = clock.instant().getEpochSecond() - status.mtimeSeconds();
    if (age >= 0 && age < QUIET.toSeconds()) {
      return excluded(file, Reason.RECENTLY_WRITTEN, "");
    }
    if (status.sizeBytes() > OpenedFile.SIZE_MAX_BYTES) {
      return excluded(file, Reason.LIMIT, "larger than 64 GiB");
    }
    return isShort(status) ? excluded(file, Reason.TOO_SMALL, "") : null;
  }

  /** Whether a file has too few bytes for a candidate, whatever is resident of it. */
  boolean isShort(FileStatus status) {
    return status.sizeBytes() == 0 || status.sizeBytes() < configuration.minResidentBytes();
  }

  /**
   * Whether every directory on the way to a file lets every user pass. Where that can't be told, as
   * of a file that was opened through its mapping alone, it counts as not so.
   */
  private boolean isOpenToOthers(OpenedFile file) {
    String location = file.location();
    if (!location.endsWith(file.path())) {
      return false;
    }
    int slash = location.lastIndexOf('/');
    // A way through a process passes its /proc directory, which says nothing of the file.
    int below = location.length() - file.path().length();
    while (slash > below) {
      String directory = location.substring(0, slash);
      if (!openToOthers.computeIfAbsent(directory, this::letsOthersPass)) {
        return false;
      }
      slash = location.lastIndexOf('/', slash - 1);
    }
    return true;
  }

  private boolean letsOthersPass(String directory) {
    return tree.statusOf(directory)
        .map(s -> (s.mode() & FileStatus.OTHERS_SEARCH) != 0)
        .orElse(false);
  }

  private Exclusion judgeContent(OpenedFile file, int mappedBy, Verdicts verdicts) {
    PageRuns resident;
    Optional<ElfFile> elf;
    try {
      resident = file.residentPages();
      if (isTooSmall(resident)) {
        // What is neither mapped nor resident takes no memory, so nothing of it is left out.
        return resident.pages() == 0 && mappedBy == 0 ? null : tooSmall(file, resident, "");
      }
      elf = elfOf(file, resident);
    } catch (NotResidentException e) {
      return excluded(file, Reason.HEADER_NOT_RESIDENT, String.valueOf(e.getMessage()));
    } catch (KernelException e) {
      return excluded(file, Reason.FAILED, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      anomalies.add(tree.locate(file.path()), String.valueOf(e.getMessage()));
      return excluded(file, Reason.FAILED, String.valueOf(e.getMessage()));
    }
    addParts(file, mappedBy, resident, elf, verdicts);
    return null;
  }

  private boolean isTooSmall(PageRuns resident) {
    return resident.pages() == 0 || resident.pages() * pageSize < configuration.minResidentBytes();
  }

  private Exclusion tooSmall(OpenedFile file, PageRuns resident, String detail) {
    return new Exclusion(file.path(), Reason.TOO_SMALL, detail, resident.pages() * (long) pageSize);
  }

  private Optional<ElfFile> elfOf(OpenedFile file, PageRuns resident) throws IOException {
    try {
      return file.elf(resident);
    } catch (MalformedElfException e) {
      anomalies.add(tree.locate(file.path()), "malformed ELF file: " + e.getMessage());
      return Optional.empty();
    }
  }

  /** One candidate for each GiB. */
  private void addParts(
      OpenedFile file, int mappedBy, PageRuns resident, Optional<ElfFile> elf, Verdicts verdicts) {
    FileStatus status = file.status();
    String name = identity.name(file.path());
    Optional<String> buildId = elf.flatMap(ElfFile::buildId);
    Category category = elf.map(e -> categoryOf(e, file)).orElse(Category.DATA);
    FileReference reference =
        new FileReference(
            file.location(),
            status.device(),
            status.inode(),
            status.sizeBytes(),
            status.mtimeSeconds());
    long pagesAPart = MODULE_MAX_BYTES / pageSize;
    long parts = (status.sizeBytes() + MODULE_MAX_BYTES - 1) / MODULE_MAX_BYTES;
    for (int part = 0; part < parts; part++) {
      PageRuns pages = resident.within(part * pagesAPart, (part + 1) * pagesAPart);
      if (isTooSmall(pages)) {
        verdicts.exclusion(tooSmall(file, pages, "GiB " + (part + 1) + " of " + parts));
        continue;
      }
      long offset = part * MODULE_MAX_BYTES;
      Region region = new Region(offset, Math.min(MODULE_MAX_BYTES, status.sizeBytes() - offset));
      verdicts.candidate(
          new Candidate(
              name,
              Identity.fileVersion(buildId, status.sizeBytes(), status.mtimeSeconds(), part),
              file.path(),
              category,
              buildId,
              status.sizeBytes(),
              List.of(region),
              pages,
              file.residencyIsKnown(),
              mappedBy,
              Optional.of(reference),
              OptionalLong.empty()));
    }
  }

  /**
   * A program or a library: position-independent programs are ELF shared objects too, and some
   * libraries (libc) have an interpreter, so the name decides where the type does not.
   */
  private static Category categoryOf(ElfFile elf, OpenedFile file) {
    if (elf.isExecutable()) {
      return Category.EXECUTABLE;
    }
    if (!elf.isSharedObject()) {
      return Category.DATA;
    }
    String path = file.path();
    boolean namedLibrary = path.indexOf(".so", path.lastIndexOf('/') + 1) >= 0;
    return elf.hasInterpreter() && !namedLibrary ? Category.EXECUTABLE : Category.LIBRARY;
  }
}
