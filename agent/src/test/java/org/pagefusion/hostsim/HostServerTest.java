// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.hostsim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.bridge.PathBytes;
import org.pagefusion.vmmdev.CheckRequest;
import org.pagefusion.vmmdev.GuestNameRequest;
import org.pagefusion.vmmdev.HostVersion;
import org.pagefusion.vmmdev.HostVersionRequest;
import org.pagefusion.vmmdev.ModuleRegion;
import org.pagefusion.vmmdev.OsFamily;
import org.pagefusion.vmmdev.RequestHeader;
import org.pagefusion.vmmdev.RequestType;
import org.pagefusion.vmmdev.SharedModule;
import org.pagefusion.vmmdev.SimulatedDevice;
import org.pagefusion.vmmdev.StatusRequest;
import org.pagefusion.vmmdev.VmmDev;

/** The socket, with this process as all of the guests. */
class HostServerTest {
  private static final HostVersion VERSION = new HostVersion(7, 0, 16, 162802, 1);
  private static final int PAGES = 300;
  private static final long SIZE = PAGES * 4096L;

  @TempDir Path folder;
  private final Kernel kernel = Kernel.load();
  private final Queue<HostEvent> unusual = new ConcurrentLinkedQueue<>();
  private HostSimulator simulator;
  private HostServer server;
  private Path socket;

  @BeforeEach
  void start() throws IOException {
    socket = folder.resolve("socket");
    simulator =
        new HostSimulator(
            HostSettings.of(VERSION),
            100_000,
            Clock.systemUTC(),
            event -> {
              if (event.unusual()) {
                unusual.add(event);
              }
            });
    server = start(socket);
  }

