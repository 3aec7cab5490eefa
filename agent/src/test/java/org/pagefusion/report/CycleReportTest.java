// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pagefusion.fusion.CheckResult;
import org.pagefusion.fusion.CycleResult;
import org.pagefusion.fusion.ModuleFailure;
import org.pagefusion.vmmdev.ResultCode;

class CycleReportTest {
  private static final ModuleFailure FAILURE =
      new ModuleFailure(
          "/lib/a\u001b[2J\n.so", "b1", "register: no", 3, Instant.parse("2026-01-01T00:00:00Z"));

  private static CycleResult result(List<ModuleFailure> failures) {
    return new CycleResult(1200, 7, 2, 5000, 4096, 1300, 11, 22, failures);
  }

  private static final CheckResult CHECK = new CheckResult(true, 0, 33);

  @Test
  void tellsAllThereIsAsText() {
    assertEquals(
        """
          device    /dev/vboxguest
          modules   1,200 registered (7 new), 2 taken back, 0 failed
          eligible  4,096 pages, 16.0 MiB (of 5,000 resident)
          budget    1,300 of 2,048 registrations of this VM's lifetime used
          took      11 ms to register, 22 ms to make present, 33 ms to check
        """,
        CycleReport.render(result(List.of()), CHECK, "/dev/vboxguest", 4096));
  }

  @Test
  void failuresAreShownWithoutWhatTerminalsObey() {
    String text = CycleReport.render(result(List.of(FAILURE)), CHECK, "x", 4096);
    String last = text.substring(text.indexOf("Failed\n") + 7);
    assertEquals(1, last.lines().count());
    assertEquals(-1, last.indexOf('\u001b'));
    assertEquals("attempt 3", last.substring(last.indexOf("attempt"), last.indexOf("  register")));
  }

  @Test
  void tellsOfARefusedCheck() {
    String text = CycleReport.render(result(List.of()), new CheckResult(true, -3816, 1), "x", 4096);
    assertTrue(
        text.contains("\n  check     the host answered " + ResultCode.describe(-3816)), text);
  }

  @Test
  void tellsAllThereIsAsJson() throws IOException {
    StringWriter out = new StringWriter();
    CycleReport.write(result(List.of(FAILURE)), CHECK, List.of("a problem"), out);
    JsonObject json = JsonParser.parseString(out.toString()).getAsJsonObject();
    JsonObject failure = json.remove("failures").getAsJsonArray().get(0).getAsJsonObject();
    assertEquals(
        JsonParser.parseString(
            "{schema: 'pagefusion.cycle/1', modules: 1200, newlyRegistered: 7, unregistered: 2,"
                + " residentPages: 5000, eligiblePages: 4096, registrationsUsed: 1300,"
                + " registrationsMax: 2048, checked: true, checkResult: 0, registerMillis: 11, presentMillis: 22,"
                + " checkMillis: 33, problems: ['a problem']}"),
        json);
    assertEquals("b1", failure.get("version").getAsString());
    assertEquals(3, failure.get("attempts").getAsInt());
    assertEquals("2026-01-01T00:00:00Z", failure.get("retryAt").getAsString());
    assertEquals(1, out.toString().lines().count());
  }

  @Test
  void tellsWhatWasReleasedAsJson() throws IOException {
    StringWriter out = new StringWriter();
    CycleReport.writeRelease(5, List.of("x"), new PrintWriter(out));
    assertEquals(
        "{\"schema\":\"pagefusion.cycle/1\",\"unregistered\":5,\"problems\":[\"x\"]}\n",
        out.toString());
  }
}
