// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.report;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Checks a report against pagefusion.report/1: every key, every type, every sum. */
public final class ReportSchema {
  private static final Set<String> CATEGORIES =
      Set.of("library", "executable", "kernel", "kernel-module", "data");

  private static final Set<String> REASONS =
      Set.of(
          "deleted",
          "replaced",
          "vanished",
          "writable-mapping",
          "recently-written",
          "pattern",
          "unreadable",
          "too-small",
          "not-regular",
          "memory",
          "network",
          "pseudo",
          "header-not-resident",
          "not-live",
          "hidden",
          "duplicate",
          "limit",
          "failed");

  private static final long GIB = 1L << 30;

  private final boolean withHashes;
  private long pageSize;

  private ReportSchema(boolean withHashes) {
    this.withHashes = withHashes;
  }

  /** Checks the text of a report. */
  public static JsonObject check(String text, boolean withHashes) {
    JsonObject report = StrictJson.parse(text);
    new ReportSchema(withHashes).checkReport(report);
    return report;
  }

  private void checkReport(JsonObject report) {
    keys(
        report,
        withHashes
            ? "schema version time guest scan pageHashAlgorithm candidates excluded totals"
            : "schema version time guest scan candidates excluded totals");
    expect("pagefusion.report/1".equals(text(report, "schema")), report.get("schema"));
    expect(!text(report, "version").isEmpty(), "version");
    Instant.parse(text(report, "time"));
    if (withHashes) {
      expect("XXH3-64".equals(text(report, "pageHashAlgorithm")), "algorithm");
    }
    checkGuest(report.getAsJsonObject("guest"));
    checkScan(report.getAsJsonObject("scan"));
    Map<String, long[]> sums = new HashMap<>();
    long pagesBefore = Long.MAX_VALUE;
    for (JsonElement element : report.getAsJsonArray("candidates")) {
      JsonObject candidate = element.getAsJsonObject();
      checkCandidate(candidate, withHashes);
      long pages = number(candidate, "residentPages");
      // Pages that could not be read for their hashes are taken from what was sorted.
      expect(withHashes || pages <= pagesBefore, "best first: " + candidate);
      pagesBefore = pages;
      long[] sum = sums.computeIfAbsent(text(candidate, "category"), c -> new long[2]);
      sum[0]++;
      sum[1] += pages * pageSize;
    }
    for (JsonElement element : report.getAsJsonArray("excluded")) {
      checkExclusion(element.getAsJsonObject());
    }
    checkTotals(report.getAsJsonObject("totals"), sums);
  }

  private void checkGuest(JsonObject guest) {
    keys(guest, "kernel arch pageSize memTotal memFree memAvailable machineId");
    pageSize = number(guest, "pageSize");
    expect(pageSize >= 4096 && Long.bitCount(pageSize) == 1, "page size " + pageSize);
    for (String key : List.of("kernel", "arch")) {
      expect(guest.get(key).isJsonNull() || !text(guest, key).isEmpty(), key);
    }
    for (String key : List.of("memTotal", "memFree", "memAvailable")) {
      expect(guest.get(key).isJsonNull() || number(guest, key) >= 0, key);
    }
    expect(
        guest.get("machineId").isJsonNull() || text(guest, "machineId").matches("[0-9a-f]{8}"),
        "machineId");
  }

  private static void checkScan(JsonObject scan) {
    keys(scan, "tree processes processesSkipped mappings files asRoot residency anomalies millis");
    expect(!text(scan, "tree").isEmpty(), "tree");
    for (String key : List.of("processes", "processesSkipped", "mappings", "files", "millis")) {
      expect(number(scan, key) >= 0, key);
    }
    expect(scan.get("asRoot").getAsJsonPrimitive().isBoolean(), "asRoot");
    expect(text(scan, "residency").matches("measured|assumed"), "residency");
    checkAnomalies(scan.getAsJsonArray("anomalies"));
  }

  static void checkAnomalies(JsonArray anomalies) {
    for (JsonElement element : anomalies) {
      keys(element.getAsJsonObject(), "where what");
      expect(!text(element.getAsJsonObject(), "where").isEmpty(), "where");
      expect(!text(element.getAsJsonObject(), "what").isEmpty(), "what");
    }
  }

