// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.daemon;

import java.time.Instant;
import java.util.Map;

/**
 * A status in Prometheus' text format, for the textfile collector of its node exporter. Base units
 * as Prometheus asks: bytes and seconds.
 */
final class Metrics {
  private final StringBuilder text = new StringBuilder();

  private Metrics() {}

  static String render(ServiceStatus status) {
    Metrics metrics = new Metrics();
    metrics.service(status);
    status.scan().ifPresent(metrics::scan);
    status.registered().ifPresent(metrics::registered);
    status.check().ifPresent(metrics::check);
    status.cost().ifPresent(metrics::cost);
    return metrics.text.toString();
  }

  private void service(ServiceStatus status) {
    gauge("running", "1 while the service runs.", status.stoppedAt().isPresent() ? 0 : 1);
    gauge("fusing", "1 while the host fuses.", status.registered().isPresent() ? 1 : 0);
    gauge("eligible_bytes", "Memory that the host can merge.", status.eligibleBytes());
    gauge("net_bytes", "Eligible memory less what the service takes.", status.netBytes());
    gauge("problems", "What does not work at the moment.", status.problems().size());
    time("start_time_seconds", "When the service started.", status.startedAt());
  }

  private void scan(ServiceStatus.ScanStatus scan) {
    counter("scans_total", "Scans since the start.", Long.toString(scan.count()));
    seconds("scan_duration_seconds", "Duration of the last scan.", scan.millis());
    seconds("walk_duration_seconds", "Duration of the last walk.", scan.walkMillis());
    time("last_scan_time_seconds", "When the last scan ended.", scan.lastAt());
    gauge("scan_anomalies", "What the last scan could not read.", scan.anomalies());
    totals("candidate", "category", "resident bytes of candidates", scan.candidates());
    totals("excluded", "reason", "bytes left out", scan.excluded());
  }

  private void totals(
      String name, String label, String what, Map<String, ServiceStatus.Total> totals) {
    head(name + "_bytes", "gauge", "By " + label + ", " + what + ".");
    for (Map.Entry<String, ServiceStatus.Total> entry : totals.entrySet()) {
      text.append("pagefusion_").append(name).append("_bytes{").append(label).append("=\"");
      text.append(entry.getKey()).append("\"} ").append(entry.getValue().bytes()).append('\n');
    }
  }

  private void registered(ServiceStatus.RegisteredStatus registered) {
    gauge("registered_modules", "Modules that the host knows.", registered.modules());
    gauge("failed_modules", "Modules that failed.", registered.failed());
    gauge(
        "registrations_used",
        "Registrations used in this VM's lifetime.",
        registered.registrationsUsed());
    gauge(
        "registrations_limit",
        "Registrations that the host accepts.",
        registered.registrationsMax());
  }

  private void check(ServiceStatus.CheckStatus check) {
    counter("checks_total", "Checks since the start.", Long.toString(check.count()));
    seconds("check_duration_seconds", "Duration of the last check.", check.millis());
    check.lastAt().ifPresent(at -> time("last_check_time_seconds", "When it was.", at));
  }

  private void cost(ServiceStatus.Cost cost) {
    gauge(
        "own_private_dirty_bytes",
        "Memory of the service that can't be shared.",
        cost.privateDirtyBytes());
    gauge(
        "own_private_clean_bytes",
        "File-backed memory of the service alone.",
        cost.privateCleanBytes());
    gauge("own_page_table_bytes", "Page tables of the service.", cost.pageTableBytes());
    counter("own_cpu_seconds_total", "Processor time of the service.", decimal(cost.cpuMillis()));
  }

  private void gauge(String name, String help, long value) {
    head(name, "gauge", help);
    value(name, Long.toString(value));
  }

  private void counter(String name, String help, String value) {
    head(name, "counter", help);
    value(name, value);
  }

  private void seconds(String name, String help, long millis) {
    head(name, "gauge", help);
    value(name, decimal(millis));
  }

  private void time(String name, String help, Instant at) {
    seconds(name, help, at.toEpochMilli());
  }

  private static String decimal(long millis) {
    String fraction = Long.toString(1000 + Math.floorMod(millis, 1000L)).substring(1);
    return Math.floorDiv(millis, 1000L) + "." + fraction;
  }

  private void head(String name, String type, String help) {
    text.append("# HELP pagefusion_").append(name).append(' ').append(help).append('\n');
    text.append("# TYPE pagefusion_").append(name).append(' ').append(type).append('\n');
  }

  private void value(String name, String value) {
    text.append("pagefusion_").append(name).append(' ').append(value).append('\n');
  }
}
