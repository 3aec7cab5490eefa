// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.daemon;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.guest.Anomalies;
import org.pagefusion.guest.GuestTree;

class NewProcessesTest {
  @TempDir Path root;

  private NewProcesses processes;

  @BeforeEach
  void open() throws IOException {
    start("1");
    Files.createDirectories(root.resolve("proc/sys"));
    processes = new NewProcesses(GuestTree.open(Kernel.load(), root.toString(), new Anomalies()));
    processes.scanning();
  }

  private void start(String pid) throws IOException {
    Path directory = Files.createDirectories(root.resolve("proc").resolve(pid));
    Files.createSymbolicLink(directory.resolve("exe"), Path.of("/usr/bin/x"));
  }

  private void end(String pid) throws IOException {
    Path directory = root.resolve("proc").resolve(pid);
    Files.delete(directory.resolve("exe"));
    Files.delete(directory);
  }

  @Test
  void aProcessIsNewAtTheSecondLook() throws IOException {
    assertFalse(processes.look());
    start("20");
    assertFalse(processes.look());
    assertTrue(processes.look());
    processes.scanning();
    assertFalse(processes.look());
  }

  @Test
  void whatIsGoneByThenCostsNothing() throws IOException {
    start("20");
    assertFalse(processes.look());
    end("20");
    start("21");
    assertFalse(processes.look());
  }

  @Test
  void threadsOfTheKernelAreNone() throws IOException {
    Files.createDirectories(root.resolve("proc/30"));
    assertFalse(processes.look());
    assertFalse(processes.look());
  }

  @Test
  void withoutProcThereAreNone() throws IOException {
    end("1");
    Files.delete(root.resolve("proc/sys"));
    Files.delete(root.resolve("proc"));
    assertFalse(processes.look());
  }
}
