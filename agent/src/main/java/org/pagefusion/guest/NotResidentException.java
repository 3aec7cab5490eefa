// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import java.io.IOException;

/**
 * Bytes of a file exist but are not in the page cache, and reading them would bring them in. What
 * was asked about the file stays unknown until they are resident; it must not be answered from the
 * rest of the file.
 */
public final class NotResidentException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message which bytes of which file
   */
  public NotResidentException(String message) {
    super(message);
  }
}
