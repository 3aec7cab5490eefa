// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.daemon;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pagefusion.config.Mode;
import org.pagefusion.daemon.ServiceStatus.HostState;

/** Reads back what {@link StatusJson} has written. */
public final class StatusReader {
  /** What the names of all its classes begin with. */
  private static final String PROGRAM = "org.pagefusion.";

  private StatusReader() {}

  /**
   * Reads a status.
   *
   * @throws IOException when the text is not one of the schema {@value StatusJson#SCHEMA}
   */
  public static ServiceStatus read(String text) throws IOException {
    try {
      JsonObject json = JsonParser.parseString(text).getAsJsonObject();
      String schema = json.get("schema").getAsString();
      if (!schema.equals(StatusJson.SCHEMA)) {
        throw new IOException("found schema " + schema + ", expected " + StatusJson.SCHEMA);
      }
      return status(json);
    } catch (JsonParseException
        | IllegalArgumentException
        | IllegalStateException
        | UnsupportedOperationException
        | NullPointerException
        | ClassCastException
        | DateTimeException e) {
      throw new IOException("not a status of schema " + StatusJson.SCHEMA, e);
    }
  }

  /**
   * Whether a process is one of this program, and so may be the one that told: ids are used again.
   *
   * @param commandLine as in /proc/[pid]/cmdline
   */
  public static boolean isService(String commandLine) {
    return commandLine.contains(PROGRAM);
  }

  private static ServiceStatus status(JsonObject json) {
    return new ServiceStatus(
        json.get("version").getAsString(),
        json.get("pid").getAsLong(),
        time(json, "startedAt"),
        time(json, "updatedAt"),
        optionalTime(json, "stoppedAt"),
        json.get("pageSize").getAsInt(),
        mode(json.getAsJsonObject("mode")),
        host(json.getAsJsonObject("host")),
        section(json, "scan").map(StatusReader::scan),
        section(json, "registered").map(StatusReader::registered),
        section(json, "check").map(StatusReader::check),
        json.get("eligibleBytes").getAsLong(),
        section(json, "cost").map(StatusReader::cost),
        problems(json));
  }

  private static ServiceStatus.ModeStatus mode(JsonObject json) {
    return new ServiceStatus.ModeStatus(
        mode(json.get("configured").getAsString()),
        mode(json.get("effective").getAsString()),
        json.get("why").getAsString());
  }

  private static Mode mode(String text) {
    for (Mode mode : Mode.values()) {
      if (mode.text().equals(text)) {
        return mode;
      }
    }
    throw new IllegalArgumentException("mode " + text);
  }

  private static ServiceStatus.HostStatus host(JsonObject json) {
    String text = json.get("state").getAsString();
    for (HostState state : HostState.values()) {
      if (state.text().equals(text)) {
        JsonElement version = json.get("version");
        return new ServiceStatus.HostStatus(
            json.get("device").getAsString(),
            state,
            version.isJsonNull() ? Optional.empty() : Optional.of(version.getAsString()),
            json.get("detail").getAsString());
      }
    }
    throw new IllegalArgumentException("state " + text);
  }

  private static ServiceStatus.ScanStatus scan(JsonObject json) {
    return new ServiceStatus.ScanStatus(
        json.get("count").getAsLong(),
        time(json, "lastAt"),
        json.get("millis").getAsLong(),
        json.get("walked").getAsBoolean(),
        time(json, "lastWalkAt"),
        json.get("walkMillis").getAsLong(),
        json.get("processes").getAsInt(),
        json.get("files").getAsInt(),
        json.get("anomalies").getAsLong(),
        json.get("firstAnomaly").getAsString(),
        totals(json.getAsJsonObject("candidates")),
        totals(json.getAsJsonObject("excluded")),
        time(json, "nextAt"),
        time(json, "nextWalkAt"),
        json.get("nextReason").getAsString());
  }

  private static Map<String, ServiceStatus.Total> totals(JsonObject json) {
    Map<String, ServiceStatus.Total> totals = new LinkedHashMap<>();
    for (Map.Entry<String, JsonElement> entry : json.entrySet()) {
      JsonObject total = entry.getValue().getAsJsonObject();
      totals.put(
          entry.getKey(),
          new ServiceStatus.Total(total.get("count").getAsInt(), total.get("bytes").getAsLong()));
    }
    return totals;
  }

  private static ServiceStatus.RegisteredStatus registered(JsonObject json) {
    return new ServiceStatus.RegisteredStatus(
        json.get("modules").getAsInt(),
        json.get("failed").getAsInt(),
        json.get("residentPages").getAsLong(),
        json.get("eligiblePages").getAsLong(),
        json.get("registrationsUsed").getAsInt(),
        json.get("registrationsMax").getAsInt());
  }

  private static ServiceStatus.CheckStatus check(JsonObject json) {
    return new ServiceStatus.CheckStatus(
        json.get("count").getAsLong(),
        optionalTime(json, "lastAt"),
        json.get("millis").getAsLong(),
        json.get("result").getAsInt(),
        time(json, "nextAt"),
        json.get("nextReason").getAsString());
  }

  private static ServiceStatus.Cost cost(JsonObject json) {
    return new ServiceStatus.Cost(
        json.get("privateDirtyBytes").getAsLong(),
        json.get("privateCleanBytes").getAsLong(),
        json.get("pageTableBytes").getAsLong(),
        json.get("cpuMillis").getAsLong());
  }

  private static List<ServiceStatus.Problem> problems(JsonObject json) {
    List<ServiceStatus.Problem> problems = new ArrayList<>();
    for (JsonElement element : json.getAsJsonArray("problems")) {
      JsonObject problem = element.getAsJsonObject();
      problems.add(
          new ServiceStatus.Problem(
              problem.get("subject").getAsString(),
              problem.get("what").getAsString(),
              time(problem, "since")));
    }
    return problems;
  }

  private static Optional<JsonObject> section(JsonObject json, String name) {
    JsonElement element = json.get(name);
    return element.isJsonNull() ? Optional.empty() : Optional.of(element.getAsJsonObject());
  }

  private static Instant time(JsonObject json, String name) {
    return Instant.parse(json.get(name).getAsString());
  }

  private static Optional<Instant> optionalTime(JsonObject json, String name) {
    return json.get(name).isJsonNull() ? Optional.empty() : Optional.of(time(json, name));
  }
}
