// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.compare;

/** The reports hold more than fits into memory; the message says how much that is. */
public final class TooLargeException extends Exception {
  private static final long serialVersionUID = 1L;

  TooLargeException(String message) {
    super(message);
  }
}
