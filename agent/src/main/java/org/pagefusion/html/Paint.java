// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.html;

import java.util.Optional;
import org.pagefusion.candidate.Category;

/**
 * What a surface is filled with: a colour of the style sheet, and a pattern over it where the
 * colour has neighbours that it could be taken for.
 */
enum Paint {
  LIBRARY("library", null),
  EXECUTABLE("executable", null),
  KERNEL("kernel", Patterns.CROSS),
  KERNEL_MODULE("kernel-module", Patterns.DOTS),
  DATA("data", null),
  EXCLUDED("excluded", Patterns.HATCH),
  OTHER("other", null),
  FUSED("fused", null),
  KEPT("kept", Patterns.CROSS),
  ALONE("alone", Patterns.DOTS),
  REASON_1("reason-1", Patterns.HATCH),
  REASON_2("reason-2", null),
  REASON_3("reason-3", Patterns.DOTS),
  REASON_4("reason-4", Patterns.CROSS),
  REASONS("reasons", null);

  private final String style;
  private final Optional<String> pattern;

  Paint(String style, String pattern) {
    this.style = style;
    this.pattern = Optional.ofNullable(pattern);
  }

  static Paint of(Category category) {
    return switch (category) {
      case LIBRARY -> LIBRARY;
      case EXECUTABLE -> EXECUTABLE;
      case KERNEL -> KERNEL;
      case KERNEL_MODULE -> KERNEL_MODULE;
      case DATA -> DATA;
      default -> throw new IllegalArgumentException("category " + category);
    };
  }

  /** Fills the SVG viewport that is open. */
  void fill(Markup svg) {
    svg.empty("rect", "class", "f-" + style, "width", "100%", "height", "100%");
    if (pattern.isPresent()) {
      svg.empty("rect", "fill", Patterns.fill(pattern.get()), "width", "100%", "height", "100%");
    }
  }

  /** Class of text that lies on it. */
  String textClass() {
    return "t-" + style;
  }

  /** A little square of it, for legends. */
  void swatch(Markup html) {
    html.open("svg", "class", "swatch", "width", "14", "height", "14", "aria-hidden", "true");
    fill(html);
    html.close("svg");
  }
}
