// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.doctor;

import java.util.Optional;
import org.pagefusion.daemon.ServiceStatus;
import org.pagefusion.daemon.StatusReader;

/**
 * What the running service says of itself. It may be able to do less than this process: its sandbox
 * is another.
 */
final class ServiceCheck {
  private final boolean live;
  private final Optional<ServiceStatus> running;

  ServiceCheck(SmallFiles files, Optional<ServiceStatus> told) {
    this.live = files.tree().isLive();
    this.running =
        told.filter(status -> status.stoppedAt().isEmpty() && isService(files, status.pid()));
  }

  private static boolean isService(SmallFiles files, long pid) {
    return StatusReader.isService(files.text("/proc/" + pid + "/cmdline").orElse(""));
  }

  /** What it told last; empty when it does not run. */
  Optional<ServiceStatus> running() {
    return running;
  }

  Check check() {
    if (running.isEmpty()) {
      return Check.skipped(Subject.SERVICE, live ? "none runs" : "no running service in this tree");
    }
    ServiceStatus status = running.get();
    String found = "process " + status.pid() + ", mode " + status.mode().effective().text();
    if (!status.problems().isEmpty()) {
      ServiceStatus.Problem first = status.problems().get(0);
      int more = status.problems().size() - 1;
      return Check.warn(
          Subject.SERVICE,
          found
              + ": "
              + first.subject()
              + ": "
              + first.what()
              + (more > 0 ? " (and " + more + " more)" : ""),
          "'pagefusion status' tells all, 'journalctl -u pagefusion' since when");
    }
    long anomalies = status.scan().map(ServiceStatus.ScanStatus::anomalies).orElse(0L);
    if (anomalies > 0) {
      found +=
          "; not read or understood in its last scan: "
              + anomalies
              + ", first "
              + status.scan().get().firstAnomaly();
    }
    return Check.ok(Subject.SERVICE, found);
  }
}
