// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.daemon;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pagefusion.candidate.CandidateScan;
import org.pagefusion.candidate.CandidateScanner;
import org.pagefusion.candidate.CandidateScanner.Extent;
import org.pagefusion.config.Configuration;
import org.pagefusion.config.ConfigurationException;
import org.pagefusion.config.Mode;
import org.pagefusion.fusion.CheckResult;
import org.pagefusion.fusion.CycleResult;
import org.pagefusion.fusion.HostRefusal;
import org.pagefusion.fusion.ModuleFailure;
import org.pagefusion.guest.Anomalies;
import org.pagefusion.guest.ProcessScanner;
import org.pagefusion.vmmdev.DeviceException;
import org.pagefusion.vmmdev.ResultCode;

/**
 * The service: scans, registers, has the host check, and waits, at a pace that follows from what
 * changes. It goes on whatever fails, but for a configuration that is wrong from the start, and
 * leaves what it registered standing when it stops.
 */
public final class Service {
  private final Surroundings surroundings;
  private final Problems problems;
  private final HostLink link;
  private final NewProcesses newProcesses;
  private final StatusBoard board;
  private Configuration configuration;
  private CandidateScanner scanner;
  private Pacing pacing;
  private ScanTotals totals;
  private long eligiblePages;
  private long eligiblePagesChecked;
  private long nextLookAt;

  /**
   * Creates a service.
   *
   * @throws ConfigurationException when the configuration is wrong
   */
  public Service(Surroundings surroundings) throws ConfigurationException {
    this.surroundings = surroundings;
    this.problems = new Problems(surroundings.log(), surroundings.clock());
    this.link = new HostLink(surroundings, problems);
    this.newProcesses = new NewProcesses(surroundings.tree());
    this.board = new StatusBoard(surroundings);
    begin(surroundings.configurations().load());
  }

  /** Serves until told to stop. */
  public void run() throws InterruptedException {
    surroundings.manager().ready();
    publish(Optional.empty());
    surroundings.log().debug("started; " + board.modeText(configuration));
    try {
      while (true) {
        work();
        switch (surroundings.signals().await(untilNext())) {
          case STOP -> {
            return;
          }
          case RELOAD -> reload();
          case CYCLE -> pacing.demand(now());
          case NONE -> surroundings.manager().alive();
          default -> throw new IllegalStateException("unknown signal");
        }
      }
    } finally {
      surroundings.manager().stopping();
      publish(Optional.of(surroundings.clock().instant()));
      link.close();
      surroundings.log().debug("stopped; what is registered stays so for the next start");
    }
  }

  private void begin(Configuration fresh) {
    configuration = fresh;
    scanner =
        new CandidateScanner(
            surroundings.tree(),
            surroundings.kernel(),
            fresh,
            surroundings.clock(),
            ProcessScanner.Method.AUTO);
    pacing = new Pacing(fresh.scanInterval(), fresh.scanIntervalMax(), fresh.checkBudget(), now());
    totals = new ScanTotals(surroundings.kernel().pageSize());
    eligiblePagesChecked = 0;
  }

  private void reload() {
    surroundings.manager().reloading();
    try {
      Configuration fresh = surroundings.configurations().load();
      problems.clear("configuration");
      // The next cycle maps and registers anew by the new terms; what stays costs nothing.
      link.leave();
      begin(fresh);
      surroundings.log().debug("configuration read; " + board.modeText(fresh));
    } catch (ConfigurationException e) {
      problems.set("configuration", e.getMessage() + "; the former one stays in force");
    }
    surroundings.manager().ready();
  }

  private long now() {
    return surroundings.monotonicMillis().getAsLong();
  }

  private long untilNext() {
    long now = now();
    long next = Math.min(nextLookAt, pacing.nextScanAt());
    if (board.isFusing()) {
      next = Math.min(next, pacing.nextCheckAt());
    }
    return Math.max(0, Math.min(next - now, surroundings.manager().patienceMillis()));
  }

