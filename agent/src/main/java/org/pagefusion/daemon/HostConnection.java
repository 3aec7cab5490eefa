// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.daemon;

import java.time.Clock;
import java.util.Optional;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.config.Configuration;
import org.pagefusion.fusion.ConfiguredPolicy;
import org.pagefusion.fusion.FusionCycle;
import org.pagefusion.fusion.HostRefusal;
import org.pagefusion.fusion.Mappings;
import org.pagefusion.fusion.RegistrationStore;
import org.pagefusion.memory.FileMapper;
import org.pagefusion.vmmdev.DeviceException;
import org.pagefusion.vmmdev.GuestDevice;
import org.pagefusion.vmmdev.HostRefusedException;
import org.pagefusion.vmmdev.HostVersion;
import org.pagefusion.vmmdev.ResultCode;
import org.pagefusion.vmmdev.VmmDev;

/** A host that does page fusion for this VM, and the cycle that brings it up to date. */
public final class HostConnection implements AutoCloseable {
  private final GuestDevice device;
  private final VmmDev host;
  private final FusionCycle cycle;

  private HostConnection(GuestDevice device, VmmDev host, FusionCycle cycle) {
    this.device = device;
    this.host = host;
    this.cycle = cycle;
  }

  /** Where a connection finds the guest, and what it may do. */
  public record Terms(
      Kernel kernel,
      String root,
      RegistrationStore store,
      Configuration configuration,
      Clock clock) {}

  /**
   * Asks a host whether it does page fusion, before anything is mapped for it.
   *
   * @param device closed with the connection, or right away when there will be none
   * @throws HostRefusal when it does not
   * @throws DeviceException when it can't be asked
   */
  public static HostConnection open(GuestDevice device, Terms terms)
      throws HostRefusal, DeviceException {
    boolean opened = false;
    try {
      VmmDev host = new VmmDev(device);
      requireFusion(host);
      Mappings mappings =
          new Mappings(new FileMapper(terms.kernel(), terms.root()), terms.kernel().pageSize());
      FusionCycle cycle =
          new FusionCycle(
              host,
              mappings,
              terms.store(),
              new ConfiguredPolicy(terms.configuration()),
              terms.configuration().maxModules(),
              terms.clock());
      opened = true;
      return new HostConnection(device, host, cycle);
    } finally {
      if (!opened) {
        device.close();
      }
    }
  }

  private static void requireFusion(VmmDev host) throws HostRefusal, DeviceException {
    try {
      if (!host.status()) {
        throw new HostRefusal(0, ResultCode.describe(ResultCode.NOT_SUPPORTED.code()));
      }
    } catch (HostRefusedException e) {
      throw new HostRefusal(e.rc(), ResultCode.describe(e.rc()));
    }
  }

  /** The cycle over this host. */
  public FusionCycle cycle() {
    return cycle;
  }

  /** The device's name, for people. */
  public String deviceName() {
    return device.name();
  }

  /** The host's version; empty where it does not tell. */
  public Optional<HostVersion> version() throws DeviceException {
    try {
      return Optional.of(host.hostVersion());
    } catch (HostRefusedException e) {
      return Optional.empty();
    }
  }

  /** Releases the mappings and the device; what is registered stays so. */
  @Override
  public void close() {
    cycle.close();
    device.close();
  }
}
