// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.vmmdev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class RequestProperties {
  @Provide
  Arbitrary<SharedModule> modules() {
    return Samples.modules();
  }

  @Provide
  Arbitrary<String> guestNames() {
    return Samples.texts(GuestNameRequest.MAX_NAME_BYTES)
        .filter(name -> !name.isEmpty() && name.chars().noneMatch(Character::isISOControl));
  }

  @Property(tries = 2000)
  void modulesComeThrough(@ForAll("modules") SharedModule module) throws Exception {
    ByteBuffer register = RegisterRequest.encode(module);
    assertEquals(192 + 16 * module.regions().size(), register.limit());
    assertEquals(module, RegisterRequest.decode(register));
    assertEquals(
        new RequestHeader(register.limit(), 212, ResultCode.INTERNAL_ERROR.code(), 0),
        RequestHeader.decode(register));
    ByteBuffer unregister = UnregisterRequest.encode(module);
    assertEquals(module.base(), UnregisterRequest.decode(unregister));
    Decoding.check(Samples.bytes(register));
    Decoding.check(Samples.bytes(unregister));
  }

  /**
   * A buffer that served for another request before, of either byte order, gives the same bytes.
   */
  @Property
  void buffersCanBeUsedAgain(
      @ForAll("modules") SharedModule module,
      @ForAll boolean bigEndian,
      @ForAll boolean direct,
      @ForAll Random random) {
    int capacity = RequestHeader.MAX_REQUEST_BYTES;
    ByteBuffer used = direct ? ByteBuffer.allocateDirect(capacity) : ByteBuffer.allocate(capacity);
    used.order(bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    fill(used, random);
    RegisterRequest.encode(module, used);
    assertEquals(RegisterRequest.encode(module), used);
    fill(used, random);
    UnregisterRequest.encode(module, used);
    assertEquals(UnregisterRequest.encode(module), used);
    fill(used, random);
    CheckRequest.encode(used);
    assertEquals(CheckRequest.encode(), used);
    StatusRequest.encode(used);
    assertEquals(StatusRequest.encode(), used);
    fill(used, random);
    SessionIdRequest.encode(used);
    assertEquals(SessionIdRequest.encode(), used);
    fill(used, random);
    HostVersionRequest.encode(used);
    assertEquals(HostVersionRequest.encode(), used);
  }

  private static void fill(ByteBuffer buffer, Random random) {
    buffer.clear();
    while (buffer.hasRemaining()) {
      buffer.put((byte) random.nextInt());
    }
    buffer.position(random.nextInt(buffer.capacity()));
  }

  @Property
  void answersComeThrough(
      @ForAll boolean enabled,
      @ForAll long sessionId,
      @ForAll @IntRange(max = 0xffff) int major,
      @ForAll @IntRange(max = 0xffff) int minor,
      @ForAll int build,
      @ForAll int revision,
      @ForAll int features)
      throws Exception {
    ByteBuffer status = StatusRequest.encode();
    StatusRequest.decode(status);
    StatusRequest.encodeAnswer(status, enabled);
    assertEquals(enabled, StatusRequest.decodeAnswer(status));
    assertEquals(0, RequestHeader.rc(status));

    ByteBuffer session = SessionIdRequest.encode();
    SessionIdRequest.decode(session);
    SessionIdRequest.encodeAnswer(session, sessionId);
    assertEquals(sessionId, SessionIdRequest.decodeAnswer(session));
    assertEquals(0, RequestHeader.rc(session));

    HostVersion expected = new HostVersion(major, minor, build, revision, features);
    ByteBuffer version = HostVersionRequest.encode();
    HostVersionRequest.decode(version);
    HostVersionRequest.encodeAnswer(version, expected);
    assertEquals(expected, HostVersionRequest.decodeAnswer(version));
    assertEquals(0, RequestHeader.rc(version));
  }

  @Property
  void resultCodesComeThrough(@ForAll int rc) throws Exception {
    ByteBuffer request = CheckRequest.encode();
    RequestHeader.setRc(request, rc);
    assertEquals(rc, RequestHeader.rc(request));
    assertEquals(rc, RequestHeader.decode(request).rc());
    CheckRequest.decode(request);
  }

  @Property
  void guestNamesComeThrough(@ForAll("guestNames") String name) throws Exception {
    ByteBuffer request = GuestNameRequest.encode(name);
    assertEquals(name, GuestNameRequest.decode(request));
    assertEquals(0x50460001, RequestHeader.type(request));
    Decoding.check(Samples.bytes(request));
  }

  @Property(tries = 2000)
  void anyBytesAreReadOrRefused(@ForAll @Size(max = 800) byte[] bytes) {
    Decoding.check(bytes);
  }

  /** Requests cut short, made longer, and with wrong bytes in them, mostly with the right size. */
  @Property(tries = 5000)
  void damagedRequestsAreReadOrRefused(
      @ForAll("modules") SharedModule module,
      @ForAll @IntRange(max = 5) int kind,
      @ForAll @IntRange(max = 6) int damages,
      @ForAll Random random) {
    byte[] bytes =
        switch (kind) {
          case 0 -> Samples.bytes(RegisterRequest.encode(module));
          case 1 -> Samples.bytes(UnregisterRequest.encode(module));
          case 2 -> Samples.bytes(CheckRequest.encode());
          case 3 -> Samples.bytes(StatusRequest.encode());
          case 4 -> Samples.bytes(HostVersionRequest.encode());
          default -> Samples.bytes(SessionIdRequest.encode());
        };
    for (int i = 0; i < damages; i++) {
      if (random.nextInt(8) == 0) {
        bytes = Arrays.copyOf(bytes, random.nextInt(800));
        if (bytes.length >= 4 && random.nextBoolean()) {
          Wire.putInt(ByteBuffer.wrap(bytes), 0, bytes.length);
        }
      } else if (bytes.length > 0) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
    }
    Decoding.check(bytes);
  }

  /** The type is part of a request: what is read as one is no other. */
  @Property
  void aRequestOfAnotherTypeIsRefused(@ForAll int type) {
    ByteBuffer request = CheckRequest.encode();
    Wire.putInt(request, 8, type);
    if (type != RequestType.CHECK) {
      MalformedRequestException e =
          assertThrows(MalformedRequestException.class, () -> CheckRequest.decode(request));
      assertEquals(ResultCode.INVALID_PARAMETER, e.code());
    }
  }
}
