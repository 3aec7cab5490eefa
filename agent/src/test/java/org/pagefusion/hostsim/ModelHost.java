// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.hostsim;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The host's rules once more, as plainly as they can be written: one region a module, contents
 * kept, sets of pages instead of counts, everything found by going through all there is.
 */
final class ModelHost {
  /** A page of a guest. */
  static final class Page {
    int content;
    boolean present;
    boolean writable;
    Copy shared;
  }

  /** What a shared page stands for. */
  static final class Copy {
    final int content;
    final Set<Page> pages = new HashSet<>();

    Copy(int content) {
      this.content = content;
    }
  }

  /** A module: what it is called, and its pages, in an order of their own. */
  record Module(String name, int pages) {}

  record Registered(Module module, int firstPage) {}

  /** A guest: its memory, and what it registered by base. */
  static final class Guest {
    final List<Page> memory = new ArrayList<>();
    final TreeMap<Integer, Registered> registered = new TreeMap<>();
    int registrations;

    /** Writes a page: if it was shared it has a copy of its own again. */
    void write(int page, int content) {
      Page written = memory.get(page);
      if (written.content != content && written.shared != null) {
        written.shared.pages.remove(written);
        written.shared = null;
      }
      written.content = content;
    }
  }

  final List<Guest> guests = new ArrayList<>();
  private final Map<Module, Map<Integer, Copy>> modules = new HashMap<>();

  ModelHost(int guestCount, int pagesOfGuest) {
    for (int g = 0; g < guestCount; g++) {
      Guest guest = new Guest();
      for (int p = 0; p < pagesOfGuest; p++) {
        guest.memory.add(new Page());
      }
      guests.add(guest);
    }
  }

  int register(Guest guest, int base, Module module, int firstPage) {
    if (guest.registered.containsKey(base)) {
      return guest.registered.get(base).module().equals(module) ? 0 : -3828;
    }
    guest.registrations++;
    guest.registered.put(base, new Registered(module, firstPage));
    modules.putIfAbsent(module, new HashMap<>());
    return 0;
  }

  int unregister(Guest guest, int base) {
    if (guest.registered.remove(base) == null) {
      return -3829;
    }
    modules.keySet().removeIf(module -> !isRegistered(module));
    return 0;
  }

  private boolean isRegistered(Module module) {
    for (Guest guest : guests) {
      for (Registered registered : guest.registered.values()) {
        if (registered.module().equals(module)) {
          return true;
        }
      }
    }
    return false;
  }

  void reset(Guest guest) {
    for (Page page : guest.memory) {
      if (page.shared != null) {
        page.shared.pages.remove(page);
        page.shared = null;
      }
    }
    guest.registered.clear();
    guest.registrations = 0;
    modules.keySet().removeIf(module -> !isRegistered(module));
  }

  /** Makes a check: new, merged, different, already shared, writable, absent. */
  long[] check(Guest guest) {
    long[] counts = new long[6];
    for (Registered registered : guest.registered.values()) {
      Map<Integer, Copy> copies = modules.get(registered.module());
      for (int i = 0; i < registered.module().pages(); i++) {
        int index = registered.firstPage() + i;
        Page page = index < guest.memory.size() ? guest.memory.get(index) : null;
        if (page == null || !page.present) {
          counts[5]++;
        } else if (page.writable) {
          counts[4]++;
        } else if (page.shared != null) {
          counts[3]++;
        } else {
          Copy copy = copies.get(i);
          if (copy == null || copy.pages.isEmpty()) {
            copy = new Copy(page.content);
            copies.put(i, copy);
            counts[0]++;
          } else if (copy.content == page.content) {
            counts[1]++;
          } else {
            counts[2]++;
            continue;
          }
          copy.pages.add(page);
          page.shared = copy;
        }
      }
    }
    return counts;
  }

  long sharedPages() {
    return copies().size();
  }

  long duplicatePages() {
    long pages = 0;
    for (Copy copy : copies()) {
      pages += copy.pages.size() - 1;
    }
    return pages;
  }

  private Set<Copy> copies() {
    Set<Copy> copies = new HashSet<>();
    for (Guest guest : guests) {
      for (Page page : guest.memory) {
        if (page.shared != null) {
          copies.add(page.shared);
        }
      }
    }
    return copies;
  }

  long sharedPagesOf(Guest guest) {
    long pages = 0;
    for (Page page : guest.memory) {
      pages += page.shared != null ? 1 : 0;
    }
    return pages;
  }
}
