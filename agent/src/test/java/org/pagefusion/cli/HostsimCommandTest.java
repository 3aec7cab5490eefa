// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.bridge.PathBytes;
import org.pagefusion.vmmdev.HostVersion;
import org.pagefusion.vmmdev.ModuleRegion;
import org.pagefusion.vmmdev.OsFamily;
import org.pagefusion.vmmdev.SharedModule;
import org.pagefusion.vmmdev.SimulatedDevice;
import org.pagefusion.vmmdev.VmmDev;

/** The command as a process of its own, with this one as its guests. */
class HostsimCommandTest {
  private static final int PAGES = 10;
  private static final long SIZE = PAGES * 4096L;

  @TempDir Path folder;
  private final List<Process> processes = new ArrayList<>();

  @AfterEach
  void endProcesses() {
    for (Process process : processes) {
      process.destroyForcibly();
    }
  }

  private Path socket() {
    return folder.resolve("socket");
  }

  private Process start(String... options) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                // What a shell starts in the background ignores it, and so would all below it.
                "env",
                "--default-signal=INT",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                // So little that it collects garbage all the time.
                "-Xmx24m",
                "-Xmn1m",
                "-Dpagefusion.native=" + System.getProperty("pagefusion.native"),
                "-Djnr.ffi.asm.enabled=false",
                "-Djnr.ffi.x86asm.enabled=false",
                "-cp",
                System.getProperty("java.class.path"),
                "org.pagefusion.cli.Main",
                "hostsim",
                "--socket",
                socket().toString()));
    command.addAll(List.of(options));
    Process process = new ProcessBuilder(command).start();
    processes.add(process);
    // The first line says that it listens; after an error there is no other.
    BufferedReader err = process.errorReader(StandardCharsets.UTF_8);
    String line = err.readLine();
    assertTrue(line != null && line.contains("simulated on " + socket()), line);
    return process;
  }

  private static String rest(BufferedReader reader) {
    return reader.lines().collect(Collectors.joining("\n"));
  }

  private void fuse(String guestName) throws IOException {
    Kernel kernel = Kernel.load();
    Path file = folder.resolve("file");
    Files.write(file, new byte[(int) SIZE]);
    int fd = kernel.open(PathBytes.encode(file.toString()), Kernel.O_RDONLY);
    long address = kernel.mapFile(fd, 0, SIZE);
    assertEquals(0, kernel.advise(address, SIZE, Kernel.MADV_POPULATE_READ));
    try (SimulatedDevice device = new SimulatedDevice(socket(), guestName)) {
      VmmDev host = new VmmDev(device);
      host.register(
          new SharedModule(
              address,
              SIZE,
              "/lib/\u001b[31m",
              "1",
              OsFamily.LINUX64,
              List.of(new ModuleRegion(address, SIZE))));
      host.check();
    }
    kernel.unmap(address, SIZE);
    kernel.close(fd);
  }

  @Test
  void countsWhatGuestsShareUntilItIsTerminated() throws Exception {
    Process process = start("--json");
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    fuse("one");
    // SIGUSR1 asks for the figures so far.
    assertEquals(0, new ProcessBuilder("kill", "-USR1", "" + process.pid()).start().waitFor());
    JsonObject figures = JsonParser.parseString(out.readLine()).getAsJsonObject();
    assertEquals("pagefusion.hostsim/1", figures.get("schema").getAsString());
    assertEquals(0, figures.getAsJsonObject("totals").get("savedBytes").getAsLong());
    fuse("two");
    process.toHandle().destroy();
    assertTrue(process.waitFor(20, TimeUnit.SECONDS), "still runs");
    figures = JsonParser.parseString(rest(out)).getAsJsonObject();
    assertEquals(0, process.exitValue());
    assertEquals(SIZE, figures.getAsJsonObject("totals").get("savedBytes").getAsLong());
    JsonObject two = figures.getAsJsonArray("guests").get(1).getAsJsonObject();
    assertEquals("two", two.get("name").getAsString());
    JsonObject pages = two.getAsJsonObject("lastCheck").getAsJsonObject("pages");
    assertEquals(PAGES, pages.get("merged").getAsLong());
    JsonObject module = figures.getAsJsonArray("modules").get(0).getAsJsonObject();
    assertEquals("/lib/\\x1b[31m", module.get("name").getAsString());
    assertEquals(PAGES, module.get("duplicatePages").getAsLong());
    assertFalse(Files.exists(socket()));
  }

  @Test
  void writesTextForPeople() throws Exception {
    Process process = start("--host-version", "7.0.16", "--answer", "unregister=-3816", "--smap");
    fuse("one");
    fuse("two");
    try (SimulatedDevice device = new SimulatedDevice(socket(), "one")) {
      VmmDev host = new VmmDev(device);
      HostVersion version = host.hostVersion();
      assertEquals("7.0.16", version.major() + "." + version.minor() + "." + version.build());
      SharedModule any =
          new SharedModule(
              0, SIZE, "any", "1", OsFamily.LINUX64, List.of(new ModuleRegion(0, SIZE)));
      assertEquals(-3816, host.unregister(any));
    }
    process.toHandle().destroy();
    assertTrue(process.waitFor(20, TimeUnit.SECONDS), "still runs");
    String text = rest(process.inputReader(StandardCharsets.UTF_8));
    assertTrue(text.startsWith("Simulated VirtualBox 7.0.16"), text);
    assertTrue(
        text.contains("Saved 0.0 MiB: 0 pages of guests freed, for 10 that are shared"), text);
    assertTrue(text.contains("refused 1: "), text);
    assertTrue(text.contains("check stopped: a Linux host with SMAP crashes"), text);
    assertTrue(text.contains("/lib/\\x1b[31m, 1"), text);
    assertFalse(text.contains("\u001b"), text);
  }

  /** However long it has run before. */
  @Test
  void endsWhenToldAlsoAfterManyRequests() throws Exception {
    Process process = start("--json");
    try (SimulatedDevice device = new SimulatedDevice(socket())) {
      VmmDev host = new VmmDev(device);
      for (int i = 0; i < 10_000; i++) {
        assertTrue(host.status());
      }
    }
    assertEquals(0, new ProcessBuilder("kill", "-INT", "" + process.pid()).start().waitFor());
    assertTrue(process.waitFor(20, TimeUnit.SECONDS), "still runs");
    assertEquals(0, process.exitValue());
  }

  @Test
  void usageErrorsAreOneLine() {
    for (String[] arguments :
        new String[][] {
          {"hostsim"},
          {"hostsim", "--socket", "x", "--host-version", "7"},
          {"hostsim", "--socket", "x", "--host-version", "7.1.x"},
          {"hostsim", "--socket", "x", "--unmapped", "here"},
          {"hostsim", "--socket", "x", "--answer", "check"},
          {"hostsim", "--socket", "x", "--answer", "dance=1"}
        }) {
      StringWriter err = new StringWriter();
      int code = Main.run(arguments, new PrintWriter(new StringWriter()), new PrintWriter(err));
      assertEquals(64, code, err.toString());
      assertEquals(1, err.toString().lines().count(), err.toString());
    }
  }

  @Test
  void aPlaceWhereNobodyCanListenIsAnError() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    StringWriter err = new StringWriter();
    int code =
        Main.run(
            new String[] {"hostsim", "--socket", file.toString()},
            new PrintWriter(new StringWriter()),
            new PrintWriter(err));
    assertEquals(74, code);
    assertTrue(err.toString().contains("is no socket"), err.toString());
  }
}
