// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SymbolFinderTest {
  @Test
  void findsSymbols() {
    SymbolFinder finder = new SymbolFinder("_stext", "_etext", "__start_rodata");
    feed(
        finder,
        """
        0000000000000000 A fixed_percpu_data
        ffffffff89200000 T _stext
        ffffffff89200000 T _text
        ffffffff8a001d32 T _etext
        """);
    assertFalse(finder.isComplete());
    assertEquals(0xffffffff89200000L, finder.address(0));
    assertEquals(0xffffffff8a001d32L, finder.address(1));
    assertEquals(0, finder.address(2));
    feed(finder, "c0100000 d __start_rodata\n");
    assertTrue(finder.isComplete());
    assertEquals(0xc0100000L, finder.address(2));
  }

  @Test
  void findsHiddenOnesAtZero() {
    SymbolFinder finder = new SymbolFinder("_stext");
    feed(finder, "0000000000000000 T _stext\n");
    assertTrue(finder.isComplete());
    assertEquals(0, finder.address(0));
  }

  @Test
  void takesTheFirstOfSeveral() {
    SymbolFinder finder = new SymbolFinder("_stext");
    feed(finder, "0000000000000001 T _stext\n0000000000000002 t _stext\n");
    assertEquals(1, finder.address(0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1 T _stext_more\n",
        "1 T _stex\n",
        "1 T __stext\n",
        "1 T stext\n",
        "1 T _stext\t[module]\n",
        "1 T _stext \n",
        "1 T _stext\r\n",
        "1 T_stext\n",
        "1 TT_stext\n",
        "1  _stext\n",
        "1_stext\n",
        "_stext\n",
        " T _stext\n",
        "\n",
        "1\n",
        "1 \n",
        "1 T\n",
        "1 T \n",
        "x T _stext\n",
        "0x1 T _stext\n",
        "-1 T _stext\n",
        "\u00ff T _stext\n",
        "00000000000000001 T _stext\n",
      })
  void passesOverOtherLines(String text) {
    SymbolFinder finder = new SymbolFinder("_stext");
    feed(finder, text);
    assertFalse(finder.isComplete());
    feed(finder, "\nffffffff00000001 T _stext\n");
    assertTrue(finder.isComplete());
    assertEquals(0xffffffff00000001L, finder.address(0));
  }

  @Test
  void takesNoNameThatMayBeCut() {
    SymbolFinder finder = new SymbolFinder("_stext");
    feed(finder, "1 T _stext");
    assertFalse(finder.isComplete());
    feed(finder, "_more\n2 T _stext\n");
    assertEquals(2, finder.address(0));
  }

  @Test
  void passesOverLongLines() {
    SymbolFinder finder = new SymbolFinder("_stext");
    feed(finder, "1 T _stext" + "x".repeat(100_000) + "\n1 T " + "_".repeat(507) + "_stext\n");
    assertFalse(finder.isComplete());
    feed(finder, "2 T _stext\n");
    assertEquals(2, finder.address(0));
  }

  @Test
  void takesTextInPiecesOfAnySize() {
    String text = "1 T _text\n" + "x".repeat(600) + "\n2 T _stext\n\n3 T _etext\n4 T _end";
    for (int size = 1; size < 40; size++) {
      SymbolFinder finder = new SymbolFinder("_stext", "_etext", "_end");
      for (int at = 0; at < text.length(); at += size) {
        feed(finder, text.substring(at, Math.min(text.length(), at + size)));
      }
      assertEquals(2, finder.address(0));
      assertEquals(3, finder.address(1));
      assertFalse(finder.isComplete());
      feed(finder, "\n");
      assertEquals(4, finder.address(2));
      assertTrue(finder.isComplete());
    }
  }

  private static void feed(SymbolFinder finder, String text) {
    // What is behind the count is of an earlier read.
    finder.feed(TextLines.bytes(text + "\n9 T _stext\n9 T _etext\n"), text.length());
  }
}
