// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pagefusion.bridge.Kernel;

/** Large files, and files of large pages. */
class LargeFileTest {
  private static final long GIB = 1L << 30;
  private static final long ADDRESS = AddressSpace.START + (8L << 40);

  /** MADV_COLLAPSE (asm-generic/mman-common.h). */
  private static final int MADV_COLLAPSE = 25;

  private final Kernel kernel = Kernel.load();
  private final int page = kernel.pageSize();
  private final FileMapper mapper = new FileMapper(kernel);
  private TestFiles files;

  @BeforeEach
  void createFolder() throws IOException {
    files = TestFiles.create(kernel);
  }

  @AfterEach
  void removeFolder() throws IOException {
    try {
      assertEquals(0, OwnMemory.mappingsBelow(files.folder()), "mappings left");
    } finally {
      files.close();
    }
  }

  @Test
  void filesOfGibibytesAreMappedByParts() throws IOException {
    Path file = files.folder().resolve("large");
    long length = 2 * GIB + 12345;
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.setLength(length);
    }
    long perPart = GIB / page;
    // The first and the last page of each part, and the last of the file.
    files.read(file, 0, perPart - 1, perPart, 2 * perPart - 1, 2 * perPart, length / page);
    AddressSpace space = new AddressSpace(page);
    FileToMap large = files.asIs(file);
    List<FileMapping> parts = new ArrayList<>();
    for (long offset = 0; offset < length; offset += GIB) {
      long partBytes = Math.min(GIB, length - offset);
      parts.add(mapper.map(large, offset, partBytes, space.allocate(partBytes).orElseThrow()));
    }
    assertEquals(3, parts.size());
    for (FileMapping part : parts) {
      Presence presence = part.makePresent();
      assertEquals(2, presence.residentPages());
      assertEquals(2, presence.presentPages());
      assertTrue(part.isUnchanged());
      part.close();
    }
    assertEquals(6, TestFiles.residentPages(file));
    // In one piece as well.
    try (FileMapping whole = mapper.map(large, 0, length, ADDRESS)) {
      assertEquals(6, whole.makePresent().presentPages());
    }
  }

  /** The window ends, and offsets pass 4 GiB. */
  @Test
  void partsFarInAreMapped() throws IOException {
    Path file = files.folder().resolve("huge");
    long length = 100 * GIB;
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.setLength(length);
    }
    long far = 99 * GIB / page + 77;
    files.read(file, far);
    long address = AddressSpace.END - GIB - page;
    try (FileMapping mapping = mapper.map(files.asIs(file), 99 * GIB, GIB, address)) {
      assertEquals(1, mapping.makePresent().presentPages());
      assertEquals(0, OwnMemory.read(address + 77L * page, 1)[0]);
    }
  }

  @Test
  void hugePagesOfTmpfsArePresentAsSuch() throws IOException {
    try (MountedFileSystem huge =
        MountedFileSystem.of(kernel, files.folder(), "tmpfs", "size=64m,huge=always")) {
      long length = 2 * AddressSpace.HUGE_PAGE_BYTES;
      Path file = huge.folder().resolve("file");
      Files.write(file, new byte[(int) length + page]);
      long address = new AddressSpace(page).allocate(length + page).orElseThrow();
      try (FileMapping mapping = mapper.map(files.asIs(file), 0, length + page, address)) {
        Presence presence = mapping.makePresent();
        assertEquals(length / page + 1, presence.residentPages());
        assertEquals(length / page + 1, presence.presentPages());
        assertEquals(0, presence.failedPages());
        assumeTrue(
            OwnMemory.smapsBytes(address, "ShmemPmdMapped") > 0, "the kernel gave no huge pages");
        assertEquals(length, OwnMemory.smapsBytes(address, "ShmemPmdMapped"));
        assertEquals(0, mapping.makePresent().newPages());
      }
    }
  }

  @Test
  void hugePagesOfProgramsArePresentAsSuch() throws IOException {
    assumeTrue(kernelHas("CONFIG_READ_ONLY_THP_FOR_FS=y"), "needs CONFIG_READ_ONLY_THP_FOR_FS");
    Path file = files.file("file", (int) (AddressSpace.HUGE_PAGE_BYTES / page));
    long length = Files.size(file);
    long collapsed = ADDRESS + length * 2;
    try (FileMapping first = mapper.map(files.asIs(file), 0, length, collapsed);
        FileMapping mapping = mapper.map(files.asIs(file), 0, length, ADDRESS)) {
      first.makePresent();
      assumeTrue(
          kernel.advise(collapsed, length, MADV_COLLAPSE) == 0, "the kernel made no huge page");
      assertEquals(length / page, mapping.makePresent().presentPages());
      assertEquals(length, OwnMemory.smapsBytes(ADDRESS, "FilePmdMapped"));
    }
  }

  private static boolean kernelHas(String option) throws IOException {
    Path config = Path.of("/proc/config.gz");
    if (!Files.isReadable(config)) {
      config = Path.of("/boot/config-" + System.getProperty("os.version"));
    }
    if (!Files.isReadable(config)) {
      return false;
    }
    try (var in = Files.newInputStream(config);
        var text = config.toString().endsWith(".gz") ? new GZIPInputStream(in) : in) {
      return new String(text.readAllBytes(), StandardCharsets.UTF_8).contains(option);
    }
  }
}
