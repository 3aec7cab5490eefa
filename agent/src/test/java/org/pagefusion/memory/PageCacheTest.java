// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pagefusion.bridge.Kernel;

/** What mapping files does to the page cache: nothing. On a disk that nobody else uses. */
class PageCacheTest {
  private static final long ADDRESS = AddressSpace.START + (8L << 40);
  private static final int PAGES = 2048;

  /** MADV_PAGEOUT (asm-generic/mman-common.h): reclaim these pages. */
  private static final int MADV_PAGEOUT = 21;

  private final Kernel kernel = Kernel.load();
  private final int page = kernel.pageSize();
  private final FileMapper mapper = new FileMapper(kernel);
  private TestFiles parent;
  private MountedFileSystem disk;
  private TestFiles files;

  @BeforeEach
  void mountADisk() throws IOException {
    parent = TestFiles.create(kernel);
    disk = MountedFileSystem.ext4(kernel, parent.folder(), 1 << 30);
    files = TestFiles.in(kernel, disk.folder());
  }

  @AfterEach
  void unmountIt() throws IOException {
    try {
      assertEquals(0, OwnMemory.mappingsBelow(parent.folder()), "mappings left");
    } finally {
      if (disk != null) {
        disk.close();
      }
      parent.close();
    }
  }

  /** A file of which nothing is resident, but what its file system needs to find its pages. */
  private Path coldFile() throws IOException {
    Path file = files.file("file", PAGES);
    TestFiles.drop(file);
    files.read(file, 0);
    TestFiles.drop(file);
    assertEquals(0, TestFiles.residentPages(file));
    return file;
  }

  private FileMapping map(Path file) throws IOException {
    return mapper.map(files.asIs(file), 0, Files.size(file), ADDRESS);
  }

  @Test
  void makesPresentWhatIsResidentAndNothingElse() throws IOException {
    Path file = coldFile();
    // Alone, in a row, at the ends of what is looked at in one go, and the last one.
    long[] resident = {0, 3, 4, 5, 17, 512, 1023, 1024, 1025, PAGES - 1};
    files.read(file, resident);
    assertEquals(resident.length, TestFiles.residentPages(file));
    long read = disk.bytesRead();
    try (FileMapping mapping = map(file)) {
      assertEquals(0, mapping.presentPages());
      Presence presence = mapping.makePresent();
      assertEquals(resident.length, presence.residentPages());
      assertEquals(resident.length, presence.presentPages());
      assertEquals(resident.length, presence.newPages());
      assertEquals(0, presence.failedPages());
      assertEquals(resident.length, mapping.presentPages());
      assertEquals((long) resident.length * page, OwnMemory.smapsBytes(ADDRESS, "Rss"));
      for (long index : resident) {
        assertTrue(isPresent(ADDRESS + index * page), () -> "page " + index);
      }
      assertTrue(mapping.isUnchanged());
      assertEquals(0, mapping.makePresent().newPages());
      assertEquals(resident.length, TestFiles.residentPages(file));
    }
    assertEquals(resident.length, TestFiles.residentPages(file));
    assertEquals(read, disk.bytesRead(), "bytes read from the disk");
    // That what is not resident would be seen to be read.
    files.read(file, 100);
    assertTrue(disk.bytesRead() > read);
  }

  @Test
  void nothingOfAColdFileBecomesPresent() throws IOException {
    Path file = coldFile();
    long read = disk.bytesRead();
    try (FileMapping mapping = map(file)) {
      assertEquals(0, mapping.makePresent().residentPages());
      assertEquals(0, mapping.presentPages());
    }
    assertEquals(0, TestFiles.residentPages(file));
    assertEquals(read, disk.bytesRead(), "bytes read from the disk");
  }

  @Test
  void whatBecomesResidentLaterIsPickedUp() throws IOException {
    Path file = coldFile();
    files.read(file, 7, 8);
    try (FileMapping mapping = map(file)) {
      assertEquals(2, mapping.makePresent().presentPages());
      files.read(file, 9, 1500);
      long read = disk.bytesRead();
      Presence presence = mapping.makePresent();
      assertEquals(4, presence.residentPages());
      assertEquals(4, presence.presentPages());
      // The fault that brought page 9 in may have entered nothing here: both are new.
      assertEquals(2, presence.newPages());
      TestFiles.run("dd", "if=" + file, "of=/dev/null", "bs=1M");
      assertEquals(PAGES, mapping.makePresent().presentPages());
      assertEquals(PAGES, TestFiles.residentPages(file));
      assertTrue(disk.bytesRead() > read);
    }
  }

  @Test
  void presentPagesCanBeReclaimedAndAreNotReadAgain() throws IOException {
    Path file = coldFile();
    files.read(file, 1, 2, 3, 700, 701);
    try (FileMapping mapping = map(file)) {
      assertEquals(5, mapping.makePresent().presentPages());
      // By the kernel's own reclaim, for the first of the two places.
      assertEquals(0, kernel.advise(ADDRESS, 16L * page, MADV_PAGEOUT));
      long left = TestFiles.residentPages(file);
      assumeTrue(left < 5, "the kernel did not reclaim them");
      assertEquals(left, mapping.presentPages());
      long read = disk.bytesRead();
      Presence presence = mapping.makePresent();
      assertEquals(left, presence.residentPages());
      assertEquals(left, presence.presentPages());
      assertEquals(0, presence.newPages());
      assertEquals(left, TestFiles.residentPages(file));
      assertEquals(read, disk.bytesRead(), "bytes read from the disk");
    }
  }

