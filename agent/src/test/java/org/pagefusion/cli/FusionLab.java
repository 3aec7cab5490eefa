// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.pagefusion.bridge.Kernel;

/** Agents as processes of their own, each of a guest with a tree of real files. */
final class FusionLab implements AutoCloseable {
  static final int PAGE = 4096;

  /** When the files of all guests were written last: long ago. */
  static final long WRITTEN = 1_700_000_000;

  private static final long HANG_SECONDS = 100;

  final Path folder;
  final Random random = new Random(20261121);
  private final List<Process> started = new ArrayList<>();
  private int runs;

  FusionLab() throws IOException {
    assumeTrue(Kernel.load().effectiveUid() == 0, "the simulated host reads page frames as root");
    Path target = Path.of(System.getProperty("pagefusion.checkout"), "agent/target");
    folder = Files.createTempDirectory(Files.createDirectories(target), "e2e");
  }

  /** Ends what was started, and removes all files. */
  @Override
  public void close() throws IOException {
    for (Process process : started) {
      process.destroyForcibly();
    }
    List<Path> all;
    try (Stream<Path> walk = Files.walk(folder)) {
      all = walk.toList();
    }
    for (int i = all.size() - 1; i >= 0; i--) {
      Files.deleteIfExists(all.get(i));
    }
  }

  // ---- files

  byte[] content(int pages) {
    byte[] content = new byte[pages * PAGE];
    random.nextBytes(content);
    return content;
  }

  /** Writes a file of a guest's tree. */
  void file(String guest, String name, byte[] content) throws IOException {
    file(guest, name, content, WRITTEN);
  }

  /** Writes a file of a guest's tree, as it was written at another time. */
  void file(String guest, String name, byte[] content, long seconds) throws IOException {
    Path file = pathOf(guest, name);
    Files.createDirectories(file.getParent());
    Files.write(file, content);
    Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(seconds)));
  }

  Path pathOf(String guest, String name) {
    return folder.resolve(guest).resolve("usr/lib").resolve(name);
  }

  // ---- processes

  /** Starts the command. */
  Process start(Path out, Path err, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-Xmx64m",
                "-Dpagefusion.native=" + System.getProperty("pagefusion.native"),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    started.add(process);
    return process;
  }

  /** An agent that runs, and what it writes. */
  record Agent(Process process, Path out, Path err) {
    /** Waits for its end. */
    CommandRun end() throws IOException {
      try {
        assertTrue(process.waitFor(HANG_SECONDS, TimeUnit.SECONDS), "hangs");
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      return new CommandRun(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    /** Kills it with SIGKILL. */
    void kill() throws InterruptedException {
      process.destroyForcibly().waitFor();
    }
  }

  /** Starts an agent of a guest, whose state file it finds from one run to the next. */
  Agent startAgent(String guest, Path socket, String task) throws IOException {
    Path configuration = folder.resolve(guest + ".conf");
    Files.writeString(
        configuration, "mode = fuse\nhost-safe = yes\nsources = page-cache\nroots = /usr\n");
    runs++;
    Path out = folder.resolve(runs + ".out");
    Path err = folder.resolve(runs + ".err");
    Process process =
        start(
            out,
            err,
            "--root",
            folder.resolve(guest).toString(),
            "--config",
            configuration.toString(),
            "run",
            task,
            "--json",
            "--device",
            "sim:" + socket + "#" + guest,
            "--state",
            folder.resolve(guest + ".state").toString());
    return new Agent(process, out, err);
  }

  /** Runs an agent to its end. */
  CommandRun run(String guest, Path socket, String task) throws IOException {
    return startAgent(guest, socket, task).end();
  }

  /** Runs an agent that succeeds: what it says of the cycle. */
  JsonObject agent(String guest, Path socket, String task) throws IOException {
    CommandRun run = run(guest, socket, task);
    assertEquals(ExitCode.DONE, run.exitCode(), run.err());
    return JsonParser.parseString(run.out()).getAsJsonObject();
  }
}
