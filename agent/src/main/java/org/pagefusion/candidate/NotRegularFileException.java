// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.candidate;

import java.io.IOException;

/** What was named is there, but it is a directory, a device or the like. */
public final class NotRegularFileException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param path what was named
   */
  public NotRegularFileException(String path) {
    super(path + ": not a regular file");
  }
}
