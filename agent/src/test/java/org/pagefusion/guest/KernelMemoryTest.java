// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pagefusion.bridge.Kernel;

/** The kernel's own memory: where it is, and pages of it through /proc/kcore. */
class KernelMemoryTest {
  private static final int PAGE_BYTES = 4096;
  private static final long TEXT = 0xFFFFFFFF81000000L;
  private static final long MODULES = 0xFFFFFFFFC0000000L;

  private final Kernel kernel = Kernel.load();
  private final Anomalies anomalies = new Anomalies();
  private Machine machine;

  @BeforeEach
  void start() throws IOException {
    machine = Machine.open();
  }

  @AfterEach
  void end() {
    machine.close();
  }

  /** A core file as /proc/kcore is one (elf(5)): three pages of text, one and a half of modules. */
  private static byte[] core() {
    int headers = 64 + 3 * 56;
    byte[] bytes = new byte[6 * PAGE_BYTES];
    ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    file.put(new byte[] {0x7F, 'E', 'L', 'F', 2, 1, 1}).position(16);
    file.putShort((short) 4).putShort((short) 62).putInt(1);
    file.putLong(0).putLong(64).putLong(0).putInt(0);
    file.putShort((short) 64).putShort((short) 56).putShort((short) 3);
    putSegment(file, 64, 4, headers, 0, 0);
    putSegment(file, 64 + 56, 1, PAGE_BYTES, TEXT, 3 * PAGE_BYTES);
    putSegment(file, 64 + 112, 1, 4 * PAGE_BYTES, MODULES, PAGE_BYTES + PAGE_BYTES / 2);
    for (int page = 1; page < 6; page++) {
      Arrays.fill(bytes, page * PAGE_BYTES, (page + 1) * PAGE_BYTES, (byte) ('0' + page));
    }
    return bytes;
  }

  private static void putSegment(
      ByteBuffer file, int at, int type, long offset, long address, long size) {
    file.position(at);
    file.putInt(type).putInt(7).putLong(offset).putLong(address).putLong(0);
    file.putLong(size).putLong(size).putLong(PAGE_BYTES);
  }

  private Path tree(byte[] core) throws IOException {
    Files.write(machine.newFolder("proc").resolve("kcore"), core);
    return machine.folder();
  }

  @Test
  void pagesAreReadByTheirAddresses() throws IOException {
    try (GuestTree tree = GuestTree.open(kernel, tree(core()).toString(), anomalies);
        KernelMemory memory = KernelMemory.open(tree, kernel)) {
      byte[] page = new byte[PAGE_BYTES];
      for (int i = 0; i < 3; i++) {
        assertTrue(memory.readPage(TEXT + (long) i * PAGE_BYTES, page));
        assertEquals((byte) ('1' + i), page[0]);
        assertEquals((byte) ('1' + i), page[PAGE_BYTES - 1]);
      }
      assertTrue(memory.readPage(TEXT + PAGE_BYTES / 2, page));
      assertEquals('1', page[0]);
      assertEquals('2', page[PAGE_BYTES - 1]);
      assertTrue(memory.readPage(MODULES, page));
      assertEquals('4', page[0]);
    }
  }

  @Test
  void whatIsNotWhollyThereIsNotRead() throws IOException {
    try (GuestTree tree = GuestTree.open(kernel, tree(core()).toString(), anomalies);
        KernelMemory memory = KernelMemory.open(tree, kernel)) {
      byte[] page = new byte[PAGE_BYTES];
      long[] addresses = {
        0,
        TEXT - 1,
        TEXT - PAGE_BYTES,
        TEXT + 3 * PAGE_BYTES,
        TEXT + 2 * PAGE_BYTES + 1,
        MODULES + PAGE_BYTES,
        MODULES - PAGE_BYTES,
        -PAGE_BYTES,
        Long.MAX_VALUE,
        Long.MIN_VALUE
      };
      for (long address : addresses) {
        assertFalse(memory.readPage(address, page), () -> Long.toHexString(address));
      }
      assertArrayEquals(new byte[PAGE_BYTES], page);
    }
  }

  @Test
  void aFileThatIsShorterThanItsHeadersSay() throws IOException {
    byte[] core = Arrays.copyOf(core(), PAGE_BYTES + PAGE_BYTES + 10);
    try (GuestTree tree = GuestTree.open(kernel, tree(core).toString(), anomalies);
        KernelMemory memory = KernelMemory.open(tree, kernel)) {
      byte[] page = new byte[PAGE_BYTES];
      assertTrue(memory.readPage(TEXT, page));
      assertFalse(memory.readPage(TEXT + PAGE_BYTES, page));
    }
  }

  @Test
  void whatIsNoCoreFileIsAnErrorThatNamesIt() throws IOException {
    byte[] broken = Arrays.copyOf(core(), 100);
    for (byte[] core : new byte[][] {{}, "no ELF".getBytes(StandardCharsets.US_ASCII), broken}) {
      try (GuestTree tree = GuestTree.open(kernel, tree(core).toString(), anomalies)) {
        IOException e = assertThrows(IOException.class, () -> KernelMemory.open(tree, kernel));
        String message = String.valueOf(e.getMessage());
        assertTrue(message.startsWith(tree.root() + "/proc/kcore: "), message);
      }
    }
    Files.delete(machine.folder().resolve("proc/kcore"));
    try (GuestTree tree = GuestTree.open(kernel, machine.folder().toString(), anomalies)) {
      IOException e = assertThrows(IOException.class, () -> KernelMemory.open(tree, kernel));
      assertTrue(String.valueOf(e.getMessage()).contains("ENOENT"), e::getMessage);
    }
  }

  /** The symbols of this machine's kernel, read in another way. */
  @Test
  void theKernelOfThisMachine() throws IOException {
    machine.needRoot();
    Map<String, Long> symbols = new HashMap<>();
    try (Stream<String> lines = Files.lines(Path.of("/proc/kallsyms"))) {
      lines
          .filter(line -> line.contains(" _") && !line.startsWith("0000000000000000"))
          .map(line -> line.split("[ \t]"))
          .forEach(words -> symbols.putIfAbsent(words[2], Long.parseUnsignedLong(words[0], 16)));
    }
    try (GuestTree tree = GuestTree.open(kernel, "/", anomalies)) {
      KernelImage image = KernelImage.read(tree, kernel, anomalies);
      assertEquals(
          Optional.of(Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip()),
          image.release());
      assertEquals(range(symbols, "_stext", "_etext"), image.text());
      assertEquals(range(symbols, "__start_rodata", "__end_rodata"), image.rodata());
    }
    assertEquals(0, anomalies.count());
  }

  /** Empty where the kernel hides its symbols, or does not list one of them. */
  private static Optional<KernelImage.Range> range(
      Map<String, Long> symbols, String start, String end) {
    return symbols.containsKey(start) && symbols.containsKey(end)
        ? Optional.of(new KernelImage.Range(symbols.get(start), symbols.get(end)))
        : Optional.empty();
  }
}
