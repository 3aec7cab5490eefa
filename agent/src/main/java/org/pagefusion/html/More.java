// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.html;

import org.pagefusion.report.Sizes;

/** Says what a table does not show, and what shows it. */
final class More {
  private More() {}

  /**
   * Writes a note, unless nothing is left out.
   *
   * @param number of those that are not in the table
   * @param what they are
   * @param command that shows them all
   */
  static void note(Markup html, long number, String what, String command) {
    if (number > 0) {
      html.open("p", "class", "more").text("Not shown: " + Sizes.count(number) + " " + what);
      html.text("; all of them: ").leaf("code", command).text(".").close("p").line();
    }
  }
}
