// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.html;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.pagefusion.report.Sizes;

/** Parts of a whole, side by side. */
final class StackedBar {
  /** Parts that are narrower have no room for text even on a telephone. */
  private static final double LABELLED = 0.19;

  /** Between narrower parts a line would hide what it divides. */
  private static final double DIVIDED = 0.006;

  private final long whole;
  private final List<Part> parts = new ArrayList<>();

  private record Part(String label, Paint paint, long bytes) {}

  /**
   * Creates an empty bar.
   *
   * @param wholeBytes what the full width stands for
   */
  StackedBar(long wholeBytes) {
    whole = wholeBytes;
  }

  /** Adds a part; one of nothing is not drawn. */
  StackedBar part(String label, Paint paint, long bytes) {
    if (bytes > 0) {
      parts.add(new Part(label, paint, bytes));
    }
    return this;
  }

  /** Draws it as a picture of its own. */
  void appendTo(Markup html, String id, String title) {
    Svg.open(html, id, "bar", title, told());
    draw(html, 1);
    html.close("svg").line();
  }

  /**
   * Draws the parts into the SVG viewport that is open.
   *
   * @param room how much of the width of the picture that is: 0 to 1
   */
  void draw(Markup svg, double room) {
    double x = 0;
    for (Part part : parts) {
      double width = (double) part.bytes() / Math.max(1, whole);
      Svg.box(svg, x, 0, width, 1);
      svg.leaf("title", told(part));
      part.paint().fill(svg);
      if (x > 0 && width > DIVIDED) {
        svg.empty("rect", "class", "gap", "width", "2", "height", "100%");
      }
      if (width * room >= LABELLED) {
        svg.leaf(
            "text",
            Sizes.bytes(part.bytes()),
            "class",
            part.paint().textClass(),
            "x",
            "50%",
            "y",
            "50%",
            "dy",
            ".35em",
            "text-anchor",
            "middle");
      }
      svg.close("svg");
      x += width;
    }
  }

  /** The parts in words. */
  String told() {
    return parts.stream().map(this::told).collect(Collectors.joining("; "));
  }

  private String told(Part part) {
    return part.label()
        + ": "
        + Sizes.bytes(part.bytes())
        + (whole > 0 ? ", " + Sizes.share(part.bytes(), whole) : "");
  }
}
