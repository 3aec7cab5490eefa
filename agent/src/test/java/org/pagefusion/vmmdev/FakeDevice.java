// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.vmmdev;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.pagefusion.bridge.Errno;

/** A device that answers every request with one result code, or fails with one errno. */
final class FakeDevice implements GuestDevice {
  /** What a host writes over a request. */
  interface Host {
    void answer(ByteBuffer request);
  }

  private final int errno;
  private final Host host;
  int requests;

  private FakeDevice(int errno, Host host) {
    this.errno = errno;
    this.host = host;
  }

  static FakeDevice failing(int errno) {
    return new FakeDevice(errno, request -> {});
  }

  static FakeDevice answering(int rc) {
    return new FakeDevice(0, request -> RequestHeader.setRc(request, rc));
  }

  static FakeDevice answering(Host host) {
    return new FakeDevice(0, host);
  }

  @Override
  public void exchange(ByteBuffer request) throws DeviceException {
    requests++;
    if (errno != 0) {
      // Whatever the buffer holds then must not matter: here a success.
      RequestHeader.setRc(request, 0);
      throw new DeviceException(name(), errno, "told to fail");
    }
    host.answer(request);
  }

  @Override
  public String name() {
    return "fake";
  }

  @Override
  public Optional<DriverVersion> driverVersion() throws DeviceException {
    if (errno != 0) {
      throw new DeviceException(name(), errno, Errno.describe(errno));
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