  private HostServer start(Path path) throws IOException {
    return HostServer.start(
        path, simulator, Kernel::load, figures -> "guests: " + figures.guests().size() + " \u00fc");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /** A file of this many random pages, mapped and present. */
  private long mapped(String name, long seed) throws IOException {
    byte[] bytes = new byte[(int) SIZE];
    new Random(seed).nextBytes(bytes);
    Path file = Files.write(folder.resolve(name), bytes);
    int fd = kernel.open(PathBytes.encode(file.toString()), Kernel.O_RDONLY);
    long address = kernel.mapFile(fd, 0, SIZE);
    assertEquals(0, kernel.advise(address, SIZE, Kernel.MADV_POPULATE_READ));
    kernel.close(fd);
    return address;
  }

  private static SharedModule module(long base) {
    return new SharedModule(
        base, SIZE, "/lib/x", "1", OsFamily.LINUX64, List.of(new ModuleRegion(base, SIZE)));
  }

  private static ByteBuffer bytes(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ByteBuffer header(int size, int type) {
    return bytes(24).putInt(0, size).putInt(4, 0x10001).putInt(8, type);
  }

  @Test
  void servesTheAgentsDevice() throws Exception {
    long first = mapped("first", 1);
    long second = mapped("second", 1);
    try (SimulatedDevice one = new SimulatedDevice(socket, "one");
        SimulatedDevice two = new SimulatedDevice(socket, "two");
        SimulatedDevice own = new SimulatedDevice(socket)) {
      VmmDev guest1 = new VmmDev(one);
      VmmDev guest2 = new VmmDev(two);
      VmmDev guest3 = new VmmDev(own);
      assertEquals(VERSION, guest1.hostVersion());
      assertTrue(guest1.status());
      assertTrue(guest1.sessionId() != guest2.sessionId());
      assertEquals(0, guest1.register(module(first)));
      assertEquals(0, guest2.register(module(second)));
      assertEquals(0, guest3.register(module(first)));
      assertEquals(0, guest1.check());
      assertEquals(0, guest2.check());
      assertEquals(0, guest3.check());
      assertEquals(0, guest3.unregister(module(first)));
      assertEquals(-3829, guest3.unregister(module(first)));
    }
    HostFigures figures = simulator.figures();
    assertEquals(PAGES, figures.sharedPages());
    assertEquals(2 * PAGES, figures.duplicatePages());
    assertEquals(2L * SIZE, figures.savedBytes());
    assertEquals(0, figures.brokenConnections());
    List<String> names = new ArrayList<>();
    for (HostFigures.OfGuest guest : figures.guests()) {
      names.add(guest.name());
    }
    assertEquals(List.of("one", "two", "pid " + ProcessHandle.current().pid()), names);
  }

  @Test
  void aConnectionIsOfOneGuest() throws Exception {
    try (RawClient client = new RawClient(socket)) {
      assertEquals(-2, RequestHeader.rc(client.exchange(header(24, RequestType.GUEST_NAME))));
      ByteBuffer controls = bytes(28).put(0, header(28, RequestType.GUEST_NAME), 0, 24);
      assertEquals(-2, RequestHeader.rc(client.exchange(controls)));
      assertEquals(0, RequestHeader.rc(client.exchange(GuestNameRequest.encode("a"))));
      assertEquals(-2, RequestHeader.rc(client.exchange(GuestNameRequest.encode("b"))));
      assertEquals(0, RequestHeader.rc(client.exchange(StatusRequest.encode())));
    }
    try (RawClient client = new RawClient(socket)) {
      assertEquals(0, RequestHeader.rc(client.exchange(StatusRequest.encode())));
      assertEquals(-2, RequestHeader.rc(client.exchange(GuestNameRequest.encode("a"))));
    }
    assertEquals(2, simulator.figures().guests().size());
  }

  @Test
  void tellsFiguresToWhoAsks() throws Exception {
    try (RawClient client = new RawClient(socket)) {
      ByteBuffer answer = client.exchange(header(24, RequestType.FIGURES));
      assertEquals(0, RequestHeader.rc(answer));
      assertEquals(
          "guests: 0 \u00fc",
          StandardCharsets.UTF_8.decode(answer.position(RequestHeader.BYTES)).toString());
      // The connection goes on, as a guest's if need be.
      assertEquals(0, RequestHeader.rc(client.exchange(StatusRequest.encode())));
      assertEquals(
          24 + "guests: 1 u".length() + 1,
          client.exchange(header(24, RequestType.FIGURES)).limit());
    }
  }

  @Test
  void requestsMayComeInPiecesOrTogether() throws Exception {
    try (RawClient client = new RawClient(socket)) {
      ByteBuffer request = HostVersionRequest.encode();
      for (int i = 0; i < request.limit(); i++) {
        client.send(bytes(1).put(0, request.get(i)));
      }
      assertEquals(VERSION, HostVersionRequest.decodeAnswer(client.receive()));
      ByteBuffer three = bytes(40 + 28 + 24);
      three.put(0, request, 0, 40).put(40, StatusRequest.encode(), 0, 28);
      three.put(68, CheckRequest.encode(), 0, 24);
      client.send(three);
      assertEquals(VERSION, HostVersionRequest.decodeAnswer(client.receive()));
      assertTrue(StatusRequest.decodeAnswer(client.receive()));
      assertEquals(0, RequestHeader.rc(client.receive()));
    }
  }

  @Test
  void theLongestRequestIsTakenAndLongerOnesEndTheConnection() throws Exception {
    try (RawClient client = new RawClient(socket)) {
      ByteBuffer longest = bytes(1 << 16).put(0, header(1 << 16, 999), 0, 24);
      ByteBuffer answer = client.exchange(longest);
      assertEquals(1 << 16, answer.limit());
      assertEquals(-12, RequestHeader.rc(answer));
      assertEquals(0, RequestHeader.rc(client.exchange(StatusRequest.encode())));
    }
    for (int size : new int[] {0, 23, (1 << 16) + 1, -1}) {
      try (RawClient client = new RawClient(socket)) {
        client.send(header(size, RequestType.CHECK));
        // The header alone comes back, and nothing after it.
        assertEquals(24, client.drain());
      }
    }
    assertEquals(4, simulator.figures().brokenConnections());
    assertEquals(4, unusual.size());
    assertTrue(unusual.element().what().contains("a request of 0 bytes"), unusual.toString());
  }

  @Test
  void whoSendsHalfARequestKeepsNobodyFromTheHost() throws Exception {
    List<RawClient> idle = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      RawClient client = new RawClient(socket);
      client.send(bytes(i));
      idle.add(client);
    }
    try (SimulatedDevice device = new SimulatedDevice(socket)) {
      assertEquals(VERSION, new VmmDev(device).hostVersion());
    }
    for (RawClient client : idle) {
      client.close();
    }
  }

  @Test
  void whoDoesNotReadTheAnswersKeepsNobodyFromTheHost() throws Exception {
    ByteBuffer many = bytes(1 << 16);
    for (int i = 0; i + 24 <= many.limit(); i += 24) {
      many.put(i, CheckRequest.encode(), 0, 24);
    }
    many.limit(many.limit() / 24 * 24);
    RawClient deaf = new RawClient(socket);
    Thread sender =
        new Thread(
            () -> {
              try {
                while (true) {
                  deaf.send(many);
                }
              } catch (IOException e) {
                // Closed at the end of the test.
                return;
              }
            });
    sender.start();
    try (SimulatedDevice device = new SimulatedDevice(socket)) {
      for (int i = 0; i < 100; i++) {
        assertEquals(VERSION, new VmmDev(device).hostVersion());
      }
    }
    deaf.close();
    sender.join();
  }

  @Test
  void moreConnectionsThanThereIsRoomForWait() throws Exception {
    List<RawClient> clients = new ArrayList<>();
    for (int i = 0; i < HostServer.CONNECTIONS_MAX; i++) {
      RawClient client = new RawClient(socket);
      clients.add(client);
      assertEquals(24, client.exchange(CheckRequest.encode()).limit());
    }
    try (RawClient late = new RawClient(socket)) {
      late.send(HostVersionRequest.encode());
      assertEquals(HostServer.CONNECTIONS_MAX, simulator.figures().guests().get(0).connections());
      clients.get(7).close();
      assertEquals(VERSION, HostVersionRequest.decodeAnswer(late.receive()));
    }
    for (RawClient client : clients) {
      client.close();
    }
  }

  @Test
  void manyGuestsAskAtOnce() throws Exception {
    long address = mapped("file", 1);
    List<Thread> threads = new ArrayList<>();
    Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    for (int i = 0; i < 16; i++) {
      String name = "guest " + i;
      threads.add(
          new Thread(
              () -> {
                try (SimulatedDevice device = new SimulatedDevice(socket, name)) {
                  VmmDev guest = new VmmDev(device);
                  for (int round = 0; round < 5; round++) {
                    assertEquals(0, guest.register(module(address)));
                    assertEquals(0, guest.check());
                  }
                } catch (Exception | AssertionError e) {
                  failures.add(e);
                }
              }));
    }
    for (Thread thread : threads) {
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(List.of(), List.copyOf(failures));
    assertEquals(PAGES, simulator.figures().sharedPages());
    assertEquals(15 * PAGES, simulator.figures().duplicatePages());
  }

  // The socket's place.

  @Test
  void replacesASocketThatNobodyListensOn() throws Exception {
    Path path = folder.resolve("abandoned");
    try (ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.bind(UnixDomainSocketAddress.of(path));
    }
    assertTrue(Files.exists(path));
    HostServer other = start(path);
    try (SimulatedDevice device = new SimulatedDevice(path)) {
      assertEquals(VERSION, new VmmDev(device).hostVersion());
    }
    other.close();
    assertFalse(Files.exists(path));
  }

  @Test
  void leavesWhatIsInUseOrNoSocket() throws Exception {
    String message = assertThrows(IOException.class, () -> start(socket)).getMessage();
    assertTrue(message.contains("another process listens"), message);
    try (SimulatedDevice device = new SimulatedDevice(socket)) {
      assertEquals(VERSION, new VmmDev(device).hostVersion());
    }
    Path file = Files.writeString(folder.resolve("file"), "precious");
    message = assertThrows(IOException.class, () -> start(file)).getMessage();
    assertTrue(message.contains("is no socket"), message);
    assertEquals("precious", Files.readString(file));
    Path missing = folder.resolve("missing/socket");
    message = assertThrows(IOException.class, () -> start(missing)).getMessage();
    assertTrue(message.contains("ENOENT"), message);
    Path tooLong = folder.resolve("x".repeat(120));
    message = assertThrows(IOException.class, () -> start(tooLong)).getMessage();
    assertTrue(message.contains("ENAMETOOLONG"), message);
  }

  @Test
  void closingEndsAllConnectionsAndRemovesTheSocket() throws Exception {
    try (RawClient idle = new RawClient(socket);
        RawClient half = new RawClient(socket)) {
      assertEquals(24, idle.exchange(CheckRequest.encode()).limit());
      half.send(bytes(10));
      server.close();
      assertEquals(0, idle.drain());
      assertEquals(0, half.drain());
    }
    assertFalse(Files.exists(socket));
    // Once is enough.
    server.close();
    assertEquals(1, simulator.figures().guests().size());
  }

  @Test
  void closingLeavesWhatCameInItsPlace() throws Exception {
    Files.delete(socket);
    Files.writeString(socket, "another's");
    server.close();
    assertEquals("another's", Files.readString(socket));
  }

  /** What runs when the host is closed ends at once, without an answer. */
  @Test
  void closingEndsACheck() throws Exception {
    long address = mapped("file", 1);
    try (SimulatedDevice device = new SimulatedDevice(socket, "busy")) {
      VmmDev guest = new VmmDev(device);
      // The same pages over and over: seconds of work.
      for (int i = 0; i < 2000; i++) {
        List<ModuleRegion> regions = new ArrayList<>();
        for (int r = 0; r < 32; r++) {
          regions.add(new ModuleRegion(address, SIZE));
        }
        assertEquals(
            0,
            guest.register(new SharedModule(i, SIZE, "/lib/" + i, "1", OsFamily.LINUX64, regions)));
      }
      Thread checking =
          new Thread(
              () -> {
                try {
                  guest.check();
                } catch (IOException e) {
                  // Nobody answered.
                  return;
                }
              });
      checking.start();
      simulator.stop();
      server.close();
      checking.join();
    }
  }
}
