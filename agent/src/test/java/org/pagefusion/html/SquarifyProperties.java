// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.html;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class SquarifyProperties {
  private static final double NEAR = 1e-9;

  @Property
  void areasAreProportionalAndFillTheWhole(
      @ForAll @Size(min = 1, max = 80) List<@LongRange(min = 1, max = 1L << 40) Long> numbers,
      @ForAll @DoubleRange(min = 1, max = 2000) double width,
      @ForAll @DoubleRange(min = 1, max = 2000) double height) {
    long[] weights = numbers.stream().mapToLong(Long::longValue).toArray();
    Rectangle whole = new Rectangle(3, 5, width, height);
    Rectangle[] tiles = Squarify.divide(weights, whole);
    double sum = Arrays.stream(weights).asDoubleStream().sum();
    double slack = NEAR * (width + height);
    for (int i = 0; i < tiles.length; i++) {
      Rectangle tile = tiles[i];
      double area = weights[i] / sum * whole.area();
      assertEquals(area, tile.area(), NEAR * whole.area(), "tile " + i);
      assertTrue(tile.x() >= 3 - slack && tile.y() >= 5 - slack, tile.toString());
      assertTrue(tile.x() + tile.width() <= 3 + width + slack, tile.toString());
      assertTrue(tile.y() + tile.height() <= 5 + height + slack, tile.toString());
      for (int j = 0; j < i; j++) {
        assertTrue(overlap(tile, tiles[j]) <= slack, tile + " on " + tiles[j]);
      }
    }
  }

  /** The shorter side of what two rectangles have in common. */
  private static double overlap(Rectangle a, Rectangle b) {
    double width = Math.min(a.x() + a.width(), b.x() + b.width()) - Math.max(a.x(), b.x());
    double height = Math.min(a.y() + a.height(), b.y() + b.height()) - Math.max(a.y(), b.y());
    return Math.min(width, height);
  }

  /** The figures of the paper: 6, 6, 4, 3, 2, 2, 1 in 6 x 4. */
  @Example
  void dividesAsThePaperDoes() {
    Rectangle[] tiles =
        Squarify.divide(new long[] {6, 6, 4, 3, 2, 2, 1}, new Rectangle(0, 0, 6, 4));
    double[][] expected = {
      {0, 0, 3, 2},
      {0, 2, 3, 2},
      {3, 0, 12 / 7.0, 7 / 3.0},
      {3 + 12 / 7.0, 0, 9 / 7.0, 7 / 3.0},
      {3, 7 / 3.0, 1.2, 5 / 3.0},
      {4.2, 7 / 3.0, 1.2, 5 / 3.0},
      {5.4, 7 / 3.0, 0.6, 5 / 3.0}
    };
    for (int i = 0; i < tiles.length; i++) {
      Rectangle tile = tiles[i];
      double[] actual = {tile.x(), tile.y(), tile.width(), tile.height()};
      for (int side = 0; side < 4; side++) {
        assertEquals(expected[i][side], actual[side], NEAR, "tile " + i + ": " + tile);
      }
    }
  }

  @Example
  void nothingHasNoArea() {
    Rectangle whole = new Rectangle(0, 0, 1, 1);
    assertEquals(0, Squarify.divide(new long[0], whole).length);
    assertThrows(IllegalArgumentException.class, () -> Squarify.divide(new long[] {1, 0}, whole));
  }
}
