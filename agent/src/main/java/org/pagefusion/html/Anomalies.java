// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.html;

import java.util.List;
import org.pagefusion.guest.Anomaly;
import org.pagefusion.html.DataTable.Cell;
import org.pagefusion.report.Report;

/** What a scan could not read or understand. */
final class Anomalies {
  private static final int MOST = 50;

  private Anomalies() {}

  static void append(Markup html, Report report) {
    List<Anomaly> all = report.anomalies();
    int shown = Math.min(MOST, all.size());
    DataTable table =
        new DataTable("anomalies-table", "Places that the scan went around").column("Where");
    table.column("What");
    for (Anomaly anomaly : all.subList(0, shown)) {
      table.row(Cell.name(anomaly.where()), Cell.name(anomaly.what()));
    }
    table.appendTo(html);
    More.note(html, all.size() - shown, "more", "pagefusion report --json");
  }
}
