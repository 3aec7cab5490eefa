// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.report;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.pagefusion.candidate.Candidate;
import org.pagefusion.candidate.CandidatePages;
import org.pagefusion.candidate.CandidateScanner;
import org.pagefusion.guest.PageRuns;

/**
 * Hashes the resident pages of candidates, so that guests can be compared without their contents.
 */
public final class PageHasher {
  /** The hash function: XXH3 with 64 bits, seed 0, over the whole page. */
  public static final String ALGORITHM = "XXH3-64";

  private final Hasher64 hasher = Hashing.xxh3_64();
  private final CandidatePages pages;

  /** Creates a hasher of pages that a reader provides. */
  public PageHasher(CandidatePages pages) {
    this.pages = pages;
  }

  /**
   * Candidates with the hashes of their pages.
   *
   * @param candidates as scanned, but with those pages only that could still be read
   * @param hashes one array for each candidate, one hash for each of its resident pages, in order;
   *     an empty one where the contents can't be known: kernel memory that this user may not read,
   *     and files of which the kernel did not tell what is resident, so that reading might load
   *     them
   */
  public record Hashed(List<Candidate> candidates, List<long[]> hashes) {}

  /** Hashes the pages of all candidates. */
  public Hashed hash(List<Candidate> candidates, CandidateScanner.Progress progress) {
    List<Candidate> read = new ArrayList<>();
    List<long[]> hashes = new ArrayList<>();
    for (Candidate candidate : candidates) {
      progress.at("page contents", read.size());
      if (!candidate.residencyMeasured()) {
        read.add(candidate);
        hashes.add(new long[0]);
        continue;
      }
      long[] ofCandidate = new long[Math.toIntExact(candidate.resident().pages())];
      int[] count = new int[1];
      PageRuns found =
          pages.visit(
              candidate,
              (page, content) ->
                  ofCandidate[count[0]++] = hasher.hashBytesToLong(content, 0, content.length));
      // Kernel memory that this user may not read stays a candidate, only without hashes.
      boolean unreadable = found.pages() == 0 && candidate.file().isEmpty();
      read.add(unreadable ? candidate : candidate.withResident(found));
      hashes.add(Arrays.copyOf(ofCandidate, count[0]));
    }
    return new Hashed(read, hashes);
  }
}
