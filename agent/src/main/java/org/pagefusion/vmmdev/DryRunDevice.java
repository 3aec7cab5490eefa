// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.vmmdev;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * No host: records what would be sent, sends nothing, and answers as a host would that grants
 * everything. Page fusion is on, the session id is 0, and the version is 0.0.0, which is no
 * VirtualBox's.
 */
public final class DryRunDevice implements GuestDevice {
  /** Requests that are kept at most; what is older is only counted. */
  static final int MAX_KEPT = 4096;

  private final Deque<byte[]> kept = new ArrayDeque<>();
  private long count;

  @Override
  public void exchange(ByteBuffer request) {
    RequestHeader.requireWhole(request, RequestHeader.MAX_REQUEST_BYTES);
    byte[] copy = new byte[request.limit()];
    request.get(0, copy);
    if (kept.size() == MAX_KEPT) {
      kept.removeFirst();
    }
    kept.addLast(copy);
    count++;
    RequestHeader.setRc(request, ResultCode.OK.code());
    if (RequestHeader.type(request) == RequestType.STATUS) {
      StatusRequest.encodeAnswer(request, true);
    }
  }

  /** How many requests would have been sent. */
  public long requestCount() {
    return count;
  }

  /** The requests as they would have been sent, oldest first; of very many the last ones. */
  public List<byte[]> requests() {
    return new ArrayList<>(kept);
  }

  @Override
  public String name() {
    return "dry run";
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
