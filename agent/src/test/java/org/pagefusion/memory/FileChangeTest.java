// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pagefusion.bridge.Kernel;

/**
 * Files that change while they are mapped. A SIGBUS would end the virtual machine, and the test.
 */
class FileChangeTest {
  private static final long ADDRESS = AddressSpace.START + (8L << 40);
  private static final int PAGES = 64;

  private final Kernel kernel = Kernel.load();
  private final int page = kernel.pageSize();
  private final FileMapper mapper = new FileMapper(kernel);
  private TestFiles files;
  private Path file;
  private FileMapping mapping;

  @BeforeEach
  void mapAFile() throws IOException {
    files = TestFiles.create(kernel);
    file = files.file("file", PAGES);
    // So long ago that whatever is written now gets another time.
    Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
    mapping = mapper.map(files.asIs(file), 0, Files.size(file), ADDRESS);
    assertEquals(
        new Presence(PAGES, PAGES, PAGES, 0, false, Optional.empty()), mapping.makePresent());
    assertTrue(mapping.isUnchanged());
  }

  @AfterEach
  void unmapIt() throws IOException {
    mapping.close();
    files.close();
  }

  private void truncate(long sizeBytes) throws IOException {
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.setLength(sizeBytes);
    }
  }

  private void assertChange(String expected) {
    String change = mapping.change().orElse("none");
    assertTrue(change.contains(expected), change);
    assertFalse(mapping.isUnchanged());
  }

  @Test
  void aTruncatedFileIsNoticed() throws IOException {
    truncate(3L * page);
    assertChange(3 * page + " bytes long now, was " + PAGES * page);
    assertEquals(new Presence(3, 3, 0, 0, false, Optional.empty()), mapping.makePresent());
    assertEquals(3, mapping.presentPages());
    truncate(0);
    assertEquals(new Presence(0, 0, 0, 0, false, Optional.empty()), mapping.makePresent());
    assertEquals(0, mapping.presentPages());
  }

  @Test
  void aTruncatedFileThatGrewAgainIsNoticed() throws IOException {
    truncate(0);
    truncate((long) PAGES * page);
    assertChange("written to");
    // A hole is not resident: nothing is made present of it.
    assertEquals(0, mapping.makePresent().presentPages());
  }

  @Test
  void aReplacedFileIsNoticed() throws IOException {
    Path other = files.file("other", PAGES);
    Files.setLastModifiedTime(other, FileTime.from(Instant.EPOCH));
    Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
    assertChange("another file is there now");
    // What is mapped is still the one that was replaced.
    assertEquals(PAGES, mapping.makePresent().presentPages());
  }

  @Test
  void aDeletedFileIsNoticed() throws IOException {
    Files.delete(file);
    assertChange("ENOENT");
    assertEquals(PAGES, mapping.makePresent().presentPages());
  }

  @Test
  void aWrittenFileIsNoticed() throws IOException {
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.write('x');
    }
    assertChange("written to");
    // The mapping shows what the file has now.
    assertEquals('x', OwnMemory.read(ADDRESS, 1)[0]);
  }

  @Test
  void aFileThatBecameAnythingElseIsNoticed() throws IOException {
    Files.delete(file);
    TestFiles.run("mkfifo", file.toString());
    assertChange("another file is there now");
    Files.delete(file);
    Files.createDirectory(file);
    assertChange("another file is there now");
  }

  @Test
  void aFileThatIsOnlyOutOfReachIsUnchanged() throws IOException {
    TestFiles.assumeRoot(kernel);
    Path moved = Files.move(file, files.folder().resolve("moved"));
    assumeTrue(Files.exists(Path.of("/proc/self/map_files")), "needs map_files");
    assertEquals(Optional.empty(), mapping.change());
    Files.setLastModifiedTime(moved, FileTime.from(Instant.EPOCH.plusSeconds(1)));
    assertChange("ENOENT");
  }

  /**
   * That mincore(2) calls pages resident which are not is how a page that goes just then is made
   * here.
   */
  @Test
  void pagesThatCanNotBeMadePresentAreToldAndTheOthersMadeSo() throws IOException {
    TestFiles.assumeRoot(kernel);
    StringBuilder output = new StringBuilder();
    assumeTrue(TestFiles.call(output, "setpriv", "--version") == 0, "needs setpriv");
    int rest = 21;
    try (MappingProcess other =
        MappingProcess.start("setpriv", "--bounding-set=-fowner,-dac_override")) {
      FileToMap before = files.asIs(file);
      assertEquals(Long.toString(ADDRESS), other.map(before, before.sizeBytes(), ADDRESS));
      truncate((long) rest * page);
      Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
      TestFiles.run("chown", "65534", file.toString());
      String problem = file + ": " + rest * page + " bytes long now, was " + PAGES * page;
      assertEquals(
          new Presence(PAGES, rest, rest, PAGES - rest, true, Optional.of(problem)).toString(),
          other.makePresent());
    }
  }

  @Test
  void aFileThatChangesAllTheTimeDoesNoHarm() throws Exception {
    AtomicBoolean goesOn = new AtomicBoolean(true);
    Thread writer =
        new Thread(
            () -> {
              byte[] content = new byte[PAGES * page];
              while (goesOn.get()) {
                try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
                  access.setLength(0);
                  access.write(content);
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              }
            });
    writer.start();
    try {
      for (int i = 0; i < 2000; i++) {
        Presence presence = mapping.makePresent();
        assertTrue(presence.presentPages() <= PAGES && presence.newPages() <= PAGES);
        assertEquals(
            presence.failedPages() > 0, presence.problem().isPresent(), presence::toString);
      }
    } finally {
      goesOn.set(false);
      writer.join();
    }
    assertEquals(PAGES, mapping.makePresent().presentPages());
  }
}
