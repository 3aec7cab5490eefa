// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Set;

class ElfReaderFuzz {
  @FuzzTest
  void copesWithAnyFile(FuzzedDataProvider data) {
    long hole = data.consumeBoolean() ? data.consumeLong(0, 1L << 62) : 0;
    Set<Long> missingPages = data.consumeBoolean() ? Set.of(data.consumeLong(0, 5)) : Set.of();
    byte[] bytes =
        switch (data.consumeInt(0, 2)) {
          case 0 -> changed(data);
          case 1 -> behindMagicNumber(data.consumeRemainingAsBytes());
          default -> data.consumeRemainingAsBytes();
        };
    ElfInvariants.check(bytes, bytes.length + hole, missingPages);
  }

  private static byte[] behindMagicNumber(byte[] rest) {
    return ByteBuffer.allocate(4 + rest.length).putInt(0x7f454c46).put(rest).array();
  }

  /** A valid file, some of whose bytes are replaced. */
  private static byte[] changed(FuzzedDataProvider data) {
    ByteOrder order = data.consumeBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    ElfBuilder builder = new ElfBuilder(data.consumeBoolean(), order);
    byte[] id = {1, 2, 3, 4, 5, 6, 7, 8};
    byte[] notes =
        new NoteBuilder(order).note(4, new byte[] {'x'}, 1, new byte[5]).buildId(4, id).bytes();
    builder.segment(ElfSegment.INTERPRETER, 4, 0, 3, 1, new byte[] {'/', 'x', 0});
    builder.notes(data.consumeBoolean() ? 8 : 4, notes).notes(4, notes);
    if (data.consumeBoolean()) {
      builder.section(ElfBuilder.SECTION_NOTE, 4, notes);
    }
    if (data.consumeBoolean()) {
      builder.extendedNumbering();
    }
    if (data.consumeBoolean()) {
      builder.contentAt(data.consumeInt(1, 10_000));
    }
    byte[] bytes = builder.build();
    while (data.remainingBytes() > 0) {
      bytes[data.consumeInt(0, bytes.length - 1)] = data.consumeByte();
    }
    return bytes;
  }
}
