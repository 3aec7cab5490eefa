// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.doctor;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.pagefusion.bridge.KernelException;

/**
 * Which machine this is: by the DMI strings that VirtualBox gives its VMs, which can be configured,
 * and by its VMMDev PCI device, which can't. No process is started for it.
 */
final class VirtualisationCheck {
  private static final String DMI = "/sys/class/dmi/id/";
  private static final String PCI = "/sys/bus/pci/devices";
  private static final String VMMDEV_VENDOR = "0x80ee";
  private static final String VMMDEV_DEVICE = "0xcafe";

  private static final String CONDITION =
      "the service starts only where systemd-detect-virt says oracle: override"
          + " ConditionVirtualization= (systemctl edit pagefusion)";
  private static final String ELSEWHERE =
      "run it in a VirtualBox guest ('pagefusion report' works anywhere)";

  private final SmallFiles files;

  VirtualisationCheck(SmallFiles files) {
    this.files = files;
  }

  /**
   * Checks.
   *
   * @param simulated whether the host is a simulated one
   * @param hostAnswered whether a host was reached, which settles it: a container may hide the rest
   */
  Check check(boolean simulated, boolean hostAnswered) {
    if (simulated) {
      return Check.skipped(Subject.VIRTUALISATION, "the host is simulated");
    }
    List<String> strings = new ArrayList<>();
    for (String name : List.of("sys_vendor", "product_name", "board_vendor")) {
      files.line(DMI + name).ifPresent(strings::add);
    }
    Set<String> distinct = new LinkedHashSet<>(strings);
    String told = String.join(", ", distinct);
    // "Oracle Corporation" alone is also a vendor of real machines.
    if (distinct.contains("innotek GmbH") || distinct.contains("VirtualBox")) {
      return Check.ok(Subject.VIRTUALISATION, "VirtualBox (" + told + ")");
    }
    if (hasVmmDev()) {
      return Check.warn(
          Subject.VIRTUALISATION,
          "VirtualBox by its PCI device 80ee:cafe; DMI says " + (told.isEmpty() ? "nothing" : told),
          CONDITION);
    }
    if (hostAnswered) {
      return Check.warn(
          Subject.VIRTUALISATION,
          "VirtualBox, as it answers; DMI says " + (told.isEmpty() ? "nothing" : told),
          CONDITION);
    }
    if (strings.isEmpty() && !files.exists(PCI)) {
      String unknown = "not known: neither DMI nor PCI devices to see";
      return files.tree().isLive()
          ? Check.fail(Subject.VIRTUALISATION, unknown, ELSEWHERE)
          : Check.skipped(Subject.VIRTUALISATION, unknown);
    }
    return Check.fail(
        Subject.VIRTUALISATION,
        "not VirtualBox: " + (told.isEmpty() ? "no PCI device 80ee:cafe" : told),
        ELSEWHERE);
  }

  private boolean hasVmmDev() {
    try {
      for (String device : files.tree().list(PCI)) {
        String folder = PCI + "/" + device;
        if (VMMDEV_VENDOR.equals(files.line(folder + "/vendor").orElse(""))
            && VMMDEV_DEVICE.equals(files.line(folder + "/device").orElse(""))) {
          return true;
        }
      }
    } catch (KernelException e) {
      // No PCI bus, or none that this user may see.
      return false;
    }
    return false;
  }
}
