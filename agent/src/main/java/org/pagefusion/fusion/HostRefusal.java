// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.fusion;

/**
 * The host does not do page fusion for this VM: nothing is registered, and trying again is in vain.
 */
public final class HostRefusal extends Exception {
  private static final long serialVersionUID = 1L;

  private final int rc;

  /**
   * Creates the exception.
   *
   * @param rc the host's answer; 0 when it said so in words (page fusion is off)
   * @param message what the host said, and the remedy
   */
  public HostRefusal(int rc, String message) {
    super(message);
    this.rc = rc;
  }

  /** The host's answer; 0 when it answered that page fusion is off. */
  public int rc() {
    return rc;
  }
}
