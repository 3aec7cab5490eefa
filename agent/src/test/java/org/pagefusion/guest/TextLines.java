// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Lines of a text, whose bytes are its characters (ISO 8859-1). */
final class TextLines {
  private TextLines() {}

  /** The lines without their newlines; the last one need not have one. */
  static List<String> of(byte[] text) {
    String all = new String(text, StandardCharsets.ISO_8859_1);
    List<String> lines = new ArrayList<>(List.of(all.split("\n", -1)));
    if (lines.get(lines.size() - 1).isEmpty()) {
      lines.remove(lines.size() - 1);
    }
    return lines;
  }

  /** The bytes of a text all of whose characters are below U+0100. */
  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
