// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.candidate;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.pagefusion.guest.InodeSet;
import org.pagefusion.guest.OpenedFile;

/** Gathers the verdicts of one scan. */
final class CandidateCollector implements FileJudge.Verdicts {
  private final CandidateScanner.Progress progress;
  private final Consumer<Exclusion> exclusions;
  private final int pageSize;
  private final List<Candidate> candidates = new ArrayList<>();
  private final InodeSet known = new InodeSet();
  private final Set<String> identities = new HashSet<>();
  private final Map<String, Exclusion> shortFiles = new TreeMap<>();
  private String phase = "";
  private int files;

  CandidateCollector(
      CandidateScanner.Progress progress, Consumer<Exclusion> exclusions, int pageSize) {
    this.progress = progress;
    this.exclusions = exclusions;
    this.pageSize = pageSize;
  }

  /** Begins another part of the scan, named for people. */
  void phase(String what) {
    phase = what;
  }

  /**
   * Begins to judge another file.
   *
   * @param again whether it can be met again: an entry for each file of a walk would be most of the
   *     scan's memory
   */
  void begin(long device, long inode, boolean again) {
    if (again) {
      known.add(device, inode);
    }
    files++;
    progress.at(phase, files);
  }

  /** Whether a file was judged before. */
  boolean isKnown(long device, long inode) {
    return known.contains(device, inode);
  }

  /** How many files were judged. */
  int files() {
    return files;
  }

  @Override
  public void opened(OpenedFile file) {
    // Where maps has other device numbers than stat, the walk knows a file by stat's.
    known.add(file.status().device(), file.status().inode());
  }

  @Override
  public void candidate(Candidate candidate) {
    Optional<FileReference> file = candidate.file();
    if (file.isPresent() && file.get().device() >>> 32 == 0) {
      // Overlays of one image show one file of it under many device numbers, none a disk's.
      String key = candidate.name() + '\0' + candidate.version() + '\0' + file.get().inode();
      if (!identities.add(key)) {
        exclusion(excluded(candidate, Reason.DUPLICATE, ""));
        return;
      }
    }
    candidates.add(candidate);
  }

  private Exclusion excluded(Candidate candidate, Reason reason, String detail) {
    long residentBytes = candidate.resident().pages() * pageSize;
    return new Exclusion(candidate.path(), reason, detail, residentBytes);
  }

  @Override
  public void exclusion(Exclusion exclusion) {
    exclusions.accept(exclusion);
  }

  /** Counts a file that is too short, together with the others below its top directory. */
  void shortFile(String path, long sizeBytes) {
    String top = path.substring(0, Math.max(1, path.indexOf('/', 1)));
    shortFiles.merge(
        top,
        new Exclusion(top, Reason.TOO_SMALL, "files shorter than min-resident", sizeBytes),
        (a, b) ->
            new Exclusion(
                top, a.reason(), a.detail(), a.sizeBytes() + b.sizeBytes(), a.files() + b.files()));
  }

  /** Equal scans give equal lists, in whatever order processes and directories were met. */
  private static int compareBestFirst(Candidate a, Candidate b) {
    int order = Long.compare(b.resident().pages(), a.resident().pages());
    if (order == 0) {
      order = a.name().compareTo(b.name());
    }
    if (order == 0) {
      order = a.version().compareTo(b.version());
    }
    if (order == 0 && a.file().isPresent() && b.file().isPresent()) {
      FileReference left = a.file().get();
      FileReference right = b.file().get();
      order = Long.compare(left.device(), right.device());
      order = order == 0 ? Long.compare(left.inode(), right.inode()) : order;
    }
    return order;
  }

  /** Orders the candidates, best first, and leaves out those beyond a number. */
  void finish(int most) {
    shortFiles.values().forEach(exclusions);
    candidates.sort(CandidateCollector::compareBestFirst);
    for (Candidate last :
        candidates.subList(Math.min(most, candidates.size()), candidates.size())) {
      exclusions.accept(excluded(last, Reason.LIMIT, "max-modules is " + most));
    }
    while (candidates.size() > most) {
      candidates.remove(candidates.size() - 1);
    }
  }

  List<Candidate> candidates() {
    return List.copyOf(candidates);
  }
}
