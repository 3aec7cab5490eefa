// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.hostsim;

import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** A connection that sends any bytes. */
final class RawClient implements AutoCloseable {
  private final SocketChannel channel;

  RawClient(Path socket) throws IOException {
    channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
  }

  void send(ByteBuffer bytes) throws IOException {
    ByteBuffer rest = bytes.duplicate().position(0);
    while (rest.hasRemaining()) {
      channel.write(rest);
    }
  }

  /** The next answer, whole. */
  ByteBuffer receive() throws IOException {
    ByteBuffer size = read(4);
    ByteBuffer rest = read(size.getInt(0) - 4);
    return ByteBuffer.allocate(4 + rest.capacity())
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(size)
        .put(rest)
        .flip();
  }

  private ByteBuffer read(int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes) < 0) {
        throw new EOFException();
      }
    }
    return bytes.flip();
  }

  ByteBuffer exchange(ByteBuffer request) throws IOException {
    send(request);
    return receive();
  }

  /** Tells the host that nothing more comes, and reads all that it still has to say. */
  int drain() throws IOException {
    channel.shutdownOutput();
    ByteBuffer bytes = ByteBuffer.allocate(1 << 16);
    int total = 0;
    int count;
    while ((count = channel.read(bytes.clear())) >= 0) {
      total += count;
    }
    return total;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
