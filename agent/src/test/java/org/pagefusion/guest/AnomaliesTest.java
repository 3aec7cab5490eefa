// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class AnomaliesTest {
  @Test
  void keepsAllInOrder() {
    Anomalies anomalies = new Anomalies();
    assertEquals(0, anomalies.count());
    assertEquals(List.of(), anomalies.list());
    anomalies.add("/b:1", "x");
    anomalies.add("/a:2", "y");
    assertEquals(2, anomalies.count());
    assertEquals(List.of(new Anomaly("/b:1", "x"), new Anomaly("/a:2", "y")), anomalies.list());
  }

  @Test
  void countsThoseThatItDoesNotKeep() {
    Anomalies anomalies = new Anomalies();
    for (int i = 0; i < Anomalies.KEPT; i++) {
      anomalies.add("/" + i, "x");
    }
    assertEquals(Anomalies.KEPT, anomalies.list().size());
    assertEquals("/999", anomalies.list().get(Anomalies.KEPT - 1).where());
    anomalies.add("/one more", "x");
    anomalies.add("/another", "x");
    assertEquals(Anomalies.KEPT + 2, anomalies.count());
    assertEquals(Anomalies.KEPT + 1, anomalies.list().size());
    assertEquals("/999", anomalies.list().get(Anomalies.KEPT - 1).where());
    assertEquals(
        new Anomaly("scan", "2 further anomalies are not listed"),
        anomalies.list().get(Anomalies.KEPT));
  }
}
