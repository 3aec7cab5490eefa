// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.html;

import org.pagefusion.report.Sizes;

/**
 * What any two of several have in common, as squares that are the darker the more it is. Of many,
 * neighbours are taken together: a square is then the mean of its pairs.
 */
final class HeatMap {
  /** Squares a side, at most: smaller ones could not be told apart on a telephone. */
  static final int MOST = 32;

  private static final int SHADES = 7;

  /** Squares a side that leave room for numbers at the edges. */
  private static final int NUMBERED = 16;

  private final int count;
  private final Values values;

  /** What two of them have in common, in bytes. */
  @FunctionalInterface
  interface Values {
    long of(int one, int other);
  }

  HeatMap(int count, Values values) {
    this.count = count;
    this.values = values;
  }

  /** How many neighbours one square stands for along each side. */
  int together() {
    return (count + MOST - 1) / MOST;
  }

  /** Whether every square has a number at the edges and a tip of its own. */
  private boolean isNumbered() {
    return together() == 1 && side() <= NUMBERED;
  }

  private int side() {
    return (count + together() - 1) / together();
  }

  /** The most that two different ones have in common. */
  long most() {
    long most = 0;
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < i; j++) {
        most = Math.max(most, values.of(i, j));
      }
    }
    return most;
  }

  /** The mean over the pairs of different ones in a square; negative when it has none. */
  long mean(int row, int column) {
    long sum = 0;
    int pairs = 0;
    for (int i = row * together(); i < Math.min(count, (row + 1) * together()); i++) {
      for (int j = column * together(); j < Math.min(count, (column + 1) * together()); j++) {
        if (i != j) {
          sum += values.of(i, j);
          pairs++;
        }
      }
    }
    return pairs == 0 ? -1 : sum / pairs;
  }

  /** Draws it. */
  void appendTo(Markup html, String id, String title, String description) {
    Svg.open(html, id, "heat", title, description);
    int side = side();
    long most = Math.max(1, most());
    double cell = 1.0 / (side + 1);
    for (int row = 0; row < side; row++) {
      if (isNumbered()) {
        String number = Integer.toString(row + 1);
        label(html, number, cell / 2, (row + 1.5) * cell);
        label(html, number, (row + 1.5) * cell, cell / 2);
      }
      for (int column = 0; column < side; column++) {
        long mean = mean(row, column);
        Svg.box(html, (column + 1) * cell, (row + 1) * cell, cell, cell);
        if (isNumbered()) {
          html.leaf("title", told(row, column, mean));
        }
        html.empty("rect", "class", style(mean, most), "width", "100%", "height", "100%");
        if (mean < 0) {
          String hatch = Patterns.fill(Patterns.HATCH);
          html.empty("rect", "fill", hatch, "width", "100%", "height", "100%");
        }
        html.close("svg");
      }
      html.line();
    }
    html.close("svg").line();
  }

  /** A shade for each range of bytes, with the range beside it. */
  void appendScale(Markup html) {
    long most = Math.max(1, most());
    html.open("ul", "class", "scale");
    for (int shade = 0; shade < SHADES; shade++) {
      html.open("li");
      html.open("svg", "class", "swatch", "width", "14", "height", "14", "aria-hidden", "true");
      html.empty("rect", "class", "h" + shade, "width", "100%", "height", "100%").close("svg");
      html.text((shade == 0 ? "up to " : "to ") + Sizes.bytes(upper(shade, most))).close("li");
    }
    html.close("ul").line();
  }

  /** A guest with itself has nothing in common that could be fused: no shade stands for that. */
  private static String style(long mean, long most) {
    return "cell " + (mean < 0 ? "self" : "h" + shade(mean, most));
  }

  private static int shade(long bytes, long most) {
    for (int shade = 0; shade < SHADES - 1; shade++) {
      if (bytes <= upper(shade, most)) {
        return shade;
      }
    }
    return SHADES - 1;
  }

  private static long upper(int shade, long most) {
    return shade == SHADES - 1 ? most : (long) ((double) most * (shade + 1) / SHADES);
  }

  private static void label(Markup svg, String text, double x, double y) {
    svg.leaf(
        "text",
        text,
        "class",
        "axis",
        "x",
        Svg.percent(x),
        "y",
        Svg.percent(y),
        "dy",
        ".35em",
        "text-anchor",
        "middle");
  }

  private static String told(int row, int column, long mean) {
    return mean < 0
        ? "guest " + (row + 1)
        : "guests " + (row + 1) + " and " + (column + 1) + ": " + Sizes.bytes(mean);
  }
}
