// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.doctor;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.pagefusion.daemon.ServiceStatus;

/** What the running service may do; where none runs, what this process may. */
final class CapabilityCheck {
  private static final String EFFECTIVE = "CapEff:";
  private static final int HEX_DIGITS_MAX = 16;

  private final SmallFiles files;

  CapabilityCheck(SmallFiles files) {
    this.files = files;
  }

  /**
   * Judges them.
   *
   * @param service the running one, where there is one
   */
  Check check(Optional<ServiceStatus> service) {
    if (service.isPresent()) {
      long pid = service.get().pid();
      return check(
          "the service (process " + pid + ")",
          effective(Long.toString(pid)),
          "add them to AmbientCapabilities= and CapabilityBoundingSet= (systemctl edit"
              + " pagefusion)");
    }
    if (!files.tree().isLive()) {
      return Check.skipped(Subject.CAPABILITIES, "no running service in this tree");
    }
    return check("this process (no service runs)", effective("self"), "run as root");
  }

  private static Check check(String who, OptionalLong mask, String remedy) {
    if (mask.isEmpty()) {
      return Check.warn(
          Subject.CAPABILITIES,
          who + ": the kernel does not tell",
          "run as root, with /proc mounted");
    }
    List<String> missing = Capability.missingIn(mask.getAsLong());
    return missing.isEmpty()
        ? Check.ok(Subject.CAPABILITIES, who + " has all it needs")
        : Check.warn(Subject.CAPABILITIES, who + " lacks " + String.join(", ", missing), remedy);
  }

  /** CapEff of /proc/[pid]/status (proc(5)). */
  OptionalLong effective(String pid) {
    String status = files.text("/proc/" + pid + "/status").orElse("");
    return status
        .lines()
        .filter(line -> line.startsWith(EFFECTIVE))
        .map(line -> line.substring(EFFECTIVE.length()).strip())
        .filter(CapabilityCheck::isHex)
        .mapToLong(digits -> Long.parseUnsignedLong(digits, 16))
        .findFirst();
  }

  private static boolean isHex(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) {
        return false;
      }
    }
    return !text.isEmpty() && text.length() <= HEX_DIGITS_MAX;
  }
}
