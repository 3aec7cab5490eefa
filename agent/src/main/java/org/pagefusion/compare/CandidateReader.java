// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.compare;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.pagefusion.candidate.Category;
import org.pagefusion.guest.PageRuns;

/** Reads one candidate of a report. What depends on the size of a page is checked at the end. */
final class CandidateReader {
  /** Limits of what a guest registers (VMMDev, {@code VMMDevReqRegisterSharedModule}). */
  private static final int REGIONS_MAX = 32;

  private static final int NAME_MAX_BYTES = 127;
  private static final int VERSION_MAX_BYTES = 15;
  private static final long MODULE_MAX_BYTES = 1L << 30;

  /** A page more for each region that does not end with one. */
  private static final int RUNS_MAX = (int) (MODULE_MAX_BYTES / 4096) + REGIONS_MAX;

  /** A path that the kernel takes, each byte of it as four characters. */
  static final int PATH_MAX_CHARS = 4 * 4096;

  private static final int WORD_MAX_CHARS = 200;

  /** Two numbers, and as much again while they are collected. */
  private static final int BYTES_A_RUN = 4 * Long.BYTES;

  private final JsonInput json;
  private final MemoryBudget budget;
  private final String where;
  private String name;
  private String version;
  private String path;
  private Category category;
  private Optional<String> buildId = Optional.empty();
  private long residentPages = -1;
  private final List<long[]> regions = new ArrayList<>();
  private PageRuns resident;
  private Optional<long[]> hashes;

  private CandidateReader(JsonInput json, MemoryBudget budget) {
    this.json = json;
    this.budget = budget;
    this.where = json.path();
  }

  /** Reads a candidate; the memory of its page hashes is taken from a budget. */
  static CandidateReader read(JsonInput json, MemoryBudget budget)
      throws IOException, TooLargeException {
    CandidateReader candidate = new CandidateReader(json, budget);
    json.object(candidate::property);
    return candidate;
  }

  private boolean property(String property) throws IOException, TooLargeException {
    switch (property) {
      case "name":
        name = limited(NAME_MAX_BYTES);
        return true;
      case "version":
        version = limited(VERSION_MAX_BYTES);
        return true;
      case "path":
        path = json.text(PATH_MAX_CHARS);
        budget.take(Character.BYTES * (long) path.length());
        return true;
      case "category":
        category = category(json.text(WORD_MAX_CHARS));
        return true;
      case "buildId":
        buildId = json.optionalText(WORD_MAX_CHARS);
        return true;
      case "residentPages":
        residentPages = json.count();
        return true;
      case "regions":
        json.array(this::region);
        return true;
      case "resident":
        readRuns();
        return true;
      case "pageHashes":
        readHashes();
        return true;
      default:
        return false;
    }
  }

  private String limited(int mostBytes) throws IOException {
    String text = json.text(mostBytes);
    if (text.isEmpty() || text.getBytes(StandardCharsets.UTF_8).length > mostBytes) {
      throw wrong("name or version", "from 1 to " + mostBytes + " bytes");
    }
    return text;
  }

  private Category category(String text) throws UnusableReportException {
    for (Category each : Category.values()) {
      if (each.externalName().equals(text)) {
        return each;
      }
    }
    throw wrong("category", "one that this version knows, found " + text);
  }

  private void region() throws IOException, TooLargeException {
    long[] region = {-1, -1};
    json.object(
        property -> {
          switch (property) {
            case "offset":
              region[0] = json.count();
              return true;
            case "size":
              region[1] = json.count();
              return true;
            default:
              return false;
          }
        });
    regions.add(region);
    if (regions.size() > REGIONS_MAX) {
      throw wrong("regions", "at most " + REGIONS_MAX);
    }
  }

  private void readRuns() throws IOException, TooLargeException {
    PageRuns.Builder runs = new PageRuns.Builder();
    int[] count = new int[1];
    json.array(
        () -> {
          long[] run = {-1, -1};
          int[] at = new int[1];
          json.array(() -> run[at[0]++ & 1] = json.count());
          if (at[0] != 2 || run[1] == 0 || ++count[0] > RUNS_MAX) {
            throw wrong("resident", "at most " + RUNS_MAX + " pairs of a first page and a count");
          }
          budget.take(BYTES_A_RUN);
          try {
            runs.add(run[0], run[1]);
          } catch (IllegalArgumentException e) {
            throw wrong("resident", "runs in ascending order");
          }
        });
    resident = runs.build();
  }

  private void readHashes() throws IOException, TooLargeException {
    Optional<String> text = json.optionalText(TokenReader.MAX_CHARS);
    if (text.isEmpty()) {
      hashes = Optional.empty();
      return;
    }
    budget.take(text.get().length());
    try {
      byte[] bytes = Base64.getDecoder().decode(text.get());
      if (bytes.length % Long.BYTES != 0) {
        throw wrong("pageHashes", "8 bytes a page, found " + bytes.length + " bytes");
      }
      long[] values = new long[bytes.length / Long.BYTES];
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(values);
      hashes = Optional.of(values);
    } catch (IllegalArgumentException e) {
      throw wrong("pageHashes", "base64");
    }
  }

  /** The module that it makes in a guest with pages of that size. */
  ReportedModule module(int pageSize) throws UnusableReportException {
    if (name == null
        || version == null
        || path == null
        || category == null
        || resident == null
        || residentPages < 0
        || regions.isEmpty()) {
      throw new UnusableReportException(
          where + ": name, version, path, category, regions, resident or residentPages is missing");
    }
    if (hashes == null) {
      throw wrong("pageHashes", "them; make the report with --json --page-hashes");
    }
    if (resident.pages() != residentPages) {
      throw wrong("resident", residentPages + " pages, found " + resident.pages());
    }
    if (hashes.isPresent() && hashes.get().length != residentPages) {
      throw wrong("pageHashes", residentPages + " hashes, found " + hashes.get().length);
    }
    long[] starts = new long[regions.size()];
    List<Integer> pages = new ArrayList<>();
    long sizeBytes = layout(pageSize, starts, pages);
    return new ReportedModule(
        new ModuleKey(name, version, sizeBytes, List.copyOf(pages)),
        path,
        category,
        buildId,
        regions.get(0)[0],
        starts,
        resident,
        hashes);
  }

  /** Where regions begin and how many pages they have; the sum of their sizes. */
  private long layout(int pageSize, long[] starts, List<Integer> pages)
      throws UnusableReportException {
    long sizeBytes = 0;
    long behind = 0;
    long within = 0;
    for (int i = 0; i < starts.length; i++) {
      long offset = regions.get(i)[0];
      long size = regions.get(i)[1];
      if (offset < behind || offset % pageSize != 0 || offset > Long.MAX_VALUE / 2) {
        throw wrong("regions", "offsets in ascending order, multiples of the page size");
      }
      if (size < 1 || size > MODULE_MAX_BYTES - sizeBytes) {
        throw wrong("regions", "sizes from 1 to 1 GiB together");
      }
      sizeBytes += size;
      behind = offset + size;
      starts[i] = offset / pageSize;
      long end = (behind + pageSize - 1) / pageSize;
      pages.add((int) (end - starts[i]));
      within += resident.within(starts[i], end).pages();
    }
    if (within != residentPages) {
      throw wrong("resident", "pages of the regions only");
    }
    return sizeBytes;
  }

  private UnusableReportException wrong(String property, String expected) {
    return new UnusableReportException(where + "." + property + ": expected " + expected);
  }
}
