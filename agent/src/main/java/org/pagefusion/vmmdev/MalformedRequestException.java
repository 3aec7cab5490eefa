// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.vmmdev;

/** Bytes that are not the request, or the answer, that they should be. */
public final class MalformedRequestException extends Exception {
  private static final long serialVersionUID = 1L;

  private final ResultCode code;

  /**
   * Creates the exception.
   *
   * @param code what a host answers to such a request
   * @param message which field is wrong, and what was expected
   */
  public MalformedRequestException(ResultCode code, String message) {
    super(message);
    this.code = code;
  }

  /** What a host answers to such a request. */
  public ResultCode code() {
    return code;
  }
}
