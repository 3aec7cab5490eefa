// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

package org.pagefusion.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever a file holds, it loads or is refused with its name and a line of it. */
class ConfigurationLoaderFuzzTest {
  private static Path file;

  @BeforeContainer
  static void makeFile() throws IOException {
    file = Files.createTempFile("pagefusion", ".conf");
  }

  @AfterContainer
  static void deleteFile() throws IOException {
    Files.delete(file);
  }

  @Property(tries = 500)
  void anyBytes(@ForAll byte[] bytes) throws IOException {
    loadsOrIsRefused(bytes);
  }

  @Property(tries = 2000)
  void almostRightText(@ForAll("texts") String text) throws IOException {
    loadsOrIsRefused(text.getBytes(StandardCharsets.UTF_8));
  }

  /** What a configuration shows of itself, written to a file, makes the same configuration. */
  @Property
  void canonicalValuesAreReadAsTheSame(@ForAll("fittingTexts") String text) throws IOException {
    Files.writeString(file, text);
    ConfigurationLoader loader = new ConfigurationLoader(Path.of("/"));
    LoadedConfiguration loaded;
    try {
      loaded = loader.load(Optional.of(file));
    } catch (ConfigurationException refused) {
      return;
    }
    StringBuilder written = new StringBuilder();
    for (LoadedConfiguration.Setting setting : loaded.settings()) {
      // As one would write it: backslashes twice, and a tab so that it is not stripped.
      String value = setting.value().replace("\\", "\\\\").replace("\t", "\\t");
      written.append(setting.key()).append(" = ").append(value).append('\n');
    }
    Files.writeString(file, written);
    try {
      assertEquals(loaded.configuration(), loader.load(Optional.of(file)).configuration(), text);
    } catch (ConfigurationException refused) {
      throw new AssertionError(text, refused);
    }
  }

  /** Each line fits by itself; the intervals may not fit each other. */
  @Provide
  Arbitrary<String> fittingTexts() {
    return Arbitraries.of(Key.values())
        .set()
        .flatMap(
            keys -> {
              List<Arbitrary<String>> lines = new ArrayList<>();
              for (Key key : keys) {
                lines.add(fittingValues(key).map(value -> key.text() + " = " + value));
              }
              return Combinators.combine(lines).as(each -> String.join("\n", each));
            });
  }

  private static Arbitrary<String> fittingValues(Key key) {
    return switch (key) {
      case MODE -> Arbitraries.of("fuse", "OBSERVE");
      case HOST_SAFE -> Arbitraries.of("yes", "false");
      case SOURCES -> Arbitraries.of("kernel, mapped", "page-cache", "mapped,mapped");
      case ROOTS -> Arbitraries.of("/", "/a b,//c//", "/\\u00e9", "/procs, /opt/");
      case EXCLUDE ->
          Arbitraries.of("none", "default", "/a\\\\*, {b,c}", "*, default, [,]", "a\\tb");
      case GROUP -> Arbitraries.of("", "a\\\\b", "\\u00e9 = :", "x\\ \\ y", "\\#!");
      case MIN_RESIDENT -> Arbitraries.longs().between(0, 1L << 40).map(each -> each.toString());
      case MAX_MODULES -> Arbitraries.integers().between(1, 2048).map(each -> each.toString());
      case SCAN_INTERVAL ->
          Arbitraries.integers().between(1000, 5_000_000).map(each -> each + " ms");
      case SCAN_INTERVAL_MAX -> Arbitraries.integers().between(1, 365).map(each -> each + "d");
      case CHECK_BUDGET ->
          Arbitraries.integers().between(1, 10_000).map(each -> each / 1000.0 + "%");
      case METRICS_FILE -> Arbitraries.of("", "/a b/c.prom", "/\\u00e9.prom");
    };
  }

  @Provide
  Arbitrary<String> texts() {
    Arbitrary<String> keys = Arbitraries.of(Key.values()).map(Key::text);
    Arbitrary<String> anyKeys =
        Arbitraries.frequencyOf(Tuple.of(30, keys), Tuple.of(1, Arbitraries.strings()));
    Arbitrary<String> values =
        Arbitraries.of(
                "fuse", "observe", "yes", "no", "mapped", "kernel", "/usr", "/opt/x", "*.key",
                "default", "none", "{a,b}", "[a", "60", "1000", "5", "0.5", " ", " s", " min", " h",
                " KiB", "%", " %", ",", ", ", "\\\\", "\\\n", "\\u00e9", "\\u0", "#", "é", "\0")
            .list()
            .ofMinSize(1)
            .ofMaxSize(3)
            .map(parts -> String.join("", parts));
    Arbitrary<String> separators = Arbitraries.of(" = ", "=", ":", " ", "\n");
    return Combinators.combine(anyKeys, separators, values)
        .as((key, separator, value) -> key + separator + value + "\n")
        .list()
        .ofMinSize(1)
        .ofMaxSize(4)
        .map(lines -> String.join("", lines));
  }

  private static void loadsOrIsRefused(byte[] bytes) throws IOException {
    Files.write(file, bytes);
    try {
      LoadedConfiguration loaded = new ConfigurationLoader(Path.of("/")).load(Optional.of(file));
      assertEquals(Key.values().length, loaded.settings().size());
    } catch (ConfigurationException refused) {
      String message = refused.getMessage();
      Matcher place =
          Pattern.compile(Pattern.quote(file.toString()) + ":(\\d+): .+").matcher(message);
      assertTrue(place.matches(), message);
      int lines = new String(bytes, StandardCharsets.ISO_8859_1).split("\r\n|\r|\n", -1).length;
      int line = Integer.parseInt(place.group(1));
      assertTrue(line >= 1 && line <= lines, message);
      assertTrue(message.codePoints().allMatch(Text::prints), message);
    }
  }
}
