// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.daemon;

import java.util.Map;
import org.pagefusion.guest.FileName;

/** A status as one JSON object of the schema {@value #SCHEMA}. */
public final class StatusJson {
  /** Name and version of the schema. */
  public static final String SCHEMA = "pagefusion.status/1";

  private final JsonText json = new JsonText();

  private StatusJson() {}

  /** The text, with a newline at its end. */
  public static String toJson(ServiceStatus status) {
    return new StatusJson().write(status);
  }

  private String write(ServiceStatus status) {
    json.add("schema", SCHEMA);
    json.add("version", status.version());
    json.add("pid", status.pid());
    json.add("startedAt", status.startedAt());
    json.add("updatedAt", status.updatedAt());
    json.add("stoppedAt", status.stoppedAt());
    json.add("pageSize", status.pageSize());
    mode(status.mode());
    host(status.host());
    if (status.scan().isPresent()) {
      scan(status.scan().get());
    } else {
      json.addNull("scan");
    }
    if (status.registered().isPresent()) {
      registered(status.registered().get());
    } else {
      json.addNull("registered");
    }
    if (status.check().isPresent()) {
      check(status.check().get());
    } else {
      json.addNull("check");
    }
    json.add("eligibleBytes", status.eligibleBytes());
    if (status.cost().isPresent()) {
      cost(status.cost().get());
    } else {
      json.addNull("cost");
    }
    json.add("netBytes", status.netBytes());
    json.beginArray("problems");
    for (ServiceStatus.Problem problem : status.problems()) {
      json.beginElement();
      json.add("subject", problem.subject());
      json.add("what", FileName.printable(problem.what()));
      json.add("since", problem.since());
      json.end();
    }
    json.endArray();
    return json.toString();
  }

  private void mode(ServiceStatus.ModeStatus mode) {
    json.begin("mode");
    json.add("configured", mode.configured().text());
    json.add("effective", mode.effective().text());
    json.add("why", FileName.printable(mode.why()));
    json.end();
  }

  private void host(ServiceStatus.HostStatus host) {
    json.begin("host");
    json.add("device", FileName.printable(host.device()));
    json.add("state", host.state().text());
    if (host.version().isPresent()) {
      json.add("version", host.version().get());
    } else {
      json.addNull("version");
    }
    json.add("detail", FileName.printable(host.detail()));
    json.end();
  }

  private void scan(ServiceStatus.ScanStatus scan) {
    json.begin("scan");
    json.add("count", scan.count());
    json.add("lastAt", scan.lastAt());
    json.add("millis", scan.millis());
    json.add("walked", scan.walked());
    json.add("lastWalkAt", scan.lastWalkAt());
    json.add("walkMillis", scan.walkMillis());
    json.add("processes", scan.processes());
    json.add("files", scan.files());
    json.add("anomalies", scan.anomalies());
    json.add("firstAnomaly", FileName.printable(scan.firstAnomaly()));
    totals("candidates", scan.candidates());
    totals("excluded", scan.excluded());
    json.add("nextAt", scan.nextAt());
    json.add("nextWalkAt", scan.nextWalkAt());
    json.add("nextReason", scan.nextReason());
    json.end();
  }

  private void totals(String name, Map<String, ServiceStatus.Total> totals) {
    json.begin(name);
    for (Map.Entry<String, ServiceStatus.Total> entry : totals.entrySet()) {
      json.begin(entry.getKey());
      json.add("count", entry.getValue().count());
      json.add("bytes", entry.getValue().bytes());
      json.end();
    }
    json.end();
  }

  private void registered(ServiceStatus.RegisteredStatus registered) {
    json.begin("registered");
    json.add("modules", registered.modules());
    json.add("failed", registered.failed());
    json.add("residentPages", registered.residentPages());
    json.add("eligiblePages", registered.eligiblePages());
    json.add("registrationsUsed", registered.registrationsUsed());
    json.add("registrationsMax", registered.registrationsMax());
    json.end();
  }

  private void check(ServiceStatus.CheckStatus check) {
    json.begin("check");
    json.add("count", check.count());
    json.add("lastAt", check.lastAt());
    json.add("millis", check.millis());
    json.add("result", check.result());
    json.add("nextAt", check.nextAt());
    json.add("nextReason", check.nextReason());
    json.end();
  }

  private void cost(ServiceStatus.Cost cost) {
    json.begin("cost");
    json.add("privateDirtyBytes", cost.privateDirtyBytes());
    json.add("privateCleanBytes", cost.privateCleanBytes());
    json.add("pageTableBytes", cost.pageTableBytes());
    json.add("cpuMillis", cost.cpuMillis());
    json.end();
  }
}
