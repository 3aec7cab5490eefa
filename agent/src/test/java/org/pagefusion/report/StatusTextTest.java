// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.pagefusion.daemon.ServiceStatusSamples;

class StatusTextTest {
  @Test
  void showsWhatAServiceDoes() {
    assertEquals(
        """
        pagefusion 0.1.0, running since 2026-11-21 10:00:00 UTC, process 812
          mode        fuse
          host        VirtualBox 7.1.12 on /dev/vboxguest
          modules     812 registered, 1 failed; 830 of 2,048 registrations of this VM's lifetime used
          eligible    512.3 MiB in 131,148 pages
          own cost    15.3 MiB private dirty, 19.1 MiB private clean, 976.6 KiB page tables; 3.21 s CPU
          net         477.0 MiB
          last scan   11:00:00, took 0.04 s: 203 processes, 1,204 files
          anomalies   2, the first: /proc/7/maps:12: no address
          next scan   11:15:00, 900 s after the last: nothing new was found
          page cache  walked at 10:30:00, took 0.61 s; again from 11:30:00 on
          last check  10:58:20, took 0.08 s
          next check  11:13:20: pages

        What does not work
          modules  since 2026-11-21 10:01:00  /lib/"a\\b": no\\x01
        """,
        StatusText.render(ServiceStatusSamples.fusing(), true));
  }

  @Test
  void saysThatItIsOver() {
    String text = StatusText.render(ServiceStatusSamples.stopped(), false);
    assertTrue(text.startsWith("pagefusion 0.1.0, stopped at 2026-11-21 10:00:00 UTC;"), text);
    assertTrue(text.contains("not asked: no request is sent while observing"), text);
    assertTrue(text.contains("eligible  not known before the end of the first scan"), text);
    String killed = StatusText.render(ServiceStatusSamples.fusing(), false);
    assertTrue(killed.contains("ended without a word after 2026-11-21 11:00:00 UTC"), killed);
  }
}
