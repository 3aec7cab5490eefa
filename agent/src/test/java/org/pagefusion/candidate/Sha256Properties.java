// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.candidate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

/** The digest is the JDK's. */
final class Sha256Properties {
  @Property(tries = 500)
  void equalsThatOfTheJdk(@ForAll @Size(max = 5) List<@Size(max = 200) byte[]> pieces)
      throws Exception {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] piece : pieces) {
      all.write(piece);
    }
    assertArrayEquals(
        MessageDigest.getInstance("SHA-256").digest(all.toByteArray()),
        Sha256.digest(pieces.toArray(new byte[0][])));
  }

  @Example
  void equalsThatOfTheJdkAtEveryLengthOfPadding() throws Exception {
    for (int length = 0; length <= 3 * Sha256.BLOCK_BYTES; length++) {
      byte[] bytes = new byte[length];
      for (int i = 0; i < length; i++) {
        bytes[i] = (byte) (i * 37 + length);
      }
      assertArrayEquals(MessageDigest.getInstance("SHA-256").digest(bytes), Sha256.digest(bytes));
    }
  }

  @Example
  void equalsTheExampleOfTheStandard() {
    // FIPS 180-2, appendix B.1.
    assertArrayEquals(
        HexFormat.of().parseHex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        Sha256.digest(new byte[] {'a', 'b', 'c'}));
  }
}
