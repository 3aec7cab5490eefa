// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.vmmdev;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.pagefusion.bridge.Kernel;

/** Opens devices by the names that the command line and the configuration have for them. */
public final class GuestDevices {
  /** What a guest has unless told otherwise. */
  public static final String DEFAULT = "/dev/vboxguest";

  private static final String SIMULATED = "sim:";

  private GuestDevices() {}

  /**
   * Opens a device.
   *
   * @param spec an absolute path of the guest driver's device; {@code sim:SOCKET}, or {@code
   *     sim:SOCKET#NAME} for a guest with a name. What follows the last {@code #} is the name.
   * @throws DeviceException when it can't be opened
   * @throws IllegalArgumentException when it is none of these; the message names the remedy
   */
  public static GuestDevice open(String spec, Kernel kernel) throws DeviceException {
    if (spec.startsWith("/")) {
      return new VboxGuestDevice(spec, kernel);
    }
    if (!spec.startsWith(SIMULATED)) {
      throw new IllegalArgumentException(
          "device " + spec + ": expected a path like " + DEFAULT + ", or sim:SOCKET");
    }
    int hash = spec.lastIndexOf('#');
    String socket = spec.substring(SIMULATED.length(), hash < 0 ? spec.length() : hash);
    if (socket.isEmpty()) {
      throw new IllegalArgumentException("device " + spec + ": the socket's path is missing");
    }
    try {
      Path path = Path.of(socket);
      return hash < 0
          ? new SimulatedDevice(path)
          : new SimulatedDevice(path, spec.substring(hash + 1));
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("device " + spec + ": " + e.getMessage(), e);
    }
  }
}
