// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.report;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.Writer;
import java.util.Map;
import org.pagefusion.config.Configuration;
import org.pagefusion.doctor.Budget;
import org.pagefusion.doctor.Check;
import org.pagefusion.doctor.Conclusion;
import org.pagefusion.doctor.Diagnosis;
import org.pagefusion.fusion.FusionCycle;

/** A diagnosis as JSON of the schema {@value #SCHEMA}. */
public final class DoctorJson {
  /** Name and version of the schema. */
  public static final String SCHEMA = "pagefusion.doctor/1";

  private DoctorJson() {}

  /**
   * Writes one object.
   *
   * @param version of this program
   */
  public static void write(Diagnosis diagnosis, String version, Writer out) throws IOException {
    JsonWriter json = new JsonWriter(out);
    json.setHtmlSafe(false);
    json.setSerializeNulls(true);
    json.beginObject();
    json.name("schema").value(SCHEMA);
    json.name("version").value(version);
    json.name("device").value(diagnosis.device().orElse(null));
    Configuration configuration = diagnosis.configuration();
    json.name("mode").value(configuration.mode().text());
    json.name("hostSafe").value(configuration.hostSafe());
    json.name("effectiveMode").value(configuration.effectiveMode().text());
    json.name("checks").beginArray();
    for (Check check : diagnosis.checks()) {
      json.beginObject();
      json.name("id").value(check.subject().id());
      json.name("title").value(check.subject().title());
      json.name("result").value(check.result().externalName());
      json.name("found").value(check.found());
      json.name("remedy").value(check.remedy().orElse(null));
      json.endObject();
    }
    json.endArray();
    writeFigures(json, diagnosis);
    writeConclusion(json, diagnosis.conclusion());
    json.endObject();
    json.flush();
    out.write('\n');
    out.flush();
  }

  private static void writeFigures(JsonWriter json, Diagnosis diagnosis) throws IOException {
    json.name("scan").beginObject();
    json.name("eligibleBytes").value(diagnosis.scan().eligibleBytes());
    json.name("excludedBytes").value(diagnosis.scan().excludedBytes());
    json.name("excludedBytesByReason").beginObject();
    for (Map.Entry<String, Long> entry : diagnosis.scan().excludedByReason().entrySet()) {
      json.name(entry.getKey()).value(entry.getValue());
    }
    json.endObject();
    json.endObject();
    json.name("registrations");
    if (diagnosis.budget().isPresent()) {
      Budget budget = diagnosis.budget().get();
      json.beginObject();
      json.name("used").value(budget.used());
      json.name("recorded").value(budget.recorded());
      json.name("max").value(FusionCycle.LIFETIME_REGISTRATIONS);
      json.endObject();
    } else {
      json.nullValue();
    }
  }

  private static void writeConclusion(JsonWriter json, Conclusion conclusion) throws IOException {
    json.name("conclusion").beginObject();
    json.name("canFuse").value(conclusion.canFuse().externalName());
    json.name("text").value(conclusion.text());
    json.name("remedy").value(conclusion.remedy().orElse(null));
    json.name("hostPoints").beginArray();
    for (String condition : conclusion.hostPoints()) {
      json.value(condition);
    }
    json.endArray();
    json.endObject();
  }
}
