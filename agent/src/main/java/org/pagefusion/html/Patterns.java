// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.html;

/** Hatchings that lie over a colour, so that nothing is told by colour alone. */
final class Patterns {
  /** Diagonal lines. */
  static final String HATCH = "hatch";

  /** Dots. */
  static final String DOTS = "dots";

  /** Crossed diagonal lines. */
  static final String CROSS = "cross";

  private Patterns() {}

  /** Writes the definitions, once a page. */
  static void define(Markup html) {
    html.open("svg", "class", "defs", "width", "0", "height", "0", "aria-hidden", "true");
    html.open("defs");
    pattern(html, HATCH, "8", "45");
    html.empty("rect", "width", "2", "height", "8", "class", "ink").close("pattern");
    pattern(html, DOTS, "6", "0");
    html.empty("circle", "cx", "3", "cy", "3", "r", "1.2", "class", "ink").close("pattern");
    pattern(html, CROSS, "9", "45");
    html.empty("rect", "width", "1.5", "height", "9", "class", "ink");
    html.empty("rect", "width", "9", "height", "1.5", "class", "ink").close("pattern");
    html.close("defs").close("svg").line();
  }

  /** The value of {@code fill} for a pattern. */
  static String fill(String pattern) {
    return "url(#" + pattern + ")";
  }

  private static void pattern(Markup html, String id, String size, String degrees) {
    html.open(
        "pattern",
        "id",
        id,
        "width",
        size,
        "height",
        size,
        "patternUnits",
        "userSpaceOnUse",
        "patternTransform",
        "rotate(" + degrees + ")");
  }
}
