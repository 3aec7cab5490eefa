// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

package org.pagefusion.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A configuration while files are read: the defaults, overridden key by key. */
final class ConfigurationDraft {
  /** Origin of what no file says. */
  static final String DEFAULT_ORIGIN = "default";

  /** In {@code exclude}: the built-in list. */
  private static final String DEFAULT_ENTRY = "default";

  /** In {@code exclude}: nothing at all. */
  private static final String NONE_ENTRY = "none";

  private final Map<Key, String> origins = new EnumMap<>(Key.class);

  private Mode mode;
  private boolean hostSafe;
  private Set<Source> sources;
  private List<String> roots;
  private List<String> excludeEntries = List.of(DEFAULT_ENTRY);
  private List<String> exclude;
  private String group;
  private long minResidentBytes;
  private int maxModules;
  private Duration scanInterval;
  private Duration scanIntervalMax;
  private double checkBudget;
  private String metricsFile;

  ConfigurationDraft() {
    Configuration defaults = Configuration.defaults();
    mode = defaults.mode();
    hostSafe = defaults.hostSafe();
    sources = defaults.sources();
    roots = defaults.roots();
    exclude = defaults.exclude();
    group = defaults.group();
    minResidentBytes = defaults.minResidentBytes();
    maxModules = defaults.maxModules();
    scanInterval = defaults.scanInterval();
    scanIntervalMax = defaults.scanIntervalMax();
    checkBudget = defaults.checkBudget();
    metricsFile = defaults.metricsFile();
  }

  /**
   * Sets one key.
   *
   * @param value as it stands in the file, unescaped and stripped
   * @param origin file and line, for errors and for the result
   */
  void set(Key key, String value, String origin) throws ConfigurationException {
    try {
      rejectComment(value);
      parse(key, value);
    } catch (GlobSyntaxException malformed) {
      String problem = malformed.getMessage();
      // What the remedy shows is the pattern; the syntax around it takes away half of them.
      String hint = problem.indexOf('\\') < 0 ? "" : " (in the file, each backslash twice)";
      throw new ConfigurationException(
          origin + ": " + key.text() + ": " + problem + hint, malformed);
    } catch (IllegalArgumentException unfit) {
      throw new ConfigurationException(
          origin
              + ": "
              + key.text()
              + ": found "
              + (value.isEmpty() ? "nothing" : Text.quote(value))
              + ", expected "
              + unfit.getMessage(),
          unfit);
    }
    origins.put(key, origin);
  }

  /** Checks what concerns more than one key. */
  Configuration build() throws ConfigurationException {
    if (scanIntervalMax.compareTo(scanInterval) < 0) {
      boolean maxIsDefault = !origins.containsKey(Key.SCAN_INTERVAL_MAX);
      Key key = maxIsDefault ? Key.SCAN_INTERVAL : Key.SCAN_INTERVAL_MAX;
      Key other = maxIsDefault ? Key.SCAN_INTERVAL_MAX : Key.SCAN_INTERVAL;
      throw new ConfigurationException(
          origin(key)
              + ": "
              + key.text()
              + ": found '"
              + text(key)
              + "', expected "
              + (maxIsDefault ? "at most " : "at least ")
              + text(other)
              + ", the value of "
              + other.text()
              + " ("
              + origin(other)
              + ")"
              + (maxIsDefault ? "; set that too" : ""));
    }
    return new Configuration(
        mode,
        hostSafe,
        sources,
        roots,
        exclude,
        group,
        minResidentBytes,
        maxModules,
        scanInterval,
        scanIntervalMax,
        checkBudget,
        metricsFile);
  }

  /** Where the value of this key came from. */
  String origin(Key key) {
    return origins.getOrDefault(key, DEFAULT_ORIGIN);
  }

  /** The value of this key in its canonical form. */
  String text(Key key) {
    return switch (key) {
      case MODE -> mode.text();
      case HOST_SAFE -> Units.formatSwitch(hostSafe);
      case SOURCES -> sourcesText();
      case ROOTS -> String.join(", ", roots);
      case EXCLUDE -> String.join(", ", excludeEntries);
      case GROUP -> group;
      case MIN_RESIDENT -> Units.formatSize(minResidentBytes);
      case MAX_MODULES -> Integer.toString(maxModules);
      case SCAN_INTERVAL -> Units.formatDuration(scanInterval);
      case SCAN_INTERVAL_MAX -> Units.formatDuration(scanIntervalMax);
      case CHECK_BUDGET -> Units.formatPercentage(checkBudget);
      case METRICS_FILE -> metricsFile;
    };
  }

  private String sourcesText() {
    List<String> names = new ArrayList<>(sources.size());
    for (Source source : sources) {
      names.add(source.text());
    }
    return String.join(", ", names);
  }

