// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pagefusion.config.Configuration;
import org.pagefusion.doctor.Budget;
import org.pagefusion.doctor.Check;
import org.pagefusion.doctor.Conclusion;
import org.pagefusion.doctor.Diagnosis;
import org.pagefusion.doctor.Result;
import org.pagefusion.doctor.ScanFigures;
import org.pagefusion.doctor.Subject;

class DoctorTextTest {
  private static Diagnosis diagnosis(Check... checks) {
    return new Diagnosis(
        Optional.of("/dev/vboxguest"),
        Configuration.defaults(),
        List.of(checks),
        new ScanFigures(3000, 1000, Map.of("pattern", 1000L)),
        Optional.of(new Budget(12, 10)),
        new Conclusion(
            Conclusion.Answer.YES, "It can.", Optional.of("do so"), List.of("first", "second")));
  }

  private static Check check(Subject subject, Result result, String found, String remedy) {
    return new Check(subject, result, found, Optional.ofNullable(remedy));
  }

  @Test
  void alignsAndIndents() {
    assertEquals(
        """
          ok    driver            vboxguest
          fail  page fusion       off for this VM
                                  -> switch it on
          skip  KASLR             not known

        It can.
          - first
          - second
        -> do so
        """,
        DoctorText.render(
            diagnosis(
                check(Subject.DRIVER, Result.OK, "vboxguest", null),
                check(Subject.PAGE_FUSION, Result.FAIL, "off for this VM", "switch it on"),
                check(Subject.KASLR, Result.SKIPPED, "not known", null))));
  }

  @Test
  void noLineIsTooLong() {
    List<Check> checks = new ArrayList<>();
    for (Subject subject : Subject.values()) {
      for (int words = 1; words < 40; words++) {
        checks.add(check(subject, Result.WARN, "wörd ".repeat(words), "cure ".repeat(words)));
      }
    }
    String text = DoctorText.render(diagnosis(checks.toArray(new Check[0])));
    text.lines().forEach(line -> assertTrue(line.codePointCount(0, line.length()) <= 100, line));
    assertTrue(text.lines().anyMatch(line -> line.length() > 95), "uses the width");
    // Nothing is lost on the way.
    long words =
        text.lines()
            .flatMap(line -> List.of(line.split(" ")).stream())
            .filter("wörd"::equals)
            .count();
    assertEquals(Subject.values().length * 39 * 40 / 2, words);
  }

  @Test
  void aWordThatIsLongerThanALineStandsByItself() {
    String word = "x".repeat(300);
    String text = DoctorText.render(diagnosis(check(Subject.DRIVER, Result.OK, "a " + word, null)));
    assertTrue(text.contains("a\n" + " ".repeat(26) + word + "\n"), text);
  }

  @Test
  void jsonHoldsItAll() throws IOException {
    StringWriter out = new StringWriter();
    DoctorJson.write(
        diagnosis(
            check(Subject.DEVICE_NODE, Result.OK, "there", null),
            check(Subject.PROBE, Result.FAIL, "a \u001b[31m", "b")),
        "1.2",
        out);
    JsonObject json = StrictJson.parse(out.toString());
    assertEquals("pagefusion.doctor/1", json.get("schema").getAsString());
    assertEquals("1.2", json.get("version").getAsString());
    assertEquals("observe", json.get("mode").getAsString());
    JsonArray checks = json.getAsJsonArray("checks");
    JsonObject first = checks.get(0).getAsJsonObject();
    assertEquals("device-node", first.get("id").getAsString());
    assertEquals("ok", first.get("result").getAsString());
    assertTrue(first.get("remedy").isJsonNull());
    assertEquals("a \\x1b[31m", checks.get(1).getAsJsonObject().get("found").getAsString());
    assertEquals(1000, json.getAsJsonObject("scan").get("excludedBytes").getAsLong());
    assertEquals(12, json.getAsJsonObject("registrations").get("used").getAsInt());
    JsonObject conclusion = json.getAsJsonObject("conclusion");
    assertEquals("yes", conclusion.get("canFuse").getAsString());
    assertEquals("do so", conclusion.get("remedy").getAsString());
    assertEquals(2, conclusion.getAsJsonArray("hostPoints").size());
  }
}
