// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

package org.pagefusion.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.pagefusion.config.Glob.CharacterClass;

/** Turns the text of one glob into its brace-free alternatives. */
final class GlobCompiler {
  /** As long as the longest path of Linux. */
  static final int LONGEST_GLOB_CHARS = 4096;

  static final int MOST_ALTERNATIVES = 1024;

  /** Braces nest no deeper, so that the parser's stack is bounded. */
  private static final int DEEPEST_BRACES = 16;

  private final String glob;
  private final List<CharacterClass> classes = new ArrayList<>();
  private int at;

  /** Tokens that may still be made; bounds the memory that braces can ask for. */
  private long tokensLeft;

  private GlobCompiler(String glob, long mostTokens) {
    this.glob = glob;
    this.tokensLeft = mostTokens;
  }

  /**
   * Compiles a glob.
   *
   * @param mostTokens how large all alternatives together may become, in tokens
   * @throws GlobSyntaxException when the glob is malformed or too large
   */
  static List<Glob> compile(String glob, long mostTokens) {
    return new GlobCompiler(glob, mostTokens).alternatives();
  }

  /**
   * The entries of a list of globs: what stands between commas that are not in braces or brackets,
   * stripped. Malformed globs are passed on as they are.
   */
  static List<String> split(String text) {
    List<String> entries = new ArrayList<>();
    int braces = 0;
    int start = 0;
    for (int at = 0; at < text.length(); at++) {
      switch (text.charAt(at)) {
        case '\\':
          at++;
          break;
        case '[':
          at = endOfClass(text, at);
          break;
        case '{':
          braces++;
          break;
        case '}':
          braces = Math.max(0, braces - 1);
          break;
        case ',':
          if (braces == 0) {
            entries.add(text.substring(start, at).strip());
            start = at + 1;
          }
          break;
        default:
          break;
      }
    }
    entries.add(text.substring(start).strip());
    return entries;
  }

  /** The index of the bracket that ends the class that begins here, or the end of the text. */
  private static int endOfClass(String text, int start) {
    int at = start + 1;
    if (at < text.length() && (text.charAt(at) == '!' || text.charAt(at) == '^')) {
      at++;
    }
    for (int first = at; at < text.length(); at++) {
      char character = text.charAt(at);
      if (character == '\\') {
        at++;
      } else if (character == ']' && at > first) {
        return at;
      }
    }
    return text.length();
  }

  private List<Glob> alternatives() {
    if (glob.isEmpty()) {
      throw error(0, "the pattern is empty; leave it out");
    }
    if (glob.length() > LONGEST_GLOB_CHARS) {
      throw error(LONGEST_GLOB_CHARS, "longer than " + LONGEST_GLOB_CHARS + " characters");
    }
    List<Tokens> parsed = sequence(0);
    CharacterClass[] allClasses = classes.toArray(new CharacterClass[0]);
    List<Glob> globs = new ArrayList<>(parsed.size());
    for (Tokens tokens : parsed) {
      boolean anyDepth = !tokens.startsWith('/');
      globs.add(new Glob(tokens.program(), allClasses, anyDepth));
    }
    return globs;
  }

  /** Parses up to the end of the glob or, within braces, up to the comma or brace that ends it. */
  private List<Tokens> sequence(int depth) {
    List<Tokens> alternatives = new ArrayList<>(1);
    alternatives.add(new Tokens());
    while (at < glob.length()) {
      char character = glob.charAt(at);
      switch (character) {
        case '*':
          at++;
          append(alternatives, Glob.STAR);
          break;
        case '?':
          at++;
          append(alternatives, Glob.ANY);
          break;
        case '[':
          append(alternatives, characterClass());
          break;
        case '{':
          alternatives = product(alternatives, braces(depth + 1));
          break;
        case ',':
        case '}':
          if (depth > 0) {
            return alternatives;
          }
          if (character == '}') {
            throw error(at, "'}' without '{'; write \\} for the character itself");
          }
          at++;
          append(alternatives, ',');
          break;
        case '\\':
          append(alternatives, escaped());
          break;
        default:
          at++;
          append(alternatives, character);
      }
    }
    return alternatives;
  }

  private char escaped() {
    if (at + 1 == glob.length()) {
      throw error(at, "nothing follows the backslash; write \\\\ for the character itself");
    }
    char character = glob.charAt(at + 1);
    at += 2;
    return character;
  }

  private List<Tokens> braces(int depth) {
    int open = at;
    if (depth > DEEPEST_BRACES) {
      throw error(open, "braces nest deeper than " + DEEPEST_BRACES);
    }
    List<Tokens> alternatives = new ArrayList<>();
    do {
      at++;
      alternatives.addAll(sequence(depth));
      checkCount(alternatives.size(), open);
    } while (at < glob.length() && glob.charAt(at) == ',');
    if (at == glob.length()) {
      throw error(open, "'{' without '}'; write \\{ for the character itself");
    }
    at++;
    return alternatives;
  }

