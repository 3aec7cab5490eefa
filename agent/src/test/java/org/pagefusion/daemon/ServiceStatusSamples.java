// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.daemon;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pagefusion.config.Mode;

/** Statuses for tests of what shows them. */
public final class ServiceStatusSamples {
  private static final Instant T0 = Instant.parse("2026-11-21T10:00:00Z");

  private ServiceStatusSamples() {}

  /** Of a service that fuses, with a problem. */
  public static ServiceStatus fusing() {
    return fusing(
        812, new ServiceStatus.Problem("modules", "/lib/\"a\\b\": no\u0001", T0.plusSeconds(60)));
  }

  /** Of a service that fuses. */
  public static ServiceStatus fusing(long pid, ServiceStatus.Problem... problems) {
    return new ServiceStatus(
        "0.1.0",
        pid,
        T0,
        T0.plusMillis(3_600_123),
        Optional.empty(),
        4096,
        new ServiceStatus.ModeStatus(Mode.FUSE, Mode.FUSE, ""),
        new ServiceStatus.HostStatus(
            "/dev/vboxguest", ServiceStatus.HostState.FUSING, Optional.of("7.1.12"), ""),
        Optional.of(scan()),
        Optional.of(new ServiceStatus.RegisteredStatus(812, 1, 131_200, 131_148, 830, 2048)),
        Optional.of(
            new ServiceStatus.CheckStatus(
                9, Optional.of(T0.plusSeconds(3500)), 80, 0, T0.plusSeconds(4400), "pages")),
        131_148L * 4096,
        Optional.of(new ServiceStatus.Cost(16_000_000, 20_000_000, 1_000_000, 3_210)),
        List.of(problems));
  }

  /** Of a service that observes, stopped before its first scan. */
  public static ServiceStatus stopped() {
    return new ServiceStatus(
        "0.1.0",
        812,
        T0,
        T0,
        Optional.of(T0),
        4096,
        new ServiceStatus.ModeStatus(Mode.OBSERVE, Mode.OBSERVE, "mode is observe"),
        new ServiceStatus.HostStatus(
            "/dev/vboxguest", ServiceStatus.HostState.NOT_ASKED, Optional.empty(), ""),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        0,
        Optional.empty(),
        List.of());
  }

  private static ServiceStatus.ScanStatus scan() {
    return new ServiceStatus.ScanStatus(
        12,
        T0.plusSeconds(3600),
        41,
        false,
        T0.plusSeconds(1800),
        612,
        203,
        1204,
        2,
        "/proc/7/maps:12: no address",
        Map.of("library", new ServiceStatus.Total(400, 300_000_000)),
        Map.of("too-small", new ServiceStatus.Total(5000, 12_000_000)),
        T0.plusSeconds(4500),
        T0.plusSeconds(5400),
        "nothing new was found");
  }
}
