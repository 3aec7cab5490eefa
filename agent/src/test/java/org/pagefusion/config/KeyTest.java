// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

package org.pagefusion.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyTest {
  @Test
  void namesAreThoseOfTheEnum() {
    for (Key key : Key.values()) {
      assertEquals(key, Key.named(key.text()));
      assertEquals(key.name().toLowerCase(Locale.ROOT).replace('_', '-'), key.text());
    }
    assertNull(Key.named("MODE"));
    assertNull(Key.named(""));
  }

  @ParameterizedTest
  @CsvSource({
    "mod, MODE",
    "Mode, MODE",
    "hostsafe, HOST_SAFE",
    "host_safe, HOST_SAFE",
    "root, ROOTS",
    "excludes, EXCLUDE",
    "min-residents, MIN_RESIDENT",
    "scan-intervall, SCAN_INTERVAL",
    "scan.interval.max, SCAN_INTERVAL_MAX",
    "check-bugdet, CHECK_BUDGET",
  })
  void findsTheNearest(String mistyped, Key meant) {
    assertEquals(meant, Key.nearest(mistyped));
  }

  @Test
  void findsNothingFarAway() {
    assertNull(Key.nearest(""));
    assertNull(Key.nearest("x"));
    assertNull(Key.nearest("colour"));
    assertNull(Key.nearest("m".repeat(1_000_000)));
  }
}
