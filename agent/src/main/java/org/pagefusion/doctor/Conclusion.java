// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.doctor;

import java.util.List;
import java.util.Optional;

/**
 * What follows from the checks.
 *
 * @param canFuse whether the host can fuse pages of this guest
 * @param text the conclusion, in sentences
 * @param remedy what to do next; empty where there is nothing to do
 * @param hostPoints what whoever answers for the host must make sure of before {@code mode = fuse},
 *     as a guest can't see it; empty unless the host can fuse
 */
public record Conclusion(
    Answer canFuse, String text, Optional<String> remedy, List<String> hostPoints) {
  /** Copies the list. */
  public Conclusion {
    hostPoints = List.copyOf(hostPoints);
  }

  /** An answer. */
  public enum Answer {
    YES("yes"),
    NO("no"),
    /** The host could not be asked. */
    UNKNOWN("unknown");

    private final String externalName;

    Answer(String externalName) {
      this.externalName = externalName;
    }

    /** The name in results. */
    public String externalName() {
      return externalName;
    }
  }
}
