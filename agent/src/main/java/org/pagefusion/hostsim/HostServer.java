// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.hostsim;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Supplier;
import org.pagefusion.bridge.Errno;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.bridge.KernelException;
import org.pagefusion.bridge.PathBytes;

/** Offers a simulated host to processes on a Unix socket; a thread for each of them. */
public final class HostServer implements AutoCloseable {
  /** Connections at a time; more wait until one ends. */
  static final int CONNECTIONS_MAX = 256;

  private static final int BACKLOG = 64;
  private static final String PROC = "/proc";
  private static final long RETRY_MILLIS = 100;
  private static final long END_MILLIS = 5_000;
  private static final int FILE_TYPE_MASK = 0170000;
  private static final int SOCKET_TYPE = 0140000;

  private final Path socket;
  private final Object socketKey;
  private final int listener;
  private final HostSimulator simulator;
  private final Supplier<Kernel> kernels;
  private final Function<HostFigures, String> renderer;
  private final ProcessMemory memory;
  private final Semaphore permits = new Semaphore(CONNECTIONS_MAX);
  private final Thread acceptor;

  /** Open connections and their threads; guards what follows too. */
  private final Map<Integer, Thread> connections = new HashMap<>();

  private boolean closing;

  private HostServer(
      Path socket,
      int listener,
      HostSimulator simulator,
      Supplier<Kernel> kernels,
      Function<HostFigures, String> renderer)
      throws IOException {
    this.socket = socket;
    this.socketKey = Files.readAttributes(socket, BasicFileAttributes.class).fileKey();
    this.listener = listener;
    this.simulator = simulator;
    this.kernels = kernels;
    this.renderer = renderer;
    this.memory = new ProcessMemory(kernels.get(), PROC);
    this.acceptor = new Thread(this::accept, "hostsim-accept");
    acceptor.setDaemon(true);
  }

  /**
   * Begins to listen. A socket that an ended process left behind is replaced.
   *
   * @param socket where; at most 107 bytes
   * @param kernels makes one for each thread
   * @param renderer of figures, for clients that ask for them
   * @throws IOException when nothing can listen there; the message says why
   */
  public static HostServer start(
      Path socket,
      HostSimulator simulator,
      Supplier<Kernel> kernels,
      Function<HostFigures, String> renderer)
      throws IOException {
    Kernel kernel = kernels.get();
    if (kernel.pageSize() != HostSimulator.PAGE_BYTES) {
      throw new IOException(
          "pages of "
              + kernel.pageSize()
              + " bytes: VirtualBox, and so the simulated host, has pages of "
              + HostSimulator.PAGE_BYTES);
    }
    byte[] name = PathBytes.encode(socket.toString());
    int listener = kernel.listenUnix(name, BACKLOG);
    if (listener == -Errno.EADDRINUSE) {
      removeAbandoned(socket);
      listener = kernel.listenUnix(name, BACKLOG);
    }
    if (listener < 0) {
      throw new KernelException(socket.toString(), listener);
    }
    HostServer server = new HostServer(socket, listener, simulator, kernels, renderer);
    server.acceptor.start();
    return server;
  }

  /** Removes a socket that nobody listens on, and nothing else. */
  private static void removeAbandoned(Path socket) throws IOException {
    int mode = (Integer) Files.getAttribute(socket, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    if ((mode & FILE_TYPE_MASK) != SOCKET_TYPE) {
      throw new IOException(socket + ": exists and is no socket; name another place for it");
    }
    try {
      SocketChannel.open(UnixDomainSocketAddress.of(socket)).close();
    } catch (ConnectException e) {
      Files.delete(socket);
      return;
    }
    throw new IOException(
        socket + ": another process listens on it; stop it or name another place");
  }

  private void accept() {
    Kernel kernel = kernels.get();
    boolean failing = false;
    while (true) {
      permits.acquireUninterruptibly();
      int fd = kernel.accept(listener);
      synchronized (connections) {
        if (closing) {
          if (fd >= 0) {
            kernel.close(fd);
          }
          return;
        }
        if (fd >= 0) {
          Thread thread = new Thread(() -> serve(fd), "hostsim-client-" + fd);
          thread.setDaemon(true);
          connections.put(fd, thread);
          thread.start();
          failing = false;
          continue;
        }
        permits.release();
        if (!failing) {
          simulator.connectionBroken("socket", "accepting: " + Errno.describe(fd));
        }
        failing = true;
        try {
          // Most likely the process has too many files open: until another connection ends.
          connections.wait(RETRY_MILLIS);
        } catch (InterruptedException e) {
          return;
        }
      }
    }
  }

  private void serve(int fd) {
    Kernel kernel = kernels.get();
    try {
      new Client(kernel, fd, simulator, memory, PROC, renderer).serve();
    } catch (OutOfMemoryError e) {
      simulator.connectionBroken("connection " + fd, "out of memory; give the JVM more (-Xmx)");
    } finally {
      synchronized (connections) {
        // Under the lock: closed before, the number could be another connection's when close() uses
        // it.
        kernel.close(fd);
        connections.remove(fd);
        connections.notifyAll();
      }
      permits.release();
    }
  }

  /** Ends all connections and removes the socket. Figures can still be had of the simulator. */
  @Override
  public void close() {
    List<Thread> threads;
    Kernel kernel = kernels.get();
    synchronized (connections) {
      if (closing) {
        return;
      }
      closing = true;
      simulator.stop();
      kernel.shutdown(listener);
      for (int fd : connections.keySet()) {
        kernel.shutdown(fd);
      }
      threads = new ArrayList<>(connections.values());
      connections.notifyAll();
    }
    threads.add(acceptor);
    try {
      for (Thread thread : threads) {
        thread.join(END_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    kernel.close(listener);
    try {
      // Somebody else's by now, it must stay.
      if (Files.readAttributes(socket, BasicFileAttributes.class).fileKey().equals(socketKey)) {
        Files.delete(socket);
      }
    } catch (IOException e) {
      // Removed by somebody else: it is gone, as it should be.
      return;
    }
  }
}
