// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.report;

import java.util.List;
import java.util.Locale;
import org.pagefusion.doctor.Check;
import org.pagefusion.doctor.Diagnosis;
import org.pagefusion.doctor.Result;

/** A diagnosis as text for a terminal: a line a check, remedies beneath, then the conclusion. */
public final class DoctorText {
  /** Columns that no line exceeds, unless a single word does. */
  static final int WIDTH = 100;

  private static final int RESULT_WIDTH = 4;
  private static final int TITLE_WIDTH = 16;
  private static final String GAP = "  ";
  private static final int FOUND_AT =
      GAP.length() + RESULT_WIDTH + GAP.length() + TITLE_WIDTH + GAP.length();
  private static final String REMEDY = "-> ";

  private DoctorText() {}

  /** Renders a diagnosis. */
  public static String render(Diagnosis diagnosis) {
    StringBuilder text = new StringBuilder();
    for (Check check : diagnosis.checks()) {
      text.append(
          String.format(
              Locale.ROOT,
              "%s%-" + RESULT_WIDTH + "s%s%-" + TITLE_WIDTH + "s%s",
              GAP,
              label(check.result()),
              GAP,
              check.subject().title(),
              GAP));
      wrap(text, check.found(), FOUND_AT);
      check.remedy().ifPresent(remedy -> item(text, FOUND_AT, REMEDY, remedy));
    }
    text.append('\n');
    wrap(text, diagnosis.conclusion().text(), 0);
    for (String condition : diagnosis.conclusion().hostPoints()) {
      item(text, GAP.length(), "- ", condition);
    }
    diagnosis.conclusion().remedy().ifPresent(remedy -> item(text, 0, REMEDY, remedy));
    return text.toString();
  }

  private static String label(Result result) {
    return result == Result.SKIPPED ? "skip" : result.externalName();
  }

  private static void item(StringBuilder text, int indent, String mark, String item) {
    text.append(" ".repeat(indent)).append(mark);
    wrap(text, item, indent + mark.length());
  }

  /** Appends words, from a column on, in as many lines as they need. */
  private static void wrap(StringBuilder text, String words, int indent) {
    int column = indent;
    for (String word : List.of(words.split(" "))) {
      int length = word.codePointCount(0, word.length());
      if (column > indent && column + 1 + length > WIDTH) {
        text.append('\n').append(" ".repeat(indent));
        column = indent;
      } else if (column > indent) {
        text.append(' ');
        column++;
      }
      text.append(word);
      column += length;
    }
    text.append('\n');
  }
}
