// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PacingTest {
  private static final long MINUTE = 60_000;
  private static final long START = 7_000_000;

  private final Pacing pacing =
      new Pacing(Duration.ofMinutes(1), Duration.ofMinutes(15), 0.001, START);

  @Test
  void beginsAtOnceWithEverything() {
    assertTrue(pacing.scanDue(START));
    assertTrue(pacing.walkDue(START));
    assertFalse(pacing.checkDue(START));
    pacing.wantCheck("modules were registered");
    assertTrue(pacing.checkDue(START));
  }

  @Test
  void doublesWhileNothingChangesAndIsBackAtOnceWhenSomethingDoes() {
    long now = START;
    pacing.scanned(now, 10, 10, true, true);
    assertEquals(now + MINUTE, pacing.nextScanAt());
    for (long minutes : new long[] {2, 4, 8, 15, 15}) {
      now = pacing.nextScanAt();
      pacing.scanned(now, 10, 10, false, false);
      assertEquals(now + minutes * MINUTE, pacing.nextScanAt());
    }
    now = pacing.nextScanAt();
    pacing.scanned(now, 10, 10, false, true);
    assertEquals(now + MINUTE, pacing.nextScanAt());
  }

  @Test
  void newProcessesBringTheNextScanForward() {
    pacing.scanned(START, 10, 10, false, true);
    pacing.scanned(START + MINUTE, 10, 10, false, false);
    pacing.newProcesses(START + 2 * MINUTE);
    assertTrue(pacing.scanDue(START + 2 * MINUTE));
    assertEquals("there are new processes", pacing.scanReason());
    pacing.scanned(START + 2 * MINUTE, 10, 10, false, false);
    assertEquals(START + 4 * MINUTE, pacing.nextScanAt());
  }

  @Test
  void aSlowGuestScansMoreRarely() {
    pacing.scanned(START, 2_000, 3_000, false, true);
    assertEquals(START + 300_000, pacing.nextScanAt());
    assertTrue(pacing.scanReason().contains("3000 ms"), pacing.scanReason());
    pacing.newProcesses(START + MINUTE);
    assertEquals(START + 300_000, pacing.nextScanAt());
  }

  @Test
  void walksTakeTheirOwnShare() {
    pacing.scanned(START, 1_000, 1_500, true, true);
    assertEquals(START + 2_000_000, pacing.nextWalkAt());
    assertEquals(START + MINUTE, pacing.nextScanAt(), "the scans between them are cheap");
    assertFalse(pacing.walkDue(START + 1_999_999));
    assertTrue(pacing.walkDue(START + 2_000_000));
  }

  @Test
  void checksKeepToTheBudget() {
    pacing.wantCheck("modules were registered");
    pacing.checked(START, 200);
    pacing.wantCheck("more pages are resident");
    assertFalse(pacing.checkDue(START + 199_999));
    assertTrue(pacing.checkReason(START).startsWith("more pages are resident; check-budget"));
    assertTrue(pacing.checkDue(START + 200_000));
    pacing.checked(START + 200_000, 0);
    pacing.wantCheck("x");
    assertTrue(pacing.checkDue(START + 200_000), "what takes no time may be done at any time");
  }

  @Test
  void checksAnywayOnceInALongInterval() {
    pacing.checked(START, 1);
    assertFalse(pacing.checkDue(START + 15 * MINUTE - 1));
    assertTrue(pacing.checkDue(START + 15 * MINUTE));
    // Unless the budget does not allow it.
    pacing.checked(START, 10_000);
    assertFalse(pacing.checkDue(START + 15 * MINUTE));
    assertTrue(pacing.checkDue(START + 10_000_000));
  }

  @Test
  void aDemandIsMetWhateverItCosts() {
    pacing.scanned(START, 60_000, 60_000, true, false);
    pacing.checked(START, 60_000);
    pacing.demand(START + 1);
    assertTrue(pacing.scanDue(START + 1));
    assertTrue(pacing.walkDue(START + 1));
    assertTrue(pacing.checkDue(START + 1));
  }
}
