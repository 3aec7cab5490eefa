// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.fusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistrationLockTest {
  @TempDir Path folder;

  @Test
  void oneAgentAtATime() throws IOException {
    Path registrations = folder.resolve("run/registrations");
    RegistrationLock lock = RegistrationLock.acquire(registrations);
    IOException e =
        assertThrows(
            RegistrationLock.InUseException.class, () -> RegistrationLock.acquire(registrations));
    assertTrue(e.getMessage().startsWith(registrations.toString()), e.getMessage());
    RegistrationLock.acquire(folder.resolve("run/others")).close();
    lock.close();
    RegistrationLock.acquire(registrations).close();
  }

  @Test
  void ownerOfTheDirectoryMayLockAfterRoot() throws IOException {
    assumeTrue(Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0), "needs root");
    Path run = Files.createDirectory(folder.resolve("run"));
    Files.setAttribute(run, "unix:uid", 65534);
    RegistrationLock.acquire(run.resolve("registrations")).close();
    assertEquals(65534, Files.getAttribute(run.resolve("registrations.lock"), "unix:uid"));
  }

  @Test
  void followsNoLink() throws IOException {
    Path elsewhere = folder.resolve("elsewhere");
    Files.createSymbolicLink(folder.resolve("registrations.lock"), elsewhere);
    assertThrows(
        IOException.class, () -> RegistrationLock.acquire(folder.resolve("registrations")));
    assertFalse(Files.exists(elsewhere));
  }

  @Test
  void saysWhereItCanNotBe() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    Path below = file.resolve("registrations");
    IOException e = assertThrows(IOException.class, () -> RegistrationLock.acquire(below));
    assertTrue(e.getMessage().startsWith(below + ".lock: can't be opened"), e.getMessage());
    assertEquals(0, Files.size(file));
  }
}
