// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.vmmdev;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.pagefusion.bridge.Errno;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.bridge.NativeBuffer;
import org.pagefusion.bridge.PathBytes;

/** The character device of the guest driver vboxguest, usually /dev/vboxguest. */
public final class VboxGuestDevice implements GuestDevice {
  private final Kernel kernel;
  private final String path;
  private final NativeBuffer buffer;
  private int fd;

  /**
   * Opens the device.
   *
   * @param path for example {@code /dev/vboxguest}
   * @throws DeviceException when it is missing or may not be opened
   */
  public VboxGuestDevice(String path, Kernel kernel) throws DeviceException {
    this.kernel = kernel;
    this.path = path;
    int opened = kernel.open(PathBytes.encode(path), Kernel.O_RDWR);
    if (opened < 0) {
      throw new DeviceException(path, opened, openProblem(-opened));
    }
    this.fd = opened;
    this.buffer = kernel.allocate(RequestHeader.MAX_REQUEST_BYTES);
  }

  @Override
  public void exchange(ByteBuffer request) throws DeviceException {
    int size = request.limit();
    RequestHeader.requireWhole(request, buffer.size());
    buffer.bytes().put(0, request, 0, size);
    checkAnswer(kernel.guestRequest(descriptor(), buffer, size));
    request.put(0, buffer.bytes(), 0, size);
  }

  @Override
  public String name() {
    return path;
  }

  @Override
  public Optional<DriverVersion> driverVersion() throws DeviceException {
    long[] answer = new long[4];
    checkAnswer(kernel.guestDriverVersion(descriptor(), answer));
    if (answer[0] < 0) {
      // The driver's own verdict: no host was asked.
      throw new DeviceException(
          path,
          Errno.EPROTO,
          "the driver refuses interface 1.0 ("
              + answer[0]
              + "): use the vboxguest driver of Linux 4.16 or newer");
    }
    return Optional.of(new DriverVersion((int) answer[1], (int) answer[2], (int) answer[3]));
  }

  @Override
  public void close() {
    if (fd >= 0) {
      kernel.close(fd);
      fd = -1;
    }
  }

  private int descriptor() throws DeviceException {
    if (fd < 0) {
      throw new DeviceException(path, Errno.EBADF, "closed");
    }
    return fd;
  }

  private void checkAnswer(int answer) throws DeviceException {
    if (answer < 0) {
      throw new DeviceException(path, answer, requestProblem(-answer));
    }
  }

  private static String openProblem(int errno) {
    return switch (errno) {
      case Errno.ENOENT ->
          "no guest device: run in a VirtualBox guest with the vboxguest driver (modprobe vboxguest)";
      case Errno.EACCES, Errno.EPERM ->
          "only root may open it: run as root, or let the service run";
      case Errno.ENODEV, Errno.ENXIO ->
          "the node has no driver: load it (modprobe vboxguest) in a VirtualBox guest";
      default -> "the guest device can't be opened";
    };
  }

  private static String requestProblem(int errno) {
    return switch (errno) {
      case Errno.EPERM, Errno.EACCES ->
          "the driver does not let this device node send such requests: use /dev/vboxguest as root, not /dev/vboxuser";
      case Errno.ENOTTY -> "not the device of the vboxguest driver: set it with --device";
      case Errno.EINVAL, Errno.E2BIG ->
          "the driver does not take the request: use the vboxguest driver of Linux 4.16 or newer";
      case Errno.ENOMEM -> "the driver is short of memory below 4 GiB: free some in this guest";
      default -> "the driver failed to send the request: see the kernel's log (dmesg)";
    };
  }
}
