// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class MetricsTest {
  private static final Pattern SAMPLE =
      Pattern.compile("(pagefusion_[a-z_]+)(\\{[a-z]+=\"[a-z-]+\"\\})? -?\\d+(\\.\\d+)?");

  @Test
  void everySampleHasATypeAndAHelp() {
    for (ServiceStatus status :
        List.of(ServiceStatusSamples.fusing(), ServiceStatusSamples.stopped())) {
      Set<String> typed = new HashSet<>();
      Set<String> helped = new HashSet<>();
      for (String line : Metrics.render(status).split("\n")) {
        String[] words = line.split(" ");
        if (line.startsWith("# TYPE ")) {
          assertTrue(typed.add(words[2]), line);
          assertTrue(Set.of("gauge", "counter").contains(words[3]), line);
          assertEquals(words[3].equals("counter"), words[2].endsWith("_total"), line);
        } else if (line.startsWith("# HELP ")) {
          assertTrue(helped.add(words[2]), line);
        } else {
          var matcher = SAMPLE.matcher(line);
          assertTrue(matcher.matches(), line);
          assertTrue(typed.contains(matcher.group(1)), line);
          assertTrue(helped.contains(matcher.group(1)), line);
        }
      }
    }
  }

  @Test
  void tellsWhatTheStatusTells() {
    List<String> lines = Metrics.render(ServiceStatusSamples.fusing()).lines().toList();
    for (String line :
        List.of(
            "pagefusion_eligible_bytes 537182208",
            "pagefusion_net_bytes 500182208",
            "pagefusion_own_private_dirty_bytes 16000000",
            "pagefusion_own_cpu_seconds_total 3.210",
            "pagefusion_candidate_bytes{category=\"library\"} 300000000",
            "pagefusion_excluded_bytes{reason=\"too-small\"} 12000000",
            "pagefusion_check_duration_seconds 0.080",
            "pagefusion_registrations_used 830",
            "pagefusion_start_time_seconds 1795255200.000",
            "pagefusion_running 1",
            "pagefusion_problems 1")) {
      assertTrue(lines.contains(line), () -> line + " in " + lines);
    }
    assertTrue(Metrics.render(ServiceStatusSamples.stopped()).contains("pagefusion_running 0\n"));
  }
}
