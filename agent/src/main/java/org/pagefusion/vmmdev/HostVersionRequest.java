// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.vmmdev;

import java.nio.ByteBuffer;

/**
 * Asks for the host's version (type 4). The answer: major u16 at 24, minor u16 at 26, build u32 at
 * 28, revision u32 at 32, features u32 at 36.
 */
public final class HostVersionRequest {
  static final int BYTES = 40;

  private static final int MAJOR_AT = 24;
  private static final int MINOR_AT = 26;
  private static final int BUILD_AT = 28;
  private static final int REVISION_AT = 32;
  private static final int FEATURES_AT = 36;

  private HostVersionRequest() {}

  /** The request in a buffer of its own. */
  public static ByteBuffer encode() {
    ByteBuffer request = RequestHeader.allocate(BYTES);
    encode(request);
    return request;
  }

  /** Writes the request to the front of a buffer and sets the buffer's limit to its size. */
  public static void encode(ByteBuffer into) {
    RequestHeader.begin(into, BYTES, RequestType.HOST_VERSION);
  }

  /**
   * Reads a request, as a host does.
   *
   * @throws MalformedRequestException when it is not one
   */
  public static void decode(ByteBuffer request) throws MalformedRequestException {
    RequestHeader.expect(request, RequestType.HOST_VERSION, BYTES);
  }

  /** Writes rc 0 and the answer over a request, as a host does. */
  public static void encodeAnswer(ByteBuffer request, HostVersion version) {
    RequestHeader.setRc(request, ResultCode.OK.code());
    Wire.putShort(request, MAJOR_AT, version.major());
    Wire.putShort(request, MINOR_AT, version.minor());
    Wire.putInt(request, BUILD_AT, version.build());
    Wire.putInt(request, REVISION_AT, version.revision());
    Wire.putInt(request, FEATURES_AT, version.features());
  }

  /**
   * Reads an answer whose rc is 0.
   *
   * @throws MalformedRequestException when it is not one
   */
  public static HostVersion decodeAnswer(ByteBuffer answer) throws MalformedRequestException {
    RequestHeader.expect(answer, RequestType.HOST_VERSION, BYTES);
    return new HostVersion(
        Wire.getShort(answer, MAJOR_AT),
        Wire.getShort(answer, MINOR_AT),
        Wire.getInt(answer, BUILD_AT),
        Wire.getInt(answer, REVISION_AT),
        Wire.getInt(answer, FEATURES_AT));
  }
}
