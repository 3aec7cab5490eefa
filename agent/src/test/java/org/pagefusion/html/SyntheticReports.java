// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.html;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.pagefusion.report.JsonReport;
import org.pagefusion.report.PageHasher;

/**
 * Reports of guests that have much in common: of each file, a guest may have another version, other
 * contents from some page on, only the first pages in memory, or have left it out.
 */
public final class SyntheticReports {
  /** Names that a page must not fall for. */
  public static final List<String> HOSTILE =
      List.of(
          "/usr/lib/<script>alert(1)</script>.so",
          "/usr/lib/\"><img src=x onerror=alert(1)>.so",
          "/usr/lib/'-alert(1)-'.so",
          "/usr/lib/&lt;b&gt;&#x3c;b>.so",
          "/usr/lib/\u202egnp.exe",
          "/usr/lib/javascript:alert(1)");

  private static final List<String> CATEGORIES =
      List.of("library", "executable", "data", "kernel-module", "kernel");

  private static final int PAGE = 4096;

  private SyntheticReports() {}

  /**
   * Writes reports.
   *
   * @param folder where to
   * @param guests how many
   * @param files that each guest may have, beside those with hostile names
   * @return the reports, in order
   */
  public static List<Path> write(Path folder, int guests, int files) throws IOException {
    List<String> paths = new ArrayList<>(HOSTILE);
    for (int i = 0; i < files; i++) {
      paths.add("/usr/lib/x86_64-linux-gnu/lib" + i + ".so");
    }
    List<Path> reports = new ArrayList<>();
    for (int guest = 0; guest < guests; guest++) {
      Path report = folder.resolve("<b>guest" + guest + ".json");
      try (JsonWriter json = new JsonWriter(Files.newBufferedWriter(report))) {
        write(json, guest, paths, new Random(guest));
      }
      reports.add(report);
    }
    return reports;
  }

  private static void write(JsonWriter json, int guest, List<String> paths, Random random)
      throws IOException {
    long total = 1L + random.nextInt(3) << 30;
    json.beginObject();
    json.name("schema").value(JsonReport.SCHEMA);
    json.name("version").value("0.1.0");
    json.name("time").value("2026-03-04T05:06:07Z");
    json.name("guest").beginObject();
    json.name("kernel").value("6.1.0-<i>18</i>-amd64").name("arch").value("x86_64");
    json.name("pageSize").value(PAGE);
    json.name("memTotal").value(total).name("memFree").value(total / 4);
    json.name("machineId").value(String.format("%08x", guest));
    json.endObject();
    json.name("pageHashAlgorithm").value(PageHasher.ALGORITHM);
    List<Integer> excluded = new ArrayList<>();
    json.name("candidates").beginArray();
    for (int file = 0; file < paths.size(); file++) {
      int fate = random.nextInt(20);
      if (fate == 0) {
        excluded.add(file);
      } else if (fate > 1) {
        writeCandidate(json, paths.get(file), file, fate, guest, random);
      }
    }
    json.endArray();
    json.name("excluded").beginArray();
    for (int file : excluded) {
      json.beginObject().name("path").value(paths.get(file)).name("reason").value("pattern");
      json.name("size").value(100L * PAGE).name("files").value(1).endObject();
    }
    json.endArray();
    json.endObject();
  }

  private static void writeCandidate(
      JsonWriter json, String path, int file, int fate, int guest, Random random)
      throws IOException {
    int size = 20 + 37 * file % 400;
    int pages = fate < 8 ? 1 + random.nextInt(size) : size;
    int same = fate == 2 ? random.nextInt(pages) : pages;
    ByteBuffer hashes = ByteBuffer.allocate(8 * pages).order(ByteOrder.LITTLE_ENDIAN);
    for (int page = 0; page < pages; page++) {
      hashes.putLong(1_000_003L * file + page + (page < same ? 0 : (guest + 1L) << 40));
    }
    json.beginObject();
    json.name("name").value(path).name("path").value(path);
    json.name("version").value((fate == 3 ? "b" : "a") + "23456789012345");
    json.name("category").value(CATEGORIES.get(file % CATEGORIES.size()));
    json.name("buildId").nullValue();
    json.name("size").value((long) size * PAGE).name("residentPages").value(pages);
    json.name("residency").value("measured").name("mappedBy").value(1);
    json.name("regions").beginArray().beginObject();
    json.name("offset").value(0).name("size").value((long) size * PAGE).endObject().endArray();
    json.name("resident").beginArray().beginArray().value(0).value(pages).endArray().endArray();
    json.name("pageHashes").value(Base64.getEncoder().encodeToString(hashes.array()));
    json.endObject();
  }
}
