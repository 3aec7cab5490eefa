// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.vmmdev;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pagefusion.bridge.Errno;
import org.pagefusion.bridge.Kernel;

/** The bridge as it is, down to ioctl(2), where native/test/agent/fake_driver.c takes over. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VboxGuestDeviceTest {
  private static final int REQUEST_AT = 4096;

  private Kernel kernelWithDriver;
  private Path node;

  @BeforeAll
  void linkBridgeWithFakeDriver(@TempDir Path folder) throws Exception {
    Path sources = Compiler.nativeFolder();
    Path library = folder.resolve("libpagefusion-fake.so");
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("-shared", "-fPIC", "-Wl,--wrap=ioctl"));
    arguments.add("-I" + sources.resolve("include"));
    try (Stream<Path> files = Files.list(sources.resolve("src"))) {
      files.map(Path::toString).filter(name -> name.endsWith(".c")).forEach(arguments::add);
    }
    arguments.add(sources.resolve("test/agent/fake_driver.c").toString());
    Compiler.compile(library, arguments);
    String real = System.getProperty(Kernel.LIBRARY_PROPERTY);
    System.setProperty(Kernel.LIBRARY_PROPERTY, library.toString());
    try {
      kernelWithDriver = Kernel.load();
    } finally {
      System.setProperty(Kernel.LIBRARY_PROPERTY, real);
    }
  }

  @BeforeEach
  void createNode(@TempDir Path folder) throws Exception {
    node = folder.resolve("vboxguest");
    Files.write(node, new byte[REQUEST_AT]);
  }

  private VboxGuestDevice open() throws DeviceException {
    return new VboxGuestDevice(node.toString(), kernelWithDriver);
  }

  private void letDriverAnswer(int errno, byte... answer) throws Exception {
    ByteBuffer script = ByteBuffer.allocate(REQUEST_AT).order(ByteOrder.nativeOrder());
    script.putInt(errno).putInt(answer.length).put(answer);
    Files.write(node, Samples.bytes(script));
  }

  private byte[] requestSeenByDriver() throws Exception {
    byte[] all = Files.readAllBytes(node);
    return Arrays.copyOfRange(all, REQUEST_AT + Long.BYTES, all.length);
  }

  private long ioctlNumberSeenByDriver() throws Exception {
    return ByteBuffer.wrap(Files.readAllBytes(node))
        .order(ByteOrder.nativeOrder())
        .getLong(REQUEST_AT);
  }

  private static long ioctlNumber(int sizeBytes) {
    return 0xC0000000L | (long) sizeBytes << 16 | 'V' << 8 | 2;
  }

  @Test
  void requestsAndAnswersPassUnchanged() throws Exception {
    for (ByteBuffer request :
        new ByteBuffer[] {
          RegisterRequest.encode(Samples.largestModule()),
          RegisterRequest.encode(Samples.module()),
          UnregisterRequest.encode(Samples.module()),
          CheckRequest.encode(),
          StatusRequest.encode(),
          SessionIdRequest.encode(),
          HostVersionRequest.encode()
        }) {
      byte[] asked = Samples.bytes(request);
      byte[] answer = asked.clone();
      for (int i = 12; i < answer.length; i++) {
        answer[i] = (byte) (i * 7 + 1);
      }
      letDriverAnswer(0, answer);
      try (VboxGuestDevice device = open()) {
        device.exchange(request);
        assertEquals(node.toString(), device.name());
      }
      assertEquals(ioctlNumber(asked.length), ioctlNumberSeenByDriver());
      assertArrayEquals(asked, requestSeenByDriver());
      assertArrayEquals(answer, Samples.bytes(request));
      assertEquals(0, request.position());
      assertEquals(asked.length, request.limit());
    }
  }

  @Test
  void directBuffersWillDoAndSpareRoomStays() throws Exception {
    letDriverAnswer(0);
    ByteBuffer request = ByteBuffer.allocateDirect(100).put(60, (byte) 99);
    StatusRequest.encode(request);
    try (VboxGuestDevice device = open()) {
      device.exchange(request);
    }
    assertArrayEquals(Samples.bytes(StatusRequest.encode()), requestSeenByDriver());
    assertEquals(99, request.clear().get(60));
  }

  /** Each errno of the ioctl means what it means, even where a result code has the same number. */
  @ParameterizedTest
  @CsvSource({
    "1, /dev/vboxguest as root",
    "2, dmesg",
    "7, Linux 4.16",
    "12, memory",
    "14, dmesg",
    "22, Linux 4.16",
    "25, --device",
    "37, dmesg"
  })
  void errorsOfTheIoctlAreErrnos(int errno, String remedy) throws Exception {
    letDriverAnswer(errno);
    try (VboxGuestDevice device = open()) {
      VmmDev host = new VmmDev(device);
      DeviceException e =
          assertThrows(DeviceException.class, () -> host.register(Samples.module()));
      assertEquals(errno, e.errno());
      assertTrue(e.getMessage().startsWith(node + ": " + Errno.describe(errno) + ": "));
      assertTrue(e.getMessage().contains(remedy), e.getMessage());
      assertEquals(errno, assertThrows(DeviceException.class, host::driverVersion).errno());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, -2, -12, -22, -37, -3828, 3827})
  void verdictsOfTheHostAreNotErrnos(int rc) throws Exception {
    ByteBuffer answer = CheckRequest.encode();
    RequestHeader.setRc(answer, rc);
    letDriverAnswer(0, Samples.bytes(answer));
    try (VboxGuestDevice device = open()) {
      assertEquals(rc, new VmmDev(device).check());
    }
  }

  @Test
  void driverVersion() throws Exception {
    ByteBuffer answer = ByteBuffer.allocate(44).order(ByteOrder.nativeOrder());
    answer.putInt(24, 0x10000).putInt(28, 0xfffe0004).putInt(32, 162802);
    letDriverAnswer(0, Samples.bytes(answer));
    try (VboxGuestDevice device = open()) {
      assertEquals(
          new DriverVersion(0x10000, 0xfffe0004, 162802), device.driverVersion().orElseThrow());
      assertEquals(0xC0000000L | 44L << 16 | 'V' << 8, ioctlNumberSeenByDriver());
    }
    answer.putInt(12, ResultCode.VERSION_MISMATCH.code());
    letDriverAnswer(0, Samples.bytes(answer));
    try (VboxGuestDevice device = open()) {
      DeviceException e = assertThrows(DeviceException.class, device::driverVersion);
      assertEquals(Errno.EPROTO, e.errno());
      assertTrue(e.getMessage().contains("(-11)"), e.getMessage());
    }
  }

  @Test
  void closedIsClosed() throws Exception {
    VboxGuestDevice device = open();
    device.close();
    device.close();
    DeviceException e =
        assertThrows(DeviceException.class, () -> device.exchange(CheckRequest.encode()));
    assertEquals(Errno.EBADF, e.errno());
    assertThrows(DeviceException.class, device::driverVersion);
  }

  @Test
  void wholeRequestsOnly() throws Exception {
    try (VboxGuestDevice device = open()) {
      ByteBuffer tooLong = ByteBuffer.allocate(1024);
      Wire.putInt(tooLong, 0, 1024);
      assertThrows(IllegalArgumentException.class, () -> device.exchange(tooLong));
      assertThrows(
          IllegalArgumentException.class, () -> device.exchange(CheckRequest.encode().limit(20)));
      assertEquals(REQUEST_AT, Files.size(node));
    }
  }

  @Test
  void nodesThatAreNone() throws Exception {
    Kernel kernel = Kernel.load();
    DeviceException missing =
        assertThrows(DeviceException.class, () -> new VboxGuestDevice(node + "-missing", kernel));
    assertEquals(Errno.ENOENT, missing.errno());
    assertTrue(missing.getMessage().contains("modprobe vboxguest"), missing.getMessage());
    assertThrows(
        DeviceException.class, () -> new VboxGuestDevice(node.getParent().toString(), kernel));
    try (VboxGuestDevice other = new VboxGuestDevice("/dev/null", kernel)) {
      DeviceException e =
          assertThrows(DeviceException.class, () -> other.exchange(CheckRequest.encode()));
      assertEquals(Errno.ENOTTY, e.errno());
      assertEquals(Errno.ENOTTY, assertThrows(DeviceException.class, other::driverVersion).errno());
    }
  }
}
