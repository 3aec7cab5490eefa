// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.vmmdev;

import java.nio.ByteBuffer;

/**
 * Unregisters whatever is registered at a base (type 213). After the header: size of the module u32
 * at 24, 0 u32 at 28, base u64 at 32, name of 128 bytes at 40, version of 16 bytes at 168.
 *
 * <p>The host looks at the base alone, but refuses what could not be a module's size.
 */
public final class UnregisterRequest {
  static final int BYTES = 184;

  private static final int MODULE_SIZE_AT = 24;
  private static final int BASE_AT = 32;
  private static final int NAME_AT = 40;
  private static final int VERSION_AT = 168;

  /**
   * Here the host wants less than the 1 GiB that it registers, and does not compare it with what is
   * registered.
   */
  private static final long MAX_MODULE_BYTES = SharedModule.MAX_BYTES - 1;

  private UnregisterRequest() {}

  /** The request in a buffer of its own. */
  public static ByteBuffer encode(SharedModule module) {
    ByteBuffer request = RequestHeader.allocate(BYTES);
    encode(module, request);
    return request;
  }

  /** Writes the request to the front of a buffer and sets the buffer's limit to its size. */
  public static void encode(SharedModule module, ByteBuffer into) {
    RequestHeader.begin(into, BYTES, RequestType.UNREGISTER);
    Wire.putInt(into, MODULE_SIZE_AT, (int) Math.min(module.sizeBytes(), MAX_MODULE_BYTES));
    Wire.putLong(into, BASE_AT, module.base());
    Wire.putText(into, NAME_AT, RegisterRequest.NAME_BYTES, module.name());
    Wire.putText(into, VERSION_AT, RegisterRequest.VERSION_BYTES, module.version());
  }

  /**
   * Reads a request, as a host does.
   *
   * @return the base: nothing else counts
   * @throws MalformedRequestException with {@link ResultCode#INVALID_PARAMETER} when it is not one,
   *     {@link ResultCode#OUT_OF_RANGE} for a size of 0 bytes, or of 1 GiB and more
   */
  public static long decode(ByteBuffer request) throws MalformedRequestException {
    RequestHeader.expect(request, RequestType.UNREGISTER, BYTES);
    Wire.getText(request, NAME_AT, RegisterRequest.NAME_BYTES, "name");
    Wire.getText(request, VERSION_AT, RegisterRequest.VERSION_BYTES, "version");
    long moduleBytes = Integer.toUnsignedLong(Wire.getInt(request, MODULE_SIZE_AT));
    if (moduleBytes < 1 || moduleBytes > MAX_MODULE_BYTES) {
      throw new MalformedRequestException(
          ResultCode.OUT_OF_RANGE,
          "sizeBytes: " + moduleBytes + ", expected 1 to " + MAX_MODULE_BYTES);
    }
    return Wire.getLong(request, BASE_AT);
  }
}
