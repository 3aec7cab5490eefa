// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pagefusion.bridge.Kernel;

/** What maps says of a mapping of this process itself. */
class OwnMappingsTest {
  private static final int PAGE_BYTES = 4096;

  private final Kernel kernel = Kernel.load();
  private Machine machine;
  private long address;

  @BeforeEach
  void start() throws IOException {
    machine = Machine.open();
    Path file = Files.write(machine.folder().resolve("file"), new byte[3 * PAGE_BYTES]);
    int fd = kernel.open(FileName.encode(file.toString()), Kernel.O_RDONLY);
    address = kernel.mapFile(fd, PAGE_BYTES, 2 * PAGE_BYTES);
    assertTrue(address > 0);
    kernel.close(fd);
  }

  @AfterEach
  void end() {
    kernel.unmap(address, 2 * PAGE_BYTES);
    machine.close();
  }

  /** Its line, in words. */
  private String[] line() throws IOException {
    String start = Long.toHexString(address) + "-";
    List<String> lines =
        Files.readAllLines(Path.of("/proc/self/maps")).stream()
            .filter(line -> line.startsWith(start))
            .toList();
    assertEquals(1, lines.size());
    return lines.get(0).split(" +");
  }

  private void assertTellsIt() throws IOException {
    String[] device = line()[3].split(":");
    long number = Kernel.device(Long.parseLong(device[0], 16), Long.parseLong(device[1], 16));
    long inode = Long.parseLong(line()[4]);
    OwnMappings mappings = new OwnMappings(kernel);
    assertTrue(mappings.deviceAndInodeAre(address, number, inode));
    assertFalse(mappings.deviceAndInodeAre(address, number + 1, inode));
    assertFalse(mappings.deviceAndInodeAre(address, number, inode + 1));
    assertFalse(mappings.deviceAndInodeAre(address + PAGE_BYTES, number, inode));
    assertFalse(mappings.deviceAndInodeAre(address - PAGE_BYTES, number, inode));
  }

  @Test
  void asTheKernelTellsIt() throws IOException {
    assertTellsIt();
  }

  /** A file in the place of maps takes no ioctl, like the maps of a kernel before 6.11. */
  @Test
  void byText() throws IOException {
    machine.needRoot();
    Path maps = Path.of("/proc/" + ProcessHandle.current().pid() + "/maps");
    Path copy = Files.write(machine.folder().resolve("maps"), Files.readAllBytes(maps));
    machine.mountAt(maps, "--bind", copy.toString());
    assertTellsIt();
  }
}
