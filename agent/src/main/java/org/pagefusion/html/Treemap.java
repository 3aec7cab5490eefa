// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.html;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.pagefusion.candidate.Category;
import org.pagefusion.report.Sizes;

/**
 * Files as tiles of as much area as they have bytes, those of one category together. What is too
 * small for a tile of its own is one tile a category.
 */
final class Treemap {
  /** Tiles of a category, the one for the rest not counted. */
  private static final int MOST_TILES = 24;

  /** Part of all bytes that is worth a tile. */
  private static final double LEAST = 0.002;

  /** What is left of a longer name would say too little. */
  private static final int LEAST_CHARACTERS = 7;

  private static final double CHARACTER = 7.4;
  private static final double LINE = 16;
  private static final int PADDING = 6;

  private final Map<Category, List<Tile>> files = new EnumMap<>(Category.class);
  private long sum;

  /** Ways to lay it out; the style sheet shows the one that fits the screen, with its sizes. */
  private enum Layout {
    NARROW("narrow", 320, 520),
    MIDDLE("middle", 560, 420),
    WIDE("wide", 900, 440);

    private final String style;
    private final int leastWidth;
    private final int height;

    Layout(String style, int leastWidth, int height) {
      this.style = style;
      this.leastWidth = leastWidth;
      this.height = height;
    }
  }

  private record Tile(String label, String told, long bytes, double shaded) {}

  /**
   * Adds a file; one without bytes is not drawn.
   *
   * @param detail what is told of it besides its size
   * @param shaded the part of it that is hatched: 0 to 1
   */
  void add(Category category, String path, long bytes, String detail, double shaded) {
    if (bytes > 0) {
      String shown = Names.shown(path);
      files
          .computeIfAbsent(category, unused -> new ArrayList<>())
          .add(new Tile(Names.last(shown), told(shown, bytes, detail), bytes, shaded));
      sum += bytes;
    }
  }

  /** Draws it in every layout; nothing when no file has any bytes. */
  void appendTo(Markup html, String id, String title) {
    List<Group> groups = groups();
    if (groups.isEmpty()) {
      return;
    }
    for (Layout layout : Layout.values()) {
      Svg.open(
          html, id + "-" + layout.style, "treemap " + layout.style, title, description(groups));
      draw(html, layout, groups);
      html.close("svg").line();
    }
  }

  private record Group(Category category, List<Tile> tiles, long bytes) {
    /** Index of the tile that has most room for the name of the group. */
    int largest() {
      int largest = 0;
      for (int i = 1; i < tiles.size(); i++) {
        largest = tiles.get(i).bytes() > tiles.get(largest).bytes() ? i : largest;
      }
      return largest;
    }
  }

  private List<Group> groups() {
    List<Group> groups = new ArrayList<>();
    files.forEach(
        (category, tiles) -> {
          List<Tile> shown = withRest(tiles);
          groups.add(new Group(category, shown, tiles.stream().mapToLong(Tile::bytes).sum()));
        });
    groups.sort(Comparator.comparingLong(group -> -group.bytes()));
    return groups;
  }

  private List<Tile> withRest(List<Tile> tiles) {
    List<Tile> shown = new ArrayList<>(tiles);
    shown.sort(Comparator.comparingLong(tile -> -tile.bytes()));
    int own = 0;
    while (own < shown.size() && own < MOST_TILES && shown.get(own).bytes() >= LEAST * sum) {
      own++;
    }
    List<Tile> rest = shown.subList(own, shown.size());
    if (rest.size() > 1) {
      long bytes = rest.stream().mapToLong(Tile::bytes).sum();
      double shaded = rest.stream().mapToDouble(t -> t.shaded() * t.bytes()).sum() / bytes;
      String label = Sizes.count(rest.size()) + " more";
      rest.clear();
      shown.add(new Tile(label, told(label, bytes, ""), bytes, shaded));
    }
    return Collections.unmodifiableList(shown);
  }

