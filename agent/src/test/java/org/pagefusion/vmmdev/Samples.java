// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.vmmdev;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Modules and other values for tests. */
final class Samples {
  private Samples() {}

  /** A copy of what is in a buffer from 0 to its limit. */
  static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.limit()];
    buffer.get(0, bytes);
    return bytes;
  }

  static SharedModule module() {
    return new SharedModule(
        0x7f1234567000L,
        0x21000,
        "libc.so.6",
        "2.36",
        OsFamily.LINUX64,
        List.of(
            new ModuleRegion(0x7f1234567000L, 0x1000), new ModuleRegion(0x7f1234569000L, 0x1f001)));
  }

  /** The longest request there is, with the largest values in it. */
  static SharedModule largestModule() {
    List<ModuleRegion> regions = new ArrayList<>();
    for (int i = 0; i < SharedModule.MAX_REGIONS; i++) {
      regions.add(new ModuleRegion(-(1L << 31) + ((long) i << 25), 1L << 25));
    }
    return new SharedModule(
        -1, SharedModule.MAX_BYTES, "n".repeat(127), "v".repeat(15), OsFamily.LINUX32, regions);
  }

  static Arbitrary<SharedModule> modules() {
    return Combinators.combine(
            Arbitraries.longs(),
            Arbitraries.longs().between(1, SharedModule.MAX_BYTES),
            texts(SharedModule.MAX_NAME_BYTES),
            texts(SharedModule.MAX_VERSION_BYTES),
            Arbitraries.of(OsFamily.class),
            regions().list().ofMinSize(1).ofMaxSize(SharedModule.MAX_REGIONS))
        .as(SharedModule::new);
  }

  /** Texts of up to so many bytes of UTF-8, often of exactly as many. */
  static Arbitrary<String> texts(int maxBytes) {
    Arbitrary<String> ascii =
        Arbitraries.oneOf(
            Arbitraries.strings().withCharRange('\1', '\177').ofMaxLength(maxBytes),
            Arbitraries.strings().withCharRange('!', '~').ofLength(maxBytes));
    Arbitrary<String> any =
        Arbitraries.integers()
            .between(1, Character.MAX_CODE_POINT)
            .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
            .map(Character::toString)
            .list()
            .ofMaxSize(maxBytes / 4)
            .map(parts -> String.join("", parts));
    return Arbitraries.oneOf(ascii, any);
  }

  private static Arbitrary<ModuleRegion> regions() {
    long maxBytes = SharedModule.MAX_BYTES / SharedModule.MAX_REGIONS;
    return Arbitraries.longs()
        .between(1, maxBytes)
        .flatMap(
            size ->
                Arbitraries.oneOf(
                        Arbitraries.longs().between(0, Long.MAX_VALUE),
                        Arbitraries.longs().between(Long.MIN_VALUE, -size),
                        Arbitraries.just(-size))
                    .map(address -> new ModuleRegion(address, size)));
  }
}
