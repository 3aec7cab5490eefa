// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.daemon;

/** What a service waits for. */
public interface Signals {
  /** What has happened. */
  enum Signal {
    /** Nothing, for as long as was to be waited. */
    NONE,
    /** The service is to stop (SIGTERM, SIGINT). */
    STOP,
    /** The configuration is to be read again (SIGHUP). */
    RELOAD,
    /** A cycle is asked for now (SIGUSR1). */
    CYCLE
  }

  /**
   * Waits.
   *
   * @param millis at most so long
   */
  Signal await(long millis) throws InterruptedException;
}
