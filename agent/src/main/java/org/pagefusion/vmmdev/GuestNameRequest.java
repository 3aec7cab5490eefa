// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.vmmdev;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Tells the simulated host which guest a connection belongs to (type 0x50460001); no real host
 * knows it. After the header comes the name in UTF-8, without a NUL, to the end of the request. It
 * may only be the first request of a connection and is answered by an rc like any other.
 */
public final class GuestNameRequest {
  /** Length of a name at most, in bytes of UTF-8. */
  public static final int MAX_NAME_BYTES = 64;

  private GuestNameRequest() {}

  /**
   * The request in a buffer of its own.
   *
   * @throws IllegalArgumentException for a name that is empty, too long or has control characters
   */
  public static ByteBuffer encode(String name) {
    Wire.checkText("guest name", name, MAX_NAME_BYTES);
    String problem = problem(name);
    if (problem != null) {
      throw new IllegalArgumentException(problem);
    }
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    ByteBuffer request = RequestHeader.allocate(RequestHeader.BYTES + bytes.length);
    RequestHeader.begin(request, request.capacity(), RequestType.GUEST_NAME);
    request.put(RequestHeader.BYTES, bytes);
    return request;
  }

  /**
   * Reads a request.
   *
   * @return the name: from 1 to {@value #MAX_NAME_BYTES} bytes of UTF-8, no control characters
   * @throws MalformedRequestException when it is not one
   */
  public static String decode(ByteBuffer request) throws MalformedRequestException {
    int length = RequestHeader.decode(request).sizeBytes() - RequestHeader.BYTES;
    if (length > MAX_NAME_BYTES) {
      throw new MalformedRequestException(
          ResultCode.INVALID_PARAMETER,
          "guest name: " + length + " bytes, expected " + MAX_NAME_BYTES + " at most");
    }
    RequestHeader.expect(request, RequestType.GUEST_NAME, RequestHeader.BYTES + length);
    String name = Wire.getUtf8(request, RequestHeader.BYTES, length, "guest name");
    String problem = problem(name);
    if (problem != null) {
      throw new MalformedRequestException(ResultCode.INVALID_PARAMETER, problem);
    }
    return name;
  }

  private static String problem(String name) {
    if (name.isEmpty()) {
      return "guest name: empty";
    }
    for (int i = 0; i < name.length(); i++) {
      if (Character.isISOControl(name.charAt(i))) {
        return "guest name: contains a control character";
      }
    }
    return null;
  }
}