  /** Does what is due. */
  private void work() {
    long now = now();
    if (now >= nextLookAt) {
      nextLookAt = now + configuration.scanInterval().toMillis();
      if (!pacing.scanDue(now) && newProcesses.look()) {
        pacing.newProcesses(now);
      }
    }
    if (pacing.scanDue(now)) {
      cycle();
      // The virtual machine would keep what a scan took until it needs it again: hours later, if
      // ever.
      Runtime.getRuntime().gc();
      publish(Optional.empty());
    } else if (board.isFusing() && pacing.checkDue(now)) {
      link.connect(configuration).ifPresent(this::check);
      publish(Optional.empty());
    }
    surroundings.manager().alive();
  }

  private void cycle() {
    board.scanning();
    long start = now();
    boolean walks = pacing.walkDue(start);
    newProcesses.scanning();
    Anomalies anomalies = new Anomalies();
    CandidateScan scan =
        scanner.scan(
            walks ? Extent.ALL : Extent.WITHOUT_PAGE_CACHE,
            totals::exclude,
            anomalies,
            (what, files) -> surroundings.manager().alive());
    long scanned = now();
    boolean news = totals.scanned(scan.candidates(), walks);
    if (configuration.effectiveMode() == Mode.FUSE) {
      link.connect(configuration).ifPresent(connection -> fuse(connection, scan));
    }
    long end = now();
    pacing.scanned(end, scanned - start, end - start, walks, news);
    board.scanned(scan, anomalies, scanned - start, walks);
  }

  private void fuse(HostConnection connection, CandidateScan scan) {
    List<String> found = new ArrayList<>();
    try {
      CycleResult result = connection.cycle().update(scan.candidates(), found);
      board.updated(result);
      eligiblePages = result.eligiblePages();
      told(result, found);
      if (result.newlyRegistered() > 0) {
        pacing.wantCheck("modules were registered");
      } else if (eligiblePages > eligiblePagesChecked) {
        pacing.wantCheck("more pages are resident");
      }
      surroundings.manager().alive();
      if (pacing.checkDue(now())) {
        check(connection);
      }
    } catch (HostRefusal e) {
      link.refused(e);
    } catch (IOException e) {
      failed(e);
    }
  }

  private void check(HostConnection connection) {
    try {
      CheckResult result = connection.cycle().check();
      pacing.checked(now(), result.millis());
      eligiblePagesChecked = eligiblePages;
      if (result.asked()) {
        board.checked(result);
      }
      if (result.refused()) {
        problems.set("check", "the host answered " + ResultCode.describe(result.rc()));
      } else {
        problems.clear("check");
      }
    } catch (HostRefusal e) {
      link.refused(e);
    } catch (IOException e) {
      failed(e);
    }
  }

  private void failed(IOException failure) {
    if (failure instanceof DeviceException) {
      link.lost(failure);
    } else {
      // The mappings stand, and so does what is registered: the next cycle tries to store it again.
      problems.set("registrations", String.valueOf(failure.getMessage()));
    }
  }

  private void told(CycleResult result, List<String> found) {
    problems.clear("registrations");
    if (result.failures().isEmpty()) {
      problems.clear("modules");
    } else {
      ModuleFailure first = result.failures().get(0);
      int others = result.failures().size() - 1;
      String what = first.name() + ": " + first.what();
      problems.set("modules", what, others == 0 ? what : what + " (and " + others + " others)");
    }
    if (found.isEmpty()) {
      problems.clear("mappings");
    } else {
      int others = found.size() - 1;
      String what = found.get(0);
      problems.set("mappings", what, others == 0 ? what : what + " (and " + others + " others)");
    }
  }

  private void publish(Optional<Instant> stoppedAt) {
    ServiceStatus status =
        board.status(configuration, pacing, totals, link.status(), problems.list(), stoppedAt);
    try {
      surroundings.statuses().write(status, configuration);
      problems.clear("status");
    } catch (IOException e) {
      problems.set("status", String.valueOf(e.getMessage()));
    }
    surroundings.manager().status(board.line(status));
  }
}
