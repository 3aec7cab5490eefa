// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.vmmdev;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Numbers and texts within a request. Numbers are little-endian whatever the order of the buffer is
 * set to; offsets count from the start of the buffer; its position is neither used nor moved.
 */
final class Wire {
  private Wire() {}

  static int getShort(ByteBuffer bytes, int at) {
    short value = bytes.getShort(at);
    return (isLittle(bytes) ? value : Short.reverseBytes(value)) & 0xffff;
  }

  static int getInt(ByteBuffer bytes, int at) {
    int value = bytes.getInt(at);
    return isLittle(bytes) ? value : Integer.reverseBytes(value);
  }

  static long getLong(ByteBuffer bytes, int at) {
    long value = bytes.getLong(at);
    return isLittle(bytes) ? value : Long.reverseBytes(value);
  }

  static void putShort(ByteBuffer bytes, int at, int value) {
    bytes.putShort(at, isLittle(bytes) ? (short) value : Short.reverseBytes((short) value));
  }

  static void putInt(ByteBuffer bytes, int at, int value) {
    bytes.putInt(at, isLittle(bytes) ? value : Integer.reverseBytes(value));
  }

  static void putLong(ByteBuffer bytes, int at, long value) {
    bytes.putLong(at, isLittle(bytes) ? value : Long.reverseBytes(value));
  }

  private static boolean isLittle(ByteBuffer bytes) {
    return bytes.order() == ByteOrder.LITTLE_ENDIAN;
  }

  /**
   * Checks that a text can be sent and comes back as it was.
   *
   * @throws IllegalArgumentException naming the field
   */
  static void checkText(String field, String text, int maxBytes) {
    if (text == null) {
      throw new IllegalArgumentException(field + ": missing");
    }
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(field + ": contains a NUL character");
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > maxBytes) {
      throw new IllegalArgumentException(
          field + ": " + bytes.length + " bytes of UTF-8, expected " + maxBytes + " at most");
    }
    if (!text.equals(new String(bytes, StandardCharsets.UTF_8))) {
      throw new IllegalArgumentException(field + ": contains half of a surrogate pair");
    }
  }

  /** Fills a field with a text and NULs; the text was checked to fit with one NUL. */
  static void putText(ByteBuffer bytes, int at, int fieldBytes, String text) {
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    bytes.put(at, encoded);
    for (int i = encoded.length; i < fieldBytes; i++) {
      bytes.put(at + i, (byte) 0);
    }
  }

  /** Reads a field's text up to its first NUL. */
  static String getText(ByteBuffer bytes, int at, int fieldBytes, String field)
      throws MalformedRequestException {
    int length = 0;
    while (length < fieldBytes && bytes.get(at + length) != 0) {
      length++;
    }
    if (length == fieldBytes) {
      throw new MalformedRequestException(
          ResultCode.INVALID_PARAMETER, field + ": no NUL within " + fieldBytes + " bytes");
    }
    return getUtf8(bytes, at, length, field);
  }

  /** Reads a text of a known length. */
  static String getUtf8(ByteBuffer bytes, int at, int length, String field)
      throws MalformedRequestException {
    byte[] encoded = new byte[length];
    bytes.get(at, encoded);
    String text = new String(encoded, StandardCharsets.UTF_8);
    // What was not UTF-8 became U+FFFD: two names must not become one.
    if (!Arrays.equals(encoded, text.getBytes(StandardCharsets.UTF_8))) {
      throw new MalformedRequestException(ResultCode.INVALID_PARAMETER, field + ": not UTF-8");
    }
    return text;
  }
}
