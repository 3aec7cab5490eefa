// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pagefusion.bridge.Kernel;

/** The service as a process, with its signals, its manager's socket, its files and a host. */
class ServiceProcessTest {
  private static final int PAGE = 4096;

  /** Prints each datagram, until its own input ends. */
  private static final String RECEIVER =
      """
      import socket, sys
      s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
      s.bind(sys.argv[1])
      print("bound", flush=True)
      while True:
          print(s.recv(8192).decode().replace("\\n", " "), flush=True)
      """;

  private final List<Process> processes = new ArrayList<>();
  private Path folder;
  private Path configuration;

  @BeforeEach
  void open() throws IOException {
    assumeTrue(Kernel.load().effectiveUid() == 0, "the simulated host reads page frames as root");
    Path target = Path.of(System.getProperty("pagefusion.checkout"), "agent/target");
    folder = Files.createTempDirectory(Files.createDirectories(target), "run");
    configuration = folder.resolve("conf");
    configure("mode = fuse\nhost-safe = yes\n");
    for (int i = 0; i < 3; i++) {
      Path file = folder.resolve("tree/usr/lib/file" + i);
      Files.createDirectories(file.getParent());
      Files.write(file, new byte[17 * PAGE + i]);
      Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(1_700_000_000)));
    }
  }

  @AfterEach
  void close() throws IOException, InterruptedException {
    for (Process process : processes) {
      process.destroyForcibly().waitFor();
    }
    if (folder != null) {
      List<Path> all;
      try (Stream<Path> walk = Files.walk(folder)) {
        all = walk.toList();
      }
      for (int i = all.size() - 1; i >= 0; i--) {
        Files.delete(all.get(i));
      }
    }
  }

  private void configure(String mode) throws IOException {
    Files.writeString(
        configuration,
        mode + "sources = page-cache\nroots = /usr\nmetrics-file = " + folder + "/out.prom\n");
  }

  private Process start(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                // nohup, and what a shell starts in the background, have all below them ignore
                // some.
                "env",
                "--default-signal=HUP,INT,TERM",
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx64m",
                "-Dpagefusion.native=" + System.getProperty("pagefusion.native"),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("NOTIFY_SOCKET", folder.resolve("notify").toString());
    builder.environment().put("WATCHDOG_USEC", "2000000");
    Process process = builder.start();
    processes.add(process);
    return process;
  }

  private Process startService() throws IOException {
    return start(
        "run",
        "--root",
        folder.resolve("tree").toString(),
        "--config",
        configuration.toString(),
        "--device",
        "sim:" + folder.resolve("host") + "#a",
        "--state",
        folder.resolve("registrations").toString(),
        "--status",
        folder.resolve("status.json").toString());
  }

  private Process startHost() throws IOException {
    Process host = start("hostsim", "--json", "--socket", folder.resolve("host").toString());
    String line = host.errorReader(StandardCharsets.UTF_8).readLine();
    assertTrue(line != null && line.contains("simulated on"), line);
    return host;
  }

  private BufferedReader startReceiver() throws IOException {
    Process receiver =
        new ProcessBuilder("python3", "-c", RECEIVER, folder.resolve("notify").toString()).start();
    processes.add(receiver);
    BufferedReader lines = receiver.inputReader(StandardCharsets.UTF_8);
    assertEquals("bound", lines.readLine());
    return lines;
  }

  private static String rest(BufferedReader reader) {
    return reader.lines().collect(Collectors.joining("\n"));
  }

  /** Reads what the manager is told until a message begins so. */
  private static List<String> until(BufferedReader notifications, String begin) throws IOException {
    List<String> read = new ArrayList<>();
    String line = "";
    while (!line.startsWith(begin)) {
      line = notifications.readLine();
      assertTrue(line != null, () -> begin + " not in " + read);
      read.add(line);
    }
    return read;
  }

  private static void signal(Process process, String name) throws Exception {
    assertEquals(
        0, new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor());
  }

  private JsonObject status(int expectedExitCode) throws Exception {
    Process status =
        start("status", "--json", "--status", folder.resolve("status.json").toString());
    String out = rest(status.inputReader(StandardCharsets.UTF_8));
    String err = rest(status.errorReader(StandardCharsets.UTF_8));
    assertEquals(expectedExitCode, status.waitFor(), err);
    return JsonParser.parseString(out).getAsJsonObject();
  }

  @Test
  void livesAsSystemdExpects() throws Exception {
    final Process host = startHost();
    BufferedReader notifications = startReceiver();
    final Process service = startService();
    List<String> begin = until(notifications, "STATUS=fusing: 3 modules");
    assertEquals("READY=1", begin.get(0));
    until(notifications, "WATCHDOG=1");

    JsonObject status = status(0);
    assertEquals(service.pid(), status.get("pid").getAsLong());
    assertEquals("fuse", status.getAsJsonObject("mode").get("effective").getAsString());
    assertEquals(3, status.getAsJsonObject("registered").get("modules").getAsInt());
    assertTrue(
        status.getAsJsonObject("cost").get("privateDirtyBytes").getAsLong() > 1 << 20,
        status.toString());
    String metrics = Files.readString(folder.resolve("out.prom"));
    assertTrue(metrics.contains("\npagefusion_registered_modules 3\n"), metrics);

    // A second agent would ruin the books of the first.
    Process once =
        start(
            "--config",
            configuration.toString(),
            "run",
            "--release",
            "--device",
            "sim:" + folder.resolve("host") + "#a",
            "--state",
            folder.resolve("registrations").toString());
    String refusal = rest(once.errorReader(StandardCharsets.UTF_8));
    assertEquals(ExitCode.UNAVAILABLE, once.waitFor(), refusal);
    assertTrue(refusal.contains("systemctl stop pagefusion"), refusal);

    configure("mode = observe\n");
    signal(service, "HUP");
    List<String> reloaded = until(notifications, "STATUS=observing");
    assertTrue(reloaded.stream().anyMatch(line -> line.startsWith("RELOADING=1 MONOTONIC_USEC=")));
    assertTrue(reloaded.contains("READY=1"), reloaded.toString());
    configure("mode = fuse\nhost-safe = yes\n");
    signal(service, "HUP");
    until(notifications, "STATUS=fusing: 3 modules");

    service.destroy();
    until(notifications, "STOPPING=1");
    assertTrue(service.waitFor(30, TimeUnit.SECONDS));
    assertEquals(0, service.exitValue());
    assertFalse(status(ExitCode.UNAVAILABLE).get("stoppedAt").isJsonNull());

    signal(host, "TERM");
    JsonObject figures =
        JsonParser.parseString(rest(host.inputReader(StandardCharsets.UTF_8))).getAsJsonObject();
    JsonObject guest = figures.getAsJsonArray("guests").get(0).getAsJsonObject();
    assertEquals(3, guest.get("registered").getAsInt(), "stopping leaves all standing");
    assertEquals(3, guest.get("registrationsEver").getAsInt());
  }

  @Test
  void aHostThatDiesIsToldOnceAndFoundAgain() throws Exception {
    final Process first = startHost();
    BufferedReader notifications = startReceiver();
    Process service = startService();
    until(notifications, "STATUS=fusing: 3 modules");
    first.destroyForcibly().waitFor();
    Files.deleteIfExists(folder.resolve("host"));
    signal(service, "USR1");
    until(notifications, "STATUS=observing");
    startHost();
    signal(service, "USR1");
    until(notifications, "STATUS=fusing: 3 modules");
    // Not Process.destroy, which would close the stream.
    service.toHandle().destroy();
    String log = rest(service.errorReader(StandardCharsets.UTF_8));
    assertEquals(2, log.lines().count(), log);
    assertTrue(log.startsWith("WARN: host: "), log);
    assertTrue(log.endsWith("INFO: host: works again"), log);
  }

  @Test
  void aWrongConfigurationEndsItAtTheStart() throws Exception {
    configure("mode = fuze\n");
    Process service = startService();
    String log = rest(service.errorReader(StandardCharsets.UTF_8));
    assertEquals(ExitCode.CONFIGURATION, service.waitFor());
    assertEquals(1, log.lines().count(), log);
    assertTrue(log.contains("fuze"), log);
  }
}
