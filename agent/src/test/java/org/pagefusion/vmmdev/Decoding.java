// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.vmmdev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** What holds of every reading of every bytes: a value, or an exception that tells why not. */
final class Decoding {
  /** One way to read bytes. */
  interface Reading {
    Object read(ByteBuffer bytes) throws MalformedRequestException;
  }

  private record Refusal(ResultCode code, String message) {}

  private Decoding() {}

  static void check(byte[] bytes) {
    int values = 0;
    for (Reading reading : readings()) {
      Object little = read(reading, bytes, ByteOrder.LITTLE_ENDIAN);
      assertEquals(little, read(reading, bytes, ByteOrder.BIG_ENDIAN));
      values += little instanceof Refusal ? 0 : 1;
    }
    // The header, and one request.
    assertTrue(values <= 2, values + " readings of the same bytes");
  }

  private static List<Reading> readings() {
    List<Reading> readings = new ArrayList<>();
    readings.add(RequestHeader::decode);
    readings.add(Decoding::register);
    readings.add(UnregisterRequest::decode);
    readings.add(
        bytes -> {
          CheckRequest.decode(bytes);
          return "check";
        });
    readings.add(
        bytes -> {
          StatusRequest.decode(bytes);
          return StatusRequest.decodeAnswer(bytes);
        });
    readings.add(
        bytes -> {
          SessionIdRequest.decode(bytes);
          return SessionIdRequest.decodeAnswer(bytes);
        });
    readings.add(
        bytes -> {
          HostVersionRequest.decode(bytes);
          return HostVersionRequest.decodeAnswer(bytes);
        });
    readings.add(Decoding::guestName);
    return readings;
  }

  /** What was read, when written again, reads the same. */
  private static SharedModule register(ByteBuffer bytes) throws MalformedRequestException {
    SharedModule module = RegisterRequest.decode(bytes);
    assertEquals(module, RegisterRequest.decode(RegisterRequest.encode(module)));
    assertTrue(bytes.limit() <= RequestHeader.MAX_REQUEST_BYTES);
    return module;
  }

  private static String guestName(ByteBuffer bytes) throws MalformedRequestException {
    String name = GuestNameRequest.decode(bytes);
    assertEquals(name, GuestNameRequest.decode(GuestNameRequest.encode(name)));
    return name;
  }

  private static Object read(Reading reading, byte[] bytes, ByteOrder order) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes.clone()).order(order);
    Object result;
    try {
      result = reading.read(buffer);
    } catch (MalformedRequestException e) {
      assertNotNull(e.code());
      assertFalse(ResultCode.isSuccess(e.code().code()));
      assertTrue(e.getMessage().indexOf(": ") > 0, e.getMessage());
      result = new Refusal(e.code(), e.getMessage());
    }
    assertEquals(0, buffer.position());
    assertEquals(bytes.length, buffer.limit());
    assertEquals(order, buffer.order());
    assertEquals(ByteBuffer.wrap(bytes), buffer);
    return result;
  }
}
