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
   * Checks a name without opening anything.
   *
   * @param spec an absolute path of the guest driver's device; {@code sim:SOCKET}, or {@code
   *     sim:SOCKET#NAME} for a guest with a name. What follows the last {@code #} is the name.
   * @throws IllegalArgumentException when it is none of these; the message names the remedy
   */
  public static void requireName(String spec) {
    if (!spec.startsWith("/")) {
      socket(spec);
    }
  }

  /**
   * Opens a device.
   *
   * @param spec as for {@link #requireName}
   * @throws DeviceException when it can't be opened
   * @throws IllegalArgumentException when it is no name of a device
   */
  public static GuestDevice open(String spec, Kernel kernel) throws DeviceException {
    if (spec.startsWith("/")) {
      return new VboxGuestDevice(spec, kernel);
    }
    Path socket = socket(spec);
    int hash = spec.lastIndexOf('#');
    return hash < 0
        ? new SimulatedDevice(socket)
        : new SimulatedDevice(socket, spec.substring(hash + 1));
  }

  private static Path socket(String spec) {
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
      return Path.of(socket);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("device " + spec + ": " + e.getMessage(), e);
    }
  }
}
