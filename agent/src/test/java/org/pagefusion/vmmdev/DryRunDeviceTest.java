// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.vmmdev;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class DryRunDeviceTest {
  private final DryRunDevice device = new DryRunDevice();
  private final VmmDev host = new VmmDev(device);

  @Test
  void keepsWhatWouldBeSent() throws Exception {
    assertEquals(0, host.register(Samples.module()));
    assertEquals(0, host.check());
    assertEquals(0, host.unregister(Samples.module()));
    assertEquals(3, device.requestCount());
    assertArrayEquals(
        Samples.bytes(RegisterRequest.encode(Samples.module())), device.requests().get(0));
    assertArrayEquals(Samples.bytes(CheckRequest.encode()), device.requests().get(1));
    assertArrayEquals(
        Samples.bytes(UnregisterRequest.encode(Samples.module())), device.requests().get(2));
  }

  @Test
  void answersAsAHostThatGrantsEverything() throws Exception {
    assertTrue(host.status());
    assertEquals(0, host.sessionId());
    assertEquals(new HostVersion(0, 0, 0, 0, 0), host.hostVersion());
    assertTrue(host.driverVersion().isEmpty());
    device.close();
  }

  /** A daemon may run dry for weeks. */
  @Test
  void keepsNoMoreThanSoMany() throws Exception {
    host.register(Samples.module());
    for (int i = 0; i < DryRunDevice.MAX_KEPT; i++) {
      host.check();
    }
    assertEquals(DryRunDevice.MAX_KEPT + 1, device.requestCount());
    assertEquals(DryRunDevice.MAX_KEPT, device.requests().size());
    assertArrayEquals(Samples.bytes(CheckRequest.encode()), device.requests().get(0));
  }

  @Test
  void takesWholeRequestsOnly() {
    ByteBuffer tooShort = CheckRequest.encode().limit(23);
    assertThrows(IllegalArgumentException.class, () -> device.exchange(tooShort));
    ByteBuffer spare = ByteBuffer.allocate(25).put(0, Samples.bytes(CheckRequest.encode()));
    assertThrows(IllegalArgumentException.class, () -> device.exchange(spare));
    ByteBuffer tooLong = ByteBuffer.allocate(705);
    Wire.putInt(tooLong, 0, 705);
    assertThrows(IllegalArgumentException.class, () -> device.exchange(tooLong));
  }
}
