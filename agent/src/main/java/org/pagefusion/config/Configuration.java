// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

package org.pagefusion.config;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The effective configuration. Every instance is valid.
 *
 * @param mode what a cycle does with what it finds
 * @param hostSafe whether someone who answers for the host says that it survives page fusion
 * @param sources where candidates come from; at least one, in the order of the enum
 * @param roots absolute paths of the trees whose page cache is looked at, without a slash at the
 *     end
 * @param exclude globs ({@link PathPatterns}) of what must not be fused, the built-in ones spelled
 *     out
 * @param group the share group, at most 256 characters; empty for none
 * @param minResidentBytes candidates with fewer resident bytes are left out
 * @param maxModules how many modules may be registered, 1 to 2048
 * @param scanInterval time from one scan to the next, whole milliseconds, 1 s or more
 * @param scanIntervalMax what the interval may grow to while nothing new is found, at most 365 d
 * @param checkBudget the share of time that all vCPUs may stand still for checks, as a fraction:
 *     above 0, at most 0.1
 * @param metricsFile where the service writes its figures for Prometheus' node exporter: an
 *     absolute path that ends in {@code .prom}, as the exporter asks; empty for nowhere
 */
public record Configuration(
    Mode mode,
    boolean hostSafe,
    Set<Source> sources,
    List<String> roots,
    List<String> exclude,
    String group,
    long minResidentBytes,
    int maxModules,
    Duration scanInterval,
    Duration scanIntervalMax,
    double checkBudget,
    String metricsFile) {

  /** The host's registrations in the lifetime of a VM; it refuses every further one. */
  static final int MOST_MODULES = 2048;

  static final int LONGEST_GROUP_CHARS = 256;
  static final Duration SHORTEST_SCAN_INTERVAL = Duration.ofSeconds(1);

  /** Far beyond any use; keeps sums and doublings of intervals within bounds. */
  static final Duration LONGEST_SCAN_INTERVAL = Duration.ofDays(365);

  static final double LARGEST_CHECK_BUDGET = 0.1;

  /** Trees that hold no files in page cache but the kernel's and the drivers' interfaces. */
  private static final List<String> PSEUDO_TREES = List.of("/proc", "/sys", "/dev");

  /**
   * Checks and copies.
   *
   * @throws IllegalArgumentException when a value is out of its bounds
   */
  public Configuration {
    check("sources", expectedOfSources(sources));
    sources = Collections.unmodifiableSet(EnumSet.copyOf(sources));
    check("roots", expectedOfRoots(roots));
    roots = List.copyOf(roots);
    exclude = List.copyOf(exclude);
    check("group", expectedOfGroup(group));
    check("min-resident", expectedOfMinResident(minResidentBytes));
    check("max-modules", expectedOfMaxModules(maxModules));
    check("scan-interval", expectedOfScanInterval(scanInterval));
    check("scan-interval-max", expectedOfScanInterval(scanIntervalMax));
    if (scanIntervalMax.compareTo(scanInterval) < 0) {
      check("scan-interval-max", "scan-interval or more");
    }
    check("check-budget", expectedOfCheckBudget(checkBudget));
    check("metrics-file", expectedOfMetricsFile(metricsFile));
  }

  /** What holds where the files say nothing; right for most guests. */
  public static Configuration defaults() {
    return new Configuration(
        Mode.OBSERVE,
        false,
        EnumSet.allOf(Source.class),
        List.of("/usr", "/lib", "/lib64", "/bin", "/sbin", "/opt"),
        DefaultExcludes.GLOBS,
        "",
        64 << 10,
        1500,
        Duration.ofSeconds(60),
        Duration.ofMinutes(15),
        0.001,
        "");
  }

  /** What really happens: without the word of whoever answers for the host, fuse observes. */
  public Mode effectiveMode() {
    return hostSafe ? mode : Mode.OBSERVE;
  }

  // Each of these says what was expected, or null when the value is right, so that the loader and
  // the constructor check alike but word their errors for different readers.

  static String expectedOfSources(Set<Source> sources) {
    return sources.isEmpty() ? "at least one source" : null;
  }

  static String expectedOfRoots(List<String> roots) {
    if (roots.isEmpty()) {
      return "at least one absolute path (to leave the page cache out, take it out of sources)";
    }
    for (String root : roots) {
      if (!isCanonicalPath(root)) {
        return "absolute paths such as /usr, without '.' or '..'";
      }
      for (String pseudoTree : PSEUDO_TREES) {
        if (root.equals(pseudoTree) || root.startsWith(pseudoTree + "/")) {
          return "paths that are not in /proc, /sys or /dev";
        }
      }
    }
    return null;
  }

  static String expectedOfGroup(String group) {
    if (group.codePointCount(0, group.length()) > LONGEST_GROUP_CHARS) {
      return "at most " + LONGEST_GROUP_CHARS + " characters";
    }
    for (int at = 0; at < group.length(); ) {
      int character = group.codePointAt(at);
      // A half of a surrogate pair has no UTF-8 form to hash.
      if (Character.isISOControl(character)
          || Character.getType(character) == Character.SURROGATE) {
        return "text without control characters";
      }
      at += Character.charCount(character);
    }
    return null;
  }

  static String expectedOfMinResident(long bytes) {
    return bytes < 0 ? "a size of 0 or more" : null;
  }

  static String expectedOfMaxModules(int modules) {
    return modules < 1 || modules > MOST_MODULES
        ? "1 to " + MOST_MODULES + " (the host accepts no more in the lifetime of a VM)"
        : null;
  }

  static String expectedOfScanInterval(Duration interval) {
    if (interval.compareTo(SHORTEST_SCAN_INTERVAL) < 0
        || interval.compareTo(LONGEST_SCAN_INTERVAL) > 0
        || interval.toNanosPart() % 1_000_000 != 0) {
      return "whole milliseconds from 1 s to 365 d";
    }
    return null;
  }

  static String expectedOfCheckBudget(double fraction) {
    return fraction > 0 && fraction <= LARGEST_CHECK_BUDGET ? null : "above 0 % and at most 10 %";
  }

  static String expectedOfMetricsFile(String path) {
    boolean fits =
        path.isEmpty()
            || isCanonicalPath(path) && path.endsWith(".prom") && !path.endsWith("/.prom");
    return fits ? null : "an absolute path that ends in .prom, or nothing";
  }

  private static void check(String key, String expected) {
    if (expected != null) {
      throw new IllegalArgumentException(key + ": expected " + expected);
    }
  }

  /** Whether the path is absolute and has no empty, {@code .} or {@code ..} segment. */
  private static boolean isCanonicalPath(String path) {
    if (!path.startsWith("/") || path.indexOf('\0') >= 0) {
      return false;
    }
    if (path.length() == 1) {
      return true;
    }
    int start = 1;
    while (true) {
      int slash = path.indexOf('/', start);
      String segment = path.substring(start, slash < 0 ? path.length() : slash);
      if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
        return false;
      }
      if (slash < 0) {
        return true;
      }
      start = slash + 1;
    }
  }
}
