// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.html;

/** What the surfaces of a picture stand for. */
final class Legend {
  private final Markup html;

  /** Begins the list. */
  Legend(Markup html) {
    this.html = html;
    html.open("ul", "class", "scale");
  }

  /** Adds a surface. */
  Legend entry(Paint paint, String text) {
    html.open("li");
    paint.swatch(html);
    html.text(text).close("li");
    return this;
  }

  /** Ends the list. */
  void end() {
    html.close("ul").line();
  }
}
