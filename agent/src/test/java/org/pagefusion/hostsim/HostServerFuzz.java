// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.hostsim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.pagefusion.bridge.Kernel;
import org.pagefusion.vmmdev.HostVersion;
import org.pagefusion.vmmdev.HostVersionRequest;
import org.pagefusion.vmmdev.MalformedRequestException;
import org.pagefusion.vmmdev.RequestType;

/** Whatever a process sends, the host goes on. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostServerFuzz {
  private static final HostVersion VERSION = new HostVersion(7, 1, 12, 1, 1);
  private static final int[] TYPES = {
    RequestType.REGISTER,
    RequestType.UNREGISTER,
    RequestType.CHECK,
    RequestType.STATUS,
    RequestType.SESSION_ID,
    RequestType.HOST_VERSION,
    RequestType.GUEST_NAME,
    RequestType.FIGURES,
    HostSimulator.RESET,
    HostSimulator.RESTORE
  };
  private static final int[] SIZES = {208, 184, 24, 28, 32, 40, 30, 24, 24, 24};

  private Path folder;
  private Path socket;
  private HostServer server;

  @BeforeAll
  void start() throws IOException {
    folder = Files.createTempDirectory("pagefusion");
    socket = folder.resolve("socket");
    HostSimulator simulator =
        new HostSimulator(HostSettings.of(VERSION), 1000, Clock.systemUTC(), event -> {});
    server = HostServer.start(socket, simulator, Kernel::load, HostFigures::toString);
  }

  @AfterAll
  void stop() throws IOException {
    server.close();
    Files.delete(folder);
  }

  @FuzzTest
  void goesOnWhateverIsSent(FuzzedDataProvider data) throws Exception {
    try (RawClient client = new RawClient(socket)) {
      try {
        while (data.remainingBytes() > 0) {
          client.send(data.consumeBoolean() ? request(data) : any(data));
        }
      } catch (IOException e) {
        // The host had enough.
        assertStillThere();
        return;
      }
      try {
        client.drain();
      } catch (IOException e) {
        // It closed the connection with something unread.
        assertStillThere();
        return;
      }
    }
    assertStillThere();
  }

  private static ByteBuffer any(FuzzedDataProvider data) {
    return ByteBuffer.wrap(data.consumeBytes(64));
  }

  /** A request whose header is right, or nearly so. */
  private static ByteBuffer request(FuzzedDataProvider data) {
    int which = data.consumeInt(0, TYPES.length - 1);
    int size = SIZES[which] + (data.consumeBoolean() ? 0 : data.consumeInt(-8, 520));
    ByteBuffer request = ByteBuffer.allocate(Math.max(24, size)).order(ByteOrder.LITTLE_ENDIAN);
    request.putInt(0, size).putInt(4, 0x10001).putInt(8, TYPES[which]);
    // Text and padding are mostly zeros.
    for (int changes = data.consumeInt(0, 12); changes > 0; changes--) {
      request.put(data.consumeInt(4, request.limit() - 1), data.consumeByte());
    }
    return request;
  }

  private void assertStillThere() throws IOException, MalformedRequestException {
    try (RawClient client = new RawClient(socket)) {
      ByteBuffer answer = client.exchange(HostVersionRequest.encode());
      assertEquals(VERSION, HostVersionRequest.decodeAnswer(answer));
    }
  }
}
