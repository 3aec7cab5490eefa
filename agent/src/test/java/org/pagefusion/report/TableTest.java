// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class TableTest {
  private static String text(Table table) {
    StringBuilder text = new StringBuilder();
    table.appendTo(text);
    return text.toString();
  }

  @Test
  void columnsAreAsWideAsTheirCells() {
    Table table = new Table("lrl");
    table.row("a", "b", "c");
    table.row("long", "12345", "");
    table.row("", "1", "end");
    assertEquals("  a         b  c\n  long  12345\n            1  end\n", text(table));
  }

  /** A character outside of the basic plane is one column too, not two. */
  @Test
  void charactersCountNotUnits() {
    Table table = new Table("ll");
    table.row("𝄞", "x");
    table.row("ab", "y");
    assertEquals("  𝄞   x\n  ab  y\n", text(table));
  }

  @Test
  void theLastColumnIsShortenedFromTheLeft() {
    Table table = new Table("ll");
    table.row("a", "12345");
    table.row("a", "123456");
    table.row("a", "𝄞𝄞𝄞𝄞𝄞𝄞");
    table.shortenLast(5);
    assertEquals("  a  12345\n  a  …3456\n  a  …𝄞𝄞𝄞𝄞\n", text(table));
  }

  @Test
  void widthIsUpToTheNextColumn() {
    Table table = new Table("lrl");
    table.row("abc", "1", "x");
    table.row("a", "12", "x");
    assertEquals(2, table.width(0));
    assertEquals(2 + 3 + 2 + 2 + 2, table.width(2));
    assertEquals(table.width(2), text(table).indexOf("x"));
  }

  @Test
  void noRowsNoText() {
    assertEquals("", text(new Table("lr")));
  }
}
