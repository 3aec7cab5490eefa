// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

/**
 * Numbers as the kernel writes them: digits only, without the signs and the digits of other scripts
 * that {@link Long#parseLong(String)} takes as well.
 */
final class Numbers {
  private static final int HEX_DIGITS_OF_LONG = 16;

  private Numbers() {}

  /**
   * Parses a decimal number.
   *
   * @throws NumberFormatException when it is none, or above {@code max}
   */
  static long decimal(String text, long max) {
    requireDigits(text, false);
    long value = Long.parseLong(text);
    if (value > max) {
      throw new NumberFormatException("above " + max);
    }
    return value;
  }

  /**
   * Parses a decimal number of up to 64 bits.
   *
   * @return the number, unsigned
   * @throws NumberFormatException when it is none
   */
  static long unsignedDecimal(String text) {
    requireDigits(text, false);
    return Long.parseUnsignedLong(text);
  }

  /**
   * Parses a hexadecimal number of up to 16 digits, in small letters as the kernel writes them.
   *
   * @return the number, unsigned
   * @throws NumberFormatException when it is none
   */
  static long hex(String text) {
    requireDigits(text, true);
    if (text.length() > HEX_DIGITS_OF_LONG) {
      throw new NumberFormatException("over " + HEX_DIGITS_OF_LONG + " digits");
    }
    return Long.parseUnsignedLong(text, 16);
  }

  private static void requireDigits(String text, boolean hex) {
    boolean valid = true;
    for (int i = 0; i < text.length() && valid; i++) {
      char c = text.charAt(i);
      valid = c >= '0' && c <= '9' || hex && c >= 'a' && c <= 'f';
    }
    if (!valid) {
      throw new NumberFormatException("not a number");
    }
  }
}
