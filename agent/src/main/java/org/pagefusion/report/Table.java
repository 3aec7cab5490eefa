// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.report;

import java.util.ArrayList;
import java.util.List;

/** A table of text with columns as wide as they need to be. */
public final class Table {
  private static final String GAP = "  ";

  private final boolean[] right;
  private final List<String[]> rows = new ArrayList<>();

  /**
   * Creates a table.
   *
   * @param alignment a letter for each column: {@code l}eft or {@code r}ight
   */
  public Table(String alignment) {
    right = new boolean[alignment.length()];
    for (int i = 0; i < right.length; i++) {
      right[i] = alignment.charAt(i) == 'r';
    }
  }

  /** Adds a row; the last cells may be missing. */
  public void row(String... cells) {
    rows.add(cells);
  }

  /**
   * Columns of a terminal that the first columns of the table take, with the gap before the next.
   */
  public int width(int columns) {
    int[] widths = widths();
    int sum = GAP.length();
    for (int i = 0; i < columns; i++) {
      sum += widths[i] + GAP.length();
    }
    return sum;
  }

  /**
   * Shortens the cells of the last column to a number of characters: of a path the end tells most.
   */
  public void shortenLast(int most) {
    for (String[] row : rows) {
      String cell = row[row.length - 1];
      int length = width(cell);
      if (length > most) {
        row[row.length - 1] = "…" + cell.substring(cell.offsetByCodePoints(0, length - most + 1));
      }
    }
  }

  private int[] widths() {
    int[] widths = new int[right.length];
    for (String[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        widths[i] = Math.max(widths[i], width(row[i]));
      }
    }
    return widths;
  }

  /** Writes the rows, two spaces before each column. */
  public void appendTo(StringBuilder text) {
    int[] widths = widths();
    for (String[] row : rows) {
      int start = text.length();
      for (int i = 0; i < row.length; i++) {
        text.append(GAP);
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
