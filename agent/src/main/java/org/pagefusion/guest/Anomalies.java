// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import java.util.ArrayList;
import java.util.List;

/**
 * Collects anomalies of one scan. All are counted; only the first {@value #KEPT} are kept with
 * their text, so that a broken guest can't fill the memory of the agent.
 */
public final class Anomalies {
  static final int KEPT = 1000;

  private final List<Anomaly> kept = new ArrayList<>();
  private long count;

  /** Records an anomaly. */
  public void add(String where, String what) {
    count++;
    if (kept.size() < KEPT) {
      kept.add(new Anomaly(where, what));
    }
  }

  /** How many there were. */
  public long count() {
    return count;
  }

  /** The kept ones in order; where some were not kept, a last entry says how many. */
  public List<Anomaly> list() {
    List<Anomaly> all = new ArrayList<>(kept);
    if (count > kept.size()) {
      all.add(new Anomaly("scan", (count - kept.size()) + " further anomalies are not listed"));
    }
    return List.copyOf(all);
  }
}
