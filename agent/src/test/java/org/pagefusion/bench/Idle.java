// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.bench;

import java.io.IOException;

/** Does nothing until stdin ends: what a JVM takes by itself, for packaging/bench/footprint. */
public final class Idle {
  private Idle() {}

  /** Tells that it has started, and waits. */
  public static void main(String[] arguments) throws IOException {
    System.out.println("started");
    while (System.in.read() >= 0) {
      // Nothing is expected but the end.
    }
  }
}