  /** Reading on from a page that the kernel has marked sets off the next readahead. */
  @Test
  void setsOffNoReadahead() throws IOException {
    Path file = coldFile();
    TestFiles.run("dd", "if=" + file, "of=/dev/null", "bs=" + page, "count=4");
    long resident = TestFiles.residentPages(file);
    assertTrue(resident > 4 && resident < PAGES / 2, () -> resident + " pages");
    long read = disk.bytesRead();
    try (FileMapping mapping = map(file)) {
      for (int i = 0; i < 3; i++) {
        assertEquals(resident, mapping.makePresent().presentPages());
      }
      assertEquals(resident, TestFiles.residentPages(file));
    }
    assertEquals(read, disk.bytesRead(), "bytes read from the disk");
  }

  /** A page that was used twice is the last to be reclaimed: looking at it must not count. */
  @Test
  void presenceDoesNotCountAsUse() throws IOException {
    Path file = coldFile();
    TestFiles.run("dd", "if=" + file, "of=/dev/null", "bs=1M");
    long[] frames;
    try (FileMapping mapping = map(file)) {
      assertEquals(PAGES, mapping.makePresent().presentPages());
      frames = frames(PAGES);
      assertEquals(0, activePages(frames));
      for (int i = 0; i < 3; i++) {
        mapping.makePresent();
        mapping.isUnchanged();
      }
      assertEquals(0, activePages(frames));
    }
    assertEquals(0, activePages(frames));
    // A kernel with generations in place of the active list shows no use this way.
    for (int i = 0; i < 3; i++) {
      TestFiles.run("dd", "if=" + file, "of=/dev/null", "bs=1M");
    }
    assumeTrue(activePages(frames) > PAGES / 2, "the kernel shows no use");
  }

  /** MemAvailable, Cached and all else of /proc/meminfo moves by itself: only much is a sign. */
  @Test
  void memoryOfTheMachineStaysAsItIs() throws IOException {
    long length = 256 << 20;
    Path file = files.folder().resolve("large");
    TestFiles.run("fallocate", "-l", Long.toString(length), file.toString());
    files.read(file, 0, 1000, 65535);
    long smallest = Long.MAX_VALUE;
    for (int attempt = 0; attempt < 3 && smallest > length / 8; attempt++) {
      long before = cachedBytes();
      try (FileMapping mapping = map(file)) {
        assertEquals(3, mapping.makePresent().presentPages());
        smallest = Math.min(smallest, Math.abs(cachedBytes() - before));
      }
      smallest = Math.min(smallest, Math.abs(cachedBytes() - before));
    }
    assertTrue(smallest <= length / 8, "Cached changed by " + smallest);
    assertEquals(3, TestFiles.residentPages(file));
    long before = cachedBytes();
    TestFiles.run("dd", "if=" + file, "of=/dev/null", "bs=1M");
    assertTrue(cachedBytes() - before > length / 2, "what the whole file would have added");
  }

  @Test
  void holesAreLeftOut() throws IOException {
    Path file = files.folder().resolve("sparse");
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.setLength(1000L * page);
      access.seek(500L * page);
      access.write(new byte[page]);
    }
    TestFiles.run("sync", file.toString());
    assertEquals(1, TestFiles.residentPages(file));
    long blocks = diskUse(file);
    try (FileMapping mapping = map(file)) {
      assertEquals(1, mapping.makePresent().presentPages());
      assertTrue(isPresent(ADDRESS + 500L * page));
      // A hole that somebody has read is in the page cache as any other page.
      files.read(file, 10);
      assertEquals(2, mapping.makePresent().presentPages());
    }
    assertEquals(2, TestFiles.residentPages(file));
    assertEquals(blocks, diskUse(file));
  }

  private static long diskUse(Path file) {
    return Long.parseLong(TestFiles.run("stat", "-c", "%b", file.toString()).trim());
  }

  @Test
  void aMappingKeepsItsFileSystemBusyUntilItIsClosed() throws IOException {
    Path file = files.file("file", 4);
    FileMapping mapping = map(file);
    mapping.makePresent();
    assertFalse(disk.unmount());
    mapping.close();
    assertTrue(disk.unmount());
  }

  private boolean isPresent(long address) throws IOException {
    return pagemap(address, 1).getLong(0) < 0;
  }

  private ByteBuffer pagemap(long address, int pages) throws IOException {
    byte[] entries = new byte[pages * Long.BYTES];
    try (RandomAccessFile pagemap = new RandomAccessFile("/proc/self/pagemap", "r")) {
      pagemap.seek(address / page * Long.BYTES);
      pagemap.readFully(entries);
    }
    return ByteBuffer.wrap(entries).order(ByteOrder.nativeOrder());
  }

  /** The page frames that a mapping's first pages lie in, as root is told. */
  private long[] frames(int pages) throws IOException {
    ByteBuffer entries = pagemap(ADDRESS, pages);
    long[] frames = new long[pages];
    for (int i = 0; i < pages; i++) {
      frames[i] = entries.getLong(i * Long.BYTES) & ((1L << 55) - 1);
    }
    assumeTrue(frames[0] != 0, "needs CAP_SYS_ADMIN");
    return frames;
  }

  private static int activePages(long[] frames) throws IOException {
    Path flags = Path.of("/proc/kpageflags");
    assumeTrue(Files.isReadable(flags), "needs /proc/kpageflags");
    int active = 0;
    byte[] entry = new byte[Long.BYTES];
    try (RandomAccessFile kpageflags = new RandomAccessFile(flags.toFile(), "r")) {
      for (long frame : frames) {
        kpageflags.seek(frame * Long.BYTES);
        kpageflags.readFully(entry);
        // KPF_ACTIVE (linux/kernel-page-flags.h).
        active += entry[0] >> 6 & 1;
      }
    }
    return active;
  }

  private static long cachedBytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
      if (line.startsWith("Cached:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
      }
    }
    throw new IOException("no Cached");
  }
}
