// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.vmmdev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pagefusion.bridge.Errno;

class SimulatedDeviceTest {
  private static final long LONG_MILLIS = 60_000;

  @TempDir Path folder;
  private Path socket;
  private ServerSocketChannel listener;
  private ScriptedHost host;
  private SimulatedDevice device;

  @BeforeEach
  void listen() throws Exception {
    socket = folder.resolve("socket");
    listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listener.bind(UnixDomainSocketAddress.of(socket));
  }

  @AfterEach
  void stop() throws Exception {
    if (device != null) {
      device.close();
    }
    if (host != null) {
      host.close();
    }
    listener.close();
  }

  private void connect(long timeoutMillis, ScriptedHost.Script script) throws Exception {
    SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    host = new ScriptedHost(listener.accept(), script);
    device = new SimulatedDevice("sim:test", channel, timeoutMillis);
  }

  private DeviceException fails(int errno, ByteBuffer request) {
    DeviceException e = assertThrows(DeviceException.class, () -> device.exchange(request));
    assertEquals(errno, e.errno(), e.getMessage());
    assertTrue(e.getMessage().startsWith("sim:test: " + Errno.describe(errno)), e.getMessage());
    return e;
  }

  private void isBroken() {
    DeviceException e = fails(Errno.ENOTCONN, CheckRequest.encode());
    assertTrue(e.getMessage().contains("connect again"), e.getMessage());
  }

  @Test
  void requestsAndAnswersPassUnchanged() throws Exception {
    connect(
        LONG_MILLIS,
        (request, to) -> {
          for (int i = 12; i < request.limit(); i++) {
            request.put(i, (byte) (i * 7 + 1));
          }
          ScriptedHost.send(request, to);
          return true;
        });
    for (int round = 0; round < 3; round++) {
      for (ByteBuffer request :
          new ByteBuffer[] {
            RegisterRequest.encode(Samples.largestModule()),
            CheckRequest.encode(),
            StatusRequest.encode(),
            HostVersionRequest.encode(),
            UnregisterRequest.encode(Samples.module()),
            SessionIdRequest.encode()
          }) {
        ByteBuffer asked = ByteBuffer.wrap(Samples.bytes(request));
        device.exchange(request);
        assertEquals(asked, host.requests.take());
        assertEquals(asked.limit(), request.limit());
        assertEquals(0, request.position());
        for (int i = 0; i < request.limit(); i++) {
          assertEquals(i < 12 ? asked.get(i) : (byte) (i * 7 + 1), request.get(i));
        }
      }
    }
  }

