// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.vmmdev;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Registers a shared module (type 212). After the header: size of the module u32 at 24, number of
 * regions u32 at 28, base u64 at 32, OS family u32 at 40, 0 u32 at 44, name of 128 bytes at 48,
 * version of 16 bytes at 176, then from 192 on for each region address u64, size u32, 0 u32.
 *
 * <p>The host's rc is 0 also for a module that is registered at this base already.
 */
public final class RegisterRequest {
  /** Length without regions, in bytes. */
  static final int FIXED_BYTES = 192;

  static final int REGION_BYTES = 16;
  static final int NAME_BYTES = SharedModule.MAX_NAME_BYTES + 1;
  static final int VERSION_BYTES = SharedModule.MAX_VERSION_BYTES + 1;

  private static final int MODULE_SIZE_AT = 24;
  private static final int REGION_COUNT_AT = 28;
  private static final int BASE_AT = 32;
  private static final int OS_FAMILY_AT = 40;
  private static final int NAME_AT = 48;
  private static final int VERSION_AT = 176;

  private RegisterRequest() {}

  /** The request in a buffer of its own. */
  public static ByteBuffer encode(SharedModule module) {
    ByteBuffer request =
        RequestHeader.allocate(FIXED_BYTES + REGION_BYTES * module.regions().size());
    encode(module, request);
    return request;
  }

  /** Writes the request to the front of a buffer and sets the buffer's limit to its size. */
  public static void encode(SharedModule module, ByteBuffer into) {
    List<ModuleRegion> regions = module.regions();
    int count = regions.size();
    RequestHeader.begin(into, FIXED_BYTES + REGION_BYTES * count, RequestType.REGISTER);
    Wire.putInt(into, MODULE_SIZE_AT, (int) module.sizeBytes());
    Wire.putInt(into, REGION_COUNT_AT, count);
    Wire.putLong(into, BASE_AT, module.base());
    Wire.putInt(into, OS_FAMILY_AT, module.osFamily().code());
    Wire.putText(into, NAME_AT, NAME_BYTES, module.name());
    Wire.putText(into, VERSION_AT, VERSION_BYTES, module.version());
    for (int i = 0; i < count; i++) {
      int at = FIXED_BYTES + REGION_BYTES * i;
      Wire.putLong(into, at, regions.get(i).address());
      Wire.putInt(into, at + Long.BYTES, (int) regions.get(i).sizeBytes());
    }
  }

  /**
   * Reads a request, as a host does.
   *
   * @throws MalformedRequestException with {@link ResultCode#INVALID_PARAMETER} when it is not one,
   *     {@link ResultCode#BAD_MODULE_SIZE} or {@link ResultCode#BAD_REGION_SIZE}
   */
  public static SharedModule decode(ByteBuffer request) throws MalformedRequestException {
    int size = RequestHeader.decode(request).sizeBytes();
    int count = size < FIXED_BYTES ? 0 : Wire.getInt(request, REGION_COUNT_AT);
    if (count < 1 || count > SharedModule.MAX_REGIONS) {
      throw new MalformedRequestException(
          ResultCode.INVALID_PARAMETER,
          size < FIXED_BYTES
              ? "size: " + size + ", expected more than " + FIXED_BYTES
              : "regions: "
                  + Integer.toUnsignedString(count)
                  + ", expected 1 to "
                  + SharedModule.MAX_REGIONS);
    }
    RequestHeader.expect(request, RequestType.REGISTER, FIXED_BYTES + REGION_BYTES * count);
    String name = Wire.getText(request, NAME_AT, NAME_BYTES, "name");
    String version = Wire.getText(request, VERSION_AT, VERSION_BYTES, "version");
    OsFamily osFamily = OsFamily.of(Wire.getInt(request, OS_FAMILY_AT));
    if (osFamily == null) {
      throw new MalformedRequestException(
          ResultCode.INVALID_PARAMETER,
          "osFamily: "
              + Integer.toUnsignedString(Wire.getInt(request, OS_FAMILY_AT))
              + ", expected 3 or 4 (Linux)");
    }
    long moduleBytes = Integer.toUnsignedLong(Wire.getInt(request, MODULE_SIZE_AT));
    if (moduleBytes < 1 || moduleBytes > SharedModule.MAX_BYTES) {
      throw new MalformedRequestException(
          ResultCode.BAD_MODULE_SIZE,
          "sizeBytes: " + moduleBytes + ", expected 1 to " + SharedModule.MAX_BYTES);
    }
    List<ModuleRegion> regions = new ArrayList<>(count);
    try {
      for (int i = 0; i < count; i++) {
        int at = FIXED_BYTES + REGION_BYTES * i;
        regions.add(
            new ModuleRegion(
                Wire.getLong(request, at),
                Integer.toUnsignedLong(Wire.getInt(request, at + Long.BYTES))));
      }
      return new SharedModule(
          Wire.getLong(request, BASE_AT), moduleBytes, name, version, osFamily, regions);
    } catch (IllegalArgumentException e) {
      // Everything else was looked at above.
      throw new MalformedRequestException(ResultCode.BAD_REGION_SIZE, e.getMessage());
    }
  }
}
