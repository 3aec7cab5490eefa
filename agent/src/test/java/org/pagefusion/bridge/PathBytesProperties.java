// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.bridge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.pagefusion.guest.FileName;

class PathBytesProperties {
  @Example
  void encodesUtf8() {
    String name = "/a/\u00e4\u20ac\ud83d\ude00 \n";
    assertArrayEquals(name.getBytes(StandardCharsets.UTF_8), PathBytes.encode(name));
    assertEquals(0, PathBytes.encode("").length);
  }

  @Example
  void bytesThatAreNotUtf8ComeBack() {
    assertArrayEquals(
        new byte[] {'/', (byte) 0x80, (byte) 0xff, 'x', (byte) 0xc3, (byte) 0xa4},
        PathBytes.encode("/\udc80\udcffx\u00e4"));
  }

  @Property
  void everyNameComesBackFromItsText(@ForAll byte[] name) {
    assertArrayEquals(name, PathBytes.encode(FileName.decode(name, 0, name.length)));
  }
}
