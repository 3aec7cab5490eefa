// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.memory;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.pagefusion.bridge.Kernel;

/** Another process that maps files as it is told: a line in, a line out. */
final class MappingProcess implements AutoCloseable {
  private final Process process;
  private final PrintWriter in;
  private final BufferedReader out;

  private MappingProcess(Process process) {
    this.process = process;
    this.in = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
    this.out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /**
   * Starts the process.
   *
   * @param before the command that is to start it, with its arguments
   */
  static MappingProcess start(String... before) throws IOException {
    List<String> command = new ArrayList<>(List.of(before));
    command.addAll(
        List.of(
            System.getProperty("java.home") + "/bin/java",
            "-XX:+UseSerialGC",
            "-Xmx32m",
            "-D" + Kernel.LIBRARY_PROPERTY + "=" + System.getProperty(Kernel.LIBRARY_PROPERTY),
            "-Djnr.ffi.asm.enabled=false",
            "-Djnr.ffi.x86asm.enabled=false",
            "-cp",
            System.getProperty("java.class.path"),
            MappingProcess.class.getName()));
    return new MappingProcess(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  /** The address where the file lies, or the name of the reason why not. */
  String map(FileToMap file, long lengthBytes, long address) throws IOException {
    return ask(
        String.join(
            "\t",
            "map",
            file.location(),
            Long.toString(file.device()),
            Long.toString(file.inode()),
            Long.toString(file.sizeBytes()),
            Long.toString(file.mtimeSeconds()),
            Long.toString(lengthBytes),
            Long.toString(address)));
  }

  /** What {@link FileMapping#makePresent} answers of the last mapped file. */
  String makePresent() throws IOException {
    return ask("present");
  }

  private String ask(String line) throws IOException {
    in.println(line);
    String answer = out.readLine();
    assertNotNull(answer, "the process ended: " + process);
    return answer;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /** The process. */
  public static void main(String[] arguments) throws IOException {
    FileMapper mapper = new FileMapper(Kernel.load());
    FileMapping mapping = null;
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintWriter answers = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] words = line.split("\t", -1);
      if (words[0].equals("map")) {
        FileToMap file =
            new FileToMap(
                words[1],
                Long.parseLong(words[2]),
                Long.parseLong(words[3]),
                Long.parseLong(words[4]),
                Long.parseLong(words[5]));
        try {
          mapping = mapper.map(file, 0, Long.parseLong(words[6]), Long.parseLong(words[7]));
          answers.println(mapping.address());
        } catch (MapException e) {
          answers.println(e.reason());
        }
      } else if (mapping != null) {
        answers.println(mapping.makePresent());
      }
    }
  }
}
