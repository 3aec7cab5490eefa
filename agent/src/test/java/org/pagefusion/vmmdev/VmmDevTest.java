// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.vmmdev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pagefusion.bridge.Errno;

/** The host's verdict and the guest's own errors never get mixed up. */
class VmmDevTest {
  private static final SharedModule MODULE = Samples.module();

  private static List<Executable> requests(VmmDev host) {
    return List.of(
        () -> host.register(MODULE),
        () -> host.unregister(MODULE),
        host::check,
        host::status,
        host::sessionId,
        host::hostVersion);
  }

  @ParameterizedTest
  @EnumSource
  void verdictsOnModulesAreReturnedAsTheyAre(ResultCode code) throws Exception {
    VmmDev host = new VmmDev(FakeDevice.answering(code.code()));
    assertEquals(code.code(), host.register(MODULE));
    assertEquals(code.code(), host.unregister(MODULE));
    assertEquals(code.code(), host.check());
  }

  @ParameterizedTest
  @ValueSource(ints = {Integer.MIN_VALUE, -9999, -1, 1, 3827, Integer.MAX_VALUE})
  void soAreUnknownOnes(int rc) throws Exception {
    VmmDev host = new VmmDev(FakeDevice.answering(rc));
    assertEquals(rc, host.register(MODULE));
    assertEquals(rc, host.unregister(MODULE));
    assertEquals(rc, host.check());
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "OK")
  void queriesThatTheHostRefusesSaySo(ResultCode code) {
    VmmDev host = new VmmDev(FakeDevice.answering(code.code()));
    for (Executable query : requests(host).subList(3, 6)) {
      HostRefusedException e = assertThrows(HostRefusedException.class, query);
      assertEquals(code.code(), e.rc());
      assertTrue(e.getMessage().contains(code.hostName()), e.getMessage());
      assertTrue(e.getMessage().endsWith(code.remedy()), e.getMessage());
    }
    // Who catches the one must not catch the other.
    assertFalse(IOException.class.isAssignableFrom(HostRefusedException.class));
    assertFalse(HostRefusedException.class.isAssignableFrom(DeviceException.class));
  }

  @ParameterizedTest
  @ValueSource(ints = {Errno.EPERM, Errno.ENOENT, Errno.EINVAL, Errno.ENOMEM, Errno.EFAULT, 37, 12})
  void errorsOfTheDeviceAreNoVerdicts(int errno) {
    FakeDevice device = FakeDevice.failing(errno);
    VmmDev host = new VmmDev(device);
    for (Executable request : requests(host)) {
      DeviceException e = assertThrows(DeviceException.class, request);
      assertEquals(errno, e.errno());
      assertFalse(e.getMessage().contains("VERR_"), e.getMessage());
    }
    assertEquals(6, device.requests);
    assertThrows(DeviceException.class, host::driverVersion);
  }

  @Test
  void answersAreRead() throws Exception {
    HostVersion version = new HostVersion(7, 0, 16, 162802, 3);
    VmmDev host =
        new VmmDev(
            FakeDevice.answering(
                request -> {
                  switch (RequestHeader.type(request)) {
                    case RequestType.STATUS -> StatusRequest.encodeAnswer(request, true);
                    case RequestType.SESSION_ID -> SessionIdRequest.encodeAnswer(request, -42);
                    default -> HostVersionRequest.encodeAnswer(request, version);
                  }
                }));
    assertTrue(host.status());
    assertEquals(-42, host.sessionId());
    assertEquals(version, host.hostVersion());
    assertTrue(host.driverVersion().isEmpty());
    assertEquals("fake", host.name());
  }

  @Test
  void statusMayBeOff() throws Exception {
    VmmDev host =
        new VmmDev(FakeDevice.answering(request -> StatusRequest.encodeAnswer(request, false)));
    assertFalse(host.status());
  }

  /** A driver that does nothing leaves no success behind. */
  @Test
  void anAnswerThatNobodyWroteIsNoSuccess() throws Exception {
    VmmDev host = new VmmDev(FakeDevice.answering(request -> {}));
    assertEquals(ResultCode.INTERNAL_ERROR.code(), host.register(MODULE));
    assertEquals(ResultCode.INTERNAL_ERROR.code(), host.unregister(MODULE));
    assertEquals(ResultCode.INTERNAL_ERROR.code(), host.check());
    for (Executable query : requests(host).subList(3, 6)) {
      assertThrows(HostRefusedException.class, query);
    }
  }

  @Test
  void answersThatAreNoneAreErrorsOfTheDevice() {
    VmmDev host =
        new VmmDev(
            FakeDevice.answering(
                request -> {
                  RequestHeader.setRc(request, 0);
                  Wire.putInt(request, 8, RequestType.CHECK);
                }));
    for (Executable query : requests(host).subList(3, 6)) {
      DeviceException e = assertThrows(DeviceException.class, query);
      assertEquals(Errno.EPROTO, e.errno());
      assertTrue(e.getMessage().contains("type: 214"), e.getMessage());
    }
  }

  /** One buffer serves all requests: nothing of one is left in the next. */
  @Test
  void requestsAreTheSameWhateverWentBefore() throws Exception {
    List<ByteBuffer> sent = new ArrayList<>();
    VmmDev host =
        new VmmDev(
            FakeDevice.answering(
                request -> {
                  assertEquals(0, request.position());
                  ByteBuffer copy = ByteBuffer.allocate(request.limit());
                  sent.add(copy.put(0, request, 0, request.limit()));
                  while (request.hasRemaining()) {
                    request.put((byte) 0xee);
                  }
                  request.position(0);
                  RequestHeader.setRc(request, 0);
                }));
    host.register(Samples.largestModule());
    host.check();
    host.unregister(MODULE);
    host.register(MODULE);
    assertEquals(
        List.of(
            RegisterRequest.encode(Samples.largestModule()),
            CheckRequest.encode(),
            UnregisterRequest.encode(MODULE),
            RegisterRequest.encode(MODULE)),
        sent);
  }
}
