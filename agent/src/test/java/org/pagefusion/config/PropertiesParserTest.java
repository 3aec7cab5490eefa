// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

package org.pagefusion.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.pagefusion.config.PropertiesParser.Entry;

class PropertiesParserTest {
  private static List<Entry> parse(String... lines) throws ConfigurationException {
    return PropertiesParser.parse("file", String.join("\n", lines));
  }

  @Test
  void knowsTheLineOfEachKey() throws ConfigurationException {
    assertEquals(
        List.of(
            new Entry("a", "1", 2),
            new Entry("b", "2 3 4", 6),
            new Entry("c", "", 10),
            new Entry("d", "# no comment", 11),
            new Entry("e", "5", 13)),
        parse(
            "# comment \\",
            " a = 1",
            "",
            "  ! another",
            "\t",
            "b: 2 \\",
            "   3 \\",
            "\t \\",
            "4",
            "c",
            "d \\",
            "  # no comment",
            "e   5"));
  }

  @Test
  void keepsRepeatedKeys() throws ConfigurationException {
    assertEquals(List.of(new Entry("a", "1", 1), new Entry("a", "2", 3)), parse("a=1", "", "a=2"));
  }

  @Test
  void countsLinesByAnyLineBreak() throws ConfigurationException {
    assertEquals(
        List.of(new Entry("a", "1", 1), new Entry("b", "23", 3), new Entry("c", "4", 5)),
        PropertiesParser.parse("file", "a=1\r\n#\rb=2\\\r\n  3\nc=4\r\n"));
  }

  @Test
  void unescapes() throws ConfigurationException {
    assertEquals(
        List.of(new Entry("k =:", "\t\n\f\r=\\*é☃x", 1)),
        parse("k\\ \\=\\: = \\t\\n\\f\\r\\=\\\\*\\u00E9\\u2603\\x"));
  }

  @Test
  void namesTheLineOfAMalformedEscape() {
    for (String wrong : List.of("a = \\u12", "a = \\u12g4", "\\u", "a = \\u１２３４")) {
      var error =
          assertThrows(ConfigurationException.class, () -> parse("", "# \\u", wrong), wrong);
      assertTrue(error.getMessage().startsWith("file:3: "), error.getMessage());
    }
  }

  /** Text made of what matters to the syntax. */
  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.of(
            "a",
            "b",
            "key",
            " ",
            "\t",
            "\f",
            "=",
            ":",
            "#",
            "!",
            "\\",
            "\\\\",
            "\n",
            "\r",
            "\r\n",
            "\\\n",
            "\\\r\n",
            "\n\n",
            "\\u0041",
            "\\u",
            "\\t",
            "\\ ",
            "é",
            "\u2028",
            "\0",
            "\ud83d\ude00")
        .list()
        .ofMaxSize(40)
        .map(parts -> String.join("", parts));
  }

  @Property(tries = 5000)
  void readsWhatPropertiesReads(@ForAll("texts") String text) {
    assertEquals(readByProperties(text), readByParser(text));
  }

  @Property
  void readsWhatPropertiesReadsFromAnyText(@ForAll String text) {
    assertEquals(readByProperties(text), readByParser(text));
  }

  @Property(tries = 2000)
  void linesAreWithinTheTextAndAscend(@ForAll("texts") String text) {
    int lines = text.split("\r\n|\r|\n", -1).length;
    List<Entry> entries;
    try {
      entries = PropertiesParser.parse("file", text);
    } catch (ConfigurationException malformed) {
      return;
    }
    List<Integer> found = new ArrayList<>();
    for (Entry entry : entries) {
      found.add(entry.line());
      assertTrue(entry.line() >= 1 && entry.line() <= lines);
    }
    assertEquals(found.stream().sorted().distinct().toList(), found);
  }

  /** The last value of each key, or null when the text is malformed. */
  private static Map<String, String> readByParser(String text) {
    Map<String, String> map = new HashMap<>();
    try {
      for (Entry entry : PropertiesParser.parse("file", text)) {
        map.put(entry.key(), entry.value());
      }
    } catch (ConfigurationException malformed) {
      return null;
    }
    return map;
  }

  private static Map<String, String> readByProperties(String text) {
    Properties properties = new Properties();
    try {
      properties.load(new StringReader(text));
    } catch (IllegalArgumentException malformed) {
      return null;
    } catch (IOException impossible) {
      throw new AssertionError(impossible);
    }
    Map<String, String> map = new HashMap<>();
    for (String key : properties.stringPropertyNames()) {
      map.put(key, properties.getProperty(key));
    }
    return map;
  }
}
