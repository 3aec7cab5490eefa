// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NumbersTest {
  @Test
  void readsDigits() {
    assertEquals(0, Numbers.decimal("0", 9));
    assertEquals(9, Numbers.decimal("0009", 9));
    assertEquals(Long.MAX_VALUE, Numbers.decimal("9223372036854775807", Long.MAX_VALUE));
    assertEquals(-1, Numbers.unsignedDecimal("18446744073709551615"));
    assertEquals(0xffffffffff600000L, Numbers.hex("ffffffffff600000"));
    assertEquals(0x0123456789abcdefL, Numbers.hex("0123456789abcdef"));
    assertEquals(0, Numbers.hex("0"));
  }

  @Test
  void refusesWhatIsTooLarge() {
    assertThrows(NumberFormatException.class, () -> Numbers.decimal("10", 9));
    assertThrows(
        NumberFormatException.class, () -> Numbers.decimal("9223372036854775808", Long.MAX_VALUE));
    assertThrows(
        NumberFormatException.class, () -> Numbers.unsignedDecimal("18446744073709551616"));
    assertThrows(NumberFormatException.class, () -> Numbers.hex("10000000000000000"));
    assertThrows(NumberFormatException.class, () -> Numbers.hex("00000000000000001"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "+1", "-1", "1 ", " 1", "0x1", "g", "A", "/", ":", "`", "\u0661", "1_0"})
  void refusesWhatTheKernelDoesNotWrite(String text) {
    assertThrows(NumberFormatException.class, () -> Numbers.decimal(text, 99));
    assertThrows(NumberFormatException.class, () -> Numbers.unsignedDecimal(text));
    assertThrows(NumberFormatException.class, () -> Numbers.hex(text));
  }

  @Test
  void refusesLettersInDecimals() {
    assertThrows(NumberFormatException.class, () -> Numbers.decimal("a", 99));
    assertThrows(NumberFormatException.class, () -> Numbers.unsignedDecimal("1f"));
  }
}
