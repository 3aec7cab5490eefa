// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pagefusion.bridge.Kernel;

/** Which pages of a file are resident, and what is read of them. */
class ResidencyTest {
  private static final long PAGE_BYTES = 4096;
  private static final FileSystem TYPE = FileSystem.of("ext4");

  private final Kernel kernel = Kernel.load();
  private final Anomalies anomalies = new Anomalies();
  private Machine machine;
  private Actor actor;
  private GuestTree tree;
  private FileProbe probe;
  private String path;

  @BeforeEach
  void start() throws IOException {
    machine = Machine.open();
    actor = machine.actor();
    tree = GuestTree.open(kernel, "/", anomalies);
    probe = new FileProbe(tree, kernel);
    path = machine.file("file");
  }

  @AfterEach
  void end() {
    probe.close();
    tree.close();
    machine.close();
  }

  private OpenedFile open() {
    FileProbe.Outcome outcome = probe.open(path, TYPE);
    assertTrue(outcome instanceof FileProbe.Opened, outcome::toString);
    return ((FileProbe.Opened) outcome).file();
  }

  private PageRuns resident() throws IOException {
    try (OpenedFile file = open()) {
      assertTrue(file.residencyIsKnown());
      PageRuns runs = file.residentPages();
      assertEquals(machine.residentPages(path), runs.pages());
      return runs;
    }
  }

  @Test
  void aFileIsColdThenPartlyThenWhollyResident() throws IOException {
    actor.create(path, 100 * PAGE_BYTES + 1);
    assertEquals("[0, 101]", resident().toString());
    actor.drop(path);
    assertEquals("[]", resident().toString());
    actor.read(path, 0, 1);
    actor.read(path, 5, 5);
    actor.read(path, 100, 1);
    assertEquals("[0, 1, 5, 5, 100, 1]", resident().toString());
    actor.read(path, 1, 4);
    assertEquals("[0, 10, 100, 1]", resident().toString());
    actor.read(path, 0, 101);
    assertEquals("[0, 101]", resident().toString());
  }

  @Test
  void partsAreDropped() throws IOException {
    actor.create(path, 100 * PAGE_BYTES);
    actor.drop(path);
    actor.read(path, 0, 100);
    actor.tell("drop", Actor.word(path), 10, 20);
    actor.tell("drop", Actor.word(path), 99, 1);
    assertEquals("[0, 10, 30, 69]", resident().toString());
  }

  @Test
  void anEmptyFileHasNoPages() throws Exception {
    actor.create(path, 0);
    assertEquals("[]", resident().toString());
    try (OpenedFile file = open()) {
      assertTrue(file.elf(PageRuns.NONE).isEmpty());
    }
  }

  /**
   * Holes are resident too once they were read; and this one is asked for in pieces of 65536 pages.
   */
  @Test
  void aLargeSparseFile() throws IOException {
    long pages = 200_000;
    actor.tell("create-sparse", Actor.word(path), pages * PAGE_BYTES);
    assertEquals("[]", resident().toString());
    actor.read(path, 3, 2);
    actor.read(path, 65535, 2);
    actor.read(path, 131071, 1);
    actor.read(path, pages - 1, 1);
    assertEquals("[3, 2, 65535, 2, 131071, 1, " + (pages - 1) + ", 1]", resident().toString());
  }

  private byte[] contentOf(long page) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path, "r")) {
      byte[] bytes = new byte[(int) PAGE_BYTES];
      file.seek(page * PAGE_BYTES);
      int count = file.read(bytes);
      return count == bytes.length
          ? bytes
          : Arrays.copyOf(Arrays.copyOf(bytes, Math.max(count, 0)), bytes.length);
    }
  }

  @Test
  void residentPagesAreRead() throws IOException {
    actor.create(path, 200 * PAGE_BYTES + 5);
    byte[][] expected = new byte[201][];
    for (int page = 0; page < expected.length; page++) {
      expected[page] = contentOf(page);
    }
    actor.drop(path);
    actor.read(path, 2, 150);
    actor.read(path, 200, 1);
    try (OpenedFile file = open()) {
      PageRuns resident = file.residentPages();
      assertEquals("[2, 150, 200, 1]", resident.toString());
      long[] next = {2};
      PageRuns read =
          file.visitPages(
              resident,
              (page, content) -> {
                assertEquals(next[0], page);
                assertArrayEquals(expected[(int) page], content);
                next[0] = page == 151 ? 200 : page + 1;
              });
      assertEquals(resident, read);
    }
    assertEquals("[2, 150, 200, 1]", resident().toString());
  }

  /** What left the page cache since it was looked at is not brought back. */
  @Test
  void pagesThatAreNoLongerResidentAreNotRead() throws IOException {
    actor.create(path, 200 * PAGE_BYTES);
    actor.drop(path);
    actor.read(path, 0, 200);
    PageRuns resident = resident();
    assertEquals(200, resident.pages());
    actor.tell("drop", Actor.word(path), 0, 5);
    actor.tell("drop", Actor.word(path), 100, 50);
    try (OpenedFile file = open()) {
      PageRuns read = file.visitPages(resident, (page, content) -> {});
      assertEquals("[5, 95, 150, 50]", read.toString());
    }
    actor.drop(path);
    try (OpenedFile file = open()) {
      assertEquals(PageRuns.NONE, file.visitPages(resident, (page, content) -> {}));
    }
    assertEquals("[]", resident().toString());
  }

  /** A load from such a page would end this process by SIGBUS. */
  @Test
  void aFileThatIsTruncatedWhileItIsReadHasFewerPages() throws IOException {
    actor.create(path, 500 * PAGE_BYTES);
    try (OpenedFile file = open()) {
      PageRuns resident = file.residentPages();
      assertEquals(500, resident.pages());
      PageRuns read =
          file.visitPages(
              resident,
              (page, content) -> {
                if (page == 100) {
                  truncate(130 * PAGE_BYTES + 1);
                }
              });
      // What was copied before the file became shorter may count.
      assertTrue(read.pages() >= 128 && read.pages() <= 192, read::toString);
      truncate(0);
      assertEquals(PageRuns.NONE, file.visitPages(resident, (page, content) -> {}));
      assertEquals(PageRuns.NONE, file.residentPages());
    }
  }

  private void truncate(long sizeBytes) {
    try (RandomAccessFile file = new RandomAccessFile(path, "rw")) {
      file.setLength(sizeBytes);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aFileThatGrowsIsReadAsItWas() throws IOException {
    actor.create(path, 10 * PAGE_BYTES);
    try (OpenedFile file = open()) {
      Files.write(Path.of(path), new byte[100_000], StandardOpenOption.APPEND);
      assertEquals("[0, 10]", file.residentPages().toString());
    }
  }

  @Test
  void whatIsNoRegularFileIsRefused() throws IOException {
    actor.tell("fifo", Actor.word(machine.file("fifo")));
    actor.tell("socket", Actor.word(machine.file("socket")));
    for (String name :
        List.of(machine.file("fifo"), machine.file("socket"), "/dev/null", "/usr", "/dev/tty")) {
      FileProbe.Outcome outcome = probe.open(name, TYPE);
      assertTrue(
          outcome instanceof FileProbe.Refused refused
              && refused.why() == FileProbe.Refusal.NOT_REGULAR,
          () -> name + ": " + outcome);
    }
    FileProbe.Outcome outcome = probe.open(machine.file("missing"), TYPE);
    assertTrue(
        outcome instanceof FileProbe.Refused refused && refused.why() == FileProbe.Refusal.VANISHED,
        outcome::toString);
  }
}
