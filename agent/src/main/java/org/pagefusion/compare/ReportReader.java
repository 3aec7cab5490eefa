// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.compare;

import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.pagefusion.report.JsonReport;
import org.pagefusion.report.PageHasher;

/**
 * Reads a report in the schema {@value JsonReport#SCHEMA}. One that is broken anywhere is refused
 * as a whole, so that no half of it is in a comparison; so it is held in memory, a few bytes a
 * page, until it has been read.
 */
final class ReportReader {
  /** Registrations that a VM has in its lifetime. */
  private static final int CANDIDATES_MAX = 2048;

  private static final int PAGE_SIZE_MIN = 4096;
  private static final int PAGE_SIZE_MAX = 1 << 16;
  private static final int WORD_MAX_CHARS = 1000;

  private final JsonInput json;
  private final MemoryBudget budget;
  private String schema;
  private boolean hashed;
  private Optional<String> time = Optional.empty();
  private Optional<String> machineId = Optional.empty();
  private Optional<String> kernel = Optional.empty();
  private Optional<String> arch = Optional.empty();
  private long pageSize;
  private OptionalLong memoryBytes = OptionalLong.empty();
  private OptionalLong freeBytes = OptionalLong.empty();
  private OptionalLong agentBytes = OptionalLong.empty();
  private List<CandidateReader> candidates;
  private final List<ReportedExclusion> exclusions = new ArrayList<>();
  private long excludedBytes;

  private ReportReader(JsonInput json, MemoryBudget budget) {
    this.json = json;
    this.budget = budget;
  }

  /**
   * Reads a report to its end.
   *
   * @param budget where the memory of its page hashes is taken from
   * @throws UnusableReportException when it is none, or a broken one
   * @throws IOException when it can't be read
   */
  static GuestReport read(InputStream in, MemoryBudget budget)
      throws IOException, TooLargeException {
    try (JsonInput json = new JsonInput(in)) {
      ReportReader reader = new ReportReader(json, budget);
      json.document(reader::property);
      return reader.report();
    }
  }

  private boolean property(String name) throws IOException, TooLargeException {
    switch (name) {
      case "schema":
        readSchema();
        return true;
      case "time":
        time = json.optionalText(WORD_MAX_CHARS);
        return true;
      case "guest":
        json.object(this::guestProperty);
        return true;
      case "agent":
        json.object(this::agentProperty);
        return true;
      case "pageHashAlgorithm":
        readAlgorithm();
        return true;
      case "candidates":
        candidates = new ArrayList<>();
        json.array(this::readCandidate);
        return true;
      case "excluded":
        json.array(this::readExclusion);
        return true;
      default:
        return false;
    }
  }

  private void readSchema() throws IOException {
    schema = json.text(WORD_MAX_CHARS);
    if (!schema.equals(JsonReport.SCHEMA)) {
      throw new UnusableReportException(
          "schema "
              + schema
              + ", expected "
              + JsonReport.SCHEMA
              + ", as 'pagefusion report' writes");
    }
  }

  private void readAlgorithm() throws IOException {
    String algorithm = json.text(WORD_MAX_CHARS);
    if (!algorithm.equals(PageHasher.ALGORITHM)) {
      throw new UnusableReportException(
          "page hashes by " + algorithm + ", expected " + PageHasher.ALGORITHM);
    }
    hashed = true;
  }

  private boolean guestProperty(String name) throws IOException {
    switch (name) {
      case "kernel":
        kernel = json.optionalText(WORD_MAX_CHARS);
        return true;
      case "arch":
        arch = json.optionalText(WORD_MAX_CHARS);
        return true;
      case "pageSize":
        pageSize = json.count();
        return true;
      case "memTotal":
        memoryBytes = json.optionalCount();
        return true;
      case "memFree":
        freeBytes = json.optionalCount();
        return true;
      case "machineId":
        machineId = json.optionalText(WORD_MAX_CHARS);
        return true;
      default:
        return false;
    }
  }

  private boolean agentProperty(String name) throws IOException {
    if (!name.equals("privateBytes")) {
      return false;
    }
    agentBytes = json.optionalCount();
    return true;
  }

  private void readCandidate() throws IOException, TooLargeException {
    if (candidates.size() == CANDIDATES_MAX) {
      throw new UnusableReportException(
          "more than " + CANDIDATES_MAX + " candidates, the most that a VM can register");
    }
    candidates.add(CandidateReader.read(json, budget));
  }

  private void readExclusion() throws IOException, TooLargeException {
    String[] texts = new String[2];
    long[] numbers = {0, 1};
    json.object(
        name -> {
          switch (name) {
            case "path":
              texts[0] = json.text(CandidateReader.PATH_MAX_CHARS);
              return true;
            case "reason":
              texts[1] = json.text(WORD_MAX_CHARS);
              return true;
            case "size":
              numbers[0] = json.count();
              return true;
            case "files":
              numbers[1] = json.count();
              return true;
            default:
              return false;
          }
        });
    if (texts[0] == null || texts[1] == null) {
      throw new UnusableReportException(json.path() + ": path or reason is missing before it");
    }
    long sum = excludedBytes + numbers[0];
    excludedBytes = sum < 0 ? Long.MAX_VALUE : sum;
    if (numbers[1] == 1) {
      budget.take(Exclusions.BYTES_AN_ENTRY + Character.BYTES * (long) texts[0].length());
      exclusions.add(new ReportedExclusion(texts[0], texts[1], numbers[0]));
    }
  }

  private GuestReport report() throws UnusableReportException {
    if (schema == null) {
      throw new UnusableReportException("no schema: expected what 'pagefusion report' writes");
    }
    if (!hashed) {
      throw new UnusableReportException(
          "no page hashes; make it with 'pagefusion report --json --page-hashes'");
    }
    if (pageSize < PAGE_SIZE_MIN || pageSize > PAGE_SIZE_MAX || Long.bitCount(pageSize) != 1) {
      throw new UnusableReportException(
          "guest.pageSize " + pageSize + ", expected a power of 2 from 4096 on");
    }
    if (candidates == null) {
      throw new UnusableReportException("candidates are missing");
    }
    List<ReportedModule> modules = new ArrayList<>(candidates.size());
    for (CandidateReader candidate : candidates) {
      modules.add(candidate.module((int) pageSize));
    }
    return new GuestReport(
        parse(time),
        machineId,
        kernel,
        arch,
        (int) pageSize,
        memoryBytes,
        freeBytes,
        agentBytes,
        modules,
        leftOut(modules),
        excludedBytes);
  }

  /** What has its path in a candidate's place is left out in another form only, e.g. deleted. */
  private List<ReportedExclusion> leftOut(List<ReportedModule> modules) {
    Set<String> paths = new HashSet<>();
    for (ReportedModule module : modules) {
      paths.add(module.path());
    }
    exclusions.removeIf(exclusion -> paths.contains(exclusion.path()));
    return exclusions;
  }

  private static Instant parse(Optional<String> time) throws UnusableReportException {
    try {
      return Instant.parse(time.orElseThrow(() -> new UnusableReportException("time is missing")));
    } catch (DateTimeException e) {
      throw new UnusableReportException("time: expected RFC 3339, found " + time.get(), e);
    }
  }
}
