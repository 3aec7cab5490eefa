// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.pagefusion.bridge.Errno;
import org.pagefusion.doctor.HostAnswers.Fusion;
import org.pagefusion.doctor.HostAnswers.Reached;
import org.pagefusion.fusion.FusionCycle;
import org.pagefusion.vmmdev.DeviceException;
import org.pagefusion.vmmdev.DriverVersion;
import org.pagefusion.vmmdev.HostRefusedException;
import org.pagefusion.vmmdev.HostVersion;
import org.pagefusion.vmmdev.ResultCode;
import org.pagefusion.vmmdev.VmmDev;

/** Asks driver and host what only they know; the first that does not answer ends it. */
final class HostInterview {
  /** What is asked, in this order. */
  static final List<Subject> SUBJECTS =
      List.of(Subject.DRIVER_INTERFACE, Subject.HOST_VERSION, Subject.PAGE_FUSION, Subject.PROBE);

  private static final String UPSTREAM = "https://github.com/VirtualBox/virtualbox/issues/268";
  static final String USE_OLDER = "use VirtualBox 7.0 or 7.1 on the host; upstream: " + UPSTREAM;

  private final VmmDev host;
  private final boolean simulated;
  private final Optional<Probe> probe;
  private final List<Check> checks = new ArrayList<>();

  private Optional<DriverVersion> driver = Optional.empty();
  private Optional<HostVersion> version = Optional.empty();
  private Fusion fusion = Fusion.UNKNOWN;
  private OptionalLong sessionId = OptionalLong.empty();
  private OptionalInt probed = OptionalInt.empty();

  HostInterview(VmmDev host, boolean simulated, Optional<Probe> probe) {
    this.host = host;
    this.simulated = simulated;
    this.probe = probe;
  }

  List<Check> checks() {
    return List.copyOf(checks);
  }

  HostAnswers ask() {
    Reached reached = Reached.HOST;
    try {
      askDriver();
      askVersion();
      askFusion();
      tryProbe();
    } catch (DeviceException e) {
      reached = Reached.BROKEN;
      Subject asked = SUBJECTS.get(checks.size());
      checks.add(Check.fail(asked, Errno.describe(e.errno()), e.problem()));
      for (Subject left : SUBJECTS.subList(checks.size(), SUBJECTS.size())) {
        checks.add(Check.skipped(left, "not asked: no answer to what was asked before"));
      }
    }
    return new HostAnswers(reached, driver, version, fusion, sessionId, probed);
  }

  private void askDriver() throws DeviceException {
    driver = host.driverVersion();
    if (driver.isPresent()) {
      checks.add(Check.ok(Subject.DRIVER_INTERFACE, "version " + driver.get().text()));
    } else {
      checks.add(
          Check.skipped(
              Subject.DRIVER_INTERFACE,
              simulated ? "the host is simulated" : "the device has no driver to ask"));
    }
  }

  private void askVersion() throws DeviceException {
    try {
      version = Optional.of(host.hostVersion());
      checks.add(check(version.get()));
    } catch (HostRefusedException e) {
      checks.add(
          Check.warn(
              Subject.HOST_VERSION,
              "the host does not tell (" + ResultCode.describe(e.rc()) + ")",
              "make sure that it is VirtualBox 7.0 or 7.1"));
    }
  }

  private static Check check(HostVersion version) {
    String found = "VirtualBox " + version.text();
    if (HostAnswers.isWithout(version)) {
      return Check.fail(
          Subject.HOST_VERSION, found + ": 7.2 is built without page fusion", USE_OLDER);
    }
    int series = Math.min(version.major(), 1000) * 1000 + Math.min(version.minor(), 999);
    if (series == 7000 || series == 7001) {
      return Check.ok(Subject.HOST_VERSION, found);
    }
    return Check.warn(
        Subject.HOST_VERSION,
        found + ": Pagefusion was not tried with it",
        "try it first on a host that you can do without, or use VirtualBox 7.0 or 7.1");
  }

  private void askFusion() throws DeviceException {
    int rc = 0;
    try {
      fusion = host.status() ? Fusion.ON : Fusion.OFF;
    } catch (HostRefusedException e) {
      rc = e.rc();
      if (rc == ResultCode.NOT_IMPLEMENTED.code()) {
        fusion = Fusion.NOT_BUILT;
      } else if (rc == ResultCode.NOT_SUPPORTED.code()) {
        fusion = Fusion.OFF;
      }
    }
    askSession();
    checks.add(check(rc));
  }

  private Check check(int rc) {
    boolean without = version.filter(HostAnswers::isWithout).isPresent();
    switch (fusion) {
      case ON:
        return without
            ? Check.warn(
                Subject.PAGE_FUSION, "the host says on, against what is known of 7.2", USE_OLDER)
            : Check.ok(Subject.PAGE_FUSION, "on for this VM");
      case OFF:
        return Check.fail(
            Subject.PAGE_FUSION,
            "off for this VM",
            without ? USE_OLDER : ResultCode.NOT_SUPPORTED.remedy());
      case NOT_BUILT:
        return Check.fail(
            Subject.PAGE_FUSION,
            ResultCode.NOT_IMPLEMENTED.meaning() + " (host result " + rc + ")",
            USE_OLDER);
      default:
        return Check.refused(Subject.PAGE_FUSION, rc);
    }
  }

  private void askSession() throws DeviceException {
    try {
      sessionId = OptionalLong.of(host.sessionId());
    } catch (HostRefusedException e) {
      // Older hosts do not have it: the record of registrations is then taken as it is.
      sessionId = OptionalLong.empty();
    }
  }

  private void tryProbe() throws DeviceException {
    if (probe.isEmpty()) {
      checks.add(
          Check.skipped(
              Subject.PROBE,
              String.format(
                  "not tried: --probe uses 1 of this VM's %,d registrations",
                  FusionCycle.LIFETIME_REGISTRATIONS)));
    } else if (fusion != Fusion.ON) {
      checks.add(Check.skipped(Subject.PROBE, "not tried: page fusion is not on"));
    } else {
      Probe.Outcome outcome = probe.get().run(host);
      probed = OptionalInt.of(outcome.registered());
      checks.add(outcome.check());
    }
  }
}
