// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

package org.pagefusion.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnitsTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "65536, 65536",
    "65536 B, 65536",
    "7b, 7",
    "64 KiB, 65536",
    "64KiB, 65536",
    "64 kib, 65536",
    "64k, 65536",
    "64 K, 65536",
    "3 MiB, 3145728",
    "3m, 3145728",
    "2 GiB, 2147483648",
    "2 G, 2147483648",
    "9223372036854775807, 9223372036854775807",
    "8589934591 GiB, 9223372035781033984",
  })
  void readsSizes(String text, long bytes) {
    assertEquals(bytes, Units.parseSize(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "KiB",
        "-1",
        "+1",
        "1.5 MiB",
        "1 KB",
        "1 kB",
        "1 TiB",
        "1 K iB",
        "1 KiB x",
        "0x10",
        "1_000",
        "١",
        "9223372036854775808",
        "8589934592 GiB",
        "99999999999999999999999999",
      })
  void refusesWhatIsNoSize(String text) {
    assertThrows(IllegalArgumentException.class, () -> Units.parseSize(text));
  }

  @Test
  void writesSizesInTheLargestUnitThatDividesThem() {
    assertEquals("0 B", Units.formatSize(0));
    assertEquals("1023 B", Units.formatSize(1023));
    assertEquals("1 KiB", Units.formatSize(1024));
    assertEquals("1025 B", Units.formatSize(1025));
    assertEquals("64 KiB", Units.formatSize(65536));
    assertEquals("1 MiB", Units.formatSize(1 << 20));
    assertEquals("3 GiB", Units.formatSize(3L << 30));
  }

  @Property
  void readsTheSizesItWrites(@ForAll @LongRange(min = 0) long bytes) {
    assertEquals(bytes, Units.parseSize(Units.formatSize(bytes)));
  }

  @Property
  void readsTheRoundSizesItWrites(
      @ForAll @LongRange(min = 0, max = 4096) long count, @ForAll Unit unit) {
    long bytes = count << unit.shift;
    assertEquals(bytes, Units.parseSize(Units.formatSize(bytes)));
    assertEquals(bytes, Units.parseSize(count + unit.name()));
  }

  private enum Unit {
    B(0),
    K(10),
    M(20),
    G(30);

    private final int shift;

    Unit(int shift) {
      this.shift = shift;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "60, 60000",
    "60 s, 60000",
    "60S, 60000",
    "500 ms, 500",
    "500ms, 500",
    "15 min, 900000",
    "2 h, 7200000",
    "1 d, 86400000",
  })
  void readsDurations(String text, long millis) {
    assertEquals(Duration.ofMillis(millis), Units.parseDuration(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "s", "-1 s", "1.5 s", "1 m", "1 M", "1 sec", "1 us", "9223372036854775807 d"})
  void refusesWhatIsNoDuration(String text) {
    assertThrows(IllegalArgumentException.class, () -> Units.parseDuration(text));
  }

  @Test
  void writesDurationsInTheLargestUnitThatFitsTwice() {
    assertEquals("0 s", Units.formatDuration(Duration.ZERO));
    assertEquals("500 ms", Units.formatDuration(Duration.ofMillis(500)));
    assertEquals("1500 ms", Units.formatDuration(Duration.ofMillis(1500)));
    assertEquals("60 s", Units.formatDuration(Duration.ofSeconds(60)));
    assertEquals("90 s", Units.formatDuration(Duration.ofSeconds(90)));
    assertEquals("2 min", Units.formatDuration(Duration.ofMinutes(2)));
    assertEquals("15 min", Units.formatDuration(Duration.ofMinutes(15)));
    assertEquals("60 min", Units.formatDuration(Duration.ofHours(1)));
    assertEquals("24 h", Units.formatDuration(Duration.ofDays(1)));
    assertEquals("365 d", Units.formatDuration(Duration.ofDays(365)));
  }

  @Property
  void readsTheDurationsItWrites(@ForAll @LongRange(min = 0, max = 31_536_000_000L) long millis) {
    Duration exact = Duration.ofMillis(millis);
    assertEquals(exact, Units.parseDuration(Units.formatDuration(exact)));
    Duration minutes = Duration.ofMinutes(millis / 60_000);
    assertEquals(minutes, Units.parseDuration(Units.formatDuration(minutes)));
  }

  @ParameterizedTest
  @CsvSource({
    "0.1 %, 0.001",
    "0.1%, 0.001",
    "00.10 %, 0.001",
    ".1 %, 0.001",
    "10 %, 0.1",
    "10. %, 0.1",
    "0 %, 0",
    "100 %, 1",
  })
  void readsPercentages(String text, double fraction) {
    assertEquals(fraction, Units.parsePercentage(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"%", "-1 %", "1e-3 %", "1 % %", "1,5 %", ". %", "1.2.3 %", "NaN %", "0x1p3 %"})
  void refusesWhatIsNoPercentage(String text) {
    assertThrows(IllegalArgumentException.class, () -> Units.parsePercentage(text));
  }

  @Test
  void refusesPercentagesWithoutTheSignAndSaysSo() {
    for (String text : List.of("", "0.1", "1")) {
      var error = assertThrows(IllegalArgumentException.class, () -> Units.parsePercentage(text));
      assertTrue(error.getMessage().contains("% sign"), error.getMessage());
    }
  }

  @Test
  void refusesPercentagesOfAbsurdLength() {
    assertThrows(
        IllegalArgumentException.class, () -> Units.parsePercentage("0".repeat(100_000) + "1%"));
  }

  @Property
  void readsThePercentagesItWrites(@ForAll @LongRange(min = 1, max = 100_000_000) long ten) {
    String text = Units.formatPercentage(ten / 1e9);
    assertEquals(ten / 1e9, Units.parsePercentage(text), text);
  }

  @Property
  void percentagesSurviveBeingNormalized(@ForAll @DoubleRange(min = 0, max = 0.1) double fraction) {
    String text = Units.formatPercentage(fraction);
    if (text.length() <= 22) {
      assertEquals(text, Units.formatPercentage(Units.parsePercentage(text)));
    }
  }

  @Test
  void readsSwitches() {
    for (String on : List.of("yes", "true", "Yes", "TRUE")) {
      assertTrue(Units.parseSwitch(on));
    }
    for (String off : List.of("no", "false", "No", "FALSE")) {
      assertFalse(Units.parseSwitch(off));
    }
    for (String neither : List.of("", "y", "on", "1", "yes no")) {
      assertThrows(IllegalArgumentException.class, () -> Units.parseSwitch(neither));
    }
  }

  @Test
  void readsCounts() {
    assertEquals(1500, Units.parseCount("1500"));
    assertEquals(Integer.MAX_VALUE, Units.parseCount("2147483647"));
    for (String wrong : List.of("", "-1", "1.0", "1 ", "1k", "2147483648", "9".repeat(40))) {
      assertThrows(IllegalArgumentException.class, () -> Units.parseCount(wrong), wrong);
    }
  }

  @Test
  void readsLists() {
    assertEquals(List.of("a"), Units.parseList("a", "entries"));
    assertEquals(List.of("a", "b c", "d"), Units.parseList("a ,b c,  d", "entries"));
    for (String wrong : List.of("", ",", "a,", ",a", "a, ,b")) {
      assertThrows(IllegalArgumentException.class, () -> Units.parseList(wrong, "entries"), wrong);
    }
  }
}
