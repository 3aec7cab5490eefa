// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.hostsim;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pagefusion.vmmdev.ResultCode;
import org.pagefusion.vmmdev.SharedModule;

/** The modules of all guests and the pages they share: VirtualBox's global memory manager. */
final class SharedModules {
  /** Modules of all guests together. */
  static final int MODULES_MAX = 16834;

  private final Map<GlobalModule.Key, GlobalModule> modules = new LinkedHashMap<>();
  private final long guestPagesMax;
  private long sharedPages;
  private long duplicatePages;

  /**
   * Creates a host without modules.
   *
   * @param guestPagesMax most pages of all guests that may be in shared state: the bound of this
   *     simulation's memory
   */
  SharedModules(long guestPagesMax) {
    this.guestPagesMax = guestPagesMax;
  }

  /** Registers a module: the host's result code. */
  ResultCode register(Guest guest, SharedModule registered) {
    GlobalModule.Key key = GlobalModule.Key.of(registered);
    GlobalModule module = modules.get(key);
    Registration atBase = guest.registered(registered.base());
    if (atBase != null) {
      return atBase.module == module ? ResultCode.OK : ResultCode.ADDRESS_CLASH;
    }
    if (guest.registrationsEver >= HostSimulator.GUEST_MODULES_MAX) {
      return ResultCode.TOO_MANY_MODULES_OF_VM;
    }
    if (module == null) {
      if (modules.size() >= MODULES_MAX) {
        return ResultCode.TOO_MANY_MODULES_OF_HOST;
      }
      module = new GlobalModule(key);
      modules.put(key, module);
    }
    module.users++;
    guest.add(new Registration(module, registered));
    return ResultCode.OK;
  }

  /** Unregisters what a guest has at a base address. Pages that are shared stay so. */
  ResultCode unregister(Guest guest, long base) {
    Registration registration = guest.remove(base);
    if (registration == null) {
      return ResultCode.NOT_FOUND;
    }
    GlobalModule module = registration.module;
    if (--module.users == 0) {
      // Who registers it later begins without pages; those that are shared stay so.
      modules.remove(module.key);
      module.regions.clear();
    }
    return ResultCode.OK;
  }

  /** A guest is gone or was reset: nothing of it is registered or shared any more. */
  void forget(Guest guest) {
    guest.shared.forEach(page -> release(page.shared));
    guest.shared.clear();
    for (Registration registration : List.copyOf(guest.registrations())) {
      unregister(guest, registration.base());
    }
    guest.registrationsEver = 0;
  }

  /** Whether there is memory for another page in shared state. */
  boolean isFull() {
    return sharedPages + duplicatePages >= guestPagesMax;
  }

  /** A guest's page becomes one that a shared page stands for, the first or another. */
  void share(Guest guest, long frame, long address, SharedPage page, int check) {
    guest.shared.put(frame, new GuestPage(page, address, check));
    if (page.references++ == 0) {
      sharedPages++;
      page.module.sharedPages++;
    } else {
      duplicatePages++;
      page.module.duplicatePages++;
    }
  }

  /** A guest's page has a copy of its own again. */
  void unshare(Guest guest, long frame) {
    release(guest.shared.get(frame).shared);
    guest.shared.remove(frame);
  }

  private void release(SharedPage page) {
    if (--page.references == 0) {
      sharedPages--;
      page.module.sharedPages--;
    } else {
      duplicatePages--;
      page.module.duplicatePages--;
    }
  }

  Iterable<GlobalModule> modules() {
    return modules.values();
  }

  long sharedPages() {
    return sharedPages;
  }

  long duplicatePages() {
    return duplicatePages;
  }
}
