// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.vmmdev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pagefusion.bridge.Errno;
import org.pagefusion.bridge.Kernel;

class GuestDevicesTest {
  private final Kernel kernel = Kernel.load();

  @Test
  void pathsAreNodesOfTheDriver() throws Exception {
    try (GuestDevice device = GuestDevices.open("/dev/null", kernel)) {
      assertEquals("/dev/null", device.name());
      assertTrue(device instanceof VboxGuestDevice);
    }
  }

  @Test
  void simIsTheSimulatedHost(@TempDir Path folder) throws Exception {
    Path socket = folder.resolve("a#b");
    try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(socket));
      // What follows the last # is a name, so that one with a # in its path is written with
      // another.
      try (ScriptedHost host = new ScriptedHost(listener);
          GuestDevice device = GuestDevices.open("sim:" + socket + "#guest 1", kernel)) {
        assertEquals("sim:" + socket + "#guest 1", device.name());
        assertTrue(device instanceof SimulatedDevice);
        assertEquals("guest 1", GuestNameRequest.decode(host.requests.take()));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "vboxguest", "dev/vboxguest", "SIM:/x", "sim:", "sim:#name", "sim:a\0b"})
  void othersAreRefused(String spec) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> GuestDevices.open(spec, kernel));
    assertTrue(e.getMessage().startsWith("device " + spec + ": "), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"#", "#a\nb"})
  void guestNamesThatAreNone(String suffix, @TempDir Path folder) throws Exception {
    Path socket = folder.resolve("socket");
    try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(socket));
      assertThrows(
          IllegalArgumentException.class,
          () -> GuestDevices.open("sim:" + socket + suffix, kernel));
    }
  }

  @Test
  void nobodyThere(@TempDir Path folder) throws Exception {
    Path missing = folder.resolve("missing");
    Path file = Files.createFile(folder.resolve("file"));
    Path tooLong = folder.resolve("x".repeat(120));
    assertEquals(Errno.ENOENT, errnoOf(missing));
    assertEquals(Errno.ECONNREFUSED, errnoOf(file));
    assertEquals(Errno.ENAMETOOLONG, errnoOf(tooLong));
    Path left = folder.resolve("left");
    ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listener.bind(UnixDomainSocketAddress.of(left));
    listener.close();
    assertEquals(Errno.ECONNREFUSED, errnoOf(left));
  }

  private int errnoOf(Path socket) {
    DeviceException e =
        assertThrows(DeviceException.class, () -> GuestDevices.open("sim:" + socket, kernel));
    assertTrue(e.getMessage().startsWith("sim:" + socket + ": "), e.getMessage());
    return e.errno();
  }
}
