// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.doctor;

/** How a check went. */
public enum Result {
  OK("ok"),
  /** It works, but less well than it could, or not all could be seen. */
  WARN("warn"),
  /** It stands in the way of fusing as configured. */
  FAIL("fail"),
  /** Not looked at; the check says why. */
  SKIPPED("skipped");

  private final String externalName;

  Result(String externalName) {
    this.externalName = externalName;
  }

  /** The name in results. */
  public String externalName() {
    return externalName;
  }
}