  private void parse(Key key, String value) {
    switch (key) {
      case MODE:
        mode = parseMode(value);
        break;
      case HOST_SAFE:
        hostSafe = Units.parseSwitch(value);
        break;
      case SOURCES:
        sources = parseSources(value);
        break;
      case ROOTS:
        roots = parseRoots(value);
        break;
      case EXCLUDE:
        parseExclude(value);
        break;
      case GROUP:
        check(Configuration.expectedOfGroup(value));
        group = value;
        break;
      case MIN_RESIDENT:
        minResidentBytes = Units.parseSize(value);
        check(Configuration.expectedOfMinResident(minResidentBytes));
        break;
      case MAX_MODULES:
        maxModules = Units.parseCount(value);
        check(Configuration.expectedOfMaxModules(maxModules));
        break;
      case SCAN_INTERVAL:
        scanInterval = Units.parseDuration(value);
        check(Configuration.expectedOfScanInterval(scanInterval));
        break;
      case SCAN_INTERVAL_MAX:
        scanIntervalMax = Units.parseDuration(value);
        check(Configuration.expectedOfScanInterval(scanIntervalMax));
        break;
      case CHECK_BUDGET:
        checkBudget = Units.parsePercentage(value);
        check(Configuration.expectedOfCheckBudget(checkBudget));
        break;
      case METRICS_FILE:
        check(Configuration.expectedOfMetricsFile(value));
        metricsFile = value;
        break;
      default:
        throw new AssertionError(key);
    }
  }

  /**
   * This syntax has no comments at the end of a line. Taken as part of the value, one would turn a
   * pattern into another that matches nothing, and the files it names would be fused.
   */
  private static void rejectComment(String value) {
    for (int at = 1; at < value.length(); at++) {
      if (value.charAt(at) == '#' && Character.isWhitespace(value.charAt(at - 1))) {
        throw new IllegalArgumentException(
            "no comment after the value; give it a line of its own (write [#] for the character in"
                + " a pattern)");
      }
    }
  }

  private static Mode parseMode(String value) {
    for (Mode mode : Mode.values()) {
      if (mode.text().equalsIgnoreCase(value)) {
        return mode;
      }
    }
    throw new IllegalArgumentException("observe or fuse");
  }

  private static Set<Source> parseSources(String value) {
    String expected = "one or more of mapped, page-cache, kernel";
    Set<Source> sources = EnumSet.noneOf(Source.class);
    for (String entry : Units.parseList(value, expected)) {
      boolean known = false;
      for (Source source : Source.values()) {
        if (source.text().equalsIgnoreCase(entry)) {
          sources.add(source);
          known = true;
        }
      }
      check(known ? null : expected);
    }
    check(Configuration.expectedOfSources(sources));
    return sources;
  }

  private static List<String> parseRoots(String value) {
    Set<String> roots = new LinkedHashSet<>();
    for (String entry : Units.parseList(value, "absolute paths such as /usr")) {
      roots.add(withoutSpareSlashes(entry));
    }
    List<String> list = List.copyOf(roots);
    check(Configuration.expectedOfRoots(list));
    return list;
  }

  private static String withoutSpareSlashes(String path) {
    StringBuilder out = new StringBuilder(path.length());
    for (int at = 0; at < path.length(); at++) {
      char character = path.charAt(at);
      if (character != '/' || out.length() == 0 || out.charAt(out.length() - 1) != '/') {
        out.append(character);
      }
    }
    if (out.length() > 1 && out.charAt(out.length() - 1) == '/') {
      out.setLength(out.length() - 1);
    }
    return out.toString();
  }

  private void parseExclude(String value) {
    List<String> entries = List.copyOf(new LinkedHashSet<>(GlobCompiler.split(value)));
    if (entries.contains("")) {
      throw new IllegalArgumentException(
          "globs, 'default' for the built-in ones, or 'none'"
              + (value.isEmpty() ? "" : ", without an empty entry"));
    }
    Set<String> globs = new LinkedHashSet<>();
    if (entries.contains(NONE_ENTRY)) {
      check(entries.size() > 1 ? "nothing beside 'none'" : null);
    } else {
      for (String entry : entries) {
        if (entry.equals(DEFAULT_ENTRY)) {
          globs.addAll(DefaultExcludes.GLOBS);
        } else {
          globs.add(entry);
        }
      }
    }
    List<String> list = List.copyOf(globs);
    PathPatterns.compile(list);
    exclude = list;
    excludeEntries = entries;
  }

  private static void check(String expected) {
    if (expected != null) {
      throw new IllegalArgumentException(expected);
    }
  }
}
