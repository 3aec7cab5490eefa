// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.html;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pagefusion.report.Sizes;

/** A table whose rows can be sorted where the browser runs the page's script. */
final class DataTable {
  private final String id;
  private final String caption;
  private final List<Column> columns = new ArrayList<>();
  private final List<List<Cell>> rows = new ArrayList<>();
  private Optional<List<Cell>> foot = Optional.empty();

  private record Column(String title, boolean number) {}

  /**
   * A cell.
   *
   * @param text what it says
   * @param value what it is sorted by; empty to sort by the text
   * @param name whether the text is a name that others chose
   * @param swatch what stands for it in a picture
   */
  record Cell(String text, Optional<String> value, boolean name, Optional<Paint> swatch) {
    static Cell text(String text) {
      return new Cell(text, Optional.empty(), false, Optional.empty());
    }

    /** A name that others chose. */
    static Cell name(String name) {
      return new Cell(name, Optional.empty(), true, Optional.empty());
    }

    static Cell bytes(long bytes) {
      String text = bytes < 0 ? "−" + Sizes.bytes(-bytes) : Sizes.bytes(bytes);
      return new Cell(text, Optional.of(Long.toString(bytes)), false, Optional.empty());
    }

    static Cell count(long count) {
      return new Cell(
          Sizes.count(count), Optional.of(Long.toString(count)), false, Optional.empty());
    }

    /** A part of a whole; empty when there is no whole. */
    static Cell share(long part, long whole) {
      String value = whole > 0 ? Double.toString((double) part / whole) : "-1";
      return new Cell(Sizes.share(part, whole), Optional.of(value), false, Optional.empty());
    }

    /** The same, with a swatch. */
    Cell as(Paint paint) {
      return new Cell(text, value, name, Optional.of(paint));
    }
  }

  /**
   * Creates a table without columns.
   *
   * @param id unique in the page
   */
  DataTable(String id, String caption) {
    this.id = id;
    this.caption = caption;
  }

  /** Adds a column of text. */
  DataTable column(String title) {
    columns.add(new Column(title, false));
    return this;
  }

  /** Adds a column of numbers. */
  DataTable number(String title) {
    columns.add(new Column(title, true));
    return this;
  }

  /** Adds a row, whose first cell names it. */
  DataTable row(Cell... cells) {
    rows.add(checked(cells));
    return this;
  }

  /** Sets the row of sums, which stays below the others. */
  DataTable foot(Cell... cells) {
    foot = Optional.of(checked(cells));
    return this;
  }

  void appendTo(Markup html) {
    // Wider than a telephone, it scrolls within this; what scrolls must be within reach of the
    // keys.
    html.open(
        "div", "class", "scroll", "role", "region", "aria-labelledby", id + "-c", "tabindex", "0");
    html.open("table", "id", id, "class", rows.size() > 1 ? "sortable" : "plain");
    html.leaf("caption", caption, "id", id + "-c");
    html.open("thead").open("tr");
    for (Column column : columns) {
      html.leaf("th", column.title(), "scope", "col", "class", style(column));
    }
    html.close("tr").close("thead").line();
    html.open("tbody").line();
    rows.forEach(row -> append(html, row));
    html.close("tbody");
    if (foot.isPresent()) {
      html.open("tfoot").line();
      append(html, foot.get());
      html.close("tfoot");
    }
    html.close("table").close("div").line();
  }

  private List<Cell> checked(Cell... cells) {
    if (cells.length != columns.size()) {
      throw new IllegalArgumentException(
          "row of " + cells.length + " cells for " + columns.size() + " columns");
    }
    return List.of(cells);
  }

  private void append(Markup html, List<Cell> row) {
    html.open("tr");
    for (int i = 0; i < row.size(); i++) {
      Cell cell = row.get(i);
      List<String> attributes = new ArrayList<>();
      if (i == 0) {
        attributes.addAll(List.of("scope", "row"));
      }
      attributes.addAll(
          List.of("class", style(columns.get(i)) + (cell.swatch().isPresent() ? " k" : "")));
      cell.value().ifPresent(value -> attributes.addAll(List.of("data-v", value)));
      html.open(i == 0 ? "th" : "td", attributes.toArray(String[]::new));
      cell.swatch().ifPresent(paint -> paint.swatch(html));
      if (cell.name()) {
        html.name(cell.text());
      } else {
        html.text(cell.text());
      }
      html.close();
    }
    html.close("tr").line();
  }

  private static String style(Column column) {
    return column.number() ? "n" : "s";
  }
}
