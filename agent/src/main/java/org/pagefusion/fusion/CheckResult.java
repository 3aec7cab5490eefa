// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.fusion;

import org.pagefusion.vmmdev.ResultCode;

/**
 * What came of asking the host to check.
 *
 * @param asked whether it was asked at all: not when nothing is registered
 * @param rc the host's answer; 0 when it was not asked
 * @param millis time that the request took
 */
public record CheckResult(boolean asked, int rc, long millis) {
  /** Nothing was registered, so nothing was asked. */
  public static final CheckResult NOT_ASKED = new CheckResult(false, ResultCode.OK.code(), 0);

  /** Whether the host accepted the check: it says nothing of what it found. */
  public boolean accepted() {
    return asked && ResultCode.isSuccess(rc);
  }

  /** Whether the host refused. */
  public boolean refused() {
    return asked && !ResultCode.isSuccess(rc);
  }
}
