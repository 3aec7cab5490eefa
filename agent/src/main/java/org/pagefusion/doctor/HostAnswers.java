// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.doctor;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.pagefusion.vmmdev.DriverVersion;
import org.pagefusion.vmmdev.HostVersion;

/**
 * What the host said.
 *
 * @param reached how far the way to the host was open
 * @param driver version of the guest driver; empty where there is none, or it did not say
 * @param version the host's; empty where it did not say
 * @param fusion what it says of page fusion for this VM
 * @param sessionId the VM's session; empty where the host did not say
 * @param probe rc of the probe's registration; empty when there was no probe
 */
record HostAnswers(
    Reached reached,
    Optional<DriverVersion> driver,
    Optional<HostVersion> version,
    Fusion fusion,
    OptionalLong sessionId,
    OptionalInt probe) {
  /** How far the way to the host was open. */
  enum Reached {
    /** A tree that is not the live one has no host. */
    NOT_ASKED,
    NO_DEVICE,
    DENIED,
    /** The device is there, and requests do not get through. */
    BROKEN,
    HOST
  }

  /** What a host says of page fusion. */
  enum Fusion {
    ON,
    OFF,
    NOT_BUILT,
    UNKNOWN
  }

  static HostAnswers none(Reached reached) {
    return new HostAnswers(
        reached,
        Optional.empty(),
        Optional.empty(),
        Fusion.UNKNOWN,
        OptionalLong.empty(),
        OptionalInt.empty());
  }

  /** VirtualBox 7.2 is built without page fusion, whatever it answers. */
  boolean isBuiltWithout() {
    return fusion == Fusion.NOT_BUILT || version.filter(HostAnswers::isWithout).isPresent();
  }

  static boolean isWithout(HostVersion version) {
    return version.major() == 7 && version.minor() == 2;
  }
}
