// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.fusion;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pagefusion.vmmdev.ModuleRegion;

/**
 * What the host was told: a balanced tree by base address, as the host keeps it, and beside it the
 * addresses by identity. Addresses are unsigned: kernel memory comes last.
 */
public final class Registry {
  private final TreeMap<Long, Registration> byBase = new TreeMap<>(Long::compareUnsigned);
  private final Map<Registration.Key, Long> bases = new HashMap<>();

  /** Number of registered modules. */
  public int size() {
    return byBase.size();
  }

  /** All in order of base address: a copy, so that it can be walked while modules go. */
  public List<Registration> all() {
    return List.copyOf(byBase.values());
  }

  /** Whether something of that identity is registered. */
  public boolean contains(Registration.Key key) {
    return bases.containsKey(key);
  }

  boolean contains(Registration registration) {
    return byBase.containsKey(registration.module().base());
  }

  void put(Registration registration) {
    Registration before = byBase.put(registration.module().base(), registration);
    if (before != null) {
      bases.remove(before.key());
    }
    bases.put(registration.key(), registration.module().base());
  }

  void remove(Registration registration) {
    if (byBase.remove(registration.module().base()) != null) {
      bases.remove(registration.key());
    }
  }

  /** Pages of registered kernel memory, which is always resident. */
  long kernelPages(int pageSize) {
    long pages = 0;
    for (Registration registration : byBase.values()) {
      if (registration.file().isEmpty()) {
        for (ModuleRegion region : registration.module().regions()) {
          pages += (region.sizeBytes() + pageSize - 1) / pageSize;
        }
      }
    }
    return pages;
  }
}
