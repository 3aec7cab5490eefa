// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.vmmdev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a host answers to requests that are not as they should be (offsets as documented). */
class RequestDecodingTest {
  private final ByteBuffer register = RegisterRequest.encode(Samples.module());
  private final ByteBuffer unregister = UnregisterRequest.encode(Samples.module());

  private static void refused(ResultCode code, String message, Executable reading) {
    MalformedRequestException e = assertThrows(MalformedRequestException.class, reading);
    assertEquals(code, e.code(), e.getMessage());
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }

  private void registerRefused(ResultCode code, String message) {
    refused(code, message, () -> RegisterRequest.decode(register));
  }

  @Test
  void headers() {
    refused(
        ResultCode.INVALID_PARAMETER,
        "size: 23 bytes",
        () -> RequestHeader.decode(register.limit(23)));
    refused(
        ResultCode.INVALID_PARAMETER,
        "size: 224, but there are 223",
        () -> RequestHeader.decode(register.limit(223)));
    register.limit(224);
    Wire.putInt(register, 0, -1);
    registerRefused(ResultCode.INVALID_PARAMETER, "size: 4294967295");
    Wire.putInt(register, 4, 0x10002);
    registerRefused(ResultCode.VERSION_MISMATCH, "version: 0x10002");
  }

  @Test
  void requestsOfAnotherSize() {
    for (ByteBuffer request :
        new ByteBuffer[] {
          unregister,
          CheckRequest.encode(),
          StatusRequest.encode(),
          SessionIdRequest.encode(),
          HostVersionRequest.encode()
        }) {
      byte[] longer = Arrays.copyOf(Samples.bytes(request), request.limit() + 1);
      ByteBuffer changed = ByteBuffer.wrap(longer);
      Wire.putInt(changed, 0, longer.length);
      int type = RequestHeader.type(request);
      refused(
          ResultCode.INVALID_PARAMETER,
          "size: " + longer.length + ", expected " + request.limit(),
          () -> decode(type, changed));
    }
  }

  private static void decode(int type, ByteBuffer request) throws MalformedRequestException {
    switch (type) {
      case RequestType.UNREGISTER -> UnregisterRequest.decode(request);
      case RequestType.CHECK -> CheckRequest.decode(request);
      case RequestType.STATUS -> StatusRequest.decode(request);
      case RequestType.SESSION_ID -> SessionIdRequest.decode(request);
      case RequestType.HOST_VERSION -> HostVersionRequest.decode(request);
      default -> throw new AssertionError(type);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 33, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, 0x10000002})
  void regionCounts(int count) {
    Wire.putInt(register, 28, count);
    registerRefused(ResultCode.INVALID_PARAMETER, "regions: " + Integer.toUnsignedString(count));
  }

  @Test
  void regionCountsThatAreNotTheSize() {
    Wire.putInt(register, 28, 1);
    registerRefused(ResultCode.INVALID_PARAMETER, "size: 224, expected 208");
    Wire.putInt(register, 28, 3);
    registerRefused(ResultCode.INVALID_PARAMETER, "size: 224, expected 240");
  }

  @Test
  void textsWithoutTheirEnd() {
    for (int at = 48; at < 176; at++) {
      register.put(at, (byte) 'n');
    }
    registerRefused(ResultCode.INVALID_PARAMETER, "name: no NUL within 128");
    register.put(175, (byte) 0);
    for (int at = 176; at < 192; at++) {
      register.put(at, (byte) 'v');
    }
    registerRefused(ResultCode.INVALID_PARAMETER, "version: no NUL within 16");
    for (int at = 168; at < 184; at++) {
      unregister.put(at, (byte) 'v');
    }
    refused(
        ResultCode.INVALID_PARAMETER,
        "version: no NUL",
        () -> UnregisterRequest.decode(unregister));
  }

  @Test
  void textsThatAreNotUtf8() {
    register.put(49, (byte) 0xff);
    registerRefused(ResultCode.INVALID_PARAMETER, "name: not UTF-8");
  }

  @Test
  void whatFollowsATextsEndDoesNotCount() throws Exception {
    register.put(48 + "libc.so.6".length() + 1, (byte) 0xff);
    assertEquals(Samples.module(), RegisterRequest.decode(register));
  }

