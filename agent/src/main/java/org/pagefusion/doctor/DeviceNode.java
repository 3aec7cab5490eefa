// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.doctor;

import java.util.Optional;
import org.pagefusion.bridge.Errno;
import org.pagefusion.bridge.FileStatus;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.bridge.PathBytes;
import org.pagefusion.vmmdev.DriverVersion;

/** The guest device's node and its driver, without opening it. */
final class DeviceNode {
  private static final String MODULE = "/sys/module/vboxguest";
  private static final String LOAD =
      "modprobe vboxguest in a VirtualBox guest (Debian -cloud lacks it)";
  private static final int TYPE_MASK = 0170000;
  private static final int CHARACTER_DEVICE = 0020000;
  private static final int PERMISSIONS = 07777;

  private final SmallFiles files;
  private final Kernel kernel;

  DeviceNode(SmallFiles files, Kernel kernel) {
    this.files = files;
    this.kernel = kernel;
  }

  /** Checks the node at a path of this machine. */
  Check check(String path) {
    int fd = kernel.open(PathBytes.encode(path), Kernel.O_PATH);
    FileStatus[] status = new FileStatus[1];
    int error = fd < 0 ? fd : kernel.status(fd, status);
    if (fd >= 0) {
      kernel.close(fd);
    }
    if (error < 0) {
      return Check.fail(
          Subject.DEVICE_NODE,
          path + ": " + Errno.describe(error),
          -error == Errno.ENOENT ? LOAD : "is it the path of the guest device? (--device)");
    }
    if ((status[0].mode() & TYPE_MASK) != CHARACTER_DEVICE) {
      return Check.fail(
          Subject.DEVICE_NODE,
          path + ": not a character device",
          "remove what is there, and load the driver (modprobe vboxguest)");
    }
    if (path.endsWith("/vboxuser")) {
      return Check.fail(
          Subject.DEVICE_NODE,
          path + ": the node for any user, where the driver refuses page fusion's requests",
          "use --device /dev/vboxguest");
    }
    return Check.ok(
        Subject.DEVICE_NODE,
        path
            + ": character device, mode 0"
            + Integer.toOctalString(status[0].mode() & PERMISSIONS)
            + ", owner "
            + status[0].uid());
  }

  /**
   * Checks the driver.
   *
   * @param nodeIsThere whether the node passed its check
   * @param version what the driver says of itself, if it was asked
   */
  Check checkDriver(boolean nodeIsThere, Optional<DriverVersion> version) {
    Optional<String> moduleVersion = files.line(MODULE + "/version");
    int revision = version.map(DriverVersion::revision).orElse(0);
    boolean outOfTree = files.line(MODULE + "/taint").orElse("").contains("O");
    // Linux' own driver has neither a module version nor a revision.
    if (moduleVersion.isPresent() || revision != 0 || outOfTree) {
      return Check.ok(
          Subject.DRIVER,
          "vboxguest "
              + moduleVersion.orElse("r" + Integer.toUnsignedString(revision))
              + " of Oracle's Guest Additions");
    }
    if (files.exists(MODULE)) {
      return Check.ok(Subject.DRIVER, "vboxguest, the one that comes with Linux");
    }
    if (version.isPresent()) {
      return Check.ok(Subject.DRIVER, "vboxguest, built into the kernel");
    }
    if (nodeIsThere || !files.tree().isLive()) {
      return Check.warn(Subject.DRIVER, "no module vboxguest is loaded", LOAD);
    }
    return Check.fail(Subject.DRIVER, "no module vboxguest is loaded", LOAD);
  }
}
