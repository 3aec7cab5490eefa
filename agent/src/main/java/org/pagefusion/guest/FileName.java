// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.pagefusion.bridge.PathBytes;

/**
 * File names as strings, without loss. The kernel's names are bytes, mostly but not always UTF-8: a
 * byte that is not part of valid UTF-8 becomes the lone surrogate U+DC80..U+DCFF, and goes back the
 * same way (the "surrogateescape" of PEP 383).
 */
public final class FileName {
  private static final char ESCAPE_BASE = 0xDC00;
  private static final int EXCERPT_BYTES = 80;

  private FileName() {}

  /** Decodes bytes [from, to) of a name. */
  public static String decode(byte[] bytes, int from, int to) {
    boolean ascii = true;
    for (int i = from; i < to && ascii; i++) {
      ascii = bytes[i] >= 0;
    }
    return ascii
        ? new String(bytes, from, to - from, StandardCharsets.ISO_8859_1)
        : decodeUtf8(bytes, from, to);
  }

  private static String decodeUtf8(byte[] bytes, int from, int to) {
    StringBuilder name = new StringBuilder(to - from);
    var decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes, from, to - from);
    CharBuffer out = CharBuffer.allocate(to - from + 1);
    while (true) {
      var result = decoder.decode(in, out, true);
      out.flip();
      name.append(out);
      out.clear();
      if (!result.isError()) {
        return name.toString();
      }
      for (int i = 0; i < result.length(); i++) {
        name.append((char) (ESCAPE_BASE | (in.get() & 0xFF)));
      }
      decoder.reset();
    }
  }

  /** The bytes of a decoded name. */
  public static byte[] encode(String name) {
    return PathBytes.encode(name);
  }

  /** Whether every byte of the name was valid UTF-8. */
  public static boolean isUtf8(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (isEscaped(name.charAt(i)) && (i == 0 || !Character.isHighSurrogate(name.charAt(i - 1)))) {
        return false;
      }
    }
    return true;
  }

  /**
   * The name for people and for JSON: bytes that are not UTF-8, and those of control characters, as
   * {@code \xNN}.
   */
  public static String printable(String name) {
    StringBuilder text = null;
    for (int i = 0; i < name.length(); ) {
      int c = name.codePointAt(i);
      boolean plain = !isEscaped(c) && !Character.isISOControl(c);
      if (!plain && text == null) {
        text = new StringBuilder(name.length() + 16).append(name, 0, i);
      }
      if (text != null) {
        if (plain) {
          text.appendCodePoint(c);
        } else {
          if (c >= 0x80 && c < 0xA0) {
            // These control characters are two bytes; the second alone stands for itself.
            text.append("\\xc2");
          }
          text.append("\\x").append(hexDigit(c >> 4)).append(hexDigit(c));
        }
      }
      i += Character.charCount(c);
    }
    return text == null ? name : text.toString();
  }

  /** The beginning of some bytes for messages, so that a long line can't fill them. */
  static String excerpt(byte[] bytes, int from, int to) {
    int shown = Math.min(to - from, EXCERPT_BYTES);
    String text = printable(decode(bytes, from, from + shown));
    return shown < to - from ? text + "…" : text;
  }

  private static char hexDigit(int value) {
    return Character.forDigit(value & 0xF, 16);
  }

  private static boolean isEscaped(int c) {
    return c >= (ESCAPE_BASE | 0x80) && c <= (ESCAPE_BASE | 0xFF);
  }
}