  @Test
  void otherSystems() {
    Wire.putInt(register, 40, 2);
    registerRefused(ResultCode.INVALID_PARAMETER, "osFamily: 2");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, (1 << 30) + 1, -1})
  void sizesOfModules(int size) {
    Wire.putInt(register, 24, size);
    registerRefused(ResultCode.BAD_MODULE_SIZE, "sizeBytes: " + Integer.toUnsignedString(size));
    Wire.putInt(unregister, 24, size);
    refused(ResultCode.OUT_OF_RANGE, "sizeBytes: ", () -> UnregisterRequest.decode(unregister));
  }

  /** The host registers such a module, but takes no such size when it is to unregister one. */
  @Test
  void oneGibibyte() throws Exception {
    Wire.putInt(register, 24, 1 << 30);
    assertEquals(1L << 30, RegisterRequest.decode(register).sizeBytes());
    Wire.putInt(unregister, 24, 1 << 30);
    refused(ResultCode.OUT_OF_RANGE, "sizeBytes: ", () -> UnregisterRequest.decode(unregister));
    assertEquals(-1, UnregisterRequest.decode(UnregisterRequest.encode(Samples.largestModule())));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, (1 << 30) + 1, -1})
  void sizesOfRegions(int size) {
    Wire.putInt(register, 192 + 16 + 8, size);
    registerRefused(
        ResultCode.BAD_REGION_SIZE, "region sizeBytes: " + Integer.toUnsignedString(size));
  }

  @Test
  void regionsThatAreTooMuchTogether() {
    Wire.putInt(register, 192 + 8, 1 << 30);
    registerRefused(ResultCode.BAD_REGION_SIZE, "regions: ");
  }

  @Test
  void regionsBeyondTheLastAddress() {
    Wire.putLong(register, 192, -1);
    registerRefused(ResultCode.BAD_REGION_SIZE, "region address: 0xffffffffffffffff");
  }

  @Test
  void guestNames() {
    for (String name : new String[] {"", "n".repeat(65), "a\nb", "a\0", "\uD800", "\u0085"}) {
      assertThrows(IllegalArgumentException.class, () -> GuestNameRequest.encode(name));
    }
    ByteBuffer valid = GuestNameRequest.encode("n".repeat(64));
    ByteBuffer longer = ByteBuffer.wrap(Arrays.copyOf(Samples.bytes(valid), 24 + 65));
    Wire.putInt(longer, 0, 24 + 65);
    refused(
        ResultCode.INVALID_PARAMETER,
        "guest name: 65 bytes",
        () -> GuestNameRequest.decode(longer));
    ByteBuffer empty = ByteBuffer.wrap(Arrays.copyOf(Samples.bytes(valid), 24));
    Wire.putInt(empty, 0, 24);
    refused(
        ResultCode.INVALID_PARAMETER, "guest name: empty", () -> GuestNameRequest.decode(empty));
    valid.put(30, (byte) '\n');
    refused(
        ResultCode.INVALID_PARAMETER,
        "guest name: contains a control character",
        () -> GuestNameRequest.decode(valid));
    valid.put(30, (byte) 0x80);
    refused(
        ResultCode.INVALID_PARAMETER,
        "guest name: not UTF-8",
        () -> GuestNameRequest.decode(valid));
  }

  @Test
  void statusIsOnForAnyNumberButZero() throws Exception {
    ByteBuffer status = StatusRequest.encode();
    StatusRequest.encodeAnswer(status, false);
    status.put(25, (byte) 1);
    assertEquals(false, StatusRequest.decodeAnswer(status));
    status.put(24, (byte) 0x80);
    assertEquals(true, StatusRequest.decodeAnswer(status));
  }

  @Test
  void versionsAreWrittenAsVirtualBoxDoes() {
    assertEquals("7.0.16r162802", new HostVersion(7, 0, 16, 162802, 0).text());
    assertEquals("65535.0.4294967295r1", new HostVersion(65535, 0, -1, 1, 0).text());
    assertEquals("1.0", new DriverVersion(0x10000, 0x10000, 0).text());
    assertEquals("65534.4 r162802", new DriverVersion(0x10000, 0xfffe0004, 162802).text());
  }
}
