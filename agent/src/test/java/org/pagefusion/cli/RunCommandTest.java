// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pagefusion.fusion.RegistrationFile;
import org.pagefusion.fusion.StoredRegistrations;

class RunCommandTest {
  private String out = "";
  private String err = "";
  private Path folder;
  private Path state;

  @BeforeEach
  void open() throws IOException {
    Path target = Path.of(System.getProperty("pagefusion.checkout"), "agent/target");
    folder = Files.createTempDirectory(Files.createDirectories(target), "run-test");
    state = folder.resolve("state/registrations");
    configure("fuse", "yes");
  }

  @AfterEach
  void close() throws IOException {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(folder)) {
      all = walk.toList();
    }
    for (int i = all.size() - 1; i >= 0; i--) {
      Files.delete(all.get(i));
    }
  }

  private void configure(String mode, String hostSafe) throws IOException {
    Files.writeString(
        folder.resolve("conf"), "mode = " + mode + "\nhost-safe = " + hostSafe + "\n");
  }

  /** A process of its own, as it sets up the process's log. */
  private int run(String... options) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Dpagefusion.native=" + System.getProperty("pagefusion.native"),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "run",
                "-q",
                "--config",
                folder.resolve("conf").toString(),
                "--state",
                state.toString()));
    arguments.addAll(List.of(options));
    Path stdout = folder.resolve("stdout");
    Path stderr = folder.resolve("stderr");
    Process process =
        new ProcessBuilder(arguments)
            .redirectOutput(stdout.toFile())
            .redirectError(stderr.toFile())
            .start();
    int exitCode;
    try {
      exitCode = process.waitFor();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    out = Files.readString(stdout);
    err = Files.readString(stderr);
    return exitCode;
  }

  @Test
  void onceAndReleaseExcludeEachOtherAndTheServiceHasNoResult() throws IOException {
    assertEquals(ExitCode.USAGE, run("--once", "--release"));
    assertEquals(ExitCode.USAGE, run("--json"));
    assertTrue(err.contains("status --json"), err);
  }

  @ParameterizedTest
  @ValueSource(strings = {"vboxguest", "sim:", "sim:#name"})
  void aDeviceThatCanNotBeOneIsAMistakeOfTheCaller(String device) throws IOException {
    assertEquals(ExitCode.USAGE, run("--once", "--device", device));
    assertTrue(err.contains(device), err);
  }

  @Test
  void registersNothingInObserveMode() throws IOException {
    configure("observe", "yes");
    assertEquals(ExitCode.CONFIGURATION, run("--once", "--device", "/dev/null"));
    assertTrue(err.contains("mode is observe"), err);
    configure("fuse", "no");
    assertEquals(ExitCode.CONFIGURATION, run("--once", "--device", "/dev/null"));
    assertTrue(err.contains("host-safe"), err);
    assertFalse(Files.exists(state.getParent()));
  }

  /** So that a package can be removed where there is no host, or never was one that fuses. */
  @Test
  void nothingToReleaseNeedsNoHost() throws IOException {
    configure("observe", "no");
    assertEquals(0, run("--release", "--device", "/nonexistent/vboxguest"), () -> err);
    assertEquals("unregistered 0 modules\n", out);
    assertFalse(Files.exists(state.getParent()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/nonexistent/vboxguest", "sim:/nonexistent/socket", "/dev/null"})
  void aMissingDeviceIsUnavailable(String device) throws IOException {
    assertEquals(ExitCode.UNAVAILABLE, run("--once", "--device", device), () -> err);
    assertTrue(err.contains(device), err);
    assertFalse(Files.exists(state.getParent()));
  }

  @Test
  void aDeviceThatMayNotBeOpenedIsNotPermitted() throws IOException {
    // Not even root may open it for writing.
    assertEquals(ExitCode.NOT_PERMITTED, run("--once", "--device", "/sys/kernel/notes"), () -> err);
  }

  @Test
  void aDryRunSavesNothing() throws IOException {
    configure("observe", "no");
    assertEquals(0, run("--once", "--dry-run", "--json"), () -> err);
    JsonObject json = JsonParser.parseString(out).getAsJsonObject();
    assertEquals("pagefusion.cycle/1", json.get("schema").getAsString());
    assertEquals(json.get("modules").getAsInt(), json.get("newlyRegistered").getAsInt(), out);
    assertFalse(Files.exists(state.getParent()));
  }

  @Test
  void aDryRunLeavesWhatIsStoredAsItIs() throws IOException {
    RegistrationFile store = new RegistrationFile(state);
    store.save(new StoredRegistrations(OptionalLong.of(77), 2000, List.of()));
    byte[] before = Files.readAllBytes(state);
    assertEquals(0, run("--once", "--dry-run", "--json"), () -> err);
    JsonObject json = JsonParser.parseString(out).getAsJsonObject();
    assertEquals(
        2000 + json.get("newlyRegistered").getAsInt(), json.get("registrationsUsed").getAsInt());
    assertTrue(json.get("newlyRegistered").getAsInt() <= 48);
    assertEquals(0, run("--release", "--dry-run"), () -> err);
    assertEquals("unregistered 0 modules\n", out);
    assertArrayEquals(before, Files.readAllBytes(state));
    assertEquals(2000, store.load(new ArrayList<>()).registrationsUsed());
  }
}
