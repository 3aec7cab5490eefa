// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.html;

import org.pagefusion.guest.FileName;

/** Names that others chose, for people. */
final class Names {
  private Names() {}

  /**
   * A name as it is shown: what is not text, and what would change the order in which the rest is
   * read, is spelled out.
   */
  static String shown(String name) {
    String text = FileName.printable(name);
    StringBuilder shown = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (reorders(c)) {
        if (shown == null) {
          shown = new StringBuilder(text.length() + 16).append(text, 0, i);
        }
        shown.append(String.format("\\u%04x", (int) c));
      } else if (shown != null) {
        shown.append(c);
      }
    }
    return shown == null ? text : shown.toString();
  }

  /** Marks, embeddings, overrides and isolates of the Unicode Bidirectional Algorithm. */
  private static boolean reorders(char c) {
    return c == 0x061C
        || c == 0x200E
        || c == 0x200F
        || (c >= 0x2028 && c <= 0x202E)
        || (c >= 0x2066 && c <= 0x2069);
  }

  /** What follows the last slash; all of it when nothing does. */
  static String last(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 || slash == path.length() - 1 ? path : path.substring(slash + 1);
  }
}
