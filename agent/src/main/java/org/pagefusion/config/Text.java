// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

package org.pagefusion.config;

import java.util.Locale;

/** Text from outside, made fit for a one-line message. */
final class Text {
  private static final int LONGEST_QUOTE_CHARS = 80;

  private Text() {}

  /** The text between single quotes, shortened, with everything escaped that does not print. */
  static String quote(String text) {
    StringBuilder out = new StringBuilder(Math.min(text.length(), LONGEST_QUOTE_CHARS) + 2);
    out.append('\'');
    append(out, text, LONGEST_QUOTE_CHARS);
    return out.append('\'').toString();
  }

  /** The whole text, with everything escaped that does not print; for file names. */
  static String oneLine(String text) {
    StringBuilder out = new StringBuilder(text.length());
    append(out, text, Integer.MAX_VALUE);
    return out.toString();
  }

  private static void append(StringBuilder out, String text, int mostChars) {
    int shown = 0;
    for (int at = 0; at < text.length(); ) {
      if (shown == mostChars) {
        out.append('…');
        return;
      }
      int character = text.codePointAt(at);
      if (prints(character)) {
        out.appendCodePoint(character);
      } else {
        out.append(String.format(Locale.ROOT, "\\u%04x", character));
      }
      at += Character.charCount(character);
      shown++;
    }
  }

  /** Whether the character shows as itself: no control, line break, direction mark, surrogate. */
  static boolean prints(int character) {
    switch (Character.getType(character)) {
      case Character.CONTROL:
      case Character.FORMAT:
      case Character.LINE_SEPARATOR:
      case Character.PARAGRAPH_SEPARATOR:
      case Character.SURROGATE:
      case Character.UNASSIGNED:
        return false;
      default:
        return true;
    }
  }
}
