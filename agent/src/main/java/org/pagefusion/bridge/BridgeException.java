// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.bridge;

/** The native bridge can't be loaded, or is not the one this agent was built with. */
public final class BridgeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what is wrong with which file, and the remedy
   * @param cause what the loader said, or null
   */
  public BridgeException(String message, Throwable cause) {
    super(message, cause);
  }
}
