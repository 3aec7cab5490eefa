// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.report;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.List;
import org.pagefusion.fusion.CheckResult;
import org.pagefusion.fusion.CycleResult;
import org.pagefusion.fusion.FusionCycle;
import org.pagefusion.fusion.ModuleFailure;
import org.pagefusion.guest.FileName;
import org.pagefusion.vmmdev.ResultCode;

/** What a cycle did, as text and as JSON of the schema {@value #SCHEMA}. */
public final class CycleReport {
  /** Name and version of the schema. */
  public static final String SCHEMA = "pagefusion.cycle/1";

  private CycleReport() {}

  /** Renders a result for a terminal. */
  public static String render(CycleResult result, CheckResult check, String device, int pageSize) {
    StringBuilder text = new StringBuilder();
    Table table = new Table("ll");
    table.row("device", device);
    table.row(
        "modules",
        Sizes.count(result.modules())
            + " registered ("
            + Sizes.count(result.newlyRegistered())
            + " new), "
            + Sizes.count(result.unregistered())
            + " taken back, "
            + Sizes.count(result.failures().size())
            + " failed");
    table.row(
        "eligible",
        Sizes.count(result.eligiblePages())
            + " pages, "
            + Sizes.bytes(result.eligiblePages() * pageSize)
            + " (of "
            + Sizes.count(result.residentPages())
            + " resident)");
    table.row(
        "budget",
        Sizes.count(result.registrationsUsed())
            + " of "
            + Sizes.count(FusionCycle.LIFETIME_REGISTRATIONS)
            + " registrations of this VM's lifetime used");
    table.row(
        "took",
        result.registerMillis()
            + " ms to register, "
            + result.presentMillis()
            + " ms to make present, "
            + check.millis()
            + " ms to check");
    if (check.refused()) {
      table.row("check", "the host answered " + ResultCode.describe(check.rc()));
    }
    table.appendTo(text);
    if (!result.failures().isEmpty()) {
      text.append("\nFailed\n");
      Table failures = new Table("lrl");
      for (ModuleFailure failure : result.failures()) {
        failures.row(
            FileName.printable(failure.name()),
            "attempt " + failure.attempts(),
            FileName.printable(failure.what()));
      }
      failures.appendTo(text);
    }
    return text.toString();
  }

  /** Writes a result. */
  public static void write(CycleResult result, CheckResult check, List<String> problems, Writer out)
      throws IOException {
    JsonWriter json = new JsonWriter(out);
    json.setHtmlSafe(false);
    json.beginObject();
    json.name("schema").value(SCHEMA);
    json.name("modules").value(result.modules());
    json.name("newlyRegistered").value(result.newlyRegistered());
    json.name("unregistered").value(result.unregistered());
    json.name("residentPages").value(result.residentPages());
    json.name("eligiblePages").value(result.eligiblePages());
    json.name("registrationsUsed").value(result.registrationsUsed());
    json.name("registrationsMax").value(FusionCycle.LIFETIME_REGISTRATIONS);
    json.name("checked").value(check.accepted());
    json.name("checkResult").value(check.rc());
    json.name("registerMillis").value(result.registerMillis());
    json.name("presentMillis").value(result.presentMillis());
    json.name("checkMillis").value(check.millis());
    json.name("failures").beginArray();
    for (ModuleFailure failure : result.failures()) {
      json.beginObject();
      json.name("name").value(FileName.printable(failure.name()));
      json.name("version").value(failure.version());
      json.name("what").value(FileName.printable(failure.what()));
      json.name("attempts").value(failure.attempts());
      json.name("retryAt").value(failure.retryAt().toString());
      json.endObject();
    }
    json.endArray();
    end(json, problems, out);
  }

  /** Writes how many modules were released. */
  public static void writeRelease(int released, List<String> problems, PrintWriter out)
      throws IOException {
    JsonWriter json = new JsonWriter(out);
    json.setHtmlSafe(false);
    json.beginObject();
    json.name("schema").value(SCHEMA);
    json.name("unregistered").value(released);
    end(json, problems, out);
  }

  private static void end(JsonWriter json, List<String> problems, Writer out) throws IOException {
    json.name("problems").beginArray();
    for (String problem : problems) {
      json.value(FileName.printable(problem));
    }
    json.endArray();
    json.endObject();
    json.flush();
    out.write('\n');
    out.flush();
  }
}
