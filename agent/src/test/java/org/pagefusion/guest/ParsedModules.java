// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What came out of a text of /proc/modules.
 *
 * @param modules of the lines that could be parsed
 * @param anomalies of the others
 */
record ParsedModules(List<KernelModule> modules, List<Anomaly> anomalies) {
  private static final String WHERE = "/proc/modules";

  /** The form of a line: kernel/module/procfs.c. */
  private static final Pattern LINE =
      Pattern.compile(
          "([^ ./\0][^ /\0]*) ([0-9]+) ([0-9]+|-|-1) (-|(?:[^ ,]+,)+) (Live|Loading|Unloading)"
              + " 0x([0-9a-f]{1,16})(?: \\(([A-Z]+)[-+]?\\))?",
          Pattern.DOTALL);

  static ParsedModules of(byte[] text) {
    Anomalies anomalies = new Anomalies();
    List<KernelModule> modules = KernelModules.parse(text, WHERE, anomalies);
    assertEquals(TextLines.of(text).size(), modules.size() + anomalies.count());
    return new ParsedModules(modules, anomalies.list());
  }

  /** Asserts that it is what should have come out of the text: each line on its own. */
  void assertIsOf(byte[] text) {
    List<String> lines = TextLines.of(text);
    List<KernelModule> expected = new ArrayList<>();
    List<String> malformed = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      Optional<KernelModule> module = module(lines.get(i));
      module.ifPresent(expected::add);
      if (module.isEmpty() && malformed.size() < Anomalies.KEPT) {
        malformed.add(WHERE + ":" + (i + 1));
      }
    }
    assertEquals(expected, modules);
    assertEquals(
        malformed,
        anomalies.stream().map(Anomaly::where).filter(where -> !where.equals("scan")).toList());
  }

  private static Optional<KernelModule> module(String line) {
    Matcher m = LINE.matcher(line);
    if (!m.matches() || isAbove(m.group(2), 0xFFFFFFFFL)) {
      return Optional.empty();
    }
    String references = m.group(3);
    boolean counted = !references.startsWith("-");
    if (counted && isAbove(references, Integer.MAX_VALUE)) {
      return Optional.empty();
    }
    List<String> users = new ArrayList<>();
    if (!m.group(4).equals("-")) {
      for (String user : m.group(4).split(",")) {
        if (!user.startsWith("[")) {
          users.add(decoded(user));
        }
      }
    }
    return Optional.of(
        new KernelModule(
            decoded(m.group(1)),
            Long.parseLong(m.group(2)),
            counted ? Integer.parseInt(references) : -1,
            users,
            KernelModule.State.valueOf(m.group(5).toUpperCase(Locale.ROOT)),
            Long.parseUnsignedLong(m.group(6), 16),
            m.group(7) == null ? "" : m.group(7),
            Optional.empty(),
            List.of()));
  }

  private static boolean isAbove(String digits, long limit) {
    return new BigInteger(digits).compareTo(BigInteger.valueOf(limit)) > 0;
  }

  private static String decoded(String latin) {
    byte[] bytes = TextLines.bytes(latin);
    return FileName.decode(bytes, 0, bytes.length);
  }
}
