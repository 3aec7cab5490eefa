// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
  private static final long MILLISECOND = 1_000_000;
  private static final String CLEAR = "\r\u001B[K";

  private final StringWriter shown = new StringWriter();
  private long now = Long.MAX_VALUE - 100;
  private int asked;
  private boolean terminal = true;

  private ProgressLine line(boolean quiet) {
    return new ProgressLine(
        new PrintWriter(shown),
        quiet,
        () -> now,
        () -> {
          asked++;
          return terminal;
        });
  }

  @Test
  void nothingIsShownWithinASecond() {
    ProgressLine line = line(false);
    for (int i = 0; i < 100; i++) {
      line.at("files", i);
      now += 999 * MILLISECOND / 100;
    }
    line.end();
    assertEquals("", shown.toString());
    assertEquals(0, asked, "not even whether there is a terminal");
  }

  @Test
  void thenItIsDrawnAFewTimesASecondAndTakenAway() {
    ProgressLine line = line(false);
    for (int millis = 0; millis <= 1450; millis += 10) {
      line.at("files", millis);
      now += 10 * MILLISECOND;
    }
    line.end();
    assertEquals(
        CLEAR
            + "scanning files: 1000 files"
            + CLEAR
            + "scanning files: 1200 files"
            + CLEAR
            + "scanning files: 1400 files"
            + CLEAR,
        shown.toString());
    assertEquals(1, asked);
  }

  @Test
  void aBarShowsThePartThatIsDone() {
    ProgressLine line = line(false);
    now += 2000 * MILLISECOND;
    line.bar("web", 500, 1000);
    now += 2000 * MILLISECOND;
    line.bar("db", 1000, 1000);
    line.end();
    assertEquals(
        CLEAR
            + "[###############...............] 500 of 1000 read, web"
            + CLEAR
            + "[##############################] 1000 of 1000 read, db"
            + CLEAR,
        shown.toString());
  }

  @Test
  void withoutATerminalThereIsNone() {
    terminal = false;
    ProgressLine line = line(false);
    for (int i = 0; i < 50; i++) {
      now += 100 * MILLISECOND;
      line.at("files", i);
    }
    line.end();
    assertEquals("", shown.toString());
    assertEquals(1, asked);
  }

  @Test
  void quietMeansNone() {
    ProgressLine line = line(true);
    now += 5000 * MILLISECOND;
    line.at("files", 1);
    line.end();
    assertEquals("", shown.toString());
    assertEquals(0, asked);
  }
}
