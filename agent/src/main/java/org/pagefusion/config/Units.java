// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

package org.pagefusion.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Values with units, read and written. What is written is read back as the same value.
 *
 * <p>A value that does not fit throws an {@link IllegalArgumentException} whose message says what
 * was expected, to be put after "expected".
 */
public final class Units {
  private static final String SIZE = "a size such as 65536 or 64 KiB (units B, KiB, MiB, GiB)";
  private static final String DURATION =
      "a whole duration such as 60 s (units ms, s, min, h, d; seconds without one)";
  private static final String PERCENTAGE = "a percentage such as 0.1 %";

  /** Enough for any percentage that makes sense, and little enough to be exact and cheap. */
  private static final int LONGEST_PERCENTAGE_CHARS = 20;

  private static final long KIB = 1L << 10;
  private static final long MIB = 1L << 20;
  private static final long GIB = 1L << 30;

  private static final long SECOND_MILLIS = 1000;
  private static final long MINUTE_MILLIS = 60 * SECOND_MILLIS;
  private static final long HOUR_MILLIS = 60 * MINUTE_MILLIS;
  private static final long DAY_MILLIS = 24 * HOUR_MILLIS;

  private Units() {}

  /** Reads a size in bytes; K, M, G mean powers of 1024, as everywhere in this program. */
  public static long parseSize(String text) {
    int digits = digits(text, SIZE);
    long unitBytes;
    switch (unit(text, digits)) {
      case "":
      case "b":
        unitBytes = 1;
        break;
      case "k":
      case "kib":
        unitBytes = KIB;
        break;
      case "m":
      case "mib":
        unitBytes = MIB;
        break;
      case "g":
      case "gib":
        unitBytes = GIB;
        break;
      default:
        throw new IllegalArgumentException(SIZE);
    }
    return product(text, digits, unitBytes, "a size below 8 EiB");
  }

  /** Writes a size in the largest unit that divides it. */
  static String formatSize(long bytes) {
    if (bytes != 0 && bytes % GIB == 0) {
      return bytes / GIB + " GiB";
    }
    if (bytes != 0 && bytes % MIB == 0) {
      return bytes / MIB + " MiB";
    }
    if (bytes != 0 && bytes % KIB == 0) {
      return bytes / KIB + " KiB";
    }
    return bytes + " B";
  }

  /** Reads a duration; a bare number is seconds. */
  static Duration parseDuration(String text) {
    int digits = digits(text, DURATION);
    long unitMillis;
    switch (unit(text, digits)) {
      case "ms":
        unitMillis = 1;
        break;
      case "":
      case "s":
        unitMillis = SECOND_MILLIS;
        break;
      case "min":
        unitMillis = MINUTE_MILLIS;
        break;
      case "h":
        unitMillis = HOUR_MILLIS;
        break;
      case "d":
        unitMillis = DAY_MILLIS;
        break;
      default:
        throw new IllegalArgumentException(DURATION);
    }
    return Duration.ofMillis(product(text, digits, unitMillis, "a duration of at most 365 d"));
  }

  /**
   * Writes a duration of whole milliseconds in the largest unit that divides it and fits at least
   * twice, so that a minute is {@code 60 s} and a quarter of an hour {@code 15 min}.
   */
  static String formatDuration(Duration duration) {
    long millis = duration.toMillis();
    if (millis % DAY_MILLIS == 0 && millis >= 2 * DAY_MILLIS) {
      return millis / DAY_MILLIS + " d";
    }
    if (millis % HOUR_MILLIS == 0 && millis >= 2 * HOUR_MILLIS) {
      return millis / HOUR_MILLIS + " h";
    }
    if (millis % MINUTE_MILLIS == 0 && millis >= 2 * MINUTE_MILLIS) {
      return millis / MINUTE_MILLIS + " min";
    }
    if (millis % SECOND_MILLIS == 0) {
      return millis / SECOND_MILLIS + " s";
    }
    return millis + " ms";
  }

  /** Reads a percentage as a fraction of one; the sign is required. */
  public static double parsePercentage(String text) {
    if (!text.endsWith("%")) {
      throw new IllegalArgumentException(PERCENTAGE + ", with the % sign");
    }
    String number = text.substring(0, text.length() - 1).strip();
    if (number.length() > LONGEST_PERCENTAGE_CHARS) {
      throw new IllegalArgumentException(
          PERCENTAGE + ", of at most " + LONGEST_PERCENTAGE_CHARS + " digits");
    }
    int points = 0;
    int digits = 0;
    for (int at = 0; at < number.length(); at++) {
      char character = number.charAt(at);
      if (character == '.') {
        points++;
      } else if (isDigit(character)) {
        digits++;
      } else {
        throw new IllegalArgumentException(PERCENTAGE);
      }
    }
    if (digits == 0 || points > 1) {
      throw new IllegalArgumentException(PERCENTAGE);
    }
    return new BigDecimal(number).movePointLeft(2).doubleValue();
  }

  /** Writes a fraction of one as a percentage, with as many digits as tell it apart. */
  static String formatPercentage(double fraction) {
    BigDecimal percent = BigDecimal.valueOf(fraction).movePointRight(2);
    return percent.stripTrailingZeros().toPlainString() + " %";
  }

  static boolean parseSwitch(String text) {
    switch (text.toLowerCase(Locale.ROOT)) {
      case "yes":
      case "true":
        return true;
      case "no":
      case "false":
        return false;
      default:
        throw new IllegalArgumentException("yes or no");
    }
  }

  static String formatSwitch(boolean on) {
    return on ? "yes" : "no";
  }

  /** Reads a whole number without a unit, within the bounds of int. */
  static int parseCount(String text) {
    String expected = "a whole number";
    if (digits(text, expected) != text.length()) {
      throw new IllegalArgumentException(expected);
    }
    long count = product(text, text.length(), 1, "a smaller number");
    if (count > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("a smaller number");
    }
    return (int) count;
  }

  /** The entries between commas, stripped; none of them may be empty. */
  static List<String> parseList(String text, String expected) {
    List<String> entries = new ArrayList<>();
    int start = 0;
    while (true) {
      int comma = text.indexOf(',', start);
      String entry = text.substring(start, comma < 0 ? text.length() : comma).strip();
      if (entry.isEmpty()) {
        throw new IllegalArgumentException(
            expected + (text.isEmpty() ? "" : ", without an empty entry"));
      }
      entries.add(entry);
      if (comma < 0) {
        return entries;
      }
      start = comma + 1;
    }
  }

  private static boolean isDigit(char character) {
    return character >= '0' && character <= '9';
  }

  /** How many digits the text begins with; at least one. */
  private static int digits(String text, String expected) {
    int digits = 0;
    while (digits < text.length() && isDigit(text.charAt(digits))) {
      digits++;
    }
    if (digits == 0) {
      throw new IllegalArgumentException(expected);
    }
    return digits;
  }

  private static String unit(String text, int digits) {
    return text.substring(digits).strip().toLowerCase(Locale.ROOT);
  }

  private static long product(String text, int digits, long unit, String expected) {
    try {
      return Math.multiplyExact(Long.parseLong(text, 0, digits, 10), unit);
    } catch (ArithmeticException | NumberFormatException tooLarge) {
      throw new IllegalArgumentException(expected, tooLarge);
    }
  }
}
