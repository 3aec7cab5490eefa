// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileNameTest {
  @ParameterizedTest
  @CsvSource({
    "'', ''",
    "2f61, /a",
    "007f, '\0\u007f'",
    // Valid UTF-8 of two, three and four bytes, at both ends of their ranges.
    "c280dfbf, '\u0080\u07ff'",
    "e0a080ed9fbfee8080efbfbf, '\u0800\ud7ff\ue000\uffff'",
    "f0908080f48fbfbf, '\ud800\udc00\udbff\udfff'",
    // Pairs whose second half looks like an escaped byte.
    "f0908280f09083bf, '\ud800\udc80\ud800\udcff'",
    // Latin-1, a stray continuation byte, bytes that no UTF-8 has.
    "e4, '\udce4'",
    "80, '\udc80'",
    "41bf42, 'A\udcbfB'",
    "feff, '\udcfe\udcff'",
    // Overlong forms of '/' and NUL, as an attacker may write them.
    "c0af, '\udcc0\udcaf'",
    "e080af, '\udce0\udc80\udcaf'",
    "f08080af, '\udcf0\udc80\udc80\udcaf'",
    "c080, '\udcc0\udc80'",
    // Surrogates in UTF-8 (CESU-8): the escape's own code points, and a whole pair.
    "eda080, '\udced\udca0\udc80'",
    "edb280, '\udced\udcb2\udc80'",
    "edb3bf, '\udced\udcb3\udcbf'",
    "eda081edb080, '\udced\udca0\udc81\udced\udcb0\udc80'",
    // Above U+10FFFF.
    "f4908080, '\udcf4\udc90\udc80\udc80'",
    "f8888080, '\udcf8\udc88\udc80\udc80'",
    // Cut, at the end and before an ASCII character.
    "c3, '\udcc3'",
    "e282, '\udce2\udc82'",
    "f09f98, '\udcf0\udc9f\udc98'",
    "c341, '\udcc3A'",
    "e28241, '\udce2\udc82A'",
    "f09f9841, '\udcf0\udc9f\udc98A'",
    "e2c3a4, '\udce2\u00e4'",
    // A whole one between broken ones.
    "ffc3a4ff, '\udcff\u00e4\udcff'",
  })
  void decodesAndEncodes(String hex, String name) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    assertEquals(name, FileName.decode(bytes, 0, bytes.length));
    assertArrayEquals(bytes, FileName.encode(name));
    assertEquals(
        name.chars().noneMatch(c -> c >= 0xDC80 && c <= 0xDCFF) || hex.startsWith("f0908280"),
        FileName.isUtf8(name));
  }

  @Test
  void decodesARange() {
    byte[] bytes = HexFormat.of().parseHex("ff41c3a4ff");
    assertEquals("A\u00e4", FileName.decode(bytes, 1, 4));
    assertEquals("A", FileName.decode(bytes, 1, 2));
    assertEquals("A\udcc3", FileName.decode(bytes, 1, 3));
    assertEquals("", FileName.decode(bytes, 5, 5));
  }

  @Test
  void tellsBytesFromPairs() {
    assertTrue(FileName.isUtf8("\ud800\udc80"));
    assertFalse(FileName.isUtf8("\ud800\udc80\udc80"));
    assertFalse(FileName.isUtf8("\udc80\ud800\udc80"));
    assertTrue(FileName.isUtf8(""));
  }

  @ParameterizedTest
  @CsvSource({
    "plain /\u00e4\u20ac, plain /\u00e4\u20ac",
    "'', ''",
    "' a ', ' a '",
    "'a\nb', a\\x0ab",
    "'\r\t\0', \\x0d\\x09\\x00",
    "'\u001b[31m', \\x1b[31m",
    "'\u007f', \\x7f",
    "'\u00a0', '\u00a0'",
    "'\udc80x\udcff', \\x80x\\xff",
    // Otherwise this name would look like one of the single byte 85.
    "'\u0085', \\xc2\\x85",
    "'\u0080\u009f', \\xc2\\x80\\xc2\\x9f",
    "'\ud83d\ude00', '\ud83d\ude00'",
    "'\n\ud800\udc80\u00e4', '\\x0a\ud800\udc80\u00e4'",
  })
  void isPrintable(String name, String shown) {
    assertEquals(shown, FileName.printable(name));
  }

  @Test
  void excerptsTheBeginning() {
    byte[] bytes = TextLines.bytes("0" + "a".repeat(80) + "\u00ff\u0007");
    assertEquals("a".repeat(80), FileName.excerpt(bytes, 1, 81));
    assertEquals("a".repeat(80) + "…", FileName.excerpt(bytes, 1, 82));
    assertEquals("aa\\xff\\x07", FileName.excerpt(bytes, 79, 83));
    assertEquals("", FileName.excerpt(bytes, 3, 3));
    // Cut within a character.
    byte[] umlauts = FileName.encode("x" + "\u00e4".repeat(50));
    assertEquals(
        "x" + "\u00e4".repeat(39) + "\\xc3…", FileName.excerpt(umlauts, 0, umlauts.length));
  }
}
