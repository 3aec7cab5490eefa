// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.report;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.pagefusion.config.Mode;
import org.pagefusion.daemon.ServiceStatus;
import org.pagefusion.guest.FileName;
import org.pagefusion.vmmdev.ResultCode;

/** Renders what the service does for a terminal. */
public final class StatusText {
  private static final DateTimeFormatter DATE_AND_TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final ServiceStatus status;
  private final StringBuilder text = new StringBuilder();
  private final Table table = new Table("ll");

  private StatusText(ServiceStatus status) {
    this.status = status;
  }

  /**
   * Renders a status.
   *
   * @param running whether the service still runs
   */
  public static String render(ServiceStatus status, boolean running) {
    return new StatusText(status).render(running);
  }

  private String render(boolean running) {
    head(running);
    mode();
    host();
    status.registered().ifPresent(this::registered);
    memory();
    status.scan().ifPresent(this::scan);
    status.check().ifPresent(this::check);
    table.appendTo(text);
    if (!status.problems().isEmpty()) {
      text.append("\nWhat does not work\n");
      Table problems = new Table("lll");
      for (ServiceStatus.Problem problem : status.problems()) {
        problems.row(
            problem.subject(),
            "since " + DATE_AND_TIME.format(problem.since()),
            FileName.printable(problem.what()));
      }
      problems.appendTo(text);
    }
    return text.toString();
  }

  private void head(boolean running) {
    text.append("pagefusion ").append(status.version());
    if (running) {
      text.append(", running since ").append(DATE_AND_TIME.format(status.startedAt()));
      text.append(" UTC, process ").append(status.pid());
    } else if (status.stoppedAt().isPresent()) {
      text.append(", stopped at ").append(DATE_AND_TIME.format(status.stoppedAt().get()));
      text.append(" UTC; this is how it was then");
    } else {
      text.append(", ended without a word after ");
      text.append(DATE_AND_TIME.format(status.updatedAt()));
      text.append(" UTC; this is how it was then");
    }
    text.append('\n');
  }

  private void mode() {
    String effective = status.mode().effective().text();
    String why = FileName.printable(status.mode().why());
    table.row("mode", why.isEmpty() ? effective : effective + ": " + why);
  }

  private void host() {
    ServiceStatus.HostStatus host = status.host();
    String device = FileName.printable(host.device());
    String version = host.version().map(v -> "VirtualBox " + v + " on ").orElse("");
    if (host.state() == ServiceStatus.HostState.NOT_ASKED) {
      table.row("host", "not asked: no request is sent while observing");
    } else if (host.detail().isEmpty()) {
      table.row("host", version + device);
    } else {
      table.row("host", device + ", " + host.state().text());
    }
  }

  private void registered(ServiceStatus.RegisteredStatus registered) {
    table.row(
        "modules",
        Sizes.count(registered.modules())
            + " registered, "
            + Sizes.count(registered.failed())
            + " failed; "
            + Sizes.count(registered.registrationsUsed())
            + " of "
            + Sizes.count(registered.registrationsMax())
            + " registrations of this VM's lifetime used");
  }

  private void memory() {
    if (status.scan().isEmpty()) {
      table.row("eligible", "not known before the end of the first scan");
    } else {
      eligible();
    }
    status.cost().ifPresent(this::cost);
  }

  private void eligible() {
    boolean fusing = status.mode().effective() == Mode.FUSE;
    String eligible = Sizes.bytes(status.eligibleBytes());
    if (status.registered().isPresent()) {
      eligible += " in " + Sizes.count(status.registered().get().eligiblePages()) + " pages";
    }
    table.row("eligible", eligible + (fusing ? "" : " could be fused"));
  }

  private void cost(ServiceStatus.Cost cost) {
    table.row(
        "own cost",
        Sizes.bytes(cost.privateDirtyBytes())
            + " private dirty, "
            + Sizes.bytes(cost.privateCleanBytes())
            + " private clean, "
            + Sizes.bytes(cost.pageTableBytes())
            + " page tables; "
            + seconds(cost.cpuMillis())
            + " CPU");
    if (status.scan().isPresent()) {
      long net = status.netBytes();
      table.row("net", (net < 0 ? "-" : "") + Sizes.bytes(Math.abs(net)));
    }
  }

  private void scan(ServiceStatus.ScanStatus scan) {
    table.row(
        "last scan",
        TIME.format(scan.lastAt())
            + ", took "
            + seconds(scan.millis())
            + ": "
            + Sizes.count(scan.processes())
            + " processes, "
            + Sizes.count(scan.files())
            + " files");
    if (scan.anomalies() > 0) {
      table.row(
          "anomalies",
          Sizes.count(scan.anomalies())
              + ", the first: "
              + FileName.printable(scan.firstAnomaly()));
    }
    table.row("next scan", next(scan.lastAt(), scan.nextAt(), scan.nextReason()));
    table.row(
        "page cache",
        "walked at "
            + TIME.format(scan.lastWalkAt())
            + ", took "
            + seconds(scan.walkMillis())
            + "; again from "
            + TIME.format(scan.nextWalkAt())
            + " on");
  }

  private void check(ServiceStatus.CheckStatus check) {
    if (check.lastAt().isPresent()) {
      table.row(
          "last check",
          TIME.format(check.lastAt().get())
              + ", took "
              + seconds(check.millis())
              + (ResultCode.isSuccess(check.result())
                  ? ""
                  : ": " + ResultCode.describe(check.result())));
    }
    table.row("next check", TIME.format(check.nextAt()) + ": " + check.nextReason());
  }

  private static String next(Instant last, Instant next, String why) {
    Duration wait = Duration.between(last, next);
    return TIME.format(next) + ", " + wait.toSeconds() + " s after the last: " + why;
  }

  private static String seconds(long millis) {
    return String.format(Locale.ROOT, "%.2f s", millis / 1000.0);
  }
}
