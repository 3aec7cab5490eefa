// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.pagefusion.bridge.Kernel;

class CapabilitiesTest {
  @Test
  void effectiveCapabilitiesCount() {
    String status =
        "Name:\tjava\nCapPrm:\t000001ffffffffff\nCapEff:\t0000000000000008\nCapBnd:\t0\n";
    assertEquals(8, Capabilities.parse(status, 0).bits());
    assertTrue(Capabilities.parse(status, 0).ownsAllFiles());
  }

  @Test
  void othersThanFownerDoNotOwnFiles() {
    String status = "Name:\tjava\nCapEff:\tfffffffffffffff7\n";
    assertFalse(Capabilities.parse(status, -1).ownsAllFiles());
  }

  @Test
  void whatCannotBeReadLeavesThePresumption() {
    for (String status : new String[] {"", "\nCapEff:\t", "\nCapEff:\t00000000000000xy\n"}) {
      assertEquals(-1, Capabilities.parse(status, -1).bits(), status);
      assertEquals(0, Capabilities.parse(status, 0).bits(), status);
    }
  }

  @Test
  void ownAreThoseThatTheKernelShows() throws IOException {
    String line =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(each -> each.startsWith("CapEff:"))
            .findFirst()
            .orElseThrow();
    long expected = Long.parseUnsignedLong(line.substring("CapEff:".length()).strip(), 16);
    assertEquals(expected, Capabilities.own(Kernel.load()).bits());
  }
}
