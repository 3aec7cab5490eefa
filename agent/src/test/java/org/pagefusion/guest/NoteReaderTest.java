// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NoteReaderTest {
  private static final ByteOrder LITTLE = ByteOrder.LITTLE_ENDIAN;
  private static final ByteOrder BIG = ByteOrder.BIG_ENDIAN;
  private static final byte[] ABI_TAG = new byte[16];
  private static final byte[] PROPERTY =
      HexFormat.of().parseHex("020000c0040000000300000000000000");
  private static final int ABI_TAG_TYPE = 1;
  private static final int PROPERTY_TYPE = 5;

  /** The notes of a Linux 6.1 kernel up to its third. */
  private static final String KERNEL_NOTES =
      "040000001400000003000000474e550048dc540c8b76393804ca8088dbfa7d42911a9444"
          + "0600000004000000010100004c696e75780000000000000006000000"
          + "1e000000000100004c696e7578000000362e312e3130322d312e3138322e616d7a6e323032332e7838365f3634000000";

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 7, 8, 16, 20, 32, 63, 64})
  void findsBuildIdsOfAnyUsualLengthInBothByteOrders(int length) {
    byte[] id = id(length);
    for (ByteOrder order : new ByteOrder[] {LITTLE, BIG}) {
      for (int alignment : new int[] {4, 8}) {
        byte[] notes = new NoteBuilder(order).buildId(alignment, id).bytes();
        assertEquals(hex(id), find(notes, order, alignment));
      }
    }
  }

  @Test
  void findsTheBuildIdOfARealKernel() {
    byte[] notes = HexFormat.of().parseHex(KERNEL_NOTES);
    assertEquals(Optional.of("48dc540c8b76393804ca8088dbfa7d42911a9444"), find(notes, LITTLE, 4));
  }

  @Test
  void findsTheBuildIdBehindOtherNotes() {
    byte[] id = id(20);
    byte[] notes =
        new NoteBuilder(LITTLE)
            .note(4, NoteBuilder.GNU, ABI_TAG_TYPE, ABI_TAG)
            .note(4, "Linux\0".getBytes(StandardCharsets.US_ASCII), 0x101, new byte[3])
            .note(4, new byte[0], 3, new byte[0])
            .note(
                4,
                "FDO\0".getBytes(StandardCharsets.US_ASCII),
                0xcafe1a7e,
                "{\"name\":\"x\"}".getBytes(StandardCharsets.US_ASCII))
            .buildId(4, id)
            .note(4, NoteBuilder.GNU, ABI_TAG_TYPE, ABI_TAG)
            .bytes();
    assertEquals(hex(id), find(notes, LITTLE, 4));
  }

  @Test
  void takesTheFirstOfTwo() {
    byte[] notes = new NoteBuilder(BIG).buildId(4, id(8)).buildId(4, id(20)).bytes();
    assertEquals(hex(id(8)), find(notes, BIG, 4));
  }

  @Test
  void padsTo8InAnAlignedSegment() {
    byte[] notes =
        new NoteBuilder(LITTLE)
            .note(8, NoteBuilder.GNU, PROPERTY_TYPE, PROPERTY)
            .note(8, "odd".getBytes(StandardCharsets.US_ASCII), 9, new byte[3])
            .buildId(8, id(20))
            .bytes();
    assertEquals(hex(id(20)), find(notes, LITTLE, 8));
    assertEquals(Optional.empty(), find(notes, LITTLE, 4));
  }

  @Test
  void padsTo4WhereALinkerMixedNotesIntoAnAlignedSegment() {
    byte[] notes =
        new NoteBuilder(LITTLE)
            .note(8, NoteBuilder.GNU, PROPERTY_TYPE, PROPERTY)
            .note(4, "Go\0\0".getBytes(StandardCharsets.US_ASCII), 4, new byte[12])
            .buildId(4, id(20))
            .bytes();
    assertEquals(hex(id(20)), find(notes, LITTLE, 8));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, 4, 16, 4096, -1})
  void padsTo4InSegmentsOfAnyOtherAlignment(long alignment) {
    byte[] notes =
        new NoteBuilder(LITTLE)
            .note(4, "a".getBytes(StandardCharsets.US_ASCII), 1, new byte[5])
            .buildId(4, id(20))
            .bytes();
    assertEquals(hex(id(20)), find(notes, LITTLE, alignment));
  }

  @Test
  void countsPaddingFromTheFirstNoteWhereverThatLies() {
    byte[] notes =
        new NoteBuilder(LITTLE)
            .note(4, "a".getBytes(StandardCharsets.US_ASCII), 1, new byte[1])
            .buildId(4, id(20))
            .bytes();
    for (int from = 0; from < 9; from++) {
      byte[] bytes = new byte[from + notes.length + 5];
      Arrays.fill(bytes, (byte) 0x77);
      System.arraycopy(notes, 0, bytes, from, notes.length);
      assertEquals(hex(id(20)), NoteReader.gnuBuildId(bytes, from, from + notes.length, LITTLE, 4));
    }
  }

  @Test
  void needsNoPaddingBehindTheLastNote() {
    byte[] notes = new NoteBuilder(LITTLE).buildId(4, id(5)).bytes();
    assertEquals(Optional.of("0102030405"), NoteReader.gnuBuildId(notes, 0, 12 + 4 + 5, LITTLE, 4));
  }

  @Test
  void findsNothingInNotesThatEndBeforeTheBuildIdDoes() {
    byte[] notes =
        new NoteBuilder(LITTLE)
            .note(4, "a".getBytes(StandardCharsets.US_ASCII), 1, new byte[5])
            .buildId(4, id(20))
            .bytes();
    for (int to = 0; to < notes.length; to++) {
      assertEquals(Optional.empty(), NoteReader.gnuBuildId(notes, 0, to, LITTLE, 4));
      assertEquals(Optional.empty(), NoteReader.gnuBuildId(notes, 0, to, LITTLE, 8));
    }
    assertEquals(hex(id(20)), find(notes, LITTLE, 4));
  }

  @ParameterizedTest
  @CsvSource({
    "-1, 0",
    "0, -1",
    "-1, -1",
    "0x7fffffff, 0x7fffffff",
    "0x7ffffff0, 4",
    "4, 0x7fffffff",
    "-4, -4",
    "-16, 4",
    "4, -16",
    "-17, 0"
  })
  void stopsAtSizesBeyondTheEnd(String nameBytes, String descriptorBytes) {
    byte[] notes =
        new NoteBuilder(LITTLE)
            .header(
                Integer.decode(nameBytes), Integer.decode(descriptorBytes), NoteBuilder.BUILD_ID)
            .buildId(4, id(20))
            .bytes();
    assertEquals(Optional.empty(), find(notes, LITTLE, 4));
    assertEquals(Optional.empty(), find(notes, LITTLE, 8));
  }

  @Test
  void takesOnlyTheGnuNameAndTheBuildIdType() {
    byte[] id = id(20);
    byte[] notes =
        new NoteBuilder(LITTLE)
            .note(4, "GNU".getBytes(StandardCharsets.US_ASCII), 3, id)
            .note(4, "GNU\0\0".getBytes(StandardCharsets.US_ASCII), 3, id)
            .note(4, "GNUx".getBytes(StandardCharsets.US_ASCII), 3, id)
            .note(4, "Xen\0".getBytes(StandardCharsets.US_ASCII), 3, id)
            .note(4, "GNX\0".getBytes(StandardCharsets.US_ASCII), 3, id)
            .note(4, NoteBuilder.GNU, 2, id)
            .note(4, NoteBuilder.GNU, 0x03000000, id)
            .bytes();
    assertEquals(Optional.empty(), find(notes, LITTLE, 4));
  }

  @Test
  void passesOverBuildIdsThatTellNothing() {
    for (byte[] none : new byte[][] {new byte[0], new byte[20], id(65), id(1000)}) {
      byte[] alone = new NoteBuilder(LITTLE).buildId(4, none).bytes();
      assertEquals(Optional.empty(), find(alone, LITTLE, 4));
      byte[] followed = new NoteBuilder(LITTLE).buildId(4, none).buildId(4, id(16)).bytes();
      assertEquals(hex(id(16)), find(followed, LITTLE, 4));
    }
  }

  @Test
  void findsNothingInZeros() {
    assertEquals(Optional.empty(), find(new byte[65536], LITTLE, 4));
    assertEquals(Optional.empty(), find(new byte[65536], BIG, 8));
    assertEquals(Optional.empty(), find(new byte[0], LITTLE, 4));
  }

  @Test
  void refusesARangeOutsideTheArray() {
    assertThrows(
        IndexOutOfBoundsException.class, () -> NoteReader.gnuBuildId(new byte[8], 0, 9, LITTLE, 4));
    assertThrows(
        IndexOutOfBoundsException.class, () -> NoteReader.gnuBuildId(new byte[8], 5, 4, LITTLE, 4));
  }

  @Test
  void findsTheBuildIdOfTheRunningKernel() throws IOException {
    Path file = Path.of("/sys/kernel/notes");
    Assumptions.assumeTrue(Files.isReadable(file));
    byte[] notes = Files.readAllBytes(file);
    String hex = HexFormat.of().formatHex(notes);
    String header =
        ByteOrder.nativeOrder() == LITTLE
            ? "040000001400000003000000474e5500"
            : "000000040000001400000003474e5500";
    int at = hex.indexOf(header);
    Assumptions.assumeTrue(at >= 0, "the kernel was linked without a 20-byte build id");
    int id = at + header.length();
    Optional<String> found = find(notes, ByteOrder.nativeOrder(), 4);
    assertEquals(Optional.of(hex.substring(id, id + 40)), found);
  }

  private static Optional<String> find(byte[] notes, ByteOrder order, long alignment) {
    return NoteReader.gnuBuildId(notes, 0, notes.length, order, alignment);
  }

  private static byte[] id(int length) {
    byte[] id = new byte[length];
    for (int i = 0; i < length; i++) {
      id[i] = (byte) (i + 1);
    }
    return id;
  }

  private static Optional<String> hex(byte[] id) {
    return Optional.of(HexFormat.of().formatHex(id));
  }
}
