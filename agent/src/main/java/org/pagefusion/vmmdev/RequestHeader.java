// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.vmmdev;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The header of every request and answer: {@code struct vbg_ioctl_hdr} of linux/vboxguest.h, which
 * mirrors the host's {@code VMMDevRequestHeader}. Size u32 at 0, version u32 at 4, type u32 at 8,
 * rc i32 at 12, 0 u32 at 16, requestor u32 at 20.
 *
 * @param sizeBytes of the whole request
 * @param type see {@link RequestType}
 * @param rc the host's result code in an answer; see {@link ResultCode}
 * @param requestor who asks, as the guest's driver fills it in; 0 in what an agent sends
 */
public record RequestHeader(int sizeBytes, int type, int rc, int requestor) {
  /** Length of the header in bytes. */
  public static final int BYTES = 24;

  /** Length of the longest request that the agent sends: a module of 32 regions. */
  public static final int MAX_REQUEST_BYTES = 704;

  static final int VERSION = 0x10001;

  private static final int SIZE_AT = 0;
  private static final int VERSION_AT = 4;
  private static final int TYPE_AT = 8;
  private static final int RC_AT = 12;
  private static final int REQUESTOR_AT = 20;

  /** A zeroed buffer for a request, little-endian. */
  static ByteBuffer allocate(int sizeBytes) {
    return ByteBuffer.allocate(sizeBytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Begins a request at the front of a buffer: sets position and limit to the request's, zeroes it
   * and writes its header.
   *
   * <p>The rc is set to an error, so that an answer that nobody wrote is not taken for a success.
   */
  static void begin(ByteBuffer into, int sizeBytes, int type) {
    into.clear().limit(sizeBytes);
    for (int i = 0; i < sizeBytes; i++) {
      into.put(i, (byte) 0);
    }
    Wire.putInt(into, SIZE_AT, sizeBytes);
    Wire.putInt(into, VERSION_AT, VERSION);
    Wire.putInt(into, TYPE_AT, type);
    Wire.putInt(into, RC_AT, ResultCode.INTERNAL_ERROR.code());
  }

  /**
   * Reads a header.
   *
   * @param request the bytes from 0 to its limit
   * @throws MalformedRequestException when they are fewer than a header, or not as many as it says,
   *     or of another version
   */
  public static RequestHeader decode(ByteBuffer request) throws MalformedRequestException {
    int length = request.limit();
    if (length < BYTES) {
      throw new MalformedRequestException(
          ResultCode.INVALID_PARAMETER,
          "size: " + length + " bytes, expected " + BYTES + " or more");
    }
    int version = Wire.getInt(request, VERSION_AT);
    if (version != VERSION) {
      throw new MalformedRequestException(
          ResultCode.VERSION_MISMATCH,
          "version: 0x"
              + Integer.toHexString(version)
              + ", expected 0x"
              + Integer.toHexString(VERSION));
    }
    int size = Wire.getInt(request, SIZE_AT);
    if (size != length) {
      throw new MalformedRequestException(
          ResultCode.INVALID_PARAMETER,
          "size: " + Integer.toUnsignedString(size) + ", but there are " + length + " bytes");
    }
    return new RequestHeader(
        size,
        Wire.getInt(request, TYPE_AT),
        Wire.getInt(request, RC_AT),
        Wire.getInt(request, REQUESTOR_AT));
  }

  /** Reads a header of a certain type and size. */
  static void expect(ByteBuffer request, int type, int sizeBytes) throws MalformedRequestException {
    RequestHeader header = decode(request);
    if (header.type != type) {
      throw new MalformedRequestException(
          ResultCode.INVALID_PARAMETER,
          "type: " + Integer.toUnsignedString(header.type) + ", expected " + type);
    }
    if (header.sizeBytes != sizeBytes) {
      throw new MalformedRequestException(
          ResultCode.INVALID_PARAMETER,
          "size: "
              + header.sizeBytes
              + ", expected "
              + sizeBytes
              + " for a request of type "
              + type);
    }
  }

  /** Refuses what no device can carry: a buffer that does not hold one whole request. */
  static void requireWhole(ByteBuffer request, int maxBytes) {
    int size = request.limit();
    if (size < BYTES || size > maxBytes || sizeBytes(request) != size) {
      throw new IllegalArgumentException(
          size + " bytes that are no request of " + BYTES + " to " + maxBytes);
    }
  }

  /** The size that the first 4 bytes of a request tell, unsigned. */
  public static long sizeBytes(ByteBuffer request) {
    return Integer.toUnsignedLong(Wire.getInt(request, SIZE_AT));
  }

  /** The type in a request of {@value #BYTES} bytes or more; see {@link RequestType}. */
  public static int type(ByteBuffer request) {
    return Wire.getInt(request, TYPE_AT);
  }

  /** The host's result code in an answer. */
  public static int rc(ByteBuffer answer) {
    return Wire.getInt(answer, RC_AT);
  }

  /** Writes the result code of an answer, as a host does. */
  public static void setRc(ByteBuffer answer, int rc) {
    Wire.putInt(answer, RC_AT, rc);
  }
}
