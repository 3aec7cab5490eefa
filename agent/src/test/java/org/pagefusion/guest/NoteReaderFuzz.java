// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

class NoteReaderFuzz {
  @FuzzTest
  void copesWithAnyNotes(FuzzedDataProvider data) {
    ByteOrder order = data.consumeBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    long alignment = data.consumeBoolean() ? 8 : data.consumeLong();
    int before = data.consumeInt(0, 9);
    int behind = data.consumeInt(0, 9);
    byte[] notes = data.consumeRemainingAsBytes();
    byte[] bytes = new byte[before + notes.length + behind];
    Arrays.fill(bytes, (byte) 0x77);
    System.arraycopy(notes, 0, bytes, before, notes.length);

    Optional<String> alone = NoteReader.gnuBuildId(notes, 0, notes.length, order, alignment);
    Optional<String> within =
        NoteReader.gnuBuildId(bytes, before, before + notes.length, order, alignment);
    assertEquals(alone, within);
    if (alone.isPresent()) {
      assertTrue(alone.get().length() >= 2);
      assertTrue(alone.get().length() <= 2 * NoteReader.MAX_BUILD_ID_BYTES);
      assertTrue(HexFormat.of().formatHex(notes).contains(alone.get()));
    }
  }
}
