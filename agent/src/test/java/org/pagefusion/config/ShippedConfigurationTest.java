// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The configuration file and its manual page, as the packages hold them. */
class ShippedConfigurationTest {
  private static final Path PACKAGING =
      Path.of(System.getProperty("pagefusion.checkout"), "packaging");
  private static final Path FILE = PACKAGING.resolve("etc/pagefusion.conf");

  /** A key that is commented out; the space of prose tells a comment from it. */
  private static final Pattern KEY = Pattern.compile("#([a-z-]+) =.*");

  @Test
  void fileSetsNothing() throws Exception {
    assertEquals(Configuration.defaults(), load(FILE).configuration());
    for (LoadedConfiguration.Setting setting : load(FILE).settings()) {
      assertEquals("default", setting.origin(), setting.key());
    }
  }

  @Test
  void whatIsCommentedOutAreTheDefaults(@TempDir Path folder) throws Exception {
    List<String> lines = new ArrayList<>();
    for (String line : Files.readAllLines(FILE)) {
      lines.add(KEY.matcher(line).matches() ? line.substring(1) : line);
    }
    Path uncommented = Files.write(folder.resolve("pagefusion.conf"), lines);
    assertEquals(Configuration.defaults(), load(uncommented).configuration());
  }

  @Test
  void everyKeyIsInTheFileOnce() throws IOException {
    List<String> keys = new ArrayList<>();
    for (String line : Files.readAllLines(FILE)) {
      Matcher key = KEY.matcher(line);
      if (key.matches()) {
        keys.add(key.group(1));
      }
    }
    List<String> expected = Arrays.stream(Key.values()).map(Key::text).sorted().toList();
    assertEquals(expected, keys.stream().sorted().toList());
  }

  @Test
  void everyKeyIsInTheManualPage() throws IOException {
    String page = Files.readString(PACKAGING.resolve("man/pagefusion.conf.adoc"));
    for (Key key : Key.values()) {
      assertTrue(page.contains("\n*" + key.text() + "* = "), key.text());
    }
  }

  private static LoadedConfiguration load(Path file) throws ConfigurationException {
    return new ConfigurationLoader(Path.of("/")).load(Optional.of(file));
  }
}
