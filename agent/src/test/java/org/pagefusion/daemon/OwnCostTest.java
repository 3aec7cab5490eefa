// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pagefusion.bridge.Kernel;

class OwnCostTest {
  private static final String MAPPING =
      """
      Size:                 64 kB
      Rss:                  60 kB
      Private_Clean:        %d kB
      Private_Dirty:        %d kB
      VmFlags: rd mr mw me
      """;

  private final OwnCost meter = new OwnCost(Kernel.load());

  @TempDir Path process;

  @Test
  void leavesOutWhatIsMappedForTheHost() throws IOException {
    String smaps =
        "00400000-00410000 r--p 00000000 08:01 12     /usr/lib/Private_Dirty:\n"
            + MAPPING.formatted(10, 2)
            + "100000000000-100000010000 r--p 00000000 08:01 13     /usr/lib/libc.so.6\n"
            + MAPPING.formatted(60, 0)
            + "1fffffff0000-200000000000 r--p 00000000 08:01 14     /usr/lib/x\n"
            + MAPPING.formatted(60, 0)
            + "200000000000-200000010000 r--p 00000000 08:01 14     /usr/lib/y\n"
            + MAPPING.formatted(5, 1)
            + "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0      [vsyscall]\n"
            + MAPPING.formatted(0, 4);
    write(
        smaps, "Name:\tx\nVmPTE:\t     428 kB\n", "71 (a) b c) S 1 2 3 4 5 6 7 8 9 10 250 17 0 0");
    assertEquals(
        Optional.of(new ServiceStatus.Cost(7 * 1024, 15 * 1024, 428 * 1024, 2670)),
        meter.measure(process.toString()));
  }

  @Test
  void isMeasuredWholeThoughItIsLong() throws IOException {
    StringBuilder smaps = new StringBuilder();
    for (int i = 0; i < 2000; i++) {
      smaps.append("00400000-00410000 r--p 00000000 08:01 12     /usr/lib/");
      smaps.append("x".repeat(i % 300)).append('\n').append(MAPPING.formatted(3, 1));
    }
    write(smaps.toString(), "VmPTE: 1 kB\n", "1 (x) S 0 0 0 0 0 0 0 0 0 0 1 1");
    assertTrue(meter.measure(process.toString()).isEmpty(), "VmPTE is no line of its own");
    write(smaps.toString(), "Name: x\nVmPTE: 1 kB\n", "1 (x) S 0 0 0 0 0 0 0 0 0 0 1 1");
    assertEquals(
        Optional.of(new ServiceStatus.Cost(2000 * 1024, 6000 * 1024, 1024, 20)),
        meter.measure(process.toString()));
  }

  @Test
  void measuresThisProcess() {
    ServiceStatus.Cost cost = meter.measure("/proc/self").orElseThrow();
    assertTrue(cost.privateDirtyBytes() > 1 << 20, cost.toString());
    assertTrue(cost.pageTableBytes() > 1 << 14, cost.toString());
    assertTrue(cost.cpuMillis() > 0, cost.toString());
    assertTrue(meter.cpuMillis("/proc/self") >= cost.cpuMillis());
  }

  @Test
  void aProcessThatIsGoneHasNone() {
    assertEquals(Optional.empty(), meter.measure("/proc/4194305"));
    assertEquals(Optional.empty(), meter.measure(process.toString()));
    assertEquals(-1, meter.cpuMillis("/proc/4194305"));
  }

  private void write(String smaps, String status, String stat) throws IOException {
    Files.writeString(process.resolve("smaps"), smaps);
    Files.writeString(process.resolve("status"), status);
    Files.writeString(process.resolve("stat"), stat);
  }
}
