// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;

/**
 * A command that was run to its end.
 *
 * @param exitCode what it said to the shell
 * @param out its stdout
 * @param err its stderr
 */
record CommandRun(int exitCode, String out, String err) {
  /** Runs a command in this process. */
  static CommandRun of(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode = Main.run(arguments, new PrintWriter(out), new PrintWriter(err));
    return new CommandRun(exitCode, out.toString(), err.toString());
  }

  /** Checks that it did what it should, and had nothing to say on stderr. */
  CommandRun done() {
    assertEquals("", err);
    assertEquals(0, exitCode);
    assertFalse(out.isEmpty());
    return this;
  }

  /** Checks that it failed as a command should: one line that names the thing and the remedy. */
  CommandRun failed(int expected, String thing, String remedy) {
    assertEquals(expected, exitCode, err);
    assertEquals("", out);
    assertTrue(err.startsWith("pagefusion: "), err);
    assertTrue(err.endsWith("\n") && err.indexOf('\n') == err.length() - 1, "one line: " + err);
    assertFalse(err.contains("Exception") || err.contains("null"), err);
    assertTrue(err.contains(thing), thing + " in: " + err);
    assertTrue(err.contains(remedy), remedy + " in: " + err);
    return this;
  }
}
