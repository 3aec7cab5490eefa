// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.html;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.pagefusion.candidate.Category;

class TreemapTest {
  private static final Pattern TILE =
      Pattern.compile(
          "<svg x=\"[0-9.]+%\" y=\"[0-9.]+%\" width=\"([0-9.]+)%\" height=\"([0-9.]+)%\">"
              + "<title>([^<]*)</title>");

  private static String draw(Treemap map) {
    Markup html = new Markup();
    map.appendTo(html, "map", "title");
    return html.finish();
  }

  @Test
  void areasAreBytesInEveryLayout() {
    Treemap map = new Treemap();
    map.add(Category.LIBRARY, "/a", 3 << 20, "", 0);
    map.add(Category.DATA, "/b", 1 << 20, "", 0);
    map.add(Category.LIBRARY, "/c", 4 << 20, "", 0);
    map.add(Category.KERNEL, "/never", 0, "", 0);
    Matcher tile = TILE.matcher(draw(map));
    int tiles = 0;
    while (tile.find()) {
      double part = Double.parseDouble(tile.group(1)) * Double.parseDouble(tile.group(2)) / 1e4;
      double expected =
          switch (tile.group(3)) {
            case "/a: 3.0 MiB" -> 3 / 8.0;
            case "/b: 1.0 MiB" -> 1 / 8.0;
            case "/c: 4.0 MiB" -> 4 / 8.0;
            default -> -1;
          };
      assertEquals(expected, part, 1e-5, tile.group(3));
      tiles++;
    }
    assertEquals(9, tiles);
  }

  @Test
  void smallFilesAreOneTileACategory() {
    Treemap map = new Treemap();
    for (int i = 0; i < 5000; i++) {
      map.add(Category.DATA, "/usr/share/" + i, 1 << 16, "", 0);
      map.add(Category.LIBRARY, "/usr/lib/" + i, 1 << 10, "", i % 2);
    }
    map.add(Category.LIBRARY, "/usr/lib/large", 1 << 27, "", 0);
    String svg = draw(map);
    assertTrue(svg.contains("<title>5,000 more: 312.5 MiB</title>"), svg);
    assertTrue(svg.contains("<title>5,000 more: 4.9 MiB</title>"), svg);
    String heading = "<text class=\"t-data heading\" x=\"6\" y=\"16\">data</text>";
    assertEquals(3, svg.split(heading, -1).length - 1, "a group is named in each layout: " + svg);
    assertTrue(svg.length() < 20_000, "length " + svg.length());
  }

  @Test
  void namesAreEscapedAndShortened() {
    Treemap map = new Treemap();
    map.add(Category.DATA, "/<img src=x onerror=alert(1)>/" + "<&>".repeat(200), 1, "", 0.25);
    String svg = draw(map);
    assertFalse(svg.contains("<img") || svg.contains("<&"), svg);
    assertTrue(svg.contains("…</text>"), svg);
    assertTrue(svg.contains("y=\"75%\" width=\"100%\" height=\"25%\""), svg);
  }

  @Test
  void ofNothingThereIsNoPicture() {
    Treemap map = new Treemap();
    map.add(Category.DATA, "/empty", 0, "", 0);
    assertEquals("", draw(map));
  }
}
