// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.vmmdev;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.pagefusion.bridge.Errno;
import org.pagefusion.bridge.PathBytes;

/**
 * The simulated host behind a Unix stream socket: the same bytes as for the guest driver. A
 * request's first 4 bytes tell its size; the answer has the same size and type.
 *
 * <p>Once an exchange failed, so do all later ones: the connection may be out of step.
 */
public final class SimulatedDevice implements GuestDevice {
  /** The simulated host walks all registered pages before it answers a check. */
  private static final long ANSWER_TIMEOUT_MILLIS = 120_000;

  /** Longest path of a Unix socket (unix(7)), in bytes without the terminating NUL. */
  private static final int MAX_SOCKET_PATH_BYTES = 107;

  private final String name;
  private final long timeoutMillis;
  private final SocketChannel channel;
  private final Selector selector;
  private final SelectionKey key;
  private final ByteBuffer answer = RequestHeader.allocate(RequestHeader.MAX_REQUEST_BYTES);

  /** Why nothing can be sent any more, or null. */
  private String broken;

  /**
   * Connects; the host takes this process for a guest of its own.
   *
   * @throws DeviceException when nobody listens there
   */
  public SimulatedDevice(Path socket) throws DeviceException {
    this("sim:" + socket, connect("sim:" + socket, socket), ANSWER_TIMEOUT_MILLIS);
  }

  /**
   * Connects as a guest with a name, which keeps its registrations when it connects again.
   *
   * @param guestName from 1 to {@value GuestNameRequest#MAX_NAME_BYTES} bytes of UTF-8
   * @throws DeviceException when nobody listens there, or the host does not take the name
   * @throws IllegalArgumentException for a name that can't be one
   */
  public SimulatedDevice(Path socket, String guestName) throws DeviceException {
    this(
        "sim:" + socket + "#" + guestName,
        connect("sim:" + socket, socket),
        ANSWER_TIMEOUT_MILLIS,
        guestName);
  }

  /** Talks through a connected channel, and closes it. */
  SimulatedDevice(String name, SocketChannel channel, long timeoutMillis) throws DeviceException {
    this.name = name;
    this.channel = channel;
    this.timeoutMillis = timeoutMillis;
    Selector opened = null;
    try {
      channel.configureBlocking(false);
      opened = Selector.open();
      this.key = channel.register(opened, SelectionKey.OP_READ);
    } catch (IOException e) {
      closeQuietly(opened);
      closeQuietly(channel);
      throw new DeviceException(name, Errno.EMFILE, "no selector (" + e.getMessage() + ")", e);
    }
    this.selector = opened;
  }

  private SimulatedDevice(String name, SocketChannel channel, long timeoutMillis, String guestName)
      throws DeviceException {
    this(name, channel, timeoutMillis);
    boolean accepted = false;
    try {
      ByteBuffer greeting = GuestNameRequest.encode(guestName);
      exchange(greeting);
      int rc = RequestHeader.rc(greeting);
      if (!ResultCode.isSuccess(rc)) {
        throw new DeviceException(
            name, Errno.EPROTO, "the simulated host refuses the guest's name (" + rc + ")");
      }
      accepted = true;
    } finally {
      if (!accepted) {
        close();
      }
    }
  }

  @Override
  public void exchange(ByteBuffer request) throws DeviceException {
    RequestHeader.requireWhole(request, answer.capacity());
    if (broken != null) {
      throw new DeviceException(name, Errno.ENOTCONN, broken);
    }
    broken = "the connection broke in an earlier request: connect again";
    try {
      ByteBuffer unsent = request.duplicate().position(0);
      while (unsent.hasRemaining()) {
        if (channel.write(unsent) == 0) {
          await(SelectionKey.OP_WRITE);
        }
      }
      answer.clear().limit(request.limit());
      receive(RequestHeader.BYTES);
      if (RequestHeader.sizeBytes(answer) != request.limit()
          || RequestHeader.type(answer) != RequestHeader.type(request)) {
        throw new DeviceException(
            name, Errno.EPROTO, "what the simulated host sent is no answer to the request");
      }
      receive(request.limit());
    } catch (DeviceException e) {
      disconnect();
      throw e;
    } catch (IOException e) {
      disconnect();
      throw new DeviceException(
          name, Errno.EPIPE, "the simulated host ended the connection: start it again", e);
    }
    request.put(0, answer, 0, request.limit());
    broken = null;
  }

  /** Reads until at least as many bytes of the answer are here. */
  private void receive(int bytes) throws IOException {
    while (answer.position() < bytes) {
      // No host has answered yet when a request was just written: a read in vain is saved.
      await(SelectionKey.OP_READ);
      if (channel.read(answer) < 0) {
        throw new DeviceException(
            name,
            Errno.ECONNRESET,
            "the simulated host ended before it had answered: start it again");
      }
    }
  }

  private void await(int operation) throws IOException {
    key.interestOps(operation);
    int ready = selector.select(timeoutMillis);
    selector.selectedKeys().clear();
    if (Thread.currentThread().isInterrupted()) {
      throw new DeviceException(name, Errno.EINTR, "interrupted before the answer came");
    }
    if (ready == 0) {
      throw new DeviceException(
          name,
          Errno.ETIMEDOUT,
          "the simulated host did nothing for " + timeoutMillis + " ms: start it again");
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void close() {
    broken = "closed";
    disconnect();
  }

  private void disconnect() {
    closeQuietly(selector);
    closeQuietly(channel);
  }

  private static void closeQuietly(AutoCloseable closeable) {
    if (closeable != null) {
      try {
        closeable.close();
      } catch (Exception e) {
        // Every answer that counts has been read.
        return;
      }
    }
  }

  private static SocketChannel connect(String name, Path socket) throws DeviceException {
    String start = "start the simulated host: pagefusion hostsim --socket " + socket;
    try {
      return SocketChannel.open(UnixDomainSocketAddress.of(socket));
    } catch (ConnectException e) {
      throw new DeviceException(name, Errno.ECONNREFUSED, start, e);
    } catch (IOException | IllegalArgumentException e) {
      // Java has no numbers for these.
      if (PathBytes.encode(socket.toString()).length > MAX_SOCKET_PATH_BYTES) {
        throw new DeviceException(
            name,
            Errno.ENAMETOOLONG,
            "choose a socket's path of " + MAX_SOCKET_PATH_BYTES + " bytes at most",
            e);
      }
      if (!Files.exists(socket)) {
        throw new DeviceException(name, Errno.ENOENT, start, e);
      }
      if (!Files.isWritable(socket)) {
        throw new DeviceException(name, Errno.EACCES, "run as the user of the simulated host", e);
      }
      throw new DeviceException(name, Errno.EIO, "can't connect (" + e.getMessage() + ")", e);
    }
  }
}