  private static String told(String what, long bytes, String detail) {
    return what + ": " + Sizes.bytes(bytes) + (detail.isEmpty() ? "" : ", " + detail);
  }

  private static String description(List<Group> groups) {
    StringBuilder text = new StringBuilder();
    for (Group group : groups) {
      text.append(group.category().externalName()).append(' ');
      text.append(Sizes.bytes(group.bytes())).append(", the largest tile ");
      text.append(group.tiles().get(group.largest()).told()).append(". ");
    }
    return text.append("The table below has the numbers.").toString();
  }

  private void draw(Markup svg, Layout layout, List<Group> groups) {
    Rectangle whole = new Rectangle(0, 0, layout.leastWidth, layout.height);
    long[] weights = groups.stream().mapToLong(Group::bytes).toArray();
    Rectangle[] places = Squarify.divide(weights, whole);
    for (int i = 0; i < places.length; i++) {
      draw(svg, layout, groups.get(i), places[i]);
    }
    for (Rectangle place : places) {
      svg.empty(
          "rect",
          "class",
          "group",
          "x",
          Svg.percent(place.x() / layout.leastWidth),
          "y",
          Svg.percent(place.y() / layout.height),
          "width",
          Svg.percent(place.width() / layout.leastWidth),
          "height",
          Svg.percent(place.height() / layout.height));
    }
  }

  private void draw(Markup svg, Layout layout, Group group, Rectangle place) {
    long[] weights = group.tiles().stream().mapToLong(Tile::bytes).toArray();
    Rectangle[] places = Squarify.divide(weights, place);
    Paint paint = Paint.of(group.category());
    for (int i = 0; i < places.length; i++) {
      Tile tile = group.tiles().get(i);
      Rectangle at = places[i];
      Svg.box(
          svg,
          at.x() / layout.leastWidth,
          at.y() / layout.height,
          at.width() / layout.leastWidth,
          at.height() / layout.height);
      svg.leaf("title", tile.told());
      paint.fill(svg);
      if (tile.shaded() > 0) {
        shade(svg, tile.shaded());
      }
      svg.empty("rect", "class", "edge", "width", "100%", "height", "100%");
      label(svg, tile, paint, at, i == group.largest() ? group.category().externalName() : "");
      svg.close("svg").line();
    }
  }

  private static void shade(Markup svg, double part) {
    svg.empty(
        "rect",
        "class",
        "shade",
        "y",
        Svg.percent(1 - part),
        "width",
        "100%",
        "height",
        Svg.percent(part));
  }

  /** As many lines as there is room for. */
  private static void label(Markup svg, Tile tile, Paint paint, Rectangle place, String category) {
    int characters = (int) ((place.width() - 2 * PADDING) / CHARACTER);
    int lines = (int) ((place.height() - PADDING) / LINE);
    boolean heading = !category.isEmpty() && characters >= category.length();
    List<String> texts = new ArrayList<>();
    if (heading) {
      texts.add(category);
    }
    if (!tile.label().equals(category)) {
      texts.add(tile.label());
    }
    if (characters >= Sizes.bytes(tile.bytes()).length()) {
      texts.add(Sizes.bytes(tile.bytes()));
    }
    if (characters < Math.min(LEAST_CHARACTERS, tile.label().length())) {
      return;
    }
    for (int i = 0; i < Math.min(lines, texts.size()); i++) {
      svg.leaf(
          "text",
          shortened(texts.get(i), characters),
          "class",
          paint.textClass() + (heading && i == 0 ? " heading" : ""),
          "x",
          Integer.toString(PADDING),
          "y",
          Integer.toString((int) (LINE * (i + 1))));
    }
  }

  private static String shortened(String text, int most) {
    int length = text.codePointCount(0, text.length());
    return length <= most ? text : text.substring(0, text.offsetByCodePoints(0, most - 1)) + "…";
  }
}
