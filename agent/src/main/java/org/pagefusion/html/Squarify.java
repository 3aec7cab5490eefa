// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.html;

/**
 * Divides a rectangle into rectangles whose areas are proportional to given numbers, and which are
 * as near to squares as a simple rule makes them (Bruls, Huizing, van Wijk: Squarified Treemaps,
 * 2000).
 */
final class Squarify {
  private final double[] areas;
  private final Rectangle[] tiles;
  private double x;
  private double y;
  private double width;
  private double height;

  private Squarify(long[] weights, Rectangle whole) {
    double sum = 0;
    for (long weight : weights) {
      if (weight <= 0) {
        throw new IllegalArgumentException("weight " + weight + " has no area");
      }
      sum += weight;
    }
    areas = new double[weights.length];
    for (int i = 0; i < weights.length; i++) {
      areas[i] = weights[i] / sum * whole.area();
    }
    tiles = new Rectangle[weights.length];
    x = whole.x();
    y = whole.y();
    width = whole.width();
    height = whole.height();
  }

  /**
   * Divides a rectangle.
   *
   * @param weights all positive; the largest first makes the best squares
   * @return a rectangle for each weight, in their order
   */
  static Rectangle[] divide(long[] weights, Rectangle whole) {
    Squarify squarify = new Squarify(weights, whole);
    int from = 0;
    while (from < weights.length) {
      from = squarify.layRow(from);
    }
    return squarify.tiles;
  }

  /** Fills a strip along the shorter side of what is left; returns where the next one begins. */
  private int layRow(int from) {
    double side = Math.min(width, height);
    double sum = areas[from];
    double worst = worst(side, sum, areas[from], areas[from]);
    double least = areas[from];
    double most = areas[from];
    int to = from + 1;
    while (to < areas.length) {
      double nextLeast = Math.min(least, areas[to]);
      double nextMost = Math.max(most, areas[to]);
      double next = worst(side, sum + areas[to], nextLeast, nextMost);
      if (next > worst) {
        break;
      }
      worst = next;
      least = nextLeast;
      most = nextMost;
      sum += areas[to++];
    }
    place(from, to, sum);
    return to;
  }

  /** The largest ratio of sides in a strip. */
  private static double worst(double side, double sum, double least, double most) {
    double square = side * side;
    return Math.max(square * most / (sum * sum), sum * sum / (square * least));
  }

  private void place(int from, int to, double sum) {
    boolean upright = width >= height;
    double side = upright ? height : width;
    double left = upright ? width : height;
    // What is left is a difference, with all the error of such: so it is never more than filled,
    // and
    // by the last strip wholly.
    double thickness = to == areas.length ? left : Math.min(left, sum / side);
    double at = 0;
    for (int i = from; i < to; i++) {
      double length = side * areas[i] / sum;
      tiles[i] =
          upright
              ? new Rectangle(x, y + at, thickness, length)
              : new Rectangle(x + at, y, length, thickness);
      at += length;
    }
    if (upright) {
      x += thickness;
      width -= thickness;
    } else {
      y += thickness;
      height -= thickness;
    }
  }
}
