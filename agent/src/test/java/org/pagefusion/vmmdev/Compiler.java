// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.vmmdev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** gcc, and what it compiled. */
final class Compiler {
  private static final List<String> FLAGS =
      List.of(
          "-std=gnu11",
          "-D_GNU_SOURCE",
          "-D_FILE_OFFSET_BITS=64",
          "-O1",
          "-Wall",
          "-Wextra",
          "-Wshadow",
          "-Wstrict-prototypes",
          "-Wmissing-prototypes",
          "-Werror");

  private Compiler() {}

  /** The folder of the checkout that holds the C sources. */
  static Path nativeFolder() {
    return Path.of(System.getProperty("pagefusion.checkout"), "native");
  }

  /** Compiles and links; skips the test on a machine without gcc. */
  static void compile(Path output, List<String> arguments) throws Exception {
    assumeTrue(isOnPath("gcc"), "gcc is not installed");
    List<String> command = new ArrayList<>();
    command.add("gcc");
    command.addAll(FLAGS);
    command.add("-o");
    command.add(output.toString());
    command.addAll(arguments);
    assertEquals("", run(command, ""));
  }

  /** Runs a program to its end: what it wrote to either stream; it must succeed. */
  static String run(List<String> command, String input) throws Exception {
    Path in = Files.createTempFile("pagefusion", ".in");
    Path out = Files.createTempFile("pagefusion", ".out");
    try {
      Files.writeString(in, input, StandardCharsets.US_ASCII);
      Process process =
          new ProcessBuilder(command)
              .redirectInput(in.toFile())
              .redirectErrorStream(true)
              .redirectOutput(out.toFile())
              .start();
      try {
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), command + " hangs");
      } finally {
        process.destroyForcibly();
      }
      String output = Files.readString(out);
      assertEquals(0, process.exitValue(), command + ": " + output);
      return output;
    } finally {
      Files.delete(in);
      Files.delete(out);
    }
  }

  private static boolean isOnPath(String program) {
    for (String folder : System.getenv("PATH").split(":")) {
      if (Files.isExecutable(Path.of(folder, program))) {
        return true;
      }
    }
    return false;
  }
}
