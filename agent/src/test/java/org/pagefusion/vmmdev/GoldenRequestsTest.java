// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.vmmdev;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Bytes and numbers equal those that the C compiler makes of the kernel's own headers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GoldenRequestsTest {
  private static final int RANDOM_MODULES = 500;

  private Path program;
  private final StringBuilder fields = new StringBuilder();
  private final List<ByteBuffer> requests = new ArrayList<>();

  @BeforeAll
  void compile(@TempDir Path folder) throws Exception {
    program = folder.resolve("golden_requests");
    Path source = Compiler.nativeFolder().resolve("test/agent/golden_requests.c");
    Compiler.compile(program, List.of(source.toString()));
  }

  @Test
  void registerAndUnregister() throws Exception {
    register(Samples.module());
    unregister(Samples.module());
    register(Samples.largestModule());
    register(smallestModule());
    unregister(smallestModule());
    Random random = new Random(1);
    for (int i = 0; i < RANDOM_MODULES; i++) {
      SharedModule module = randomModule(random);
      register(module);
      unregister(module);
    }
    compare();
  }

  /** A larger module is registered, but the host takes no such size for an answer to it. */
  @Test
  void unregisterHasLessThanOneGibibyte() throws Exception {
    SharedModule largest = Samples.largestModule();
    expect(
        "unregister "
            + (SharedModule.MAX_BYTES - 1)
            + " 0xffffffffffffffff ="
            + hex(largest.name())
            + " ="
            + hex(largest.version()),
        UnregisterRequest.encode(largest));
    compare();
  }

  @Test
  void requestsWithoutFields() throws Exception {
    expect("check", CheckRequest.encode());
    expect("status", StatusRequest.encode());
    expect("session", SessionIdRequest.encode());
    expect("version", HostVersionRequest.encode());
    compare();
  }

  @Test
  void answers() throws Exception {
    for (int enabled = 0; enabled < 2; enabled++) {
      ByteBuffer status = StatusRequest.encode();
      StatusRequest.encodeAnswer(status, enabled == 1);
      expect("status-answer " + enabled, status);
    }
    for (long id : new long[] {0, 1, -1, 0x0123456789abcdefL, Long.MIN_VALUE}) {
      ByteBuffer session = SessionIdRequest.encode();
      SessionIdRequest.encodeAnswer(session, id);
      expect("session-answer " + Long.toUnsignedString(id), session);
    }
    HostVersion[] versions = {
      new HostVersion(7, 0, 16, 162802, 1), new HostVersion(65535, 65534, -1, -2, -3)
    };
    for (HostVersion version : versions) {
      ByteBuffer answer = HostVersionRequest.encode();
      HostVersionRequest.encodeAnswer(answer, version);
      expect(
          "version-answer "
              + version.major()
              + " "
              + version.minor()
              + " "
              + Integer.toUnsignedString(version.build())
              + " "
              + Integer.toUnsignedString(version.revision())
              + " "
              + Integer.toUnsignedString(version.features()),
          answer);
    }
    compare();
  }

  @Test
  void numbersAreTheKernels() throws Exception {
    Map<String, Integer> numbers = new HashMap<>();
    for (String line : Compiler.run(List.of(program.toString(), "numbers"), "").split("\n")) {
      String[] words = line.split(" ");
      numbers.put(words[0], Integer.valueOf(words[1]));
    }
    Map<String, Integer> ours = new HashMap<>();
    ours.put("VMMDEVREQ_GET_HOST_VERSION", RequestType.HOST_VERSION);
    ours.put("VMMDEVREQ_REGISTER_SHARED_MODULE", RequestType.REGISTER);
    ours.put("VMMDEVREQ_UNREGISTER_SHARED_MODULE", RequestType.UNREGISTER);
    ours.put("VMMDEVREQ_CHECK_SHARED_MODULES", RequestType.CHECK);
    ours.put("VMMDEVREQ_GET_PAGE_SHARING_STATUS", RequestType.STATUS);
    ours.put("VMMDEVREQ_GET_SESSION_ID", RequestType.SESSION_ID);
    ours.put("VBG_IOCTL_HDR_VERSION", RequestHeader.VERSION);
    for (ResultCode code : ResultCode.values()) {
      // The memory manager's are not in the kernel's headers.
      if (!code.hostName().startsWith("VERR_GMM_")) {
        ours.put(code.hostName(), code.code());
      }
    }
    assertEquals(numbers, ours);
  }

  private static SharedModule smallestModule() {
    return new SharedModule(0, 1, "", "", OsFamily.LINUX64, List.of(new ModuleRegion(0, 1)));
  }

  private static SharedModule randomModule(Random random) {
    List<ModuleRegion> regions = new ArrayList<>();
    int count = 1 + random.nextInt(SharedModule.MAX_REGIONS);
    for (int i = 0; i < count; i++) {
      long size = 1L + random.nextInt((int) (SharedModule.MAX_BYTES / SharedModule.MAX_REGIONS));
      // Kernel addresses too, but none so high that the region would not fit below 2^64.
      regions.add(new ModuleRegion(random.nextLong() & ~(1L << 62), size));
    }
    return new SharedModule(
        random.nextLong(),
        1 + random.nextInt((int) SharedModule.MAX_BYTES - 1),
        randomText(random, SharedModule.MAX_NAME_BYTES),
        randomText(random, SharedModule.MAX_VERSION_BYTES),
        random.nextBoolean() ? OsFamily.LINUX32 : OsFamily.LINUX64,
        regions);
  }

  private static String randomText(Random random, int maxBytes) {
    int maxChars = random.nextInt(maxBytes + 1);
    StringBuilder text = new StringBuilder();
    int bytes = 0;
    while (true) {
      String next = random.nextInt(4) > 0 ? "x" : random.nextBoolean() ? "é" : "\uD83D\uDE00";
      bytes += next.getBytes(StandardCharsets.UTF_8).length;
      if (bytes > maxChars) {
        return text.toString();
      }
      text.append(next);
    }
  }

  private void register(SharedModule module) {
    StringBuilder line = new StringBuilder("register ").append(module.sizeBytes());
    line.append(" 0x").append(Long.toHexString(module.base()));
    line.append(' ').append(module.osFamily() == OsFamily.LINUX32 ? 3 : 4);
    line.append(" =").append(hex(module.name())).append(" =").append(hex(module.version()));
    for (ModuleRegion region : module.regions()) {
      line.append(" 0x").append(Long.toHexString(region.address()));
      line.append(':').append(region.sizeBytes());
    }
    expect(line.toString(), RegisterRequest.encode(module));
  }

  private void unregister(SharedModule module) {
    expect(
        "unregister "
            + module.sizeBytes()
            + " 0x"
            + Long.toHexString(module.base())
            + " ="
            + hex(module.name())
            + " ="
            + hex(module.version()),
        UnregisterRequest.encode(module));
  }

  private void expect(String line, ByteBuffer request) {
    fields.append(line).append('\n');
    requests.add(request);
  }

  private void compare() throws Exception {
    String[] lines = fields.toString().split("\n");
    String[] golden =
        Compiler.run(List.of(program.toString(), "encode"), fields.toString()).split("\n");
    assertEquals(requests.size(), golden.length);
    for (int i = 0; i < golden.length; i++) {
      ByteBuffer request = requests.get(i);
      assertEquals(0, request.position());
      assertEquals(request.capacity(), request.limit());
      assertEquals(golden[i], HexFormat.of().formatHex(Samples.bytes(request)), lines[i]);
    }
    fields.setLength(0);
    requests.clear();
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
  }
}
