// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

package org.pagefusion.config;

import java.util.Locale;

/** The known keys, in the order in which they are documented and shown. */
enum Key {
  MODE("mode"),
  HOST_SAFE("host-safe"),
  SOURCES("sources"),
  ROOTS("roots"),
  EXCLUDE("exclude"),
  GROUP("group"),
  MIN_RESIDENT("min-resident"),
  MAX_MODULES("max-modules"),
  SCAN_INTERVAL("scan-interval"),
  SCAN_INTERVAL_MAX("scan-interval-max"),
  CHECK_BUDGET("check-budget"),
  METRICS_FILE("metrics-file");

  private final String text;

  Key(String text) {
    this.text = text;
  }

  String text() {
    return text;
  }

  /** The key of this name, or null when there is none. */
  static Key named(String name) {
    for (Key key : values()) {
      if (key.text.equals(name)) {
        return key;
      }
    }
    return null;
  }

  /** The known key that a mistyped name most likely means, or null when none is near. */
  static Key nearest(String name) {
    // Past this length no key is near, and the distance would cost its square.
    if (name.length() > 40) {
      return null;
    }
    String plain = name.toLowerCase(Locale.ROOT).replace('_', '-').replace('.', '-');
    Key nearest = null;
    int smallest = Integer.MAX_VALUE;
    for (Key key : values()) {
      int distance = distance(plain, key.text);
      if (distance < smallest) {
        smallest = distance;
        nearest = key;
      }
    }
    return smallest <= Math.max(1, plain.length() / 3) ? nearest : null;
  }

  /** Levenshtein's distance: how many characters to insert, delete or replace. */
  private static int distance(String left, String right) {
    int[] previous = new int[right.length() + 1];
    int[] current = new int[right.length() + 1];
    for (int j = 0; j <= right.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= left.length(); i++) {
      current[0] = i;
      for (int j = 1; j <= right.length(); j++) {
        int replaced = previous[j - 1] + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
      }
      int[] spare = previous;
      previous = current;
      current = spare;
    }
    return previous[right.length()];
  }
}
