// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.fusion;

import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.pagefusion.memory.AddressSpace;
import org.pagefusion.memory.FileMapper;
import org.pagefusion.memory.FileMapping;
import org.pagefusion.memory.MapException;

/** The files that are mapped for the host to look at, by base address. */
public final class Mappings implements AutoCloseable {
  private final FileMapper mapper;
  private final AddressSpace addresses;
  private final int pageSize;
  private final TreeMap<Long, FileMapping> byBase = new TreeMap<>();
  private final Set<Long> reserved = new HashSet<>();

  /**
   * Creates the mappings of a process.
   *
   * @param pageSize bytes of a page
   */
  public Mappings(FileMapper mapper, int pageSize) {
    this.mapper = mapper;
    this.addresses = new AddressSpace(pageSize);
    this.pageSize = pageSize;
  }

  int pageSize() {
    return pageSize;
  }

  /**
   * Keeps an address, which a former agent had a file at, for that file.
   *
   * @return false when it can't lie there
   */
  boolean reserve(ModuleFile file, long base) {
    boolean free =
        file.offset() >= 0
            && file.offset() % pageSize == 0
            && addresses.reserve(base, file.lengthBytes());
    if (free) {
      reserved.add(base);
    }
    return free;
  }

  /**
   * Maps a file at an address that is kept for it, and stays so if it can't be mapped.
   *
   * @throws MapException as {@link FileMapper#map}
   */
  void map(ModuleFile file, long base) throws MapException {
    byBase.put(base, mapper.map(file.file(), file.offset(), file.lengthBytes(), base));
  }

  /** Whether an address is kept for a file, mapped or not. */
  boolean isReserved(long base) {
    return reserved.contains(base);
  }

  /** Maps a file at an address that is free, and answers that. */
  long mapAnywhere(ModuleFile file) throws MapException {
    OptionalLong base = addresses.allocate(file.lengthBytes());
    while (base.isPresent()) {
      long address = base.getAsLong();
      try {
        map(file, address);
        reserved.add(address);
        return address;
      } catch (MapException e) {
        if (e.reason() != MapException.Reason.ADDRESS_TAKEN) {
          addresses.release(address);
          throw e;
        }
        // Something else of this process lies there: that address stays out of use.
        base = addresses.replace(address);
      }
    }
    throw new IllegalStateException("the window of addresses for mappings is full");
  }

  /** Unmaps what is mapped at a base, and gives the address up. */
  void unmap(long base) {
    unmapKeepingAddress(base);
    if (reserved.remove(base)) {
      addresses.release(base);
    }
  }

  /** Unmaps what is mapped at a base; nothing when there is none. */
  void unmapKeepingAddress(long base) {
    FileMapping mapping = byBase.remove(base);
    if (mapping != null) {
      mapping.close();
    }
  }

  /** Whether something is mapped at a base. */
  boolean isMapped(long base) {
    return byBase.containsKey(base);
  }

  /** Whether the file mapped at a base is still what it was. */
  boolean isUnchanged(long base) {
    FileMapping mapping = byBase.get(base);
    return mapping != null && mapping.isUnchanged();
  }

  /**
   * Pages of all mappings.
   *
   * @param residentPages in the page cache
   * @param presentPages in this process' page tables, where the host sees them
   */
  record Presence(long residentPages, long presentPages) {}

  /**
   * Makes present what is resident.
   *
   * @param problems takes what could not be
   */
  Presence makePresent(List<String> problems) {
    long resident = 0;
    long present = 0;
    for (FileMapping mapping : byBase.values()) {
      org.pagefusion.memory.Presence presence = mapping.makePresent();
      resident += presence.residentPages();
      present += presence.presentPages();
      if (presence.problem().isPresent()) {
        problems.add(presence.problem().get());
      }
    }
    return new Presence(resident, present);
  }

  @Override
  public void close() {
    for (FileMapping mapping : byBase.values()) {
      mapping.close();
    }
    byBase.clear();
  }
}
