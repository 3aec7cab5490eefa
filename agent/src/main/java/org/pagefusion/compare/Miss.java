// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.compare;

import java.util.List;
import java.util.OptionalLong;
import org.pagefusion.candidate.Category;

/**
 * A file, or kernel memory, of which something stays unfused, and why.
 *
 * @param path of the file
 * @param category what it is
 * @param cause why
 * @param pages that are not freed for this cause. For other versions and groups an estimate: the
 *     distinct pages of all of them but the largest
 * @param firstDifference index in the file of the first page with other contents; only for {@link
 *     Cause#OTHER_CONTENT}
 * @param sides who stands against whom
 */
public record Miss(
    String path,
    Category category,
    Cause cause,
    long pages,
    OptionalLong firstDifference,
    List<Side> sides) {
  /** Makes the list immutable. */
  public Miss {
    sides = List.copyOf(sides);
  }

  /** Why pages are not fused. */
  public enum Cause {
    /** Guests hold the file in other versions. */
    OTHER_VERSION("other-version", "other version"),
    /** The same version under another share group. */
    OTHER_GROUP("other-group", "other share group"),
    /** The same name and version with another size or other regions. */
    OTHER_LAYOUT("other-layout", "other size or regions"),
    /** The same module with other contents in some pages. */
    OTHER_CONTENT("other-content", "other contents"),
    /** Pages that are resident in one guest only, of a module that several have. */
    RESIDENT_ONLY_HERE("resident-only-here", "resident only here"),
    /** A guest has it, others left it out. */
    EXCLUDED_THERE("excluded-there", "left out elsewhere"),
    /** A guest has it, and no other report names it. */
    NOT_THERE("not-there", "no such file resident elsewhere");

    private final String externalName;
    private final String meaning;

    Cause(String externalName, String meaning) {
      this.externalName = externalName;
      this.meaning = meaning;
    }

    /** The name in JSON. */
    public String externalName() {
      return externalName;
    }

    /** What it means, in a few words. */
    public String meaning() {
      return meaning;
    }
  }

  /**
   * Guests that agree with each other.
   *
   * @param label what they have: a version, a name, the reason for which they left the file out
   * @param guests how many there are
   * @param guest index of the first of them
   */
  public record Side(String label, int guests, int guest) {}
}
