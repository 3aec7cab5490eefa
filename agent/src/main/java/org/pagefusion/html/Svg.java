// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.html;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What all pictures have in common. */
final class Svg {
  private Svg() {}

  /**
   * Begins a picture, whose element the caller ends. Its coordinates are percentages of whatever
   * width it gets, so that text keeps its size on a telephone.
   *
   * @param id of the element, unique in the page
   * @param style its class, which has its height
   * @param title what it shows
   * @param description what there is to see, for who does not
   * @param attributes more of the element, in turn with their values
   */
  static void open(
      Markup html,
      String id,
      String style,
      String title,
      String description,
      String... attributes) {
    List<String> all = new ArrayList<>(List.of(attributes));
    all.addAll(
        List.of(
            "id",
            id,
            "class",
            style,
            "role",
            "img",
            "aria-labelledby",
            id + "-t",
            "aria-describedby",
            id + "-d"));
    html.open("svg", all.toArray(String[]::new));
    html.leaf("title", title, "id", id + "-t").leaf("desc", description, "id", id + "-d").line();
  }

  /** Begins a rectangle that clips what is drawn in it. */
  static void box(Markup svg, double x, double y, double width, double height) {
    svg.open(
        "svg",
        "x",
        percent(x),
        "y",
        percent(y),
        "width",
        percent(width),
        "height",
        percent(height));
  }

  /** A fraction as a percentage, exact to a thousandth of a pixel. */
  static String percent(double fraction) {
    String text = String.format(Locale.ROOT, "%.4f", 100 * fraction);
    int end = text.length();
    while (text.charAt(end - 1) == '0') {
      end--;
    }
    return text.substring(0, text.charAt(end - 1) == '.' ? end - 1 : end) + "%";
  }
}
