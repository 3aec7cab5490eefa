// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.daemon;

import java.time.Duration;

/**
 * When to do what, so that a guest in which nothing changes is left alone, and one in which
 * something does is looked at soon.
 *
 * <p>Times are milliseconds of a clock that never goes back. Not thread-safe.
 */
final class Pacing {
  /**
   * The part of a core that scans may take: an upper bound for guests that are slow or have very
   * many processes; the others scan far more rarely than that.
   */
  static final double SCAN_SHARE = 0.01;

  /**
   * The part of a core that walks of the page cache may take. A walk costs many times more than the
   * rest of a scan, and what it finds is mapped by no process, so there is no hurry.
   */
  static final double WALK_SHARE = 0.0005;

  private final long shortestMillis;
  private final long longestMillis;
  private final double checkBudget;
  private long intervalMillis;
  private long nextScanAt;
  private long earliestScanAt;
  private long nextWalkAt;
  private long checkAllowedAt;
  private long checkAnywayAt;
  private boolean somethingToCheck;
  private String scanReason = "the first one";
  private String checkReason = "";

  /**
   * Creates the pace of a service that begins at once.
   *
   * @param shortest time from one scan to the next while something changes
   * @param longest time from one scan to the next while nothing does, and from one check to the
   *     next
   * @param checkBudget the share of time that all vCPUs may stand still for checks
   * @param now the time now
   */
  Pacing(Duration shortest, Duration longest, double checkBudget, long now) {
    this.shortestMillis = shortest.toMillis();
    this.longestMillis = longest.toMillis();
    this.checkBudget = checkBudget;
    this.intervalMillis = shortestMillis;
    this.nextScanAt = now;
    this.earliestScanAt = now;
    this.nextWalkAt = now;
    this.checkAllowedAt = now;
    this.checkAnywayAt = now + longestMillis;
  }

  boolean scanDue(long now) {
    return now >= nextScanAt;
  }

  /** Whether the next scan may walk the page cache. */
  boolean walkDue(long now) {
    return now >= nextWalkAt;
  }

  /**
   * A scan has ended.
   *
   * @param scanMillis how long it took
   * @param cycleMillis how long it took with what followed from it
   * @param walked whether it walked the page cache
   * @param changed whether it found something new
   */
  void scanned(long now, long scanMillis, long cycleMillis, boolean walked, boolean changed) {
    intervalMillis = changed ? shortestMillis : Math.min(longestMillis, 2 * intervalMillis);
    scanReason = changed ? "something new was found" : "nothing new was found";
    if (walked) {
      nextWalkAt = now + Math.max(intervalMillis, (long) (scanMillis / WALK_SHARE));
    } else {
      // What a walk takes is paid for by the walk's own pace.
      earliestScanAt = now + (long) (cycleMillis / SCAN_SHARE);
    }
    nextScanAt = now + intervalMillis;
    if (earliestScanAt > nextScanAt) {
      nextScanAt = earliestScanAt;
      scanReason += "; the last one took " + cycleMillis + " ms, and they may take 1 % of a core";
    }
  }

  /** There are processes that the last scan did not see. */
  void newProcesses(long now) {
    intervalMillis = shortestMillis;
    long at = Math.max(now, earliestScanAt);
    if (at < nextScanAt) {
      nextScanAt = at;
      scanReason = "there are new processes";
    }
  }

  /** Someone asks for a whole cycle now, whatever it costs. */
  void demand(long now) {
    intervalMillis = shortestMillis;
    nextScanAt = now;
    nextWalkAt = now;
    checkAllowedAt = now;
    scanReason = "asked for";
    wantCheck("asked for");
  }

  /** There is something that the host has not looked at. */
  void wantCheck(String why) {
    if (!somethingToCheck) {
      somethingToCheck = true;
      checkReason = why;
    }
  }

  boolean checkDue(long now) {
    return now >= nextCheckAt();
  }

  /** A check has ended. */
  void checked(long now, long tookMillis) {
    somethingToCheck = false;
    checkReason = "";
    checkAllowedAt = now + (long) Math.ceil(tookMillis / checkBudget);
    checkAnywayAt = now + longestMillis;
  }

  long nextScanAt() {
    return nextScanAt;
  }

  long nextWalkAt() {
    return nextWalkAt;
  }

  long nextCheckAt() {
    return Math.max(checkAllowedAt, somethingToCheck ? Long.MIN_VALUE : checkAnywayAt);
  }

  /** Why the next scan is when it is. */
  String scanReason() {
    return scanReason;
  }

  /** Why the next check is when it is. */
  String checkReason(long now) {
    if (!somethingToCheck) {
      return "pages that were written, or read in anew, since the last one";
    }
    return checkAllowedAt > now ? checkReason + "; check-budget allows none before" : checkReason;
  }
}
