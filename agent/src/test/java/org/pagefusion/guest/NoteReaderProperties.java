// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.Size;

class NoteReaderProperties {
  /** Some note that is not a build id. */
  record Note(byte[] name, int type, byte[] descriptor) {}

  @Property
  void findsTheBuildIdAmongAnyNotes(
      @ForAll boolean bigEndian,
      @ForAll boolean wide,
      @ForAll @IntRange(max = 20) int from,
      @ForAll("otherNotes") List<Note> before,
      @ForAll("otherNotes") List<Note> after,
      @ForAll @NotEmpty @Size(max = 64) byte[] id) {
    id[id.length - 1] |= 1;
    ByteOrder order = bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    int padding = wide ? 8 : 4;
    NoteBuilder builder = new NoteBuilder(order);
    add(builder, padding, before);
    builder.buildId(padding, id);
    add(builder, padding, after);
    byte[] notes = builder.bytes();
    byte[] bytes = new byte[from + notes.length];
    Arrays.fill(bytes, (byte) 0xa5);
    System.arraycopy(notes, 0, bytes, from, notes.length);
    assertEquals(
        Optional.of(HexFormat.of().formatHex(id)),
        NoteReader.gnuBuildId(bytes, from, bytes.length, order, padding));
  }

  @Property
  void findsNoneWhereThereIsNone(@ForAll boolean wide, @ForAll("otherNotes") List<Note> notes) {
    NoteBuilder builder = new NoteBuilder(ByteOrder.LITTLE_ENDIAN);
    int padding = wide ? 8 : 4;
    add(builder, padding, notes);
    byte[] bytes = builder.bytes();
    assertEquals(
        Optional.empty(),
        NoteReader.gnuBuildId(bytes, 0, bytes.length, ByteOrder.LITTLE_ENDIAN, padding));
  }

  @Property
  void answersOnlyWithBytesOfTheRange(
      @ForAll boolean bigEndian,
      @ForAll long alignment,
      @ForAll("noteLikeBytes") byte[] bytes,
      @ForAll @IntRange(max = 30) int from,
      @ForAll @IntRange(max = 30) int fewer) {
    int start = Math.min(from, bytes.length);
    int end = Math.max(start, bytes.length - fewer);
    ByteOrder order = bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    byte[] range = Arrays.copyOfRange(bytes, start, end);
    for (long any : new long[] {4, 8, alignment}) {
      Optional<String> found = NoteReader.gnuBuildId(bytes, start, end, order, any);
      assertEquals(NoteReader.gnuBuildId(range, 0, range.length, order, any), found);
      if (found.isPresent()) {
        assertFalse(found.get().isEmpty());
        assertTrue(found.get().length() <= 2 * NoteReader.MAX_BUILD_ID_BYTES);
        assertTrue(HexFormat.of().formatHex(range).contains("474e5500"));
        assertTrue(HexFormat.of().formatHex(range).contains(found.get()));
      }
    }
  }

  @Provide
  Arbitrary<List<Note>> otherNotes() {
    return Combinators.combine(
            Arbitraries.bytes().array(byte[].class).ofMaxSize(12),
            Arbitraries.integers(),
            Arbitraries.bytes().array(byte[].class).ofMaxSize(40))
        .as(Note::new)
        .filter(note -> note.type() != NoteBuilder.BUILD_ID)
        .list()
        .ofMaxSize(8);
  }

  /** Bytes that are often words which look like parts of notes. */
  @Provide
  Arbitrary<byte[]> noteLikeBytes() {
    Arbitrary<String> part =
        Arbitraries.of(
            "04000000",
            "00000004",
            "03000000",
            "00000003",
            "14000000",
            "00000014",
            "474e5500",
            "00000000",
            "ffffffff",
            "01",
            "0102030405060708");
    return part.list().ofMaxSize(40).map(parts -> HexFormat.of().parseHex(String.join("", parts)));
  }

  private static void add(NoteBuilder builder, int padding, List<Note> notes) {
    for (Note note : notes) {
      builder.note(padding, note.name(), note.type(), note.descriptor());
    }
  }
}
