// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.daemon;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.LongSupplier;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.bridge.NativeBuffer;
import org.pagefusion.bridge.PathBytes;

/**
 * systemd, by the protocol of sd_notify(3): datagrams to the socket of NOTIFY_SOCKET, where there
 * is one. A message that can't be delivered is dropped, as sd_notify's callers do: systemd itself
 * finds out by its timeouts.
 */
public final class Systemd implements ServiceManager {
  private static final int MESSAGE_MAX_BYTES = 4096;

  /** A sign of life costs a datagram; as many as this in the time that systemd waits are enough. */
  private static final int SIGNS_A_TIMEOUT = 4;

  private final Kernel kernel;
  private final LongSupplier monotonicMillis;
  private final byte[] socket;
  private final NativeBuffer buffer;
  private final long timeoutMillis;
  private long lastSign;
  private String lastStatus = "";

  private Systemd(Kernel kernel, LongSupplier monotonicMillis, String socket, long timeoutMillis) {
    this.kernel = kernel;
    this.monotonicMillis = monotonicMillis;
    this.socket = PathBytes.encode(socket);
    this.buffer = kernel.allocate(socket.isEmpty() ? 1 : MESSAGE_MAX_BYTES);
    this.timeoutMillis = timeoutMillis;
    this.lastSign = monotonicMillis.getAsLong();
  }

  /**
   * Reads the environment that systemd sets.
   *
   * @param environment NOTIFY_SOCKET; WATCHDOG_USEC, which is for WATCHDOG_PID where that is given
   * @param pid of this process
   * @param monotonicMillis CLOCK_MONOTONIC in milliseconds
   */
  public static Systemd of(
      Map<String, String> environment, long pid, Kernel kernel, LongSupplier monotonicMillis) {
    String socket = environment.getOrDefault("NOTIFY_SOCKET", "");
    // "vsock:" and its like lead out of the machine.
    boolean known = socket.startsWith("/") || socket.startsWith("@");
    long timeout = Long.MAX_VALUE;
    String watchdogPid = environment.getOrDefault("WATCHDOG_PID", Long.toString(pid));
    if (known && watchdogPid.equals(Long.toString(pid))) {
      try {
        long micros = Long.parseLong(environment.getOrDefault("WATCHDOG_USEC", "0"));
        timeout = micros > 0 ? Math.max(1, micros / 1000) : timeout;
      } catch (NumberFormatException e) {
        // systemd writes numbers; whoever else wrote this gets no signs of life.
        timeout = Long.MAX_VALUE;
      }
    }
    return new Systemd(kernel, monotonicMillis, known ? socket : "", timeout);
  }

  @Override
  public void ready() {
    send("READY=1");
  }

  @Override
  public void reloading() {
    send("RELOADING=1\nMONOTONIC_USEC=" + monotonicMillis.getAsLong() * 1000);
  }

  @Override
  public void stopping() {
    send("STOPPING=1");
  }

  @Override
  public void status(String text) {
    if (!text.equals(lastStatus)) {
      lastStatus = text;
      send("STATUS=" + text.replace('\n', ' '));
    }
  }

  @Override
  public void alive() {
    long now = monotonicMillis.getAsLong();
    if (now - lastSign >= patienceMillis()) {
      lastSign = now;
      send("WATCHDOG=1");
    }
  }

  @Override
  public long patienceMillis() {
    return timeoutMillis == Long.MAX_VALUE ? timeoutMillis : timeoutMillis / SIGNS_A_TIMEOUT;
  }

  private void send(String message) {
    if (socket.length == 0) {
      return;
    }
    byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
    int length = Math.min(bytes.length, MESSAGE_MAX_BYTES);
    buffer.bytes().put(0, bytes, 0, length);
    kernel.sendDatagram(socket, buffer, length);
  }
}