  @Test
  void requestsMayLieInLargerBuffers() throws Exception {
    connect(LONG_MILLIS, ScriptedHost::grant);
    ByteBuffer large = ByteBuffer.allocateDirect(2000).put(30, (byte) 99);
    CheckRequest.encode(large);
    large.position(5);
    device.exchange(large);
    assertEquals(CheckRequest.encode(), host.requests.take());
    assertEquals(0, RequestHeader.rc(large));
    assertEquals(5, large.position());
    assertEquals(99, large.clear().get(30));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4, 23, 24, 25, 700})
  void answersMayComeInPieces(int pieceBytes) throws Exception {
    connect(
        LONG_MILLIS,
        (request, to) -> {
          RequestHeader.setRc(request, -3828);
          for (int at = 0; at < request.limit(); at += pieceBytes) {
            int end = Math.min(request.limit(), at + pieceBytes);
            ScriptedHost.send(request.duplicate().limit(end).position(at), to);
          }
          return true;
        });
    VmmDev vmmdev = new VmmDev(device);
    assertEquals(-3828, vmmdev.register(Samples.largestModule()));
    assertEquals(-3828, vmmdev.check());
  }

  /** Sends check requests until no more fit into the socket's buffer: how many that were. */
  private static int fill(SocketChannel channel) throws IOException {
    channel.configureBlocking(false);
    ByteBuffer filling = CheckRequest.encode();
    int count = 0;
    while (channel.write(filling) > 0) {
      assertFalse(filling.hasRemaining());
      filling.clear();
      count++;
    }
    return count;
  }

  @Test
  void requestsMayHaveToWaitForRoom() throws Exception {
    SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    SocketChannel other = listener.accept();
    int fillings = fill(channel);
    device = new SimulatedDevice("sim:test", channel, LONG_MILLIS);
    Thread sender = Thread.currentThread();
    Thread starter =
        new Thread(
            () -> {
              // Nothing is read before the sender waits.
              while (!isSelecting(sender)) {
                Thread.onSpinWait();
              }
              host =
                  new ScriptedHost(
                      other,
                      (request, to) ->
                          RequestHeader.type(request) == RequestType.CHECK
                              || ScriptedHost.grant(request, to));
            });
    starter.start();
    assertEquals(0, new VmmDev(device).register(Samples.largestModule()));
    starter.join();
    assertEquals(fillings + 1, host.requests.size());
  }

  private static boolean isSelecting(Thread thread) {
    for (StackTraceElement frame : thread.getStackTrace()) {
      if (frame.getMethodName().equals("select")) {
        return true;
      }
    }
    return false;
  }

  @Test
  void hostsThatDoNotReadAreGivenUp() throws Exception {
    SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    SocketChannel other = listener.accept();
    fill(channel);
    device = new SimulatedDevice("sim:test", channel, 50);
    fails(Errno.ETIMEDOUT, CheckRequest.encode());
    isBroken();
    other.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4, 23, 24, 100, 703})
  void hostsMayDieWhileTheyAnswer(int bytesSent) throws Exception {
    connect(
        LONG_MILLIS,
        (request, to) -> {
          ScriptedHost.send(request.duplicate().limit(bytesSent), to);
          return false;
        });
    fails(Errno.ECONNRESET, RegisterRequest.encode(Samples.largestModule()));
    isBroken();
    isBroken();
  }

  @Test
  void hostsMayBeGoneBefore() throws Exception {
    connect(LONG_MILLIS, ScriptedHost::grant);
    device.exchange(CheckRequest.encode());
    host.close();
    fails(Errno.EPIPE, CheckRequest.encode());
    isBroken();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 23, 25, 28, 1 << 20, -1})
  void answersOfAnotherSizeAreNone(int size) throws Exception {
    connect(
        LONG_MILLIS,
        (request, to) -> {
          Wire.putInt(request, 0, size);
          ScriptedHost.send(request, to);
          return true;
        });
    fails(Errno.EPROTO, CheckRequest.encode());
    isBroken();
  }

  @Test
  void answersToAnotherRequestAreNone() throws Exception {
    connect(
        LONG_MILLIS,
        (request, to) -> {
          Wire.putInt(request, 8, RequestType.CHECK);
          ScriptedHost.send(request, to);
          return true;
        });
    fails(Errno.EPROTO, StatusRequest.encode());
    isBroken();
  }

  @Test
  void silentHostsAreGivenUp() throws Exception {
    connect(50, (request, to) -> true);
    DeviceException e = fails(Errno.ETIMEDOUT, CheckRequest.encode());
    assertTrue(e.getMessage().contains("50 ms"), e.getMessage());
    isBroken();
  }

  @Test
  void waitingCanBeInterrupted() throws Exception {
    Thread waiting = Thread.currentThread();
    connect(
        LONG_MILLIS,
        (request, to) -> {
          waiting.interrupt();
          return true;
        });
    fails(Errno.EINTR, CheckRequest.encode());
    assertTrue(Thread.interrupted());
    isBroken();
  }

  @Test
  void closedIsClosed() throws Exception {
    connect(LONG_MILLIS, ScriptedHost::grant);
    device.close();
    device.close();
    DeviceException e = fails(Errno.ENOTCONN, CheckRequest.encode());
    assertTrue(e.getMessage().endsWith(": closed"), e.getMessage());
  }

  @Test
  void wholeRequestsOnly() throws Exception {
    connect(LONG_MILLIS, ScriptedHost::grant);
    ByteBuffer tooLong = ByteBuffer.allocate(705);
    Wire.putInt(tooLong, 0, 705);
    assertThrows(IllegalArgumentException.class, () -> device.exchange(tooLong));
    assertThrows(
        IllegalArgumentException.class, () -> device.exchange(CheckRequest.encode().limit(20)));
    device.exchange(CheckRequest.encode());
    assertEquals(1, host.requests.size());
  }

  @Test
  void guestsTellTheirNameFirst() throws Exception {
    host = new ScriptedHost(listener);
    device = new SimulatedDevice(socket, "web-1");
    assertEquals("sim:" + socket + "#web-1", device.name());
    device.exchange(CheckRequest.encode());
    assertEquals(GuestNameRequest.encode("web-1"), host.requests.take());
    assertEquals(CheckRequest.encode(), host.requests.take());
  }

  @Test
  void guestsWithoutANameTellNothing() throws Exception {
    host = new ScriptedHost(listener);
    device = new SimulatedDevice(socket);
    assertEquals("sim:" + socket, device.name());
    device.exchange(StatusRequest.encode());
    assertEquals(StatusRequest.encode(), host.requests.take());
  }

  @Test
  void namesMayBeRefused() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    Thread accepting =
        new Thread(
            () -> {
              try (SocketChannel to = listener.accept()) {
                ByteBuffer request = RequestHeader.allocate(29);
                while (request.hasRemaining()) {
                  to.read(request);
                }
                RequestHeader.setRc(request, -2);
                ScriptedHost.send(request.flip(), to);
                if (to.read(ByteBuffer.allocate(1)) < 0) {
                  ended.countDown();
                }
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    accepting.start();
    DeviceException e =
        assertThrows(DeviceException.class, () -> new SimulatedDevice(socket, "web-1"));
    assertEquals(Errno.EPROTO, e.errno());
    assertTrue(e.getMessage().contains("(-2)"), e.getMessage());
    // The connection does not stay open.
    ended.await();
    accepting.join();
  }
}
