// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.daemon;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.pagefusion.candidate.CandidateScan;
import org.pagefusion.config.Configuration;
import org.pagefusion.config.Mode;
import org.pagefusion.fusion.CheckResult;
import org.pagefusion.fusion.CycleResult;
import org.pagefusion.fusion.FusionCycle;
import org.pagefusion.guest.Anomalies;
import org.pagefusion.guest.Anomaly;

/** Gathers what a service tells of itself. */
final class StatusBoard {
  /**
   * What the service takes is measured so often: a look at all its pages takes some time itself.
   */
  private static final long COST_MILLIS = 600_000;

  private static final String SELF = "/proc/self";
  private static final long BYTES_A_MIB = 1 << 20;

  private final Surroundings surroundings;
  private final OwnCost meter;
  private final Instant startedAt;
  private final int pageSize;
  private Optional<ServiceStatus.Cost> cost = Optional.empty();
  private long costAt = Long.MIN_VALUE;
  private int processes;
  private int files;
  private Instant scannedAt = Instant.EPOCH;
  private Instant walkedAt = Instant.EPOCH;
  private long scans;
  private long scanMillis;
  private long walkMillis;
  private long anomalies;
  private String firstAnomaly = "";
  private boolean walked;
  private CycleResult registered;
  private CheckResult check = CheckResult.NOT_ASKED;
  private Instant checkedAt;
  private long checks;

  StatusBoard(Surroundings surroundings) {
    this.surroundings = surroundings;
    this.meter = new OwnCost(surroundings.kernel());
    this.startedAt = surroundings.clock().instant();
    this.pageSize = surroundings.kernel().pageSize();
  }

  void scanned(CandidateScan result, Anomalies found, long tookMillis, boolean walkedToo) {
    // Of what a scan finds, which is much, only the sums are shown.
    processes = result.processes().processes();
    files = result.filesExamined();
    anomalies = found.count();
    List<Anomaly> listed = found.list();
    firstAnomaly = listed.isEmpty() ? "" : listed.get(0).where() + ": " + listed.get(0).what();
    scannedAt = surroundings.clock().instant();
    scanMillis = tookMillis;
    walked = walkedToo;
    scans++;
    if (walkedToo) {
      walkedAt = scannedAt;
      walkMillis = tookMillis;
    }
  }

  void updated(CycleResult result) {
    registered = result;
  }

  void checked(CheckResult result) {
    check = result;
    checkedAt = surroundings.clock().instant();
    checks++;
  }

  boolean isFusing() {
    return registered != null;
  }

  ServiceStatus status(
      Configuration configuration,
      Pacing pacing,
      ScanTotals totals,
      ServiceStatus.HostStatus host,
      List<ServiceStatus.Problem> problems,
      Optional<Instant> stoppedAt) {
    boolean connected = host.state() == ServiceStatus.HostState.FUSING;
    if (!connected) {
      registered = null;
    }
    long now = surroundings.monotonicMillis().getAsLong();
    // Before the first scan it is not what it is going to be.
    if (scans > 0 && costAt == Long.MIN_VALUE) {
      measureCost(now);
    }
    long cpuMillis = meter.cpuMillis(SELF);
    if (cost.isPresent() && cpuMillis >= 0) {
      cost = Optional.of(cost.get().withCpuMillis(cpuMillis));
    }
    Optional<CycleResult> result = Optional.ofNullable(registered);
    return new ServiceStatus(
        surroundings.version(),
        surroundings.pid(),
        startedAt,
        surroundings.clock().instant(),
        stoppedAt,
        pageSize,
        new ServiceStatus.ModeStatus(
            configuration.mode(),
            connected ? Mode.FUSE : Mode.OBSERVE,
            whyMode(configuration, host)),
        host,
        scans == 0 ? Optional.empty() : Optional.of(scanStatus(pacing, totals, now)),
        result.map(StatusBoard::registeredStatus),
        result.map(r -> checkStatus(pacing, now)),
        result.map(r -> r.eligiblePages() * pageSize).orElseGet(totals::residentBytes),
        cost,
        problems);
  }

  /** A scan is about to begin: what the one before took is given back by now. */
  void scanning() {
    long now = surroundings.monotonicMillis().getAsLong();
    // The first figure is one of a service that has just scanned.
    if (scans == 1 || scans > 1 && now - costAt >= COST_MILLIS) {
      measureCost(now);
    }
  }

  private void measureCost(long now) {
    costAt = now;
    cost = meter.measure(SELF);
  }

  private Instant at(long monotonicMillis, long now) {
    return surroundings.clock().instant().plusMillis(Math.max(0, monotonicMillis - now));
  }

  private ServiceStatus.ScanStatus scanStatus(Pacing pacing, ScanTotals totals, long now) {
    return new ServiceStatus.ScanStatus(
        scans,
        scannedAt,
        scanMillis,
        walked,
        walkedAt,
        walkMillis,
        processes,
        files,
        anomalies,
        firstAnomaly,
        totals.candidates(),
        totals.excluded(),
        at(pacing.nextScanAt(), now),
        at(pacing.nextWalkAt(), now),
        pacing.scanReason());
  }

  private static ServiceStatus.RegisteredStatus registeredStatus(CycleResult result) {
    return new ServiceStatus.RegisteredStatus(
        result.modules(),
        result.failures().size(),
        result.residentPages(),
        result.eligiblePages(),
        result.registrationsUsed(),
        FusionCycle.LIFETIME_REGISTRATIONS);
  }

  private ServiceStatus.CheckStatus checkStatus(Pacing pacing, long now) {
    return new ServiceStatus.CheckStatus(
        checks,
        Optional.ofNullable(checkedAt),
        check.millis(),
        check.rc(),
        at(pacing.nextCheckAt(), now),
        pacing.checkReason(now));
  }

  private static String whyMode(Configuration configuration, ServiceStatus.HostStatus host) {
    if (configuration.mode() == Mode.OBSERVE) {
      return "mode is observe; 'pagefusion doctor' says what to make sure of before mode = fuse";
    }
    if (!configuration.hostSafe()) {
      return "host-safe is not yes: whoever answers for the host has not said that it survives page"
          + " fusion";
    }
    return host.detail();
  }

  /** The mode, for the log. */
  String modeText(Configuration configuration) {
    if (configuration.effectiveMode() == Mode.FUSE) {
      return "mode is fuse";
    }
    String only = "nothing is registered";
    return configuration.mode() == Mode.OBSERVE
        ? "mode is observe: " + only
        : "mode is fuse, but host-safe is not yes: " + only;
  }

  /** A line for {@code systemctl status}. */
  String line(ServiceStatus status) {
    long mebibytes = status.eligibleBytes() / BYTES_A_MIB;
    if (status.registered().isPresent()) {
      ServiceStatus.RegisteredStatus r = status.registered().get();
      return "fusing: " + r.modules() + " modules, " + mebibytes + " MiB eligible";
    }
    return status.scan().isEmpty()
        ? "scanning for the first time"
        : "observing: " + mebibytes + " MiB could be fused";
  }
}
