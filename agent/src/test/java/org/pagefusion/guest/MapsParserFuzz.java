// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import java.util.Random;

class MapsParserFuzz {
  @FuzzTest
  void makesAMappingOrAnAnomalyOfEveryLine(byte[] text) {
    ParsedMaps whole = ParsedMaps.of(text);
    whole.assertIsOf(text);
    assertEquals(whole, ParsedMaps.of(text, at -> 1));
    Random random = new Random(Arrays.hashCode(text));
    assertEquals(whole, ParsedMaps.of(text, at -> 1 + random.nextInt(100)));
  }
}
