// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class ElfReaderProperties {
  private static final int[] TYPES = {
    ElfSegment.LOAD, ElfSegment.INTERPRETER, ElfSegment.NOTE, 0, 2, 0x6474e551
  };
  private static final long[] EDGES = {
    0,
    1,
    0x40,
    0xfff,
    0x1000,
    0xffff,
    0x10000,
    0x7fffffffL,
    0x80000000L,
    0xffffffffL,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    -1
  };

  @Property
  void readsWhatTheBuilderWrote(
      @ForAll boolean is64Bit,
      @ForAll boolean bigEndian,
      @ForAll boolean extended,
      @ForAll @IntRange(max = 80) int morePerHeader,
      @ForAll @IntRange(max = 9000) int headersAt,
      @ForAll @Size(max = 64) byte[] id,
      @ForAll("segments") List<ElfSegment> segments) {
    ByteOrder order = bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    ElfBuilder builder =
        new ElfBuilder(is64Bit, order)
            .programHeaderBytes((is64Bit ? 56 : 32) + morePerHeader)
            .programHeadersAt(headersAt);
    for (ElfSegment segment : segments) {
      builder.programHeader(is64Bit ? segment : narrow(segment));
    }
    builder.notes(4, new NoteBuilder(order).buildId(4, id).bytes());
    if (extended) {
      builder.extendedNumbering();
    }
    byte[] bytes = builder.build();
    ElfFile expected =
        new ElfFile(
            is64Bit,
            order,
            ElfBuilder.TYPE_SHARED,
            ElfBuilder.MACHINE_X86_64,
            0,
            segments.size() + 1,
            builder.segments(),
            Arrays.equals(id, new byte[id.length])
                ? Optional.empty()
                : Optional.of(HexFormat.of().formatHex(id)));
    assertEquals(Optional.of(expected), read(bytes));
  }

  @Property(tries = 5000)
  void copesWithAnyChangeOfAValidFile(
      @ForAll long seed,
      @ForAll @IntRange(max = 12) int changes,
      @ForAll boolean cut,
      @ForAll @LongRange(max = 1L << 40) long hole) {
    Random random = new Random(seed);
    byte[] bytes = someFile(random);
    for (int i = 0; i < changes; i++) {
      // Most of what matters lies in the headers, and edges are where readers break.
      int at = random.nextInt(random.nextBoolean() ? Math.min(bytes.length, 300) : bytes.length);
      if (random.nextBoolean()) {
        bytes[at] = (byte) random.nextInt();
      } else {
        long edge = EDGES[random.nextInt(EDGES.length)];
        int width = 1 << random.nextInt(4);
        for (int b = 0; b < width && at + b < bytes.length; b++) {
          bytes[at + b] = (byte) (edge >>> (8 * b));
        }
      }
    }
    if (cut) {
      bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
    }
    long size = bytes.length + (random.nextBoolean() ? hole : 0);
    ElfInvariants.check(
        bytes, size, random.nextBoolean() ? Set.of() : Set.of((long) random.nextInt(4)));
  }

  @Property
  void copesWithAnyBytesBehindTheMagicNumber(
      @ForAll @IntRange(min = 1, max = 2) int elfClass,
      @ForAll @IntRange(min = 1, max = 2) int data,
      @ForAll @Size(max = 400) byte[] rest,
      @ForAll @LongRange(max = Long.MAX_VALUE - 1000) long hole) {
    byte[] bytes = new byte[6 + rest.length];
    System.arraycopy(
        new byte[] {0x7f, 'E', 'L', 'F', (byte) elfClass, (byte) data}, 0, bytes, 0, 6);
    System.arraycopy(rest, 0, bytes, 6, rest.length);
    ElfInvariants.check(bytes, bytes.length, Set.of());
    ElfInvariants.check(bytes, bytes.length + hole, Set.of(1L));
  }

  @Provide
  Arbitrary<List<ElfSegment>> segments() {
    // Notes are left out: their numbers would decide where the build id is.
    return Combinators.combine(
            Arbitraries.integers().filter(type -> type != ElfSegment.NOTE),
            Arbitraries.integers(),
            Arbitraries.longs(),
            Arbitraries.longs(),
            Arbitraries.longs(),
            Arbitraries.longs(),
            Arbitraries.longs())
        .as(ElfSegment::new)
        .list()
        .ofMaxSize(60);
  }

  private static ElfSegment narrow(ElfSegment s) {
    long mask = 0xffffffffL;
    return new ElfSegment(
        s.type(),
        s.flags(),
        s.offset() & mask,
        s.virtualAddress() & mask,
        s.fileSize() & mask,
        s.memorySize() & mask,
        s.alignment() & mask);
  }

  /** A valid file with some of everything the reader knows. */
  private static byte[] someFile(Random random) {
    ByteOrder order = random.nextBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    ElfBuilder builder = new ElfBuilder(random.nextBoolean(), order);
    int segments = random.nextInt(6);
    for (int i = 0; i < segments; i++) {
      byte[] content = new byte[random.nextInt(200)];
      random.nextBytes(content);
      builder.segment(TYPES[random.nextInt(TYPES.length)], 5, 0x1000, 0x1000, 8, content);
    }
    byte[] id = new byte[20];
    random.nextBytes(id);
    int padding = random.nextBoolean() ? 4 : 8;
    byte[] notes =
        new NoteBuilder(order)
            .note(padding, new byte[] {'x', 0}, 1, new byte[5])
            .buildId(padding, id)
            .bytes();
    builder.notes(padding, notes);
    if (random.nextBoolean()) {
      builder.section(ElfBuilder.SECTION_NOTE, padding, notes).section(1, 1, new byte[10]);
    }
    if (random.nextInt(4) == 0) {
      builder.extendedNumbering();
    }
    if (random.nextInt(4) == 0) {
      builder.extendedSectionNumbering();
    }
    if (random.nextInt(3) == 0) {
      builder.contentAt(4000 + random.nextInt(5000));
    }
    if (random.nextInt(3) == 0) {
      builder.programHeadersAt(9500 + random.nextInt(5000));
    }
    return builder.build();
  }

  private static Optional<ElfFile> read(byte[] bytes) {
    try {
      return ElfReader.read(new CountingSource(bytes));
    } catch (Exception e) {
      throw new AssertionError("a valid file was refused", e);
    }
  }
}
