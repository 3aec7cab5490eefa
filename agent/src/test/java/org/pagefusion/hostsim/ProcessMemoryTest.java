// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.hostsim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pagefusion.bridge.Kernel;

/** A process that is files: what a kernel tells, also one that hides the frame numbers of pages. */
class ProcessMemoryTest {
  private static final int PAGE = 4096;
  private static final int PID = 17;
  private static final long STARTED = 4711;
  private static final long PRESENT = 1L << 63;
  private static final long SWAPPED = 1L << 62;
  private static final long OF_FILE = 1L << 61;
  private static final String STAT =
      "17 (a ) b) S 1 17 17 0 -1 4194304 8 9 10 11 12 13 14 15 20 0 1 0 " + STARTED + " 19 20 21\n";

  @TempDir Path proc;
  private Path folder;
  private ProcessMemory memory;
  private final PageBatch batch = new PageBatch();

  @BeforeEach
  void makeProcess() throws IOException {
    folder = Files.createDirectory(proc.resolve(Integer.toString(PID)));
    Files.writeString(folder.resolve("stat"), STAT);
    Files.createFile(folder.resolve("pagemap"));
    Files.createFile(folder.resolve("mem"));
    maps("10000-20000 r--p 00000000 08:01 5 /lib/x");
    memory = new ProcessMemory(Kernel.load(), proc.toString());
  }

  private void maps(String... lines) throws IOException {
    Files.writeString(folder.resolve("maps"), String.join("\n", lines) + "\n");
  }