  private int characterClass() {
    int open = at;
    int end = endOfClass(glob, open);
    if (end == glob.length()) {
      throw error(open, "'[' without ']'; write \\[ for the character itself");
    }
    at++;
    boolean negated = glob.charAt(at) == '!' || glob.charAt(at) == '^';
    if (negated) {
      at++;
    }
    int[] bounds = new int[2 * (end - at)];
    int used = 0;
    while (at < end) {
      int start = at;
      if (glob.startsWith("[:", at) || glob.startsWith("[.", at) || glob.startsWith("[=", at)) {
        throw error(at, "named classes are not supported; list the characters");
      }
      int low = classCharacter();
      int high = low;
      if (at + 1 < end && glob.charAt(at) == '-') {
        at++;
        high = classCharacter();
      }
      if (low > high) {
        throw error(start, "the range ends before it begins");
      }
      if (low == '/' || high == '/') {
        throw error(start, "a class never matches '/'; write it outside of the brackets");
      }
      bounds[used++] = low;
      bounds[used++] = high;
    }
    at++;
    classes.add(new CharacterClass(negated, Arrays.copyOf(bounds, used)));
    return Glob.FIRST_CLASS - (classes.size() - 1);
  }

  private int classCharacter() {
    if (glob.charAt(at) == '\\') {
      at++;
    }
    int character = glob.codePointAt(at);
    at += Character.charCount(character);
    return character;
  }

  private void append(List<Tokens> alternatives, int token) {
    spend(alternatives.size());
    for (int index = 0; index < alternatives.size(); index++) {
      alternatives.get(index).add(token);
    }
  }

  private List<Tokens> product(List<Tokens> heads, List<Tokens> tails) {
    int count = heads.size() * tails.size();
    checkCount(count, at);
    List<Tokens> product = new ArrayList<>(count);
    for (Tokens head : heads) {
      for (Tokens tail : tails) {
        spend(head.count + tail.count);
        product.add(head.followedBy(tail));
      }
    }
    return product;
  }

  private void checkCount(int count, int position) {
    if (count > MOST_ALTERNATIVES) {
      throw error(position, "the braces make more than " + MOST_ALTERNATIVES + " alternatives");
    }
  }

  private void spend(long tokens) {
    tokensLeft -= tokens;
    if (tokensLeft < 0) {
      throw error(at, "the list of patterns is too large here; split or simplify it");
    }
  }

  private GlobSyntaxException error(int position, String problem) {
    return new GlobSyntaxException(glob, position, problem);
  }

  /** A growing row of tokens. */
  private static final class Tokens {
    private int[] values;
    private int count;

    Tokens() {
      values = new int[24];
    }

    private Tokens(int[] values, int count) {
      this.values = values;
      this.count = count;
    }

    void add(int token) {
      if (count == values.length) {
        values = Arrays.copyOf(values, 2 * count + 8);
      }
      values[count++] = token;
    }

    Tokens followedBy(Tokens tail) {
      int[] joined = Arrays.copyOf(values, count + tail.count);
      System.arraycopy(tail.values, 0, joined, count, tail.count);
      return new Tokens(joined, joined.length);
    }

    boolean startsWith(int token) {
      return count > 0 && values[0] == token;
    }

    /**
     * The program with each wildcard as one token, and none next to one that covers it. A slash at
     * the end means everything below; two stars between slashes mean any number of folders, none
     * included; at the start of a pattern that may begin anywhere they mean nothing.
     */
    int[] program() {
      if (count > 0 && values[count - 1] == '/') {
        add(Glob.STAR);
        add(Glob.STAR);
      }
      int[] program = new int[count];
      int used = 0;
      for (int index = 0; index < count; index++) {
        if (values[index] != Glob.STAR) {
          program[used++] = values[index];
          continue;
        }
        int run = index;
        while (index + 1 < count && values[index + 1] == Glob.STAR) {
          index++;
        }
        boolean deep = index > run;
        boolean slashFollows = index + 1 < count && values[index + 1] == '/';
        // What begins with a star may begin after any slash: as if folders stood before it.
        int before = used > 0 ? program[used - 1] : Glob.FOLDERS;
        if (deep && slashFollows && before == '/') {
          program[used++] = Glob.FOLDERS;
          index++;
        } else if (deep && slashFollows && before == Glob.FOLDERS) {
          index++;
        } else {
          program[used++] = deep ? Glob.DEEP : Glob.STAR;
        }
      }
      return Arrays.copyOf(program, used);
    }
  }
}
