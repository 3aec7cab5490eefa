// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ElfReaderTest {
  private static final ByteOrder LITTLE = ByteOrder.LITTLE_ENDIAN;
  private static final ByteOrder BIG = ByteOrder.BIG_ENDIAN;
  private static final byte[] ID =
      HexFormat.of().parseHex("93ac61ec5a8eb1396f9fbd350e3169a558528a40");
  private static final Optional<String> ID_HEX = Optional.of(HexFormat.of().formatHex(ID));
  private static final int READ_EXECUTE = 5;

  /** Class and byte order of a file. */
  record Kind(boolean is64Bit, ByteOrder order) {
    ElfBuilder elf() {
      return new ElfBuilder(is64Bit, order);
    }

    byte[] buildIdNote() {
      return new NoteBuilder(order).buildId(4, ID).bytes();
    }

    /** A file with a bit of everything. */
    ElfBuilder typical() {
      byte[] property = new NoteBuilder(order).note(8, NoteBuilder.GNU, 5, new byte[16]).bytes();
      byte[] notes =
          new NoteBuilder(order).note(4, NoteBuilder.GNU, 1, new byte[16]).buildId(4, ID).bytes();
      return elf()
          .entry(0x1040)
          .segment(ElfSegment.INTERPRETER, 4, 0x318, 28, 1, cString("/lib64/ld-linux-x86-64.so.2"))
          .segment(ElfSegment.LOAD, READ_EXECUTE, 0x1000, 0x2000, 0x1000, new byte[100])
          .segment(ElfSegment.LOAD, 6, 0x4000, 0x9000, 0x1000, new byte[50])
          .notes(8, property)
          .notes(4, notes);
    }

    int headerBytes() {
      return is64Bit ? 64 : 52;
    }

    int programHeaderBytes() {
      return is64Bit ? 56 : 32;
    }

    int sectionHeaderBytes() {
      return is64Bit ? 64 : 40;
    }

    /** Largest number that an offset or size can have. */
    long maxWord() {
      return is64Bit ? -1L : 0xffffffffL;
    }
  }

  static Stream<Kind> kinds() {
    return Stream.of(
        new Kind(true, LITTLE), new Kind(true, BIG), new Kind(false, LITTLE), new Kind(false, BIG));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void readsHeaderSegmentsAndBuildIdInOneRead(Kind kind) throws Exception {
    ElfBuilder builder = kind.typical().type(ElfBuilder.TYPE_EXECUTABLE).machine(0xfff3);
    CountingSource source = new CountingSource(builder.build());
    ElfFile file = ElfReader.read(source).orElseThrow();
    assertEquals(
        new ElfFile(
            kind.is64Bit(),
            kind.order(),
            ElfBuilder.TYPE_EXECUTABLE,
            0xfff3,
            0x1040,
            5,
            builder.segments(),
            ID_HEX),
        file);
    assertEquals(1, source.reads());
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void keepsNumbersUnsigned(Kind kind) throws Exception {
    long max = kind.maxWord();
    ElfSegment odd = new ElfSegment(-1, -1, max, max - 1, max - 2, max - 3, max - 4);
    ElfFile file = read(kind.elf().entry(max).programHeader(odd).build());
    assertEquals(max, file.entry());
    assertEquals(List.of(odd), file.segments());
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void acceptsProgramHeadersThatAreLargerThanItsOwn(Kind kind) throws Exception {
    for (int more : new int[] {1, 8, 100, 1000}) {
      ElfBuilder builder = kind.typical().programHeaderBytes(kind.programHeaderBytes() + more);
      ElfFile file = read(builder.build());
      assertEquals(builder.segments(), file.segments());
      assertEquals(ID_HEX, file.buildId());
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void refusesProgramHeadersThatAreSmallerThanItsOwn(Kind kind) {
    int minimum = kind.programHeaderBytes();
    for (int bytes : new int[] {0, 1, minimum - 1}) {
      assertMalformed(
          kind.typical().programHeaderBytes(bytes).build(),
          "e_phentsize is " + bytes + ", expected at least " + minimum + " bytes");
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void readsFilesWithoutProgramHeaders(Kind kind) throws Exception {
    ElfFile file = read(kind.elf().type(ElfBuilder.TYPE_RELOCATABLE).programHeaderBytes(0).build());
    assertTrue(file.isRelocatable());
    assertEquals(0, file.programHeaderCount());
    assertEquals(List.of(), file.segments());
    assertEquals(Optional.empty(), file.buildId());
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void readsTheExtendedNumberOfProgramHeaders(Kind kind) throws Exception {
    ElfBuilder builder = kind.typical().extendedNumbering();
    ElfFile file = read(builder.build());
    assertEquals(5, file.programHeaderCount());
    assertEquals(builder.segments(), file.segments());
    assertEquals(ID_HEX, file.buildId());
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void readsTheFirstOfVeryManyProgramHeaders(Kind kind) throws Exception {
    ElfBuilder builder = kind.elf().notes(4, kind.buildIdNote()).extendedNumbering();
    for (int i = 1; i < 70_000; i++) {
      builder.programHeader(new ElfSegment(ElfSegment.LOAD, 4, i, i, i, i, 1));
    }
    CountingSource source = new CountingSource(builder.build());
    ElfFile file = ElfReader.read(source).orElseThrow();
    assertEquals(70_000, file.programHeaderCount());
    assertEquals(builder.segments().subList(0, ElfReader.MAX_TABLE_ENTRIES), file.segments());
    assertEquals(ID_HEX, file.buildId());
    assertTrue(source.bytesRead() <= ElfReader.MAX_READ_BYTES);
  }

  @Test
  void readsAsManyProgramHeadersAsLieInTheTablesLimit() throws Exception {
    Kind kind = new Kind(true, LITTLE);
    ElfBuilder builder = kind.elf().notes(4, kind.buildIdNote()).programHeaderBytes(0xffff);
    builder.programHeader(new ElfSegment(ElfSegment.LOAD, 4, 0, 0, 0, 0, 1));
    CountingSource source = new CountingSource(builder.build());
    ElfFile file = ElfReader.read(source).orElseThrow();
    assertEquals(2, file.programHeaderCount());
    assertEquals(builder.segments().subList(0, 1), file.segments());
    assertEquals(ID_HEX, file.buildId());
    assertTrue(source.bytesRead() <= ElfReader.MAX_READ_BYTES);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void refusesAnExtendedNumberThatIsNotThere(Kind kind) {
    byte[] noSections = kind.typical().build();
    putShort(kind, noSections, kind.is64Bit() ? 56 : 44, 0xffff);
    assertMalformed(noSections, "e_shoff is 0, expected");

    byte[] outside = kind.typical().extendedNumbering().build();
    putWord(kind, outside, kind.is64Bit() ? 40 : 32, kind.maxWord());
    assertMalformed(outside, "e_shoff is " + Long.toUnsignedString(kind.maxWord()) + ", expected");

    byte[] small = kind.typical().extendedNumbering().build();
    putShort(kind, small, kind.is64Bit() ? 58 : 46, kind.sectionHeaderBytes() - 1);
    assertMalformed(small, "e_shentsize is " + (kind.sectionHeaderBytes() - 1) + ", expected");

    int info = kind.headerBytes() + (kind.is64Bit() ? 44 : 28);
    for (int number : new int[] {0, -1, Integer.MIN_VALUE}) {
      byte[] bytes = kind.typical().extendedNumbering().build();
      ByteBuffer.wrap(bytes).order(kind.order()).putInt(info, number);
      assertMalformed(
          bytes,
          "sh_info of section header 0 is " + Integer.toUnsignedString(number) + ", expected");
    }
    byte[] many = kind.typical().extendedNumbering().build();
    ByteBuffer.wrap(many).order(kind.order()).putInt(info, Integer.MAX_VALUE);
    assertMalformed(many, "e_phoff is ");
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void readsOnlyWhatItNeedsBehindTheFirstPage(Kind kind) throws Exception {
    ElfBuilder builder = kind.typical().contentAt(20_000).programHeadersAt(50_001);
    CountingSource source = new CountingSource(builder.build());
    ElfFile file = ElfReader.read(source).orElseThrow();
    assertEquals(builder.segments(), file.segments());
    assertEquals(ID_HEX, file.buildId());
    long expected = 4096 + 5L * kind.programHeaderBytes();
    for (ElfSegment segment : builder.segments()) {
      expected += segment.type() == ElfSegment.NOTE ? segment.fileSize() : 0;
    }
    assertEquals(expected, source.bytesRead());
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void readsNotesAcrossTheEndOfTheFirstPage(Kind kind) throws Exception {
    for (int at = 4096 - 60; at <= 4096; at++) {
      assertEquals(
          ID_HEX, read(kind.elf().contentAt(at).notes(4, kind.buildIdNote()).build()).buildId());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "7f",
        "7f454c",
        "7f454b46020101",
        "23212f62696e2f7368",
        "00000000000000000000"
      })
  void leavesAloneWhatIsNotElf(String hex) throws Exception {
    byte[] bytes = HexFormat.of().parseHex(hex);
    assertEquals(Optional.empty(), ElfReader.read(new CountingSource(bytes)));
    assertEquals(Optional.empty(), ElfReader.readSectionBuildId(new CountingSource(bytes)));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void refusesAHeaderThatIsCutShort(Kind kind) {
    byte[] bytes = kind.elf().build();
    for (int length = 4; length < bytes.length; length++) {
      assertMalformed(
          Arrays.copyOf(bytes, length),
          "file size is " + length + " bytes, expected at least the ");
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void copesWithAFileCutAtAnyByte(Kind kind) throws Exception {
    ElfBuilder builder = kind.typical();
    byte[] bytes = builder.build();
    int tableEnd = kind.headerBytes() + 5 * kind.programHeaderBytes();
    ElfSegment notes = builder.segments().get(4);
    long idEnd = notes.offset() + notes.fileSize();
    for (int length = 4; length <= bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      if (length < tableEnd) {
        assertThrows(MalformedElfException.class, () -> read(cut), "cut at " + length);
      } else {
        assertEquals(builder.segments(), read(cut).segments());
        assertEquals(length < idEnd ? Optional.empty() : ID_HEX, read(cut).buildId());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 255})
  void refusesAnUnknownClassOrByteOrder(int value) {
    byte[] bytes = new Kind(true, LITTLE).typical().build();
    bytes[4] = (byte) value;
    assertMalformed(bytes, "EI_CLASS is " + value + ", expected 1 (32 bits) or 2 (64 bits)");
    bytes[4] = 2;
    bytes[5] = (byte) value;
    assertMalformed(bytes, "EI_DATA is " + value + ", expected 1 (little-endian) or 2");
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void refusesProgramHeadersOutsideTheFile(Kind kind) {
    byte[] valid = kind.typical().build();
    int entry = kind.programHeaderBytes();
    for (long offset :
        new long[] {
          kind.maxWord(),
          kind.maxWord() - 5L * entry + 1,
          kind.maxWord() >>> 1,
          (kind.maxWord() >>> 1) + 1,
          valid.length,
          valid.length + 1,
          valid.length - 5 * entry + 1
        }) {
      byte[] bytes = valid.clone();
      putWord(kind, bytes, kind.is64Bit() ? 32 : 28, offset);
      assertMalformed(
          bytes,
          "e_phoff is "
              + Long.toUnsignedString(offset)
              + ", expected room for 5 entries of "
              + entry
              + " bytes in the file's "
              + valid.length);
    }
    byte[] many = valid.clone();
    putShort(kind, many, kind.is64Bit() ? 56 : 44, 0xfffe);
    assertMalformed(many, "room for 65534 entries");
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void readsProgramHeadersThatOverlapTheHeader(Kind kind) throws Exception {
    byte[] bytes = kind.typical().build();
    putWord(kind, bytes, kind.is64Bit() ? 32 : 28, 0);
    ElfFile file = read(bytes);
    assertEquals(5, file.segments().size());
    assertEquals(
        ByteBuffer.wrap(bytes).order(kind.order()).getInt(0), file.segments().get(0).type());
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void findsNoBuildIdInNotesThatOverlapTheHeader(Kind kind) throws Exception {
    byte[] bytes =
        kind.elf().programHeader(new ElfSegment(ElfSegment.NOTE, 4, 0, 0, 5000, 0, 4)).build();
    assertEquals(Optional.empty(), read(bytes).buildId());
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void findsNoBuildIdBeyondTheEnd(Kind kind) throws Exception {
    long max = kind.maxWord();
    for (long offset : new long[] {1000, 5000, max >>> 1, (max >>> 1) + 1, max - 10, max}) {
      for (long size : new long[] {0, 1, 36, max >>> 1, max}) {
        byte[] bytes =
            kind.elf()
                .programHeader(new ElfSegment(ElfSegment.NOTE, 4, offset, 0, size, size, 4))
                .build();
        CountingSource source = new CountingSource(bytes);
        assertEquals(Optional.empty(), ElfReader.read(source).orElseThrow().buildId());
        assertEquals(1, source.reads());
      }
    }
  }

  @Test
  void findsNoBuildIdInTheHolesOfACapturedCopy() throws Exception {
    Kind kind = new Kind(true, LITTLE);
    byte[] whole = kind.elf().contentAt(5000).notes(4, kind.buildIdNote()).build();
    CountingSource sparse = new CountingSource(Arrays.copyOf(whole, 4096), whole.length, Set.of());
    assertEquals(Optional.empty(), ElfReader.read(sparse).orElseThrow().buildId());

    byte[] torn = kind.elf().contentAt(4096 - 16).notes(4, kind.buildIdNote()).build();
    CountingSource headOnly = new CountingSource(Arrays.copyOf(torn, 4096), torn.length, Set.of());
    assertEquals(Optional.empty(), ElfReader.read(headOnly).orElseThrow().buildId());
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void takesTheBuildIdOfTheFirstSegmentThatHasOne(Kind kind) throws Exception {
    byte[] other = new NoteBuilder(kind.order()).buildId(4, new byte[] {1, 2, 3}).bytes();
    byte[] none = new NoteBuilder(kind.order()).note(4, NoteBuilder.GNU, 1, new byte[16]).bytes();
    assertEquals(
        ID_HEX,
        read(kind.elf().notes(4, none).notes(4, kind.buildIdNote()).notes(4, other).build())
            .buildId());
    assertEquals(
        Optional.of("010203"),
        read(kind.elf().notes(4, other).notes(4, kind.buildIdNote()).build()).buildId());
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void readsNotesPaddedTo8(Kind kind) throws Exception {
    byte[] notes =
        new NoteBuilder(kind.order())
            .note(8, "odd".getBytes(StandardCharsets.US_ASCII), 9, new byte[3])
            .buildId(8, ID)
            .bytes();
    assertEquals(ID_HEX, read(kind.elf().notes(8, notes).build()).buildId());
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void stopsAtTheLimitForNotes(Kind kind) throws Exception {
    byte[] filler =
        new NoteBuilder(kind.order())
            .note(4, "x".getBytes(StandardCharsets.US_ASCII), 1, new byte[20_000])
            .bytes();
    for (int fillers = 0; fillers < 6; fillers++) {
      ElfBuilder builder = kind.elf();
      for (int i = 0; i < fillers; i++) {
        builder.notes(4, filler);
      }
      CountingSource source = new CountingSource(builder.notes(4, kind.buildIdNote()).build());
      boolean within = (long) fillers * filler.length + 36 <= ElfReader.MAX_NOTE_BYTES;
      assertEquals(
          within ? ID_HEX : Optional.empty(), ElfReader.read(source).orElseThrow().buildId());
      assertTrue(source.bytesRead() <= ElfReader.MAX_READ_BYTES);
    }
  }

  @Test
  void isBoundedWhenEverySegmentIsAllNotes() throws Exception {
    Kind kind = new Kind(true, LITTLE);
    ElfBuilder builder = kind.elf();
    for (int i = 0; i < 2000; i++) {
      builder.programHeader(new ElfSegment(ElfSegment.NOTE, 4, 8192 + i, 0, -1, 0, 8));
    }
    CountingSource source = new CountingSource(builder.build(), Long.MAX_VALUE, Set.of());
    assertEquals(Optional.empty(), ElfReader.read(source).orElseThrow().buildId());
    assertTrue(source.bytesRead() <= ElfReader.MAX_READ_BYTES);
  }

  @Test
  void asksForNoPageThatHasNoPart() throws Exception {
    Kind kind = new Kind(true, LITTLE);
    // Page 0: header; page 2: notes; page 4: program headers.
    byte[] bytes = kind.typical().contentAt(2 * 4096).programHeadersAt(4 * 4096).build();
    assertEquals(
        ID_HEX,
        ElfReader.read(new CountingSource(bytes, bytes.length, Set.of(1L, 3L)))
            .orElseThrow()
            .buildId());
    for (long page : new long[] {0, 2, 4}) {
      CountingSource source = new CountingSource(bytes, bytes.length, Set.of(page));
      assertThrows(NotResidentException.class, () -> ElfReader.read(source));
    }
  }

  @Test
  void acceptsAFileThatBecomesShorterWhileItIsRead() throws Exception {
    Kind kind = new Kind(true, LITTLE);
    byte[] notesBehind = kind.typical().contentAt(5000).build();
    assertEquals(
        Optional.empty(), ElfReader.read(new Shrinking(notesBehind, 5010)).orElseThrow().buildId());
    assertEquals(
        Optional.empty(), ElfReader.read(new Shrinking(notesBehind, 4096)).orElseThrow().buildId());
    byte[] headersBehind = kind.typical().programHeadersAt(5000).build();
    MalformedElfException e =
        assertThrows(
            MalformedElfException.class, () -> ElfReader.read(new Shrinking(headersBehind, 5010)));
    assertTrue(e.getMessage().endsWith(" in the file's 5010"), e.getMessage());
  }

  /** A file whose length was taken before it was cut. */
  private record Shrinking(byte[] bytes, int length) implements ByteSource {
    @Override
    public long size() {
      return bytes.length;
    }

    @Override
    public int read(long offset, byte[] into, int at, int count) throws IOException {
      return new CountingSource(Arrays.copyOf(bytes, length)).read(offset, into, at, count);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void readsTheInterpreter(Kind kind) throws Exception {
    String path = "/lib64/ld-linux-x86-64.so.2";
    assertEquals(Optional.of(path), interpreter(kind.typical()));
    assertEquals(Optional.of(path), interpreter(kind.typical().contentAt(9000)));
    assertTrue(read(kind.typical().build()).hasInterpreter());
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void findsNoInterpreterWhereThereIsNoPath(Kind kind) throws Exception {
    assertFalse(read(kind.elf().build()).hasInterpreter());
    assertFalse(read(kind.elf().notes(4, kind.buildIdNote()).build()).hasInterpreter());
    assertEquals(Optional.empty(), interpreter(kind.elf()));
    assertEquals(Optional.empty(), interpreter(interpreterSegment(kind, new byte[0])));
    assertEquals(Optional.empty(), interpreter(interpreterSegment(kind, new byte[] {0})));
    assertEquals(Optional.empty(), interpreter(interpreterSegment(kind, new byte[] {'/', 'a'})));
    byte[] tooLong = cString("/" + "a".repeat(4095));
    assertEquals(Optional.empty(), interpreter(interpreterSegment(kind, tooLong)));
    byte[] longest = cString("/" + "a".repeat(4094));
    assertEquals(4095, interpreter(interpreterSegment(kind, longest)).orElseThrow().length());
    for (long at : new long[] {10_000, kind.maxWord()}) {
      ElfSegment outside = new ElfSegment(ElfSegment.INTERPRETER, 4, at, 0, kind.maxWord(), 0, 1);
      assertEquals(Optional.empty(), interpreter(kind.elf().programHeader(outside)));
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void readsTheBuildIdOfAKernelModule(Kind kind) throws Exception {
    byte[] bytes = module(kind).build();
    CountingSource source = new CountingSource(bytes);
    assertEquals(ID_HEX, ElfReader.readSectionBuildId(source));
    assertEquals(4096 + 4L * kind.sectionHeaderBytes(), source.bytesRead());
    assertEquals(Optional.empty(), read(bytes).buildId());
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void readsSectionsOfNotesPaddedTo8(Kind kind) throws Exception {
    byte[] notes =
        new NoteBuilder(kind.order())
            .note(8, new byte[] {'o'}, 9, new byte[3])
            .buildId(8, ID)
            .bytes();
    byte[] bytes = kind.elf().section(ElfBuilder.SECTION_NOTE, 8, notes).build();
    assertEquals(ID_HEX, ElfReader.readSectionBuildId(new CountingSource(bytes)));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void readsTheExtendedNumberOfSections(Kind kind) throws Exception {
    byte[] bytes = module(kind).extendedSectionNumbering().build();
    assertEquals(ID_HEX, ElfReader.readSectionBuildId(new CountingSource(bytes)));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void acceptsSectionHeadersThatAreLargerThanItsOwn(Kind kind) throws Exception {
    byte[] bytes = module(kind).sectionHeaderBytes(kind.sectionHeaderBytes() + 13).build();
    assertEquals(ID_HEX, ElfReader.readSectionBuildId(new CountingSource(bytes)));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void readsTheFirstOfVeryManySections(Kind kind) throws Exception {
    for (int before : new int[] {1022, 1023}) {
      ElfBuilder builder = kind.elf();
      for (int i = 0; i < before; i++) {
        builder.section(1, 1, new byte[1]);
      }
      CountingSource source = new CountingSource(builder.section(7, 4, kind.buildIdNote()).build());
      assertEquals(
          before + 1 < ElfReader.MAX_TABLE_ENTRIES ? ID_HEX : Optional.empty(),
          ElfReader.readSectionBuildId(source));
      assertTrue(source.bytesRead() <= ElfReader.MAX_READ_BYTES);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void findsNoBuildIdWithoutSections(Kind kind) throws Exception {
    assertEquals(
        Optional.empty(), ElfReader.readSectionBuildId(new CountingSource(kind.typical().build())));
    byte[] none = kind.typical().extendedNumbering().build();
    putShort(kind, none, kind.is64Bit() ? 60 : 48, 0);
    assertEquals(Optional.empty(), ElfReader.readSectionBuildId(new CountingSource(none)));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void refusesSectionsOutsideTheFile(Kind kind) {
    byte[] valid = module(kind).build();
    byte[] outside = valid.clone();
    putWord(kind, outside, kind.is64Bit() ? 40 : 32, kind.maxWord());
    assertSectionsMalformed(outside, "e_shoff is " + Long.toUnsignedString(kind.maxWord()));
    byte[] many = valid.clone();
    putShort(kind, many, kind.is64Bit() ? 60 : 48, 5);
    assertSectionsMalformed(many, "room for 5 entries");
    byte[] small = valid.clone();
    putShort(kind, small, kind.is64Bit() ? 58 : 46, 39);
    assertSectionsMalformed(small, "e_shentsize is 39, expected at least ");

    byte[] extended = module(kind).extendedSectionNumbering().build();
    int shoff = extended.length - 4 * kind.sectionHeaderBytes();
    putWord(kind, extended, shoff + (kind.is64Bit() ? 32 : 20), kind.maxWord());
    assertSectionsMalformed(
        extended, "room for " + Long.toUnsignedString(kind.maxWord()) + " entries");
  }

  @Test
  void namesTypesAndMachines() throws Exception {
    Kind kind = new Kind(true, LITTLE);
    List<String> types = new ArrayList<>();
    for (int type = 0; type <= 5; type++) {
      types.add(read(kind.elf().type(type).build()).typeName());
    }
    assertEquals(
        List.of("type 0", "relocatable", "executable", "shared object", "core dump", "type 5"),
        types);
    for (int type = 0; type <= 5; type++) {
      ElfFile file = read(kind.elf().type(type).build());
      assertEquals(type == 1, file.isRelocatable());
      assertEquals(type == 2, file.isExecutable());
      assertEquals(type == 3, file.isSharedObject());
    }
    List<String> machines = new ArrayList<>();
    for (int machine : new int[] {3, 8, 20, 21, 22, 40, 62, 183, 243, 258, 65535}) {
      machines.add(read(kind.elf().machine(machine).build()).machineName());
    }
    assertEquals(
        List.of(
            "i386",
            "mips",
            "ppc",
            "ppc64",
            "s390x",
            "arm",
            "x86-64",
            "aarch64",
            "riscv",
            "loongarch",
            "machine 65535"),
        machines);
    assertEquals("r-x", segment(1, 5).permissions());
    assertEquals("-w-", segment(1, 2).permissions());
    assertEquals("rwx", segment(1, -1).permissions());
    assertEquals("---", segment(1, 8).permissions());
    assertEquals("GNU_RELRO", segment(0x6474e552, 0).typeName());
    assertEquals("0xffffffff", segment(-1, 0).typeName());
  }

  @Test
  void keepsItsSegmentsToItself() throws Exception {
    List<ElfSegment> segments = new ArrayList<>(List.of(segment(1, 4)));
    ElfFile file = new ElfFile(true, LITTLE, 3, 62, 0, 1, segments, Optional.empty());
    segments.clear();
    assertEquals(1, file.segments().size());
    assertThrows(UnsupportedOperationException.class, () -> file.segments().clear());
  }

  private static ElfSegment segment(int type, int flags) {
    return new ElfSegment(type, flags, 0, 0, 0, 0, 0);
  }

  private static ElfBuilder module(Kind kind) {
    byte[] other =
        new NoteBuilder(kind.order()).note(4, new byte[] {'L', 0}, 1, new byte[16]).bytes();
    return kind.elf()
        .type(ElfBuilder.TYPE_RELOCATABLE)
        .section(ElfBuilder.SECTION_NOTE, 4, other)
        .section(ElfBuilder.SECTION_NOTE, 4, kind.buildIdNote())
        .section(1, 16, new byte[10_000]);
  }

  private static ElfBuilder interpreterSegment(Kind kind, byte[] path) {
    return kind.elf().segment(ElfSegment.INTERPRETER, 4, 0, path.length, 1, path);
  }

  private static Optional<String> interpreter(ElfBuilder builder) throws Exception {
    CountingSource source = new CountingSource(builder.build());
    return ElfReader.readInterpreter(source, ElfReader.read(source).orElseThrow());
  }

  private static ElfFile read(byte[] bytes) throws Exception {
    return ElfReader.read(new CountingSource(bytes)).orElseThrow();
  }

  private static void assertMalformed(byte[] bytes, String message) {
    MalformedElfException e = assertThrows(MalformedElfException.class, () -> read(bytes));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }

  private static void assertSectionsMalformed(byte[] bytes, String message) {
    MalformedElfException e =
        assertThrows(
            MalformedElfException.class,
            () -> ElfReader.readSectionBuildId(new CountingSource(bytes)));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }

  private static void putShort(Kind kind, byte[] bytes, int at, int value) {
    ByteBuffer.wrap(bytes).order(kind.order()).putShort(at, (short) value);
  }

  private static void putWord(Kind kind, byte[] bytes, int at, long value) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(kind.order());
    if (kind.is64Bit()) {
      buffer.putLong(at, value);
    } else {
      buffer.putInt(at, (int) value);
    }
  }

  private static byte[] cString(String text) {
    return (text + "\0").getBytes(StandardCharsets.UTF_8);
  }
}
