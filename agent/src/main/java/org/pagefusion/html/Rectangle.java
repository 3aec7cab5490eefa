// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.html;

/** A rectangle in a plane, its sides along the axes. */
record Rectangle(double x, double y, double width, double height) {
  double area() {
    return width * height;
  }
}
