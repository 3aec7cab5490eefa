// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

package org.pagefusion.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathPatternsTest {
  private static boolean matches(String glob, String path) {
    return PathPatterns.compile(List.of(glob)).match(path).isPresent();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = true,
      value = {
        "/a/b      | /a/b",
        "b         | /a/b",
        "a/b       | /a/b",
        "a/b       | /x/a/b",
        "*         | /a/b",
        "*.so      | /a/b.so",
        "lib*      | /a/lib",
        "lib*.so*  | /a/libx.so.1.2",
        "/a/*      | /a/b",
        "/a/**     | /a/b/c",
        "/a/       | /a/b/c",
        ".ssh/     | /root/.ssh/id",
        "/a/**/b   | /a/b",
        "/a/**/b   | /a/x/y/b",
        "/**/b     | /b",
        "**/b      | /b",
        "**b       | /a/xb",
        "a**b      | /a/x/b",
        "/**       | /a",
        "/a?c      | /abc",
        "/a?c      | /a\uD83D\uDE00c",
        "/[abc]    | /b",
        "/[a-c]x   | /bx",
        "/[!a-c]   | /d",
        "/[^a-c]   | /d",
        "/[]]      | /]",
        "/[!]]     | /a",
        "/[a-]     | /-",
        "/[\\]\\-] | /-",
        "/[#]      | /#",
        "/{a,b}c   | /bc",
        "/{a,b{c,d}}e | /bde",
        "/a{,.1}   | /a",
        "/a{,.1}   | /a.1",
        "{,}b      | /b",
        "{/a,b}/c  | /a/c",
        "{/a,b}/c  | /x/b/c",
        "/{[,],x}  | /,",
        "/\\*      | /*",
        "/\\{\\}   | /{}",
        "/a,b      | /a,b",
        "/*a*b*c   | /xxaxxbxabxc",
        "/**a*/b   | /x/a/xa/b",
      })
  void matchesWhatItSays(String glob, String path) {
    assertTrue(matches(glob, path));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = true,
      value = {
        "/a/b      | /x/a/b",
        "/a        | /a/b",
        "/a/       | /a",
        "b         | /a/xb",
        "b         | /b/a",
        "lib*      | /lib/a",
        "lib*.so   | /libx.so.1",
        "/a/*      | /a/b/c",
        "/a/**/b   | /a/xb",
        "/a?b      | /a/b",
        "/a[!x]b   | /a/b",
        "/a[+-0]b  | /a/b",
        "/[a-c]    | /d",
        "/[!a-c]   | /b",
        "/a        | /A",
        "/a\\*     | /ab",
        "/{a,b}    | /c",
        "/a?c      | /ac",
        "/*a*/b    | /x/a/xa/c",
      })
  void matchesNothingElse(String glob, String path) {
    assertEquals(false, matches(glob, path));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|0",
        "/a[b|2",
        "/a[|2",
        "[]|0",
        "[!]|0",
        "a[b\\]|1",
        "a{b|1",
        "a{b,{c}|1",
        "a}|1",
        "ab\\|2",
        "[z-a]|1",
        "a[b/c]|3",
        "[[:alpha:]]|1",
      })
  void saysWhereAPatternIsMalformed(String glob, int position) {
    var error =
        assertThrows(
            GlobSyntaxException.class, () -> PathPatterns.compile(List.of("ok", glob)), glob);
    assertEquals(position, error.position(), error.getMessage());
    assertTrue(error.getMessage().contains("character " + (position + 1) + ": "));
  }

  @Test
  void refusesWhatWouldBeTooLarge() {
    List<String> large = new ArrayList<>();
    large.add("{a,b}".repeat(11));
    large.add("{" + "a,".repeat(GlobCompiler.MOST_ALTERNATIVES) + "a}");
    large.add("a".repeat(GlobCompiler.LONGEST_GLOB_CHARS + 1));
    large.add("{a,b}".repeat(10) + "a".repeat(4000));
    large.add("{".repeat(2000) + "}".repeat(2000));
    for (String glob : large) {
      assertThrows(GlobSyntaxException.class, () -> PathPatterns.compile(List.of(glob)), glob);
    }
    List<String> many = new ArrayList<>();
    for (int index = 0; index < 100_000; index++) {
      many.add("{a,b}{c,d}e" + index);
    }
    assertThrows(GlobSyntaxException.class, () -> PathPatterns.compile(many));
  }

  @Test
  void acceptsWhatIsJustSmallEnough() {
    PathPatterns patterns = PathPatterns.compile(List.of("{a,b}".repeat(10)));
    assertTrue(patterns.match("/ababababab").isPresent());
    assertTrue(patterns.match("/ababababac").isEmpty());
    assertTrue(matches("a".repeat(4096), "/" + "a".repeat(4096)));
  }

  @Test
  void namesTheFirstOfSeveralAsWritten() {
    PathPatterns patterns = PathPatterns.compile(List.of("*.key", "/etc/**", "x{y,z}*", "*"));
    assertEquals(Optional.of("*.key"), patterns.match("/etc/a.key"));
    assertEquals(Optional.of("/etc/**"), patterns.match("/etc/xy"));
    assertEquals(Optional.of("x{y,z}*"), patterns.match("/usr/xzz"));
    assertEquals(Optional.of("*"), patterns.match("/usr/a"));
    assertEquals(Optional.empty(), PathPatterns.compile(List.of()).match("/usr/a"));
    assertSame(patterns.match("/etc/a"), patterns.match("/etc/b"));
  }

  @Test
  void needsNoExponentialTime() {
    String path = "/" + "a".repeat(4000);
    String folders = "/a".repeat(2000);
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          assertTrue(!matches("*a".repeat(500) + "b", path));
          assertTrue(!matches("**a".repeat(500) + "b", path));
          assertTrue(!matches("**/a".repeat(500) + "/b", folders));
          assertTrue(!matches("*/**/a".repeat(200) + "b?", folders));
          assertTrue(!matches("{**,*}a".repeat(9) + "b", path));
        });
  }

  @Test
  void splitsListsOutsideOfBracesAndBrackets() {
    assertEquals(List.of("a", "b"), GlobCompiler.split("a , b"));
    assertEquals(List.of("{a,b}", "c"), GlobCompiler.split("{a,b},c"));
    assertEquals(List.of("{a,{b,c},d}", "c"), GlobCompiler.split("{a,{b,c},d},c"));
    assertEquals(List.of("[,]", "[!],]", "[^],]", "c"), GlobCompiler.split("[,],[!],],[^],],c"));
    assertEquals(List.of("\\,", "\\{", "c"), GlobCompiler.split("\\,,\\{,c"));
    assertEquals(List.of("{[}],a}", "b"), GlobCompiler.split("{[}],a},b"));
    assertEquals(List.of("", "a", ""), GlobCompiler.split(",a,"));
    assertEquals(List.of("a}", "b\\"), GlobCompiler.split("a},b\\"));
  }

  @Provide
  Arbitrary<String> globs() {
    return Arbitraries.of(
            "a",
            "b",
            "ab",
            "/",
            "/",
            ".",
            "*",
            "**",
            "/**/",
            "?",
            "[ab]",
            "[!a]",
            "[a-c/]",
            "[",
            "]",
            "{a,b}",
            "{*,/b}",
            "{**,ba}",
            "{,a}",
            "{",
            "}",
            ",",
            "\\*",
            "\\",
            "-",
            "!",
            "é",
            "\ud83d\ude00",
            "[\ud83d\ude00-\ud83d\ude02]")
        .list()
        .ofMinSize(1)
        .ofMaxSize(8)
        .map(parts -> String.join("", parts))
        // The reference takes an escaped slash for no slash.
        .filter(glob -> !glob.contains("\\/"));
  }

  @Provide
  Arbitrary<String> paths() {
    return Arbitraries.of(
            "a",
            "b",
            "c",
            "ab",
            "/",
            "/",
            "/a",
            "/b",
            ".",
            "*",
            ",",
            "é",
            "\ud83d\ude00",
            "\ud83d\ude01")
        .list()
        .ofMaxSize(10)
        .map(parts -> String.join("", parts));
  }

  @Property(tries = 20_000)
  void matchesWhatARegexMatches(@ForAll("globs") String glob, @ForAll("paths") String path) {
    PathPatterns patterns;
    try {
      patterns = PathPatterns.compile(List.of(glob));
    } catch (GlobSyntaxException malformed) {
      return;
    }
    assertEquals(RegexReference.matches(glob, path), patterns.match(path).isPresent());
  }

  @Property(tries = 2000)
  void theFirstMatchIsTheFirstThatMatchesAlone(
      @ForAll("globLists") List<String> globs, @ForAll("paths") String path) {
    PathPatterns patterns = PathPatterns.compile(globs);
    Optional<String> expected =
        globs.stream().filter(glob -> RegexReference.matches(glob, path)).findFirst();
    assertEquals(expected, patterns.match(path));
  }

  @Provide
  Arbitrary<List<String>> globLists() {
    return globs().filter(PathPatternsTest::isWellFormed).list().ofMaxSize(12);
  }

  @Property(tries = 5000)
  void anyTextCompilesOrIsRefused(@ForAll String glob, @ForAll String path) {
    if (isWellFormed(glob)) {
      PathPatterns.compile(List.of(glob)).match(path);
    }
  }

  @Property(tries = 2000)
  void splitsWhatWasJoined(@ForAll("globLists") List<String> globs) {
    List<String> entries = new ArrayList<>(globs);
    entries.removeIf(RegexReference::hasCommaOutsideOfBraces);
    if (!entries.isEmpty()) {
      assertEquals(entries, GlobCompiler.split(String.join(", ", entries)));
    }
  }

  private static boolean isWellFormed(String glob) {
    try {
      PathPatterns.compile(List.of(glob));
      return true;
    } catch (GlobSyntaxException malformed) {
      return false;
    }
  }

  /** The language as a regex: slow, and plain enough to be seen to be right. */
  private static final class RegexReference {
    private RegexReference() {}

    static boolean matches(String glob, String path) {
      for (String alternative : expand(glob)) {
        if (Pattern.compile(regex(alternative), Pattern.DOTALL).matcher(path).matches()) {
          return true;
        }
      }
      return false;
    }

    static boolean hasCommaOutsideOfBraces(String glob) {
      int depth = 0;
      for (int at = 0; at < glob.length(); at = next(glob, at)) {
        char character = glob.charAt(at);
        depth += character == '{' ? 1 : character == '}' ? -1 : 0;
        if (character == ',' && depth == 0) {
          return true;
        }
      }
      return false;
    }

    /** Braces as a shell expands them: the first pair, then the rest of each result. */
    static List<String> expand(String glob) {
      int open = 0;
      while (open < glob.length() && glob.charAt(open) != '{') {
        open = next(glob, open);
      }
      if (open >= glob.length()) {
        return List.of(glob);
      }
      List<String> choices = new ArrayList<>();
      int depth = 0;
      int start = open + 1;
      int at = open;
      do {
        char character = glob.charAt(at);
        if (character == '{') {
          depth++;
        } else if (character == '}') {
          depth--;
        }
        if (depth == 1 && character == ',' || depth == 0) {
          choices.add(glob.substring(start, at));
          start = at + 1;
        }
        at = next(glob, at);
      } while (depth > 0);
      List<String> expanded = new ArrayList<>();
      for (String choice : choices) {
        expanded.addAll(expand(glob.substring(0, open) + choice + glob.substring(at)));
      }
      return expanded;
    }

    /** The index after the character, escape or class at this index. */
    private static int next(String glob, int at) {
      if (glob.charAt(at) == '\\') {
        return glob.offsetByCodePoints(at, 2);
      }
      if (glob.charAt(at) != '[') {
        return at + 1;
      }
      at++;
      if (glob.charAt(at) == '!' || glob.charAt(at) == '^') {
        at++;
      }
      do {
        at += glob.charAt(at) == '\\' ? 2 : 1;
      } while (glob.charAt(at) != ']');
      return at + 1;
    }

    private static String regex(String glob) {
      StringBuilder out = new StringBuilder(glob.startsWith("/") ? "" : "(?:.*/)?");
      int at = 0;
      if (glob.matches("(?s)\\*\\*+/.*")) {
        at = glob.indexOf('/') + 1;
        out.append("(?:.*/)?");
      }
      while (at < glob.length()) {
        int stars = at;
        while (stars < glob.length() && glob.charAt(stars) == '*') {
          stars++;
        }
        boolean afterSlash = at > 0 && glob.charAt(at - 1) == '/';
        if (stars - at > 1 && afterSlash && stars < glob.length() && glob.charAt(stars) == '/') {
          out.append("(?:.*/)?");
          at = stars + 1;
        } else if (stars > at) {
          out.append(stars - at > 1 ? ".*" : "[^/]*");
          at = stars;
        } else {
          int end = next(glob, at);
          char character = glob.charAt(at);
          if (character == '?') {
            out.append("[^/]");
          } else if (character == '[') {
            out.append(characterClass(glob.substring(at + 1, end - 1)));
          } else if (character == '\\') {
            out.append(Pattern.quote(glob.substring(at + 1, end)));
          } else if (Character.isHighSurrogate(character)) {
            end = at + 2;
            out.append(Pattern.quote(glob.substring(at, end)));
          } else {
            out.append(Pattern.quote(glob.substring(at, end)));
          }
          at = end;
        }
      }
      return glob.endsWith("/") ? out + ".*" : out.toString();
    }

    private static String characterClass(String inside) {
      boolean negated = inside.startsWith("!") || inside.startsWith("^");
      StringBuilder out = new StringBuilder(negated ? "(?!/)[^" : "(?!/)[");
      int[] characters = inside.substring(negated ? 1 : 0).codePoints().toArray();
      for (int at = 0; at < characters.length; at++) {
        at += characters[at] == '\\' ? 1 : 0;
        out.append(hex(characters[at]));
        if (at + 2 < characters.length && characters[at + 1] == '-') {
          at += characters[at + 2] == '\\' ? 3 : 2;
          out.append('-').append(hex(characters[at]));
        }
      }
      return out.append(']').toString();
    }

    private static String hex(int character) {
      return String.format("\\x{%x}", character);
    }
  }
}
