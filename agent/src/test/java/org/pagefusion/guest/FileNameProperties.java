// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class FileNameProperties {
  @Property
  void losesNothing(@ForAll("names") byte[] name) {
    assertRoundTrip(name);
  }

  /** Every sequence of three bytes that stand for a class of bytes each. */
  @Example
  void losesNothingOfShortNames() {
    int[] classes = {
      0x00, 0x2f, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xaf, 0xb2, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf,
      0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xf8, 0xff
    };
    for (int a : classes) {
      for (int b : classes) {
        for (int c : classes) {
          assertRoundTrip(new byte[] {(byte) a, (byte) b, (byte) c});
          assertRoundTrip(new byte[] {(byte) 0xf0, (byte) a, (byte) b, (byte) c});
        }
      }
    }
  }

  @Property
  void decodesUtf8AsUtf8(@ForAll("names") byte[] name) {
    String expected;
    try {
      expected = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(name)).toString();
    } catch (CharacterCodingException e) {
      assertFalse(FileName.isUtf8(FileName.decode(name, 0, name.length)));
      return;
    }
    assertEquals(expected, FileName.decode(name, 0, name.length));
    assertEquals(true, FileName.isUtf8(expected));
  }

  /** Each byte that is not part of a character becomes one char, and those around it stay. */
  @Property
  void decodesPiecesAlike(@ForAll("texts") String before, @ForAll("texts") String after) {
    for (int bad : new int[] {0x80, 0xbf, 0xc0, 0xff}) {
      byte[] head = before.getBytes(StandardCharsets.UTF_8);
      byte[] tail = after.getBytes(StandardCharsets.UTF_8);
      ByteBuffer all = ByteBuffer.allocate(head.length + 1 + tail.length);
      all.put(head).put((byte) bad).put(tail);
      assertEquals(
          before + (char) (0xDC00 | bad) + after, FileName.decode(all.array(), 0, all.capacity()));
    }
  }

  @Property
  void printsWithoutControlCharactersAndLoneSurrogates(@ForAll("names") byte[] name) {
    String shown = FileName.printable(FileName.decode(name, 0, name.length));
    assertFalse(shown.codePoints().anyMatch(c -> Character.isISOControl(c)));
    assertEquals(shown, new String(shown.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
    assertEquals(shown, FileName.printable(shown));
  }

  /** But for a backslash in the name itself, what is shown tells every byte. */
  @Property
  void showsDifferentNamesDifferently(@ForAll("names") byte[] name) {
    String decoded = FileName.decode(name, 0, name.length);
    if (decoded.indexOf('\\') >= 0) {
      return;
    }
    String shown = FileName.printable(decoded);
    ByteBuffer bytes = ByteBuffer.allocate(4 * shown.length());
    for (int i = 0; i < shown.length(); ) {
      int c = shown.codePointAt(i);
      if (c == '\\') {
        bytes.put((byte) Integer.parseInt(shown.substring(i + 2, i + 4), 16));
        i += 4;
      } else {
        bytes.put(Character.toString(c).getBytes(StandardCharsets.UTF_8));
        i += Character.charCount(c);
      }
    }
    byte[] seen = new byte[bytes.position()];
    bytes.get(0, seen);
    assertArrayEquals(name, seen);
  }

  @Property
  void excerptsAreShort(
      @ForAll("names") byte[] name, @ForAll @IntRange(max = 200) int more, @ForAll byte b) {
    byte[] longer = new byte[name.length + more];
    Arrays.fill(longer, b);
    System.arraycopy(name, 0, longer, 0, name.length);
    String excerpt = FileName.excerpt(longer, 0, longer.length);
    assertEquals(longer.length > 80, excerpt.endsWith("…") && excerpt.length() > 1);
    assertEquals(true, excerpt.length() <= 4 * 80 + 1);
  }

  private static void assertRoundTrip(byte[] name) {
    assertArrayEquals(name, FileName.encode(FileName.decode(name, 0, name.length)));
  }

  /** Bytes most of which are parts of longer characters. */
  @Provide
  Arbitrary<byte[]> names() {
    return Arbitraries.oneOf(
            Arbitraries.bytes(),
            Arbitraries.of(
                    0x2f, 0x5c, 0x80, 0x85, 0x90, 0xa0, 0xb2, 0xbf, 0xc2, 0xc3, 0xe0, 0xe2, 0xed,
                    0xf0, 0xf4)
                .map(Integer::byteValue))
        .array(byte[].class)
        .ofMaxSize(30);
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.strings()
        .ofMaxLength(8)
        .filter(text -> text.codePoints().noneMatch(c -> c >= 0xD800 && c < 0xE000));
  }
}
