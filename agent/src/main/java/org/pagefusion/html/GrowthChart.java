// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.html;

import java.util.List;
import org.pagefusion.report.Sizes;

/** How a sum of bytes grows with a count. */
final class GrowthChart {
  private static final int HEIGHT = 260;
  private static final int TOP = 22;
  private static final int BOTTOM = 226;
  private static final int INTERVALS = 5;

  /** Counts that get a dot and a number of their own at the axis. */
  private static final int DOTS = 24;

  /** Lines that the curve is drawn with: more are finer than a screen. */
  private static final int PIECES = 250;

  private final long[] sums;

  /**
   * Creates a chart.
   *
   * @param sums bytes with one, two and so on; at least one
   */
  GrowthChart(long[] sums) {
    this.sums = sums.clone();
  }

  /** Draws it. */
  void appendTo(Markup html, String id, String title, String description) {
    Svg.open(html, id, "chart", title, description);
    List<Long> ticks = Ticks.bytes(most(), INTERVALS);
    double scale = (double) (BOTTOM - TOP) / ticks.get(ticks.size() - 1);
    for (long tick : ticks) {
      String y = coordinate(BOTTOM - tick * scale);
      html.empty("line", "class", "grid", "x1", "0", "x2", "100%", "y1", y, "y2", y);
      html.leaf("text", Sizes.bytes(tick), "class", "axis", "x", "0", "y", y, "dy", "-4");
    }
    drawLine(html, scale);
    drawCounts(html);
    html.close("svg").line();
  }

  private long most() {
    long most = 0;
    for (long sum : sums) {
      most = Math.max(most, sum);
    }
    return most;
  }

  private void drawLine(Markup svg, double scale) {
    int step = Math.max(1, sums.length / PIECES);
    for (int from = 0; from < sums.length - 1; from += step) {
      int to = Math.min(sums.length - 1, from + step);
      svg.empty(
          "line",
          "class",
          "growth",
          "x1",
          x(from),
          "x2",
          x(to),
          "y1",
          coordinate(BOTTOM - sums[from] * scale),
          "y2",
          coordinate(BOTTOM - sums[to] * scale));
    }
    if (sums.length <= DOTS) {
      for (int i = 0; i < sums.length; i++) {
        svg.open(
            "circle",
            "class",
            "dot",
            "cx",
            x(i),
            "cy",
            coordinate(BOTTOM - sums[i] * scale),
            "r",
            "4");
        svg.leaf("title", (i + 1) + ": " + Sizes.bytes(sums[i])).close("circle");
      }
    }
  }

  private void drawCounts(Markup svg) {
    List<Long> counts = Ticks.counts(sums.length, DOTS / 2);
    for (long count : counts) {
      if (count >= 1 && count <= sums.length) {
        svg.leaf(
            "text",
            Sizes.count(count),
            "class",
            "axis",
            "x",
            x((int) count - 1),
            "y",
            Integer.toString(HEIGHT - 14),
            "text-anchor",
            "middle");
      }
    }
  }

  /** Across the picture, with room on the left for the numbers of the axis. */
  private String x(int index) {
    double from = 0.15;
    double to = 0.97;
    double part = sums.length == 1 ? 1 : (double) index / (sums.length - 1);
    return Svg.percent(from + part * (to - from));
  }

  private static String coordinate(double pixels) {
    return Double.toString(Math.round(pixels * 100) / 100.0);
  }
}
