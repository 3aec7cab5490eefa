// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.hostsim;

import java.util.ArrayList;
import java.util.List;
import org.pagefusion.vmmdev.ModuleRegion;
import org.pagefusion.vmmdev.OsFamily;
import org.pagefusion.vmmdev.SharedModule;

/** A module as the host knows it, for all guests that registered it. */
final class GlobalModule {
  /**
   * A region of the key: what of its address matters, and its size as the host rounds it.
   *
   * @param offset of its start in its page, in bytes
   * @param pages that it touches
   */
  record RegionShape(int offset, int pages) {
    static RegionShape of(ModuleRegion region) {
      int offset = (int) (region.address() & (HostSimulator.PAGE_BYTES - 1));
      long end = offset + region.sizeBytes();
      return new RegionShape(
          offset, (int) ((end + HostSimulator.PAGE_BYTES - 1) >>> HostSimulator.PAGE_SHIFT));
    }
  }

  /** What makes two registrations the same module. The base address is not part of it. */
  record Key(
      String name, String version, long sizeBytes, OsFamily osFamily, List<RegionShape> regions) {
    static Key of(SharedModule module) {
      List<RegionShape> shapes = new ArrayList<>(module.regions().size());
      for (ModuleRegion region : module.regions()) {
        shapes.add(RegionShape.of(region));
      }
      return new Key(
          module.name(), module.version(), module.sizeBytes(), module.osFamily(), shapes);
    }
  }

  final Key key;

  /** For each region the pages that are shared, by their index in the region. */
  final List<LongTable<SharedPage>> regions;

  /** Registrations of all guests. */
  int users;

  /** Pages that are shared, however many guests' pages they stand for. */
  long sharedPages;

  /** Guests' pages that were freed because of them. */
  long duplicatePages;

  GlobalModule(Key key) {
    this.key = key;
    this.regions = new ArrayList<>(key.regions().size());
    for (int i = 0; i < key.regions().size(); i++) {
      regions.add(new LongTable<>());
    }
  }

  /** Pages of all regions. */
  long pages() {
    long pages = 0;
    for (RegionShape region : key.regions()) {
      pages += region.pages();
    }
    return pages;
  }
}
