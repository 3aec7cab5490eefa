// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.doctor;

import java.util.List;
import org.pagefusion.fusion.FusionCycle;
import org.pagefusion.memory.AddressSpace;
import org.pagefusion.vmmdev.DeviceException;
import org.pagefusion.vmmdev.ModuleRegion;
import org.pagefusion.vmmdev.OsFamily;
import org.pagefusion.vmmdev.ResultCode;
import org.pagefusion.vmmdev.SharedModule;
import org.pagefusion.vmmdev.VmmDev;

/**
 * Registers a module of one page and unregisters it at once. No check is asked for; should another
 * process ask for one meanwhile, the host finds nothing there: no process has memory at the
 * address, which lies beyond those that the agent gives to files.
 *
 * <p>It uses up one of the VM's registrations, which the host never counts down.
 */
final class Probe {
  /** Always the same, so that what an ended process left behind costs nothing to register again. */
  static final long ADDRESS = AddressSpace.END + (1L << 30);

  private final SharedModule module;

  Probe(int pageSize) {
    module =
        new SharedModule(
            ADDRESS,
            pageSize,
            "pagefusion-doctor",
            "1",
            OsFamily.LINUX64,
            List.of(new ModuleRegion(ADDRESS, pageSize)));
  }

  /**
   * What the host answered.
   *
   * @param registered rc of the registration
   * @param unregistered rc of taking it back
   */
  record Outcome(int registered, int unregistered) {
    Check check() {
      if (!ResultCode.isSuccess(registered)) {
        return Check.refused(Subject.PROBE, registered);
      }
      if (!ResultCode.isSuccess(unregistered)) {
        return Check.warn(
            Subject.PROBE,
            "registered one page, but unregister: " + ResultCode.describe(unregistered),
            "nothing is lost: the page stays registered until the VM is reset");
      }
      return Check.ok(
          Subject.PROBE,
          String.format(
              "one page registered and unregistered (1 of %,d registrations used up)",
              FusionCycle.LIFETIME_REGISTRATIONS));
    }
  }

  Outcome run(VmmDev host) throws DeviceException {
    int registered;
    try {
      registered = host.register(module);
    } catch (DeviceException e) {
      // The host may have done it nevertheless.
      try {
        host.unregister(module);
      } catch (DeviceException another) {
        e.addSuppressed(another);
      }
      throw e;
    }
    if (registered == ResultCode.ADDRESS_CLASH.code()) {
      // What stands there is not the probe's to take away.
      return new Outcome(registered, 0);
    }
    return new Outcome(registered, host.unregister(module));
  }
}
