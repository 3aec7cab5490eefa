// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pagefusion.bridge.Kernel;

class GuestDescriptionTest {
  private static final String MEMORY = "MemTotal: 1 kB\nMemFree: 1 kB\n";

  @TempDir private Path root;

  @ParameterizedTest
  @CsvSource({
    "Linux version 6.1.0-56-amd64 (debian-kernel@lists.debian.org) (gcc-12), 6.1.0-56-amd64, x86_64",
    "Linux version 6.5.6-300.fc39.x86_64 (mockbuild@x), 6.5.6-300.fc39.x86_64, x86_64",
    "Linux version 6.1.0-56-arm64 (x), 6.1.0-56-arm64, aarch64",
    "Linux version 5.14.0-362.el9.aarch64 (x), 5.14.0-362.el9.aarch64, aarch64",
    "Linux version 6.8.0-41-generic (x), 6.8.0-41-generic,",
    "Linux version 6.1.0, 6.1.0,",
    "Linux version,,",
    "NetBSD version 6.1.0-amd64,,",
    "'',,",
  })
  void knowsTheKernel(String version, String release, String machine) throws IOException {
    GuestDescription guest = read(new TreeFiles(root).write("/proc/version", version + "\n"));
    assertEquals(Optional.ofNullable(release), guest.kernel());
    assertEquals(Optional.ofNullable(machine), guest.machine());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdef\nmore\n"})
  void hashesTheMachineId(String text) throws IOException {
    // printf 0123456789abcdef0123456789abcdef | sha256sum
    assertEquals(
        Optional.of("3eb1bd43"),
        read(new TreeFiles(root).write("/etc/machine-id", text)).machineIdHash());
  }

  /** Before the first boot is complete all guests of one image would otherwise look like one. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "uninitialized\n",
        "0123456789abcdef",
        "0123456789abcdef0123456789abcdeg",
        "0123456789abcdef0123456789abcdef0"
      })
  void hasNoHashWithoutMachineId(String text) throws IOException {
    assertEquals(
        Optional.empty(), read(new TreeFiles(root).write("/etc/machine-id", text)).machineIdHash());
  }

  @Test
  void isUnknownWithoutFiles() throws IOException {
    GuestDescription guest = read(new TreeFiles(root));
    assertEquals(Optional.empty(), guest.kernel());
    assertEquals(Optional.empty(), guest.machine());
    assertEquals(Optional.empty(), guest.machineIdHash());
    assertEquals(1024, guest.memory().totalBytes().orElseThrow());
  }

  @Test
  void knowsThisMachine() throws IOException, InterruptedException {
    Anomalies anomalies = new Anomalies();
    try (GuestTree tree = GuestTree.open(Kernel.load(), "/", anomalies)) {
      GuestDescription guest = GuestDescription.read(tree, anomalies);
      assertEquals(Optional.of(output("uname", "-r")), guest.kernel());
      assertEquals(Optional.of(output("uname", "-m")), guest.machine());
    }
    assertEquals(List.of(), anomalies.list());
  }

  private GuestDescription read(TreeFiles files) throws IOException {
    files.write("/proc/meminfo", MEMORY);
    Anomalies anomalies = new Anomalies();
    try (GuestTree tree = GuestTree.open(Kernel.load(), root.toString(), anomalies)) {
      GuestDescription guest = GuestDescription.read(tree, anomalies);
      assertEquals(List.of(), anomalies.list());
      return guest;
    }
  }

  private static String output(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).start();
    String text = TextLines.of(process.getInputStream().readAllBytes()).get(0);
    assertEquals(0, process.waitFor());
    return text;
  }
}
