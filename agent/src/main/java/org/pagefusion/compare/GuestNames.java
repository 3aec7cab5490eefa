// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.compare;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/** Short names for guests: of their reports' files, as much as tells them apart. */
final class GuestNames {
  private static final String SUFFIX = ".json";

  private GuestNames() {}

  /** A name for each report, no two the same unless the files are. */
  static List<String> of(List<Path> files) {
    Map<String, Integer> counts = new HashMap<>();
    for (Path file : new LinkedHashSet<>(files)) {
      counts.merge(shortName(file), 1, Integer::sum);
    }
    List<String> names = new ArrayList<>();
    for (Path file : files) {
      String name = shortName(file);
      names.add(counts.get(name) == 1 ? name : file.toString());
    }
    return names;
  }

  private static String shortName(Path file) {
    String name = String.valueOf(file.getFileName());
    boolean suffixed = name.endsWith(SUFFIX) && name.length() > SUFFIX.length();
    return suffixed ? name.substring(0, name.length() - SUFFIX.length()) : name;
  }
}