  static void checkCandidate(JsonObject candidate, boolean withHashes) {
    String keys =
        "name version path category buildId size residentPages residency mappedBy regions resident";
    keys(candidate, withHashes ? keys + " pageHashes" : keys);
    String name = text(candidate, "name");
    int nameBytes = name.getBytes(StandardCharsets.UTF_8).length;
    expect(nameBytes >= 1 && nameBytes <= 127, name);
    expect(text(candidate, "version").matches("[bmk][-_0-9A-Za-z]{14}"), candidate);
    expect(text(candidate, "path").startsWith("/"), candidate);
    expect(CATEGORIES.contains(text(candidate, "category")), candidate);
    JsonElement buildId = candidate.get("buildId");
    expect(buildId.isJsonNull() || buildId.getAsString().matches("([0-9a-f]{2}){1,64}"), candidate);
    expect(text(candidate, "residency").matches("measured|assumed"), candidate);
    expect(number(candidate, "size") > 0, candidate);
    expect(number(candidate, "mappedBy") >= 0, candidate);
    long end = 0;
    long bytes = 0;
    JsonArray regions = candidate.getAsJsonArray("regions");
    expect(regions.size() >= 1 && regions.size() <= 32, candidate);
    for (JsonElement element : regions) {
      JsonObject region = element.getAsJsonObject();
      keys(region, "offset size");
      expect(number(region, "offset") >= end && number(region, "offset") % 4096 == 0, candidate);
      expect(number(region, "size") > 0, candidate);
      end = number(region, "offset") + number(region, "size");
      bytes += number(region, "size");
    }
    expect(bytes <= GIB, candidate);
    long pages = checkRuns(candidate);
    expect(pages == number(candidate, "residentPages"), candidate);
    if (withHashes && !candidate.get("pageHashes").isJsonNull()) {
      byte[] hashes = Base64.getDecoder().decode(text(candidate, "pageHashes"));
      expect(hashes.length == pages * 8, candidate);
    }
  }

  private static long checkRuns(JsonObject candidate) {
    long end = -1;
    long pages = 0;
    for (JsonElement element : candidate.getAsJsonArray("resident")) {
      JsonArray run = element.getAsJsonArray();
      expect(run.size() == 2, candidate);
      long first = integer(run.get(0));
      long count = integer(run.get(1));
      // Runs that touch would be one.
      expect(first > end && count > 0, candidate);
      end = first + count;
      pages += count;
    }
    return pages;
  }

  static void checkExclusion(JsonObject exclusion) {
    keys(
        exclusion,
        exclusion.has("detail") ? "path reason detail size files" : "path reason size files");
    expect(!text(exclusion, "path").isEmpty(), exclusion);
    expect(REASONS.contains(text(exclusion, "reason")), exclusion);
    expect(number(exclusion, "size") >= 0, exclusion);
    expect(number(exclusion, "files") >= 1, exclusion);
    expect(!exclusion.has("detail") || !text(exclusion, "detail").isEmpty(), exclusion);
  }

  private static void checkTotals(JsonObject totals, Map<String, long[]> sums) {
    keys(totals, "candidates residentBytes byCategory");
    JsonObject byCategory = totals.getAsJsonObject("byCategory");
    expect(byCategory.keySet().equals(CATEGORIES), byCategory);
    long candidates = 0;
    long bytes = 0;
    for (String category : CATEGORIES) {
      JsonObject total = byCategory.getAsJsonObject(category);
      keys(total, "candidates residentBytes");
      long[] sum = sums.getOrDefault(category, new long[2]);
      expect(number(total, "candidates") == sum[0], totals);
      expect(number(total, "residentBytes") == sum[1], totals);
      candidates += sum[0];
      bytes += sum[1];
    }
    expect(number(totals, "candidates") == candidates, totals);
    expect(number(totals, "residentBytes") == bytes, totals);
  }

  static void keys(JsonObject object, String expected) {
    Set<String> keys = new LinkedHashSet<>(List.of(expected.split(" ")));
    expect(object.keySet().equals(keys), "expected " + keys + ", found " + object.keySet());
  }

  static String text(JsonObject object, String key) {
    JsonElement value = object.get(key);
    expect(value.isJsonPrimitive() && value.getAsJsonPrimitive().isString(), key + " of " + object);
    String text = value.getAsString();
    for (int i = 0; i < text.length(); i++) {
      boolean control = Character.isISOControl(text.charAt(i));
      boolean half =
          Character.isSurrogate(text.charAt(i))
              && (i + 1 == text.length()
                  || !Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1)))
              && (i == 0 || !Character.isSurrogatePair(text.charAt(i - 1), text.charAt(i)));
      expect(!control && !half, key + " of " + object);
    }
    return text;
  }

  static long number(JsonObject object, String key) {
    return integer(object.get(key));
  }

  private static long integer(JsonElement value) {
    expect(value.isJsonPrimitive() && value.getAsJsonPrimitive().isNumber(), value);
    return new BigDecimal(value.getAsString()).longValueExact();
  }

  private static void expect(boolean holds, Object what) {
    if (!holds) {
      throw new AssertionError(String.valueOf(what));
    }
  }
}
