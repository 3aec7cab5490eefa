// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

package org.pagefusion.config;

import java.util.ArrayList;
import java.util.List;

/**
 * The syntax of {@link java.util.Properties}, with the line of every key. {@code Properties} itself
 * forgets the lines and lets a repeated key win without a word; a test holds this parser against
 * it.
 */
final class PropertiesParser {
  private final String file;
  private final String text;
  private int at;
  private int line = 1;

  private PropertiesParser(String file, String text) {
    this.file = file;
    this.text = text;
  }

  /** One key with its value, unescaped, and the line (from 1) on which the key begins. */
  record Entry(String key, String value, int line) {}

  /**
   * All entries in the order of the text, repeated keys included.
   *
   * @param file what to call the text in an error
   */
  static List<Entry> parse(String file, String text) throws ConfigurationException {
    return new PropertiesParser(file, text).entries();
  }

  private List<Entry> entries() throws ConfigurationException {
    List<Entry> entries = new ArrayList<>();
    StringBuilder logicalLine = new StringBuilder();
    while (true) {
      skipBlanks();
      if (at == text.length()) {
        return entries;
      }
      char first = text.charAt(at);
      if (first == '#' || first == '!') {
        at = endOfLine();
        nextLine();
      } else if (first == '\n' || first == '\r') {
        nextLine();
      } else {
        int firstLine = line;
        logicalLine.setLength(0);
        if (readLogicalLine(logicalLine)) {
          entries.add(entry(logicalLine, firstLine));
        }
      }
    }
  }

  /**
   * Reads a line and those that continue it.
   *
   * @return false when there was nothing but a backslash: the next line is then not a continuation
   */
  private boolean readLogicalLine(StringBuilder logicalLine) {
    while (true) {
      int end = endOfLine();
      boolean continued = endsWithOddBackslashes(end);
      logicalLine.append(text, at, continued ? end - 1 : end);
      at = end;
      // Nothing can continue the last line, with or without a line break at its end.
      if (end >= text.length() - 1) {
        at = text.length();
        return true;
      }
      nextLine();
      if (!continued) {
        return true;
      }
      if (logicalLine.length() == 0) {
        return false;
      }
      skipBlanks();
    }
  }

  private boolean endsWithOddBackslashes(int end) {
    int first = end;
    while (first > at && text.charAt(first - 1) == '\\') {
      first--;
    }
    return (end - first) % 2 == 1;
  }

  private Entry entry(StringBuilder logicalLine, int firstLine) throws ConfigurationException {
    int length = logicalLine.length();
    int keyEnd = 0;
    while (keyEnd < length) {
      char character = logicalLine.charAt(keyEnd);
      if (isBlank(character) || isSeparator(character)) {
        break;
      }
      keyEnd += character == '\\' ? 2 : 1;
    }
    keyEnd = Math.min(keyEnd, length);
    int valueStart = pastBlanks(logicalLine, keyEnd);
    if (valueStart < length && isSeparator(logicalLine.charAt(valueStart))) {
      valueStart = pastBlanks(logicalLine, valueStart + 1);
    }
    return new Entry(
        unescape(logicalLine, 0, keyEnd, firstLine),
        unescape(logicalLine, valueStart, length, firstLine),
        firstLine);
  }

  private String unescape(StringBuilder from, int start, int end, int firstLine)
      throws ConfigurationException {
    StringBuilder out = new StringBuilder(end - start);
    for (int index = start; index < end; index++) {
      char character = from.charAt(index);
      if (character != '\\' || index + 1 == end) {
        out.append(character);
        continue;
      }
      char escaped = from.charAt(++index);
      switch (escaped) {
        case 't':
          out.append('\t');
          break;
        case 'n':
          out.append('\n');
          break;
        case 'r':
          out.append('\r');
          break;
        case 'f':
          out.append('\f');
          break;
        case 'u':
          out.append((char) hexDigits(from, index + 1, end, firstLine));
          index += 4;
          break;
        default:
          out.append(escaped);
      }
    }
    return out.toString();
  }

  private int hexDigits(StringBuilder from, int start, int end, int firstLine)
      throws ConfigurationException {
    int value = 0;
    for (int index = start; index < start + 4; index++) {
      char digit = index < end ? from.charAt(index) : ' ';
      // Character.digit knows the digits of other scripts too.
      int nibble = digit < 128 ? Character.digit(digit, 16) : -1;
      if (nibble < 0) {
        throw new ConfigurationException(
            file
                + ":"
                + firstLine
                + ": found "
                + Text.quote(from.substring(start - 2, Math.min(end, start + 4)))
                + ", expected four hexadecimal digits after \\u (a backslash that means itself is"
                + " written twice)");
      }
      value = value << 4 | nibble;
    }
    return value;
  }

  private void skipBlanks() {
    while (at < text.length() && isBlank(text.charAt(at))) {
      at++;
    }
  }

  private static int pastBlanks(StringBuilder from, int start) {
    int index = start;
    while (index < from.length() && isBlank(from.charAt(index))) {
      index++;
    }
    return index;
  }

  private int endOfLine() {
    int end = at;
    while (end < text.length() && text.charAt(end) != '\n' && text.charAt(end) != '\r') {
      end++;
    }
    return end;
  }

  /** Steps over the line break at which the position stands; at the end of the text nothing. */
  private void nextLine() {
    if (at == text.length()) {
      return;
    }
    boolean carriageReturn = text.charAt(at++) == '\r';
    if (carriageReturn && at < text.length() && text.charAt(at) == '\n') {
      at++;
    }
    line++;
  }

  private static boolean isBlank(char character) {
    return character == ' ' || character == '\t' || character == '\f';
  }

  private static boolean isSeparator(char character) {
    return character == '=' || character == ':';
  }
}
