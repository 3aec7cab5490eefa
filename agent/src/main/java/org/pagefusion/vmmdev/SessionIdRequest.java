// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.vmmdev;

import java.nio.ByteBuffer;

/**
 * Asks for the VM's session id (type 217). The answer: u64 at 24.
 *
 * <p>Another id than before means that the VM was restored from a saved state.
 */
public final class SessionIdRequest {
  static final int BYTES = 32;

  private static final int SESSION_ID_AT = 24;

  private SessionIdRequest() {}

  /** The request in a buffer of its own. */
  public static ByteBuffer encode() {
    ByteBuffer request = RequestHeader.allocate(BYTES);
    encode(request);
    return request;
  }

  /** Writes the request to the front of a buffer and sets the buffer's limit to its size. */
  public static void encode(ByteBuffer into) {
    RequestHeader.begin(into, BYTES, RequestType.SESSION_ID);
  }

  /**
   * Reads a request, as a host does.
   *
   * @throws MalformedRequestException when it is not one
   */
  public static void decode(ByteBuffer request) throws MalformedRequestException {
    RequestHeader.expect(request, RequestType.SESSION_ID, BYTES);
  }

  /** Writes rc 0 and the answer over a request, as a host does. */
  public static void encodeAnswer(ByteBuffer request, long sessionId) {
    RequestHeader.setRc(request, ResultCode.OK.code());
    Wire.putLong(request, SESSION_ID_AT, sessionId);
  }

  /**
   * Reads an answer whose rc is 0.
   *
   * @return the session id; any number
   * @throws MalformedRequestException when it is not one
   */
  public static long decodeAnswer(ByteBuffer answer) throws MalformedRequestException {
    RequestHeader.expect(answer, RequestType.SESSION_ID, BYTES);
    return Wire.getLong(answer, SESSION_ID_AT);
  }
}
