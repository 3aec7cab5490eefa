// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SizesTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "1, 1 B",
    "1023, 1023 B",
    "1024, 1.0 KiB",
    "1075, 1.0 KiB",
    "1076, 1.1 KiB",
    "1048524, 1023.9 KiB",
    "1048525, 1.0 MiB",
    "1048576, 1.0 MiB",
    "1073741823, 1.0 GiB",
    "123456789012, 115.0 GiB",
    "9223372036854775807, 8.0 EiB",
    "-1, 16.0 EiB",
  })
  void bytesHaveOneDecimal(long bytes, String expected) {
    assertEquals(expected, Sizes.bytes(bytes));
  }

  @Test
  void sharesOfNothingAreEmpty() {
    assertEquals("", Sizes.share(1, 0));
    assertEquals("", Sizes.share(1, -1));
    assertEquals("50.0 %", Sizes.share(1, 2));
    assertEquals("150.0 %", Sizes.share(3, 2));
  }

  /** A decimal comma, or digits of another script, would be another result in each country. */
  @Test
  void theLocaleChangesNothing() {
    Locale before = Locale.getDefault();
    try {
      for (String tag : new String[] {"de", "ar-EG", "hi-IN-u-nu-deva"}) {
        Locale.setDefault(Locale.forLanguageTag(tag));
        assertEquals("1.5 KiB", Sizes.bytes(1536));
        assertEquals("33.3 %", Sizes.share(1, 3));
        assertEquals("1,234,567", Sizes.count(1234567));
      }
    } finally {
      Locale.setDefault(before);
    }
  }
}
