// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.html;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MarkupTest {
  @Test
  void escapesTextAndAttributes() {
    assertEquals(
        "<p class=\"&quot;&gt;&lt;b&#39;&amp;\">&lt;script&gt;&amp;amp;</p>",
        new Markup().leaf("p", "<script>&amp;", "class", "\"><b'&").finish());
  }

  @Test
  void replacesWhatMayNotStandInAPage() {
    assertEquals(
        "<p>a\uFFFDb\uFFFDc\uFFFDd\n\te\uFFFDf\uD83D\uDE00</p>",
        new Markup().leaf("p", "a\0b\uDC80c\uFFFEd\n\te\u009Ff\uD83D\uDE00").finish());
  }

  @Test
  void elementsEndInOrder() {
    Markup html = new Markup().open("div").open("ul").open("li").text("x");
    assertEquals("<div><ul><li>x</li></ul></div>", html.close("ul").close().finish());
  }

  @Test
  void voidElementsHaveNoEnd() {
    assertEquals(
        "<head><meta charset=\"utf-8\"></head>",
        new Markup().open("head").open("meta", "charset", "utf-8").close().finish());
  }

  @Test
  void whatIsOpenMustEnd() {
    Markup html = new Markup().open("p");
    assertThrows(IllegalStateException.class, html::finish);
    assertThrows(IllegalStateException.class, () -> html.close("div"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "script",
        "style",
        "img",
        "iframe",
        "object",
        "link",
        "base",
        "form",
        "use",
        "image",
        "foreignObject",
        "P",
        "p onclick",
        "p>",
        ""
      })
  void knowsNoElementThatLoadsOrRuns(String element) {
    Markup html = new Markup();
    assertThrows(IllegalArgumentException.class, () -> html.open(element));
    assertEquals("", html.finish());
  }

  @ParameterizedTest
  @CsvSource({
    "onclick,          x",
    "style,            color:red",
    "src,              x.png",
    "xlink:href,       #x",
    "data-x onclick,   x",
    "aria-label=\"\"><b,x",
    "href,             https://example.com/",
    "href,             javascript:alert(1)",
    "href,             x#y",
    "fill,             url(https://example.com/#x)",
    "fill,             image(x)",
  })
  void knowsNoAttributeThatLoadsOrRuns(String attribute, String value) {
    Markup html = new Markup();
    assertThrows(IllegalArgumentException.class, () -> html.open("p", attribute, value));
    assertThrows(IllegalArgumentException.class, () -> html.open("p", "class"));
  }

  @Test
  void linksAndPatternsStayInThePage() {
    assertEquals(
        "<a href=\"#x\"><rect fill=\"url(#hatch)\"></rect></a>",
        new Markup().open("a", "href", "#x").empty("rect", "fill", "url(#hatch)").close().finish());
  }

  @Test
  void onlyOwnStylesAndScripts() {
    assertEquals("<style>a{}</style>", new Markup().own("style", "a{}").finish());
    for (String content : new String[] {"</script>", "<!-- ", "x</STYLE"}) {
      assertThrows(
          IllegalArgumentException.class, () -> new Markup().own("script", content), content);
    }
    assertThrows(IllegalArgumentException.class, () -> new Markup().own("p", "x"));
  }

  @Test
  void namesCantTurnWhatFollows() {
    assertEquals(
        "<bdi>/a\\u202egnp.exe\\x0ab\\xff</bdi>",
        new Markup().name("/a\u202egnp.exe\nb\uDCFF").finish());
  }
}
