// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

package org.pagefusion.config;

/**
 * One brace-free alternative of a glob, as a short program over UTF-16 units.
 *
 * <p>Matching goes back only to the last {@code *} and the last {@code **}: any match that an
 * earlier one could still allow, the later one allows too. So there is no exponential search
 * whatever pattern and path are. It allocates nothing.
 */
final class Glob {
  /** Tokens from 0 up are literal UTF-16 units; from here down they are indexes of classes. */
  static final int FIRST_CLASS = -16;

  /** One character that is not a slash. */
  static final int ANY = -1;

  /** Any number of characters that are not slashes. */
  static final int STAR = -2;

  /** Any number of any characters. */
  static final int DEEP = -3;

  /** Any number of folders, each with the slash that ends it: what the two-star folder means. */
  static final int FOLDERS = -4;

  private static final int NONE = -1;

  private final int[] tokens;
  private final CharacterClass[] classes;
  private final boolean anyDepth;

  /**
   * Takes the arrays as they are.
   *
   * @param tokens what to match, in order
   * @param classes what the class tokens refer to
   * @param anyDepth whether the pattern may begin after any slash instead of only at the root
   */
  Glob(int[] tokens, CharacterClass[] classes, boolean anyDepth) {
    this.tokens = tokens;
    this.classes = classes;
    this.anyDepth = anyDepth;
  }

  /** How many tokens the program has. */
  int size() {
    return tokens.length;
  }

  /** Whether it is worth trying at the start of each segment of a path. */
  boolean startsAtSegments() {
    return anyDepth && (tokens.length == 0 || tokens[0] != DEEP);
  }

  /** Whether all that it matches lies within one segment, so that only a path's last can match. */
  boolean isOneSegment() {
    for (int token : tokens) {
      if (token == '/' || token == DEEP || token == FOLDERS) {
        return false;
      }
    }
    return true;
  }

  /** How many literal units the program begins with. */
  int literalPrefixLength() {
    int length = 0;
    while (length < tokens.length && tokens[length] >= 0) {
      length++;
    }
    return length;
  }

  /** How many literal units the program ends with. */
  int literalSuffixLength() {
    int length = 0;
    while (length < tokens.length && tokens[tokens.length - 1 - length] >= 0) {
      length++;
    }
    return length;
  }

  /** The literal unit at this place of the program. */
  char literal(int index) {
    return (char) tokens[index];
  }

  /** Whether the text from start to its end matches. */
  boolean matches(String text, int start) {
    int end = text.length();
    int last = tokens.length == 0 ? NONE : tokens[tokens.length - 1];
    if (last >= 0 && (end == start || text.charAt(end - 1) != last)) {
      return false;
    }
    int at = start;
    int token = 0;
    int starToken = NONE;
    int starEnd = start;
    int deepToken = NONE;
    int deepEnd = start;
    while (true) {
      if (token == tokens.length) {
        if (at == end) {
          return true;
        }
      } else {
        int operation = tokens[token];
        if (operation >= 0) {
          if (at < end && text.charAt(at) == operation) {
            at++;
            token++;
            continue;
          }
        } else if (operation == STAR) {
          starToken = token++;
          starEnd = at;
          continue;
        } else if (operation == DEEP || operation == FOLDERS) {
          deepToken = token++;
          deepEnd = at;
          starToken = NONE;
          continue;
        } else if (at < end && text.charAt(at) != '/') {
          int character = text.codePointAt(at);
          if (operation == ANY || classes[FIRST_CLASS - operation].contains(character)) {
            at += Character.charCount(character);
            token++;
            continue;
          }
        }
      }
      // No match this way: let the last wildcard take one step more.
      if (starToken != NONE && starEnd < end && text.charAt(starEnd) != '/') {
        starEnd = text.offsetByCodePoints(starEnd, 1);
        at = starEnd;
        token = starToken + 1;
      } else if (deepToken != NONE && deepEnd < end) {
        if (tokens[deepToken] == FOLDERS) {
          int slash = text.indexOf('/', deepEnd);
          if (slash < 0) {
            return false;
          }
          deepEnd = slash + 1;
        } else {
          deepEnd = text.offsetByCodePoints(deepEnd, 1);
        }
        at = deepEnd;
        token = deepToken + 1;
        starToken = NONE;
      } else {
        return false;
      }
    }
  }

  /** The characters between brackets. */
  static final class CharacterClass {
    private final boolean negated;
    private final int[] bounds;

    /**
     * Takes the array as it is.
     *
     * @param negated whether those that are not listed match
     * @param bounds first and last code point of each range, in turn
     */
    CharacterClass(boolean negated, int[] bounds) {
      this.negated = negated;
      this.bounds = bounds;
    }

    /** Whether the code point, which is not a slash, matches. */
    private boolean contains(int character) {
      for (int index = 0; index < bounds.length; index += 2) {
        if (character >= bounds[index] && character <= bounds[index + 1]) {
          return !negated;
        }
      }
      return negated;
    }
  }
}
