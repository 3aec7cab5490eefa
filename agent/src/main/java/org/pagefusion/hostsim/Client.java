// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.hostsim;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.vmmdev.GuestNameRequest;
import org.pagefusion.vmmdev.MalformedRequestException;
import org.pagefusion.vmmdev.RequestHeader;
import org.pagefusion.vmmdev.RequestType;
import org.pagefusion.vmmdev.ResultCode;

/** The conversation with one process. */
final class Client {
  private final Kernel kernel;
  private final int fd;
  private final FrameChannel channel;
  private final HostSimulator simulator;
  private final ProcessMemory memory;
  private final String proc;
  private final Function<HostFigures, String> renderer;

  private int process;
  private long startTime;
  private Guest guest;

  /**
   * Prepares a conversation.
   *
   * @param kernel for this conversation's thread alone
   * @param fd of a connected socket, which remains the caller's to close
   * @param memory shared by all conversations, used with the simulator's lock held
   * @param proc where procfs is mounted
   * @param renderer of figures, for who asks for them
   */
  Client(
      Kernel kernel,
      int fd,
      HostSimulator simulator,
      ProcessMemory memory,
      String proc,
      Function<HostFigures, String> renderer) {
    this.kernel = kernel;
    this.fd = fd;
    this.channel = new FrameChannel(kernel, fd);
    this.simulator = simulator;
    this.memory = memory;
    this.proc = proc;
    this.renderer = renderer;
  }

  /** Answers requests until the process is done, or sends what can't be answered. */
  void serve() {
    try {
      identify();
      for (ByteBuffer request = channel.receive(); request != null; request = channel.receive()) {
        answer(request);
      }
    } catch (FrameChannel.BrokenException e) {
      simulator.connectionBroken(
          guest == null ? "pid " + process : guest.id.toString(), e.getMessage());
    } finally {
      if (guest != null) {
        simulator.disconnect(guest);
      }
    }
  }

  private void identify() throws FrameChannel.BrokenException {
    process = kernel.peerProcess(fd);
    if (process <= 0) {
      throw new FrameChannel.BrokenException(
          "its process is in a PID namespace that can't be looked into");
    }
    try {
      startTime = ProcessMemory.startTime(kernel, proc, process);
    } catch (IOException e) {
      throw new FrameChannel.BrokenException(e.getMessage());
    }
  }

  private void answer(ByteBuffer request) throws FrameChannel.BrokenException {
    switch (RequestHeader.type(request)) {
      case RequestType.FIGURES:
        RequestHeader.setRc(request, ResultCode.OK.code());
        channel.send(renderer.apply(simulator.figures()).getBytes(StandardCharsets.UTF_8));
        return;
      case RequestType.GUEST_NAME:
        RequestHeader.setRc(request, takeName(request).code());
        break;
      default:
        if (guest == null) {
          connect(Guest.Id.process(process, startTime));
        }
        simulator.answer(guest, request, () -> memory.open(process, startTime));
    }
    channel.send();
  }

  /** A guest can't become another one once it has asked for something. */
  private ResultCode takeName(ByteBuffer request) throws FrameChannel.BrokenException {
    if (guest != null) {
      return ResultCode.INVALID_PARAMETER;
    }
    try {
      connect(Guest.Id.named(GuestNameRequest.decode(request)));
      return ResultCode.OK;
    } catch (MalformedRequestException e) {
      return e.code();
    }
  }

  private void connect(Guest.Id id) throws FrameChannel.BrokenException {
    guest =
        simulator
            .connect(id)
            .orElseThrow(
                () ->
                    new FrameChannel.BrokenException(
                        "there are " + HostSimulator.GUESTS_MAX + " guests already"));
  }
}
