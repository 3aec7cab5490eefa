// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.compare;

import java.io.IOException;

/** A report that can't be part of a comparison; the message says why, in one line. */
public final class UnusableReportException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Messages quote reports, in which anything may stand. */
  private static final int MAX_CHARS = 500;

  UnusableReportException(String message) {
    this(message, null);
  }

  UnusableReportException(String message, Throwable cause) {
    super(message.length() <= MAX_CHARS ? message : message.substring(0, MAX_CHARS) + "…", cause);
  }
}
