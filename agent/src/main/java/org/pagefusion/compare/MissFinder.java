// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.compare;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pagefusion.candidate.Category;
import org.pagefusion.candidate.Reason;

/** Finds why files are not fused, or not all of their pages. */
final class MissFinder {
  /** A share group begins names with a keyed hash (see {@code candidate.Identity}). */
  private static final Pattern GROUPED = Pattern.compile("([A-Za-z0-9_-]{16}):.*", Pattern.DOTALL);

  private static final int BUILD_ID_CHARS = 12;

  private final Exclusions exclusions;
  private final int pageSize;
  private final List<Miss> misses = new ArrayList<>();

  private MissFinder(Exclusions exclusions, int pageSize) {
    this.exclusions = exclusions;
    this.pageSize = pageSize;
  }

  /** All of them, those that cost most pages first. */
  static List<Miss> find(Collection<ModulePages> modules, Exclusions exclusions, int pageSize) {
    MissFinder finder = new MissFinder(exclusions, pageSize);
    for (List<ModulePages> family : families(modules)) {
      finder.judge(family);
    }
    finder.misses.sort(Comparator.comparingLong(Miss::pages).reversed().thenComparing(Miss::path));
    return finder.misses;
  }

  /** The memory that modules stand for, whatever version of it. */
  private record Place(String path, long fileOffset, boolean rodata) {}

  private static Collection<List<ModulePages>> families(Collection<ModulePages> modules) {
    Map<Place, List<ModulePages>> families = new LinkedHashMap<>();
    for (ModulePages module : modules) {
      // The two parts of a kernel module have one path.
      boolean rodata =
          module.category == Category.KERNEL_MODULE && module.key.name().endsWith(".rodata");
      Place place = new Place(module.path, module.fileOffset, rodata);
      families.computeIfAbsent(place, unused -> new ArrayList<>(1)).add(module);
    }
    return families.values();
  }

  private void judge(List<ModulePages> family) {
    family.sort(Comparator.comparingLong((ModulePages module) -> module.distinct).reversed());
    ModulePages main = family.get(0);
    for (ModulePages module : family) {
      if (module.tally.different > 0) {
        add(
            module,
            Miss.Cause.OTHER_CONTENT,
            module.tally.different,
            List.of(
                new Miss.Side("shared", 1, module.differentOwner),
                new Miss.Side("different", 1, module.differentGuest)));
      }
    }
    for (Miss.Cause cause :
        List.of(Miss.Cause.OTHER_VERSION, Miss.Cause.OTHER_GROUP, Miss.Cause.OTHER_LAYOUT)) {
      judgeOthers(family, cause);
    }
    boolean excluded = judgeExcluded(main);
    if (main.guests > 1 && main.tally.onlyHere > 0) {
      Miss.Side side = new Miss.Side("resident", main.onlyHereGuests, main.onlyHereGuest);
      add(main, Miss.Cause.RESIDENT_ONLY_HERE, main.tally.onlyHere, List.of(side));
    } else if (family.size() == 1 && !excluded) {
      Miss.Side side = new Miss.Side("resident", 1, main.firstGuest);
      add(main, Miss.Cause.NOT_THERE, main.tally.onlyHere, List.of(side));
    }
  }

  /** What others of the family could share with the one that has most, if they were the same. */
  private void judgeOthers(List<ModulePages> family, Miss.Cause cause) {
    ModulePages main = family.get(0);
    List<ModulePages> others = new ArrayList<>();
    others.add(main);
    long pages = 0;
    for (ModulePages module : family) {
      if (module != main && difference(main.key, module.key) == cause) {
        pages += module.distinct;
        others.add(module);
      }
    }
    add(main, cause, pages, sides(others, cause));
  }

  private static List<Miss.Side> sides(List<ModulePages> modules, Miss.Cause cause) {
    Set<String> buildIds = new HashSet<>();
    for (ModulePages module : modules) {
      module.buildId.map(MissFinder::shortened).ifPresent(buildIds::add);
    }
    List<Miss.Side> sides = new ArrayList<>();
    for (ModulePages module : modules) {
      // A stripped file has the build id of the unstripped one.
      boolean told = buildIds.size() == modules.size();
      sides.add(new Miss.Side(label(module, cause, told), module.guests, module.firstGuest));
    }
    return sides;
  }

  private static String shortened(String buildId) {
    return buildId.substring(0, Math.min(BUILD_ID_CHARS, buildId.length()));
  }

  private static Miss.Cause difference(ModuleKey one, ModuleKey other) {
    if (!one.version().equals(other.version())) {
      return Miss.Cause.OTHER_VERSION;
    }
    return one.name().equals(other.name()) ? Miss.Cause.OTHER_LAYOUT : Miss.Cause.OTHER_GROUP;
  }

  private static String label(ModulePages module, Miss.Cause cause, boolean byBuildId) {
    switch (cause) {
      case OTHER_GROUP:
        Matcher grouped = GROUPED.matcher(module.key.name());
        return grouped.matches() ? "group " + grouped.group(1) : "no group";
      case OTHER_LAYOUT:
        return module.key.sizeBytes()
            + " bytes in regions of "
            + module.key.regionPages()
            + " pages";
      default:
        return byBuildId
            ? "build " + shortened(module.buildId.orElseThrow())
            : "version " + module.key.version();
    }
  }

  /** Whether other guests left the file out. */
  private boolean judgeExcluded(ModulePages module) {
    List<Miss.Side> sides = new ArrayList<>();
    long pages = 0;
    for (Exclusions.Entry entry : exclusions.of(module.path)) {
      sides.add(new Miss.Side(label(entry.reason), entry.guests, entry.firstGuest));
      pages += Math.min(entry.bytes / pageSize, entry.guests * module.distinct);
    }
    add(module, Miss.Cause.EXCLUDED_THERE, pages, sides);
    return !sides.isEmpty();
  }

  private static String label(String reason) {
    for (Reason each : Reason.values()) {
      if (each.externalName().equals(reason)) {
        return reason + " (" + each.meaning() + ")";
      }
    }
    return reason;
  }

  private void add(ModulePages module, Miss.Cause cause, long pages, List<Miss.Side> sides) {
    if (pages > 0) {
      OptionalLong difference =
          cause == Miss.Cause.OTHER_CONTENT ? module.firstDifference() : OptionalLong.empty();
      misses.add(new Miss(module.path, module.category, cause, pages, difference, sides));
    }
  }
}
