// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.report;

import java.util.ArrayList;
import java.util.List;

/** A table of text with columns as wide as they need to be. */
final class Table {
  private final boolean[] right;
  private final List<String[]> rows = new ArrayList<>();

  /**
   * Creates a table.
   *
   * @param alignment a letter for each column: {@code l}eft or {@code r}ight
   */
  Table(String alignment) {
    right = new boolean[alignment.length()];
    for (int i = 0; i < right.length; i++) {
      right[i] = alignment.charAt(i) == 'r';
    }
  }

  void row(String... cells) {
    rows.add(cells);
  }

  void appendTo(StringBuilder text) {
    int[] widths = new int[right.length];
    for (String[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        widths[i] = Math.max(widths[i], width(row[i]));
      }
    }
    for (String[] row : rows) {
      int start = text.length();
      for (int i = 0; i < row.length; i++) {
        text.append("  ");
        String padding = " ".repeat(widths[i] - width(row[i]));
        text.append(right[i] ? padding + row[i] : row[i] + padding);
      }
      while (text.length() > start && text.charAt(text.length() - 1) == ' ') {
        text.setLength(text.length() - 1);
      }
      text.append('\n');
    }
  }

  private static int width(String cell) {
    return cell.codePointCount(0, cell.length());
  }
}
