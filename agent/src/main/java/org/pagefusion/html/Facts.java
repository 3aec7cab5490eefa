// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.html;

/** The few figures that matter most, large. */
final class Facts {
  private final Markup html;

  /** Begins the list. */
  Facts(Markup html) {
    this.html = html;
    html.open("dl", "class", "facts").line();
  }

  /**
   * Adds a figure.
   *
   * @param id the element is {@code fact-} and this
   * @param value the figure itself, for programs
   * @param note what it is measured against
   */
  Facts fact(String id, String label, String text, long value, String note) {
    html.open("div").leaf("dt", label).open("dd");
    html.leaf("strong", text, "id", "fact-" + id, "data-v", Long.toString(value));
    html.leaf("small", note).close("dd").close("div").line();
    return this;
  }

  /** Ends the list. */
  void end() {
    html.close("dl").line();
  }
}
