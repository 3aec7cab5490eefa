// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatusJsonTest {
  @Test
  void whatIsWrittenIsReadBack() throws IOException {
    for (ServiceStatus status :
        List.of(ServiceStatusSamples.fusing(), ServiceStatusSamples.stopped())) {
      String text = StatusJson.toJson(status);
      assertEquals(1, text.lines().count());
      // Control characters are shown, not written.
      ServiceStatus expected =
          status.problems().isEmpty() ? status : withProblem(status, "/lib/\"a\\b\": no\\x01");
      assertEquals(expected, StatusReader.read(text));
    }
  }

  private static ServiceStatus withProblem(ServiceStatus status, String what) {
    ServiceStatus.Problem problem = status.problems().get(0);
    return new ServiceStatus(
        status.version(),
        status.pid(),
        status.startedAt(),
        status.updatedAt(),
        status.stoppedAt(),
        status.pageSize(),
        status.mode(),
        status.host(),
        status.scan(),
        status.registered(),
        status.check(),
        status.eligibleBytes(),
        status.cost(),
        List.of(new ServiceStatus.Problem(problem.subject(), what, problem.since())));
  }

  @Test
  void everyFigureHasItsUnitAndTheNetIsTold() {
    JsonObject json =
        JsonParser.parseString(StatusJson.toJson(ServiceStatusSamples.fusing())).getAsJsonObject();
    assertEquals("pagefusion.status/1", json.get("schema").getAsString());
    assertEquals("2026-11-21T11:00:00.123Z", json.get("updatedAt").getAsString());
    assertEquals(
        131_148L * 4096 - 37_000_000,
        json.get("netBytes").getAsLong(),
        "all memory of its own is taken off");
  }

  @Test
  void timesAreThoseOfRfc3339() {
    for (String time :
        List.of("1970-01-01T00:00:00Z", "2024-02-29T23:59:59.999Z", "2100-03-01T07:08:09.010Z")) {
      JsonText text = new JsonText();
      text.add("t", Instant.parse(time));
      String written =
          JsonParser.parseString(text.toString()).getAsJsonObject().get("t").getAsString();
      assertEquals(Instant.parse(time), Instant.parse(written));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "null",
        "{\"schema\":\"pagefusion.status/2\"}",
        "{\"schema\":\"pagefusion.status/1\"}",
        "{\"schema\":\"pagefusion.status/1\",\"version\":{},\"pid\":1}",
        "{\"schema\":\"pagefusion.status/1\",\"version\":\"1\",\"pid\":\"x\"}"
      })
  void whatIsNoStatusIsAnError(String text) {
    assertThrows(IOException.class, () -> StatusReader.read(text));
  }

  @Test
  void aStatusThatIsCutShortIsAnError() {
    String whole = StatusJson.toJson(ServiceStatusSamples.fusing());
    for (int end = 0; end < whole.length() - 2; end += 3) {
      String part = whole.substring(0, end);
      assertThrows(IOException.class, () -> StatusReader.read(part));
    }
  }
}
