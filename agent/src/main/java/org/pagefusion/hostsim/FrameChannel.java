// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.hostsim;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.pagefusion.bridge.Errno;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.bridge.NativeBuffer;
import org.pagefusion.vmmdev.RequestHeader;
import org.pagefusion.vmmdev.ResultCode;

/** Requests and answers over a stream: each begins with its size. */
final class FrameChannel {
  /** Longest request that is taken, in bytes. No request of a guest has a tenth of it. */
  static final int REQUEST_BYTES_MAX = 1 << 16;

  private static final int FIRST_CAPACITY = 4096;

  /** What came is no request, or the other side is gone in the middle of one. */
  static final class BrokenException extends Exception {
    private static final long serialVersionUID = 1L;

    BrokenException(String what) {
      super(what);
    }
  }

  private final Kernel kernel;
  private final int fd;
  private NativeBuffer buffer;

  /**
   * Creates a channel.
   *
   * @param kernel for this channel's thread alone
   * @param fd of a connected socket, which remains the caller's to close
   */
  FrameChannel(Kernel kernel, int fd) {
    this.kernel = kernel;
    this.fd = fd;
    this.buffer = kernel.allocate(FIRST_CAPACITY);
  }

  /**
   * Waits for a request.
   *
   * @return its bytes from 0 to the limit, valid until the next call, or null when the other side
   *     is done
   * @throws BrokenException when nothing that comes after can be understood
   */
  ByteBuffer receive() throws BrokenException {
    buffer.bytes().clear();
    if (!fill(0, RequestHeader.BYTES)) {
      return null;
    }
    long size = RequestHeader.sizeBytes(buffer.bytes());
    if (size < RequestHeader.BYTES || size > REQUEST_BYTES_MAX) {
      RequestHeader.setRc(buffer.bytes(), ResultCode.INVALID_PARAMETER.code());
      buffer.bytes().limit(RequestHeader.BYTES);
      send();
      throw new BrokenException(
          "a request of "
              + size
              + " bytes, expected "
              + RequestHeader.BYTES
              + " to "
              + REQUEST_BYTES_MAX);
    }
    if (size > buffer.size()) {
      NativeBuffer larger = kernel.allocate((int) size);
      larger.bytes().put(0, buffer.bytes(), 0, RequestHeader.BYTES);
      buffer = larger;
    }
    if (size > RequestHeader.BYTES && !fill(RequestHeader.BYTES, (int) size)) {
      throw new BrokenException("it ended within a request");
    }
    return buffer.bytes().limit((int) size);
  }

  /** Reads bytes from one index to another; false when there are none at all. */
  private boolean fill(int from, int to) throws BrokenException {
    int filled = from;
    while (filled < to) {
      long count = kernel.read(fd, buffer, filled, to - filled);
      if (count < 0) {
        throw new BrokenException("reading: " + Errno.describe(count));
      }
      if (count == 0) {
        if (filled == from) {
          return false;
        }
        throw new BrokenException("it ended within a request");
      }
      filled += (int) count;
    }
    return true;
  }

  /** Sends what was received, with the answer in it. */
  void send() throws BrokenException {
    send(buffer, buffer.bytes().limit());
  }

  /** Sends the header that was received, as an answer that is longer than the request. */
  void send(byte[] content) throws BrokenException {
    NativeBuffer answer = kernel.allocate(RequestHeader.BYTES + content.length);
    answer.bytes().put(0, buffer.bytes(), 0, RequestHeader.BYTES);
    answer.bytes().put(RequestHeader.BYTES, content);
    answer.bytes().order(ByteOrder.LITTLE_ENDIAN).putInt(0, answer.size());
    send(answer, answer.size());
  }

  private void send(NativeBuffer bytes, int length) throws BrokenException {
    int sent = 0;
    while (sent < length) {
      long count = kernel.send(fd, bytes, sent, length - sent);
      if (count < 0) {
        throw new BrokenException("sending: " + Errno.describe(count));
      }
      sent += (int) count;
    }
  }
}
