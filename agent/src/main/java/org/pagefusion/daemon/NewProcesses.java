// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.daemon;

import java.util.HashSet;
import java.util.Set;
import org.pagefusion.bridge.KernelException;
import org.pagefusion.guest.GuestTree;

/**
 * Notices new processes for the price of one directory: far less than reading what they map. A
 * process counts as new at the second look that sees it, so that what is started, does its work and
 * ends costs nothing; threads of the kernel never do.
 */
final class NewProcesses {
  private final GuestTree tree;
  private Set<String> scanned = Set.of();
  private Set<String> seen = Set.of();

  NewProcesses(GuestTree tree) {
    this.tree = tree;
  }

  /** A scan is about to see whatever there is. */
  void scanning() {
    scanned = processes();
    seen = scanned;
  }

  /** Looks. */
  boolean look() {
    Set<String> before = seen;
    seen = processes();
    boolean found = false;
    for (String pid : seen) {
      found |= before.contains(pid) && !scanned.contains(pid) && isProgram(pid);
    }
    return found;
  }

  private boolean isProgram(String pid) {
    return tree.readLink("/proc/" + pid + "/exe").isPresent();
  }

  private Set<String> processes() {
    Set<String> pids = new HashSet<>();
    try {
      for (String name : tree.list("/proc")) {
        char first = name.isEmpty() ? ' ' : name.charAt(0);
        if (first >= '0' && first <= '9') {
          pids.add(name);
        }
      }
    } catch (KernelException e) {
      // The scan will say that there is no /proc to be read.
      return Set.of();
    }
    return pids;
  }
}
