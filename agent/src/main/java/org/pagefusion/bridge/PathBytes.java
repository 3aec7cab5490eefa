// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.bridge;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * File names as the kernel takes them. In a string, a byte of the name that is not part of valid
 * UTF-8 stands as the lone surrogate U+DC80..U+DCFF (the "surrogateescape" of PEP 383).
 */
public final class PathBytes {
  private static final int ESCAPE_BASE = 0xDC00;

  private PathBytes() {}

  /** The bytes of a name. */
  public static byte[] encode(String name) {
    int length = name.length();
    byte[] ascii = new byte[length];
    int i = 0;
    while (i < length && name.charAt(i) < 0x80) {
      ascii[i] = (byte) name.charAt(i);
      i++;
    }
    return i == length ? ascii : encodeUtf8(name);
  }

  private static byte[] encodeUtf8(String name) {
    byte[] bytes = new byte[3 * name.length()];
    int size = 0;
    for (int i = 0; i < name.length(); ) {
      int c = name.codePointAt(i);
      i += Character.charCount(c);
      if (c < 0x80 || (c >= (ESCAPE_BASE | 0x80) && c <= (ESCAPE_BASE | 0xFF))) {
        bytes[size++] = (byte) c;
      } else {
        byte[] encoded = Character.toString(c).getBytes(StandardCharsets.UTF_8);
        System.arraycopy(encoded, 0, bytes, size, encoded.length);
        size += encoded.length;
      }
    }
    return Arrays.copyOf(bytes, size);
  }
}
