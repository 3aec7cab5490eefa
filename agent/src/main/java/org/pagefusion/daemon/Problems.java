// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.daemon;

import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What does not work at the moment. Each problem is logged when it begins and when it ends. */
final class Problems {
  private final ServiceLog log;
  private final Clock clock;
  private final Map<String, Known> known = new LinkedHashMap<>();

  private record Known(String kind, ServiceStatus.Problem problem) {}

  Problems(ServiceLog log, Clock clock) {
    this.log = log;
    this.clock = clock;
  }

  /** A problem that is as it is described. */
  void set(String subject, String what) {
    set(subject, what, what);
  }

  /**
   * Something does not work.
   *
   * @param subject what
   * @param kind what it is logged for once; a description that changes otherwise is no news
   * @param what the description, with the remedy
   */
  void set(String subject, String kind, String what) {
    Known before = known.get(subject);
    boolean isNew = before == null || !before.kind().equals(kind);
    if (isNew) {
      log.warn(subject + ": " + what);
    }
    known.put(
        subject,
        new Known(
            kind,
            new ServiceStatus.Problem(
                subject, what, isNew ? clock.instant() : before.problem().since())));
  }

  /** Something works, again or still. */
  void clear(String subject) {
    if (known.remove(subject) != null) {
      log.info(subject + ": works again");
    }
  }

  List<ServiceStatus.Problem> list() {
    List<ServiceStatus.Problem> list = new ArrayList<>();
    for (Known one : known.values()) {
      list.add(one.problem());
    }
    return list;
  }
}
