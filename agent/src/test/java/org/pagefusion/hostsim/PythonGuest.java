// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.hostsim;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process with memory of its own; see hostsim_guest.py for what it can be asked. */
final class PythonGuest implements AutoCloseable {
  private final Process process;
  private final Writer in;
  private final BufferedReader out;
  private final int pid;

  PythonGuest(Path socket, String... name) throws IOException {
    Path script =
        Path.of(
            System.getProperty("pagefusion.checkout"), "agent/src/test/python/hostsim_guest.py");
    List<String> command =
        new ArrayList<>(List.of("python3", script.toString(), socket.toString()));
    command.addAll(List.of(name));
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    in = process.outputWriter(StandardCharsets.UTF_8);
    out = process.inputReader(StandardCharsets.UTF_8);
    pid = Integer.parseInt(answer());
  }

  /** What the host calls it. */
  String name() {
    return "pid " + pid;
  }

  /** Evaluates an expression that has a number. */
  long ask(String expression) throws IOException {
    in.write(expression + "\n");
    in.flush();
    return Long.parseLong(answer());
  }

  private String answer() throws IOException {
    String line = out.readLine();
    if (line == null) {
      throw new IOException("the guest ended; its stderr says why");
    }
    return line;
  }

  /** Ends it at once. */
  void kill() {
    process.destroyForcibly().onExit().orTimeout(10, TimeUnit.SECONDS).join();
  }

  @Override
  public void close() {
    kill();
  }
}
