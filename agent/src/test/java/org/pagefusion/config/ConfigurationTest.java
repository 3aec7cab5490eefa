// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

package org.pagefusion.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConfigurationTest {
  @Test
  void defaultsAreTheDocumentedOnes() {
    Configuration defaults = Configuration.defaults();
    assertEquals(Mode.OBSERVE, defaults.mode());
    assertFalse(defaults.hostSafe());
    assertEquals(Set.of(Source.MAPPED, Source.PAGE_CACHE, Source.KERNEL), defaults.sources());
    assertEquals(List.of("/usr", "/lib", "/lib64", "/bin", "/sbin", "/opt"), defaults.roots());
    assertEquals(DefaultExcludes.GLOBS, defaults.exclude());
    assertEquals("", defaults.group());
    assertEquals(65536, defaults.minResidentBytes());
    assertEquals(1500, defaults.maxModules());
    assertEquals(Duration.ofSeconds(60), defaults.scanInterval());
    assertEquals(Duration.ofMinutes(15), defaults.scanIntervalMax());
    assertEquals(0.001, defaults.checkBudget());
  }

  @Test
  void observesUnlessTheHostIsSafe() {
    assertEquals(Mode.OBSERVE, with(Mode.FUSE, false).effectiveMode());
    assertEquals(Mode.OBSERVE, with(Mode.OBSERVE, true).effectiveMode());
    assertEquals(Mode.FUSE, with(Mode.FUSE, true).effectiveMode());
  }

  @Test
  void isNotChangedThroughItsArguments() {
    Set<Source> sources = EnumSet.of(Source.MAPPED);
    List<String> roots = new ArrayList<>(List.of("/usr"));
    Configuration configuration =
        new Configuration(
            Mode.OBSERVE,
            false,
            sources,
            roots,
            List.of(),
            "",
            0,
            1,
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            0.1,
            "");
    sources.add(Source.KERNEL);
    roots.add("/opt");
    assertEquals(Set.of(Source.MAPPED), configuration.sources());
    assertEquals(List.of("/usr"), configuration.roots());
    assertThrows(
        UnsupportedOperationException.class, () -> configuration.sources().add(Source.KERNEL));
  }

  @Test
  void refusesWhatIsOutOfBounds() {
    Duration second = Duration.ofSeconds(1);
    refused("sources", Set.of(), List.of("/"), "", 0, 1, second, second, 0.1);
    Set<Source> some = Set.of(Source.MAPPED);
    refused("roots", some, List.of(), "", 0, 1, second, second, 0.1);
    refused("roots", some, List.of("/sys/module"), "", 0, 1, second, second, 0.1);
    refused("group", some, List.of("/"), "\n", 0, 1, second, second, 0.1);
    refused("min-resident", some, List.of("/"), "", -1, 1, second, second, 0.1);
    refused("max-modules", some, List.of("/"), "", 0, 0, second, second, 0.1);
    refused("max-modules", some, List.of("/"), "", 0, 2049, second, second, 0.1);
    refused("scan-interval", some, List.of("/"), "", 0, 1, Duration.ZERO, second, 0.1);
    refused("scan-interval-max", some, List.of("/"), "", 0, 1, second.plusMillis(1), second, 0.1);
    refused("check-budget", some, List.of("/"), "", 0, 1, second, second, 0);
    refused("check-budget", some, List.of("/"), "", 0, 1, second, second, 0.11);
    refused("check-budget", some, List.of("/"), "", 0, 1, second, second, Double.NaN);
  }

  private static Configuration with(Mode mode, boolean hostSafe) {
    Configuration defaults = Configuration.defaults();
    return new Configuration(
        mode,
        hostSafe,
        defaults.sources(),
        defaults.roots(),
        defaults.exclude(),
        defaults.group(),
        defaults.minResidentBytes(),
        defaults.maxModules(),
        defaults.scanInterval(),
        defaults.scanIntervalMax(),
        defaults.checkBudget(),
        defaults.metricsFile());
  }

  private static void refused(
      String key,
      Set<Source> sources,
      List<String> roots,
      String group,
      long minResidentBytes,
      int maxModules,
      Duration scanInterval,
      Duration scanIntervalMax,
      double checkBudget) {
    var error =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                new Configuration(
                    Mode.FUSE,
                    true,
                    sources,
                    roots,
                    List.of(),
                    group,
                    minResidentBytes,
                    maxModules,
                    scanInterval,
                    scanIntervalMax,
                    checkBudget,
                    ""));
    assertTrue(error.getMessage().startsWith(key + ": expected "), error.getMessage());
  }
}
