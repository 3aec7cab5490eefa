// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.vmmdev;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** The other end of a socket: answers the requests of one connection as it is told. */
final class ScriptedHost implements AutoCloseable {
  /** Answers one request; the connection is closed when it answers false. */
  interface Script {
    boolean answer(ByteBuffer request, SocketChannel to) throws IOException;
  }

  /** The requests as they came. */
  final BlockingQueue<ByteBuffer> requests = new LinkedBlockingQueue<>();

  private final Script script;
  private final Thread thread;
  private SocketChannel connection;

  /** Accepts one connection and grants every request. */
  ScriptedHost(ServerSocketChannel listener) {
    this.script = ScriptedHost::grant;
    this.thread = new Thread(() -> serve(listener), "scripted host");
    thread.start();
  }

  ScriptedHost(SocketChannel connection, Script script) {
    this.script = script;
    this.connection = connection;
    this.thread = new Thread(() -> serve(null), "scripted host");
    thread.start();
  }

  static boolean grant(ByteBuffer request, SocketChannel to) throws IOException {
    RequestHeader.setRc(request, 0);
    send(request, to);
    return true;
  }

  static void send(ByteBuffer bytes, SocketChannel to) throws IOException {
    ByteBuffer left = bytes.duplicate();
    while (left.hasRemaining()) {
      to.write(left);
    }
  }

  private void serve(ServerSocketChannel listener) {
    try {
      if (listener != null) {
        connection = listener.accept();
      }
      ByteBuffer request = next();
      while (request != null) {
        ByteBuffer copy = ByteBuffer.allocate(request.limit());
        requests.add(copy.put(0, request, 0, request.limit()));
        if (!script.answer(request, connection)) {
          break;
        }
        request = next();
      }
      connection.close();
    } catch (IOException e) {
      // The other end is gone, or the test is over.
      return;
    }
  }

  private ByteBuffer next() throws IOException {
    ByteBuffer request = RequestHeader.allocate(4096);
    if (!read(request.limit(4))) {
      return null;
    }
    return read(request.limit((int) RequestHeader.sizeBytes(request))) ? request.flip() : null;
  }

  private boolean read(ByteBuffer into) throws IOException {
    while (into.hasRemaining()) {
      if (connection.read(into) < 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