  private void write(String file, long at, ByteBuffer bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(folder.resolve(file), StandardOpenOption.WRITE)) {
      channel.write(bytes, at);
    }
  }

  /** Entries of pages in a row, and as much content. */
  private void pages(long address, long... entries) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(entries.length * 8).order(ByteOrder.nativeOrder());
    for (long entry : entries) {
      bytes.putLong(entry);
    }
    write("pagemap", address / PAGE * 8, bytes.flip());
    ByteBuffer content = ByteBuffer.allocate(entries.length * PAGE);
    for (int i = 0; i < content.capacity(); i++) {
      content.put(i, (byte) (entries[i / PAGE] + i));
    }
    write("mem", address, content);
  }

  private void look(long address, int pages) throws IOException {
    memory.open(PID, STARTED);
    batch.begin(address, pages);
    memory.look(batch);
  }

  private void assertStates(int... states) {
    for (int i = 0; i < states.length; i++) {
      assertEquals(states[i], batch.state[i], "page " + i);
    }
  }

  @Test
  void statesAndFramesFollowTheEntries() throws IOException {
    maps(
        "10000-13000 r--p 00000000 08:01 5 /lib/x",
        "14000-15000 rw-p 00003000 08:01 5 /lib/x",
        "15000-16000 ---p 00003000 08:01 5 /lib/x",
        "16000-17000 r-xs 00000000 08:01 6 /lib/y");
    pages(
        0xf000,
        PRESENT | 1,
        PRESENT | OF_FILE | 100,
        SWAPPED | 77,
        PRESENT | 102,
        PRESENT | 103,
        PRESENT | 104,
        PRESENT | 105,
        PRESENT | 106,
        PRESENT | 107);
    look(0xf000, 9);
    assertStates(
        PageBatch.ABSENT,
        PageBatch.READ_ONLY,
        PageBatch.ABSENT,
        PageBatch.READ_ONLY,
        PageBatch.ABSENT,
        PageBatch.WRITABLE,
        PageBatch.ABSENT,
        PageBatch.READ_ONLY,
        PageBatch.ABSENT);
    assertEquals(100, batch.frame[1]);
    assertEquals(102, batch.frame[3]);
    assertEquals(104, batch.frame[5]);
    assertEquals(106, batch.frame[7]);
    memory.close();
  }

  @Test
  void hiddenFrameNumbersAreMadeUpForFromTheFile() throws IOException {
    maps(
        "10000-12000 r--p 00004000 08:01 5 /lib/x",
        "20000-22000 r--p 00005000 08:01 5 /lib/x",
        "30000-32000 r--p 00004000 08:01 6 /lib/y",
        "40000-42000 r--p 00004000 08:02 5 /mnt/x");
    long[] entries = {PRESENT | OF_FILE, PRESENT | OF_FILE};
    long[] frames = new long[8];
    for (int i = 0; i < 4; i++) {
      pages(0x10000L * (i + 1), entries);
      look(0x10000L * (i + 1), 2);
      assertStates(PageBatch.READ_ONLY, PageBatch.READ_ONLY);
      frames[2 * i] = batch.frame[0];
      frames[2 * i + 1] = batch.frame[1];
    }
    // The second page of the first mapping is the first of the second; all others differ.
    assertEquals(frames[1], frames[2]);
    assertEquals(7, java.util.Arrays.stream(frames).distinct().count());
  }

  @Test
  void anonymousPagesWithHiddenFrameNumbersAreOfTheirProcess() throws IOException {
    maps("10000-12000 r--p 00000000 08:01 5 /lib/x");
    // Copied on a write: no longer the file's.
    pages(0x10000, PRESENT, PRESENT);
    look(0x10000, 2);
    long first = batch.frame[0];
    assertNotEquals(first, batch.frame[1]);
    Files.move(folder, proc.resolve("18"));
    batch.begin(0x10000, 1);
    memory.open(18, STARTED);
    memory.look(batch);
    assertNotEquals(first, batch.frame[0]);
  }

  @Test
  void contentsAreHashedWhereTheyAreWanted() throws IOException {
    pages(0x10000, PRESENT | 1, PRESENT | 2, PRESENT | 257, PRESENT | 4, PRESENT | 1);
    look(0x10000, 5);
    for (int i = 0; i < 5; i++) {
      batch.wanted[i] = i != 3;
      batch.hashHigh[i] = 0;
    }
    memory.read(batch);
    assertStates(
        PageBatch.READ_ONLY,
        PageBatch.READ_ONLY,
        PageBatch.READ_ONLY,
        PageBatch.READ_ONLY,
        PageBatch.READ_ONLY);
    assertEquals(0, batch.hashHigh[3]);
    assertNotEquals(batch.hashHigh[0], batch.hashHigh[1]);
    assertNotEquals(batch.hashLow[0], batch.hashLow[1]);
    // The low byte of the entry makes the content.
    assertEquals(batch.hashHigh[0], batch.hashHigh[4]);
    assertEquals(batch.hashHigh[0], batch.hashHigh[2]);
    assertEquals(batch.hashLow[0], batch.hashLow[2]);
  }

  @Test
  void aPageThatChangesWhileItIsReadIsAbsent() throws IOException {
    pages(0x10000, PRESENT | 1, PRESENT | 2, PRESENT | 3);
    look(0x10000, 3);
    for (int i = 0; i < 3; i++) {
      batch.wanted[i] = true;
    }
    pages(0x10000, PRESENT | 1, PRESENT | 9, SWAPPED | 3);
    memory.read(batch);
    assertStates(PageBatch.READ_ONLY, PageBatch.ABSENT, PageBatch.ABSENT);
  }

  @Test
  void aPageThatEndsTooEarlyIsNoRam() throws IOException {
    pages(0x10000, PRESENT | 1, PRESENT | 2);
    try (FileChannel mem = FileChannel.open(folder.resolve("mem"), StandardOpenOption.WRITE)) {
      mem.truncate(0x11000 + 100);
    }
    look(0x10000, 2);
    batch.wanted[0] = true;
    batch.wanted[1] = true;
    memory.read(batch);
    assertStates(PageBatch.READ_ONLY, PageBatch.NOT_RAM);
  }

  @Test
  void longMapsAreReadInPieces() throws IOException {
    String[] lines = new String[3000];
    for (int i = 0; i < lines.length; i++) {
      lines[i] =
          String.format(
              "%x000-%x000 r--p 00000000 08:01 5    /%s",
              16 + 2 * i, 17 + 2 * i, "x".repeat(i % 97));
    }
    maps(lines);
    pages(0x10000 + 2 * 2999 * PAGE, PRESENT | 5);
    look(0x10000 + (2 * 2999 - 1) * PAGE, 3);
    assertStates(PageBatch.ABSENT, PageBatch.READ_ONLY, PageBatch.ABSENT);
  }

  // What can't be looked at.

  private String refusal(int pid, long started) {
    return assertThrows(IOException.class, () -> memory.open(pid, started)).getMessage();
  }

  @Test
  void aProcessThatEndedIsNotLookedAt() throws IOException {
    assertEquals("process 18 has ended", refusal(18, STARTED));
    // Another one has its id.
    assertEquals("process 17 has ended", refusal(PID, STARTED + 1));
    // It ends meanwhile.
    maps();
    Files.writeString(folder.resolve("maps"), "");
    assertEquals("process 17 has ended", refusal(PID, STARTED));
    Files.writeString(folder.resolve("maps"), "10000-20000 r--p 00000000 08:01 5\n3000");
    assertEquals("process 17 has ended", refusal(PID, STARTED));
    maps("10000-20000 r--p 00000000 08:01 5 /lib/x");
    memory.open(PID, STARTED);
    batch.begin(0x10000, 1);
    assertThrows(IOException.class, () -> memory.look(batch), "an empty pagemap");
    pages(0x10000, PRESENT | 1);
    look(0x10000, 1);
    Files.write(folder.resolve("mem"), new byte[0]);
    batch.wanted[0] = true;
    assertThrows(IOException.class, () -> memory.read(batch));
  }

  @Test
  void mapsThatCantBeUnderstoodAreAnError() throws IOException {
    maps("10000-20000 r--p 00000000 08:01 5", "nonsense");
    assertTrue(refusal(PID, STARTED).contains("/17/maps: a line of unknown form"));
    maps("10000-20000 r--p 00000000 08:01 5 " + "x".repeat(1 << 17));
    assertTrue(refusal(PID, STARTED).contains("/17/maps: a line of over"));
    maps("10000-20000 r--p 00000000 08:01 5");
    Files.writeString(folder.resolve("stat"), "17 (x) S 1 17");
    assertTrue(refusal(PID, STARTED).contains("/17/stat: no start time"));
  }

  @Test
  void ownStartTimeIsThatOfTheKernel() throws IOException {
    // The time in ticks of 10 ms since boot, against the one that Java has.
    long ticks =
        ProcessMemory.startTime(Kernel.load(), "/proc", (int) ProcessHandle.current().pid());
    String uptime = Files.readString(Path.of("/proc/uptime"));
    double sinceBoot = Double.parseDouble(uptime.substring(0, uptime.indexOf(' ')));
    long startedMillis = ProcessHandle.current().info().startInstant().orElseThrow().toEpochMilli();
    double ago = (System.currentTimeMillis() - startedMillis) / 1000.0;
    assertEquals(sinceBoot - ago, ticks / 100.0, 3);
  }
}
