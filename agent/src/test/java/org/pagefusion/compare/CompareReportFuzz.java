// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;

/** Whatever is in a file, it is a sound report or refused in one line. */
class CompareReportFuzz {
  private static final long HEAP = 16 << 20;

  @FuzzTest
  void readsOrRefuses(byte[] bytes) throws IOException {
    GuestReport report;
    try {
      report = ReportReader.read(new ByteArrayInputStream(bytes), MemoryBudget.ofReport(HEAP));
    } catch (UnusableReportException refused) {
      assertFalse(refused.getMessage().isEmpty());
      return;
    } catch (TooLargeException e) {
      return;
    }
    long pages = 0;
    for (ReportedModule module : report.modules()) {
      long inModule = 0;
      for (int each : module.key().regionPages()) {
        assertTrue(each > 0);
        inModule += each;
      }
      assertTrue(module.resident().pages() <= inModule);
      if (module.hashes().isPresent()) {
        assertEquals(module.resident().pages(), module.hashes().get().length);
        pages += module.resident().pages();
      }
    }
    try {
      HostModel host = new HostModel(true, HEAP);
      host.add(report);
      host.add(report);
      host.finish();
      long eligible = 0;
      for (GuestTally guest : host.guests()) {
        for (PageCounts counts : guest.byCategory().values()) {
          eligible += counts.eligible();
        }
      }
      assertEquals(2 * pages, eligible);
    } catch (UnusableReportException | TooLargeException refused) {
      assertFalse(refused.getMessage().isEmpty());
    }
  }
}
