// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.vmmdev;

import java.nio.ByteBuffer;
import java.util.Optional;

/** The way to the host. Not thread-safe. */
public interface GuestDevice extends AutoCloseable {
  /**
   * Sends a request and waits for its answer.
   *
   * @param request the bytes from 0 to its limit, which is the request's size; afterwards the same
   *     bytes hold the host's answer, the verdict in the header's rc. Position, limit and order
   *     stay.
   * @throws DeviceException when the request did not reach the host or no answer came back; the
   *     buffer's content is then undefined
   * @throws IllegalArgumentException when the header's size is not the limit, or no device could
   *     carry it
   */
  void exchange(ByteBuffer request) throws DeviceException;

  /** What it is, for people: for example {@code /dev/vboxguest}. */
  String name();

  /**
   * The guest driver's version; empty where there is no driver.
   *
   * @throws DeviceException when the driver does not answer
   */
  default Optional<DriverVersion> driverVersion() throws DeviceException {
    return Optional.empty();
  }

  @Override
  void close();
}
