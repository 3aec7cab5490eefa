// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.vmmdev;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;

class RequestFuzz {
  private static final int[] TYPES = {
    RequestType.HOST_VERSION,
    RequestType.REGISTER,
    RequestType.UNREGISTER,
    RequestType.CHECK,
    RequestType.STATUS,
    RequestType.SESSION_ID,
    RequestType.GUEST_NAME
  };

  @FuzzTest
  void copesWithAnyBytes(FuzzedDataProvider data) {
    if (data.consumeBoolean()) {
      Decoding.check(data.consumeRemainingAsBytes());
      return;
    }
    // Behind a valid header there is more to find.
    int type = data.pickValue(TYPES);
    byte[] body = data.consumeRemainingAsBytes();
    ByteBuffer request = RequestHeader.allocate(RequestHeader.BYTES + body.length);
    RequestHeader.begin(request, request.capacity(), type);
    request.put(RequestHeader.BYTES, body);
    Decoding.check(Samples.bytes(request));
  }
}
