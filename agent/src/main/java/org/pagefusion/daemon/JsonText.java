// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.daemon;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * Writes one JSON object.
 *
 * <p>The commands use a library for that; in the service, which stays, its classes and those of the
 * JDK's formatters take 2 MiB that no other guest can share.
 */
final class JsonText {
  private static final String HEX = "0123456789abcdef";

  private final StringBuilder text = new StringBuilder(2048).append('{');
  private boolean first = true;

  /** Begins an object that is the value of a name. */
  JsonText begin(String name) {
    name(name);
    text.append('{');
    first = true;
    return this;
  }

  /** Begins an array that is the value of a name; its elements are objects. */
  void beginArray(String name) {
    name(name);
    text.append('[');
    first = true;
  }

  /** Begins an object that is an element of an array. */
  void beginElement() {
    comma();
    text.append('{');
    first = true;
  }

  void end() {
    text.append('}');
    first = false;
  }

  void endArray() {
    text.append(']');
    first = false;
  }

  void add(String name, long value) {
    name(name);
    text.append(value);
  }

  void add(String name, boolean value) {
    name(name);
    text.append(value);
  }

  void add(String name, String value) {
    name(name);
    string(value);
  }

  void addNull(String name) {
    name(name);
    text.append("null");
  }

  /** A time as in RFC 3339, to the millisecond. */
  void add(String name, Instant time) {
    name(name);
    LocalDateTime utc =
        LocalDateTime.ofEpochSecond(time.getEpochSecond(), time.getNano(), ZoneOffset.UTC);
    text.append('"');
    digits(utc.getYear(), 4).append('-');
    digits(utc.getMonthValue(), 2).append('-');
    digits(utc.getDayOfMonth(), 2).append('T');
    digits(utc.getHour(), 2).append(':');
    digits(utc.getMinute(), 2).append(':');
    digits(utc.getSecond(), 2).append('.');
    digits(utc.getNano() / 1_000_000, 3).append("Z\"");
  }

  void add(String name, Optional<Instant> time) {
    if (time.isPresent()) {
      add(name, time.get());
    } else {
      addNull(name);
    }
  }

  /** Ends the object. */
  @Override
  public String toString() {
    return text + "}\n";
  }

  private StringBuilder digits(int number, int count) {
    int scale = 1;
    for (int i = 1; i < count; i++) {
      scale *= 10;
    }
    for (; scale > 0; scale /= 10) {
      text.append((char) ('0' + number / scale % 10));
    }
    return text;
  }

  private void name(String name) {
    comma();
    string(name);
    text.append(':');
  }

  private void comma() {
    if (!first) {
      text.append(',');
    }
    first = false;
  }

  private void string(String value) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        text.append('\\').append(c);
      } else if (c < ' ' || Character.isSurrogate(c) && !isPaired(value, i)) {
        text.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
          text.append(HEX.charAt(c >> shift & 0xF));
        }
      } else {
        text.append(c);
      }
    }
    text.append('"');
  }

  /** Whether a surrogate stands with its other half; alone it has no UTF-8 form. */
  private static boolean isPaired(String value, int at) {
    return Character.isHighSurrogate(value.charAt(at))
        ? at + 1 < value.length() && Character.isLowSurrogate(value.charAt(at + 1))
        : at > 0 && Character.isHighSurrogate(value.charAt(at - 1));
  }
}
