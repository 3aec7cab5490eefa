// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.compare;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** A report as "pagefusion report --json --page-hashes" writes it, with made-up pages. */
public final class MadeReport {
  static final int PAGE = 4096;

  final JsonObject json = new JsonObject();
  final JsonObject guest = new JsonObject();
  final JsonArray candidates = new JsonArray();
  final JsonArray excluded = new JsonArray();

  /** A page of a file: its index, and what is in it. */
  public record Page(long index, long hash) {}

  public MadeReport(String machineId) {
    json.addProperty("schema", "pagefusion.report/1");
    json.addProperty("version", "0.1.0");
    json.addProperty("time", "2026-03-04T05:06:07Z");
    guest.addProperty("kernel", "6.1.0-18-amd64");
    guest.addProperty("arch", "x86_64");
    guest.addProperty("pageSize", PAGE);
    guest.addProperty("memTotal", 1L << 30);
    guest.addProperty("memFree", 1L << 28);
    guest.addProperty("memAvailable", 1L << 29);
    guest.addProperty("machineId", machineId);
    json.add("guest", guest);
    json.add("scan", new JsonObject());
    json.addProperty("pageHashAlgorithm", "XXH3-64");
    json.add("candidates", candidates);
    json.add("excluded", excluded);
    json.add("totals", new JsonObject());
  }

  /** Adds a library of one region with pages from the first on. */
  public MadeReport library(String path, String version, long... hashes) {
    List<Page> pages = new ArrayList<>();
    for (int i = 0; i < hashes.length; i++) {
      pages.add(new Page(i, hashes[i]));
    }
    module(path, path, version, "library", new long[][] {{0, 100 * PAGE}}, pages);
    return this;
  }

  /**
   * Adds a candidate.
   *
   * @param regions offset and size of each
   * @param pages by ascending index
   */
  public JsonObject module(
      String name,
      String path,
      String version,
      String category,
      long[][] regions,
      List<Page> pages) {
    JsonObject candidate = new JsonObject();
    candidate.addProperty("name", name);
    candidate.addProperty("version", version);
    candidate.addProperty("path", path);
    candidate.addProperty("category", category);
    candidate.add("buildId", JsonNull.INSTANCE);
    JsonArray regionList = new JsonArray();
    long size = 0;
    for (long[] each : regions) {
      JsonObject region = new JsonObject();
      region.addProperty("offset", each[0]);
      region.addProperty("size", each[1]);
      regionList.add(region);
      size += each[1];
    }
    candidate.addProperty("size", size);
    candidate.addProperty("residentPages", pages.size());
    candidate.addProperty("residency", "measured");
    candidate.addProperty("mappedBy", 1);
    candidate.add("regions", regionList);
    candidate.add("resident", runs(pages));
    ByteBuffer bytes =
        ByteBuffer.allocate(pages.size() * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (Page page : pages) {
      bytes.putLong(page.hash());
    }
    candidate.addProperty("pageHashes", Base64.getEncoder().encodeToString(bytes.array()));
    candidates.add(candidate);
    return candidate;
  }

  private static JsonArray runs(List<Page> pages) {
    JsonArray runs = new JsonArray();
    int i = 0;
    while (i < pages.size()) {
      int from = i++;
      while (i < pages.size() && pages.get(i).index() == pages.get(i - 1).index() + 1) {
        i++;
      }
      JsonArray run = new JsonArray();
      run.add(pages.get(from).index());
      run.add(i - from);
      runs.add(run);
    }
    return runs;
  }

  MadeReport exclude(String path, String reason, long sizeBytes) {
    JsonObject exclusion = new JsonObject();
    exclusion.addProperty("path", path);
    exclusion.addProperty("reason", reason);
    exclusion.addProperty("size", sizeBytes);
    exclusion.addProperty("files", 1);
    excluded.add(exclusion);
    return this;
  }

  /** The candidate that was added last. */
  JsonObject last() {
    return candidates.get(candidates.size() - 1).getAsJsonObject();
  }

  byte[] bytes() {
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Writes it as a file. */
  public Path write(Path folder, String name) throws IOException {
    return Files.write(folder.resolve(name), bytes());
  }
}
