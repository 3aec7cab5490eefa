// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.vmmdev;

/**
 * A request reached the host, which did not grant it. Not an {@link java.io.IOException}, so that
 * it is not caught for a {@link DeviceException}.
 */
public final class HostRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int rc;

  /**
   * Creates the exception.
   *
   * @param request what was asked, for people
   * @param rc the host's result code
   */
  public HostRefusedException(String request, int rc) {
    super(request + ": " + ResultCode.describe(rc));
    this.rc = rc;
  }

  /** The host's result code; see {@link ResultCode}. */
  public int rc() {
    return rc;
  }
}
