// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.vmmdev;

import java.nio.ByteBuffer;

/**
 * Asks whether page fusion is on for this VM (type 215). The answer: u8 at 24, then 3 bytes of 0.
 */
public final class StatusRequest {
  static final int BYTES = 28;

  private static final int ENABLED_AT = 24;

  private StatusRequest() {}

  /** The request in a buffer of its own. */
  public static ByteBuffer encode() {
    ByteBuffer request = RequestHeader.allocate(BYTES);
    encode(request);
    return request;
  }

  /** Writes the request to the front of a buffer and sets the buffer's limit to its size. */
  public static void encode(ByteBuffer into) {
    RequestHeader.begin(into, BYTES, RequestType.STATUS);
  }

  /**
   * Reads a request, as a host does.
   *
   * @throws MalformedRequestException when it is not one
   */
  public static void decode(ByteBuffer request) throws MalformedRequestException {
    RequestHeader.expect(request, RequestType.STATUS, BYTES);
  }

  /** Writes rc 0 and the answer over a request, as a host does. */
  public static void encodeAnswer(ByteBuffer request, boolean enabled) {
    RequestHeader.setRc(request, ResultCode.OK.code());
    request.put(ENABLED_AT, (byte) (enabled ? 1 : 0));
  }

  /**
   * Reads an answer whose rc is 0.
   *
   * @return whether page fusion is on
   * @throws MalformedRequestException when it is not one
   */
  public static boolean decodeAnswer(ByteBuffer answer) throws MalformedRequestException {
    RequestHeader.expect(answer, RequestType.STATUS, BYTES);
    return answer.get(ENABLED_AT) != 0;
  }
}
