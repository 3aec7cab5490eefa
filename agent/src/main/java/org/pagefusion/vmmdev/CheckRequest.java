// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.vmmdev;

import java.nio.ByteBuffer;

/**
 * Asks the host to look at every page of every registered module (type 214): the header alone.
 *
 * <p>The host's rc of 0 means accepted: it tells nothing of what was shared.
 */
public final class CheckRequest {
  private CheckRequest() {}

  /** The request in a buffer of its own. */
  public static ByteBuffer encode() {
    ByteBuffer request = RequestHeader.allocate(RequestHeader.BYTES);
    encode(request);
    return request;
  }

  /** Writes the request to the front of a buffer and sets the buffer's limit to its size. */
  public static void encode(ByteBuffer into) {
    RequestHeader.begin(into, RequestHeader.BYTES, RequestType.CHECK);
  }

  /**
   * Reads a request, as a host does.
   *
   * @throws MalformedRequestException when it is not one
   */
  public static void decode(ByteBuffer request) throws MalformedRequestException {
    RequestHeader.expect(request, RequestType.CHECK, RequestHeader.BYTES);
  }
}
