// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.html;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.pagefusion.html.DataTable.Cell;

class DataTableTest {
  @Test
  void cellsCarryWhatTheyAreSortedBy() {
    DataTable table = new DataTable("t", "caption").column("Name").number("Size").number("Share");
    table.row(Cell.name("/a<b"), Cell.bytes(-2048), Cell.share(1, 3));
    table.foot(Cell.text("all"), Cell.count(12345), Cell.share(1, 0));
    Markup html = new Markup();
    table.appendTo(html);
    String text = html.finish();
    assertTrue(text.contains("<bdi>/a&lt;b</bdi>"), text);
    assertTrue(text.contains("data-v=\"-2048\">−2.0 KiB</td>"), text);
    assertTrue(text.contains("data-v=\"0.3333333333333333\">33.3 %</td>"), text);
    assertTrue(text.contains("data-v=\"12345\">12,345</td>"), text);
    assertTrue(text.contains("class=\"plain\""), "one row can't be sorted: " + text);
  }

  @Test
  void rowsHaveACellForEachColumn() {
    DataTable table = new DataTable("t", "caption").column("Name");
    assertThrows(IllegalArgumentException.class, () -> table.row(Cell.text("a"), Cell.text("b")));
  }

  @Test
  void sharesOfNothingAreEmpty() {
    assertEquals("", Cell.share(1, 0).text());
  }
}
