// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.html;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class HeatMapTest {
  private static String draw(HeatMap map) {
    Markup html = new Markup();
    map.appendTo(html, "map", "title", "description");
    return html.finish();
  }

  private static int count(String text, String part) {
    return text.split(part, -1).length - 1;
  }

  @Test
  void fewAreShownOneByOne() {
    HeatMap map = new HeatMap(3, (one, other) -> 1 << 20 << one + other);
    assertEquals(1, map.together());
    assertEquals(8 << 20, map.most());
    assertEquals(-1, map.mean(1, 1));
    assertEquals(4 << 20, map.mean(2, 0));
    String svg = draw(map);
    assertEquals(9, count(svg, "class=\"cell "));
    assertEquals(3, count(svg, "cell self"));
    assertTrue(svg.contains("<title>guests 3 and 1: 4.0 MiB</title>"), svg);
  }

  /** Of 70, three by three: the last square of a row has one guest only. */
  @Test
  void manyAreTakenTogether() {
    HeatMap map = new HeatMap(70, (one, other) -> Math.max(one, other));
    assertEquals(3, map.together());
    // Pairs (0,1), (0,2), (1,2) twice each: 1 + 2 + 2 over 3.
    assertEquals(5 / 3, map.mean(0, 0));
    assertEquals((3 + 4 + 5) / 3, map.mean(0, 1));
    assertEquals(map.mean(5, 9), map.mean(9, 5));
    assertEquals(-1, map.mean(23, 23));
    String svg = draw(map);
    assertEquals(24 * 24, count(svg, "class=\"cell "));
    assertFalse(svg.contains("<title>guests"), "a tip for one pair of many");
  }

  @Test
  void nothingInCommonIsTheLightestShade() {
    assertEquals(2, count(draw(new HeatMap(2, (one, other) -> 0)), "cell h0"));
  }

  @Test
  void theMostIsTheDarkestShade() {
    String svg = draw(new HeatMap(3, (one, other) -> one + other == 3 ? 1L << 50 : 1));
    assertEquals(2, count(svg, "cell h6"));
    assertEquals(4, count(svg, "cell h0"));
  }
}
