// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.report;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.pagefusion.candidate.Candidate;
import org.pagefusion.candidate.Category;
import org.pagefusion.candidate.Exclusion;
import org.pagefusion.candidate.Region;
import org.pagefusion.guest.Anomaly;
import org.pagefusion.guest.FileName;
import org.pagefusion.guest.GuestDescription;
import org.pagefusion.guest.PageRuns;
import org.pagefusion.guest.ProcessScan;

/** Writes a report as one JSON object of the schema {@value #SCHEMA}; sizes are bytes. */
public final class JsonReport {
  /** Name and version of the schema. */
  public static final String SCHEMA = "pagefusion.report/1";

  private JsonReport() {}

  /** Writes a report. */
  public static void write(Report report, Writer out) throws IOException {
    JsonWriter json = new JsonWriter(out);
    json.setHtmlSafe(false);
    json.setSerializeNulls(true);
    json.beginObject();
    json.name("schema").value(SCHEMA);
    json.name("version").value(report.version());
    json.name("time").value(report.time().truncatedTo(ChronoUnit.SECONDS).toString());
    writeGuest(json, report);
    writeScan(json, report);
    if (report.pageHashes().isPresent()) {
      json.name("pageHashAlgorithm").value(PageHasher.ALGORITHM);
    }
    json.name("candidates").beginArray();
    List<Candidate> candidates = report.scan().candidates();
    for (int i = 0; i < candidates.size(); i++) {
      json.beginObject();
      writeCandidate(json, candidates.get(i));
      if (report.pageHashes().isPresent()) {
        writeHashes(json, candidates.get(i), report.pageHashes().get().get(i));
      }
      json.endObject();
    }
    json.endArray();
    json.name("excluded").beginArray();
    for (Exclusion exclusion : report.scan().exclusions()) {
      writeExclusion(json, exclusion);
    }
    json.endArray();
    writeTotals(json, report);
    json.endObject();
    json.flush();
    out.write('\n');
    out.flush();
  }

  private static void writeGuest(JsonWriter json, Report report) throws IOException {
    GuestDescription guest = report.guest();
    json.name("guest").beginObject();
    json.name("kernel").value(printable(guest.kernel()));
    json.name("arch").value(printable(guest.machine()));
    json.name("pageSize").value(report.pageSize());
    value(json, "memTotal", guest.memory().totalBytes());
    value(json, "memFree", guest.memory().freeBytes());
    value(json, "memAvailable", guest.memory().availableBytes());
    json.name("machineId").value(guest.machineIdHash().orElse(null));
    json.endObject();
  }

  private static String printable(Optional<String> text) {
    return text.map(FileName::printable).orElse(null);
  }

  private static void value(JsonWriter json, String name, OptionalLong value) throws IOException {
    json.name(name);
    if (value.isPresent()) {
      json.value(value.getAsLong());
    } else {
      json.nullValue();
    }
  }

  private static void writeScan(JsonWriter json, Report report) throws IOException {
    ProcessScan processes = report.scan().processes();
    json.name("scan").beginObject();
    json.name("tree").value(FileName.printable(report.tree()));
    json.name("processes").value(processes.processes());
    json.name("processesSkipped").value(processes.vanished() + processes.denied());
    json.name("mappings").value(processes.mappings());
    json.name("files").value(report.scan().filesExamined());
    json.name("asRoot").value(report.asRoot());
    json.name("residency").value(report.residencyMeasured() ? "measured" : "assumed");
    writeAnomalies(json, report.anomalies());
    json.name("millis").value(report.millis());
    json.endObject();
  }

  /** Writes the property {@code anomalies}. */
  static void writeAnomalies(JsonWriter json, List<Anomaly> anomalies) throws IOException {
    json.name("anomalies").beginArray();
    for (Anomaly anomaly : anomalies) {
      json.beginObject();
      json.name("where").value(FileName.printable(anomaly.where()));
      json.name("what").value(FileName.printable(anomaly.what()));
      json.endObject();
    }
    json.endArray();
  }

  /** Writes the properties of a candidate into an object that is open. */
  static void writeCandidate(JsonWriter json, Candidate candidate) throws IOException {
    json.name("name").value(candidate.name());
    json.name("version").value(candidate.version());
    json.name("path").value(FileName.printable(candidate.path()));
    json.name("category").value(candidate.category().externalName());
    json.name("buildId").value(candidate.buildId().orElse(null));
    json.name("size").value(candidate.sizeBytes());
    json.name("residentPages").value(candidate.resident().pages());
    json.name("residency").value(candidate.residencyMeasured() ? "measured" : "assumed");
    json.name("mappedBy").value(candidate.mappedBy());
    json.name("regions").beginArray();
    for (Region region : candidate.regions()) {
      json.beginObject();
      json.name("offset").value(region.offset());
      json.name("size").value(region.sizeBytes());
      json.endObject();
    }
    json.endArray();
    json.name("resident").beginArray();
    PageRuns resident = candidate.resident();
    for (int i = 0; i < resident.count(); i++) {
      json.beginArray().value(resident.first(i)).value(resident.length(i)).endArray();
    }
    json.endArray();
  }

  /** Null where the contents could not be read: an empty text would say that there are no pages. */
  private static void writeHashes(JsonWriter json, Candidate candidate, long[] hashes)
      throws IOException {
    if (hashes.length != candidate.resident().pages()) {
      json.name("pageHashes").nullValue();
      return;
    }
    ByteBuffer bytes =
        ByteBuffer.allocate(hashes.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(hashes);
    json.name("pageHashes").value(Base64.getEncoder().encodeToString(bytes.array()));
  }

  /** Writes an exclusion as an object. */
  static void writeExclusion(JsonWriter json, Exclusion exclusion) throws IOException {
    json.beginObject();
    json.name("path").value(FileName.printable(exclusion.path()));
    json.name("reason").value(exclusion.reason().externalName());
    if (!exclusion.detail().isEmpty()) {
      json.name("detail").value(FileName.printable(exclusion.detail()));
    }
    json.name("size").value(exclusion.sizeBytes());
    json.name("files").value(exclusion.files());
    json.endObject();
  }

  private static void writeTotals(JsonWriter json, Report report) throws IOException {
    Report.Total total = report.total();
    json.name("totals").beginObject();
    json.name("candidates").value(total.candidates());
    json.name("residentBytes").value(total.residentBytes());
    json.name("byCategory").beginObject();
    for (Map.Entry<Category, Report.Total> entry : report.totals().entrySet()) {
      json.name(entry.getKey().externalName()).beginObject();
      json.name("candidates").value(entry.getValue().candidates());
      json.name("residentBytes").value(entry.getValue().residentBytes());
      json.endObject();
    }
    json.endObject();
    json.endObject();
  }
}
