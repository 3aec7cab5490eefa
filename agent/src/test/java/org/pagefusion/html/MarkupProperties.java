// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.html;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.StringReader;
import javax.xml.parsers.DocumentBuilderFactory;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

class MarkupProperties {
  /** Another parser finds the elements that were meant, and the text that was given. */
  @Property
  void textIsWhatWasGivenAndNothingElse(
      @ForAll("texts") String text, @ForAll("texts") String attribute) throws Exception {
    Markup html = new Markup().open("div").leaf("p", text, "data-x", attribute).name(text).close();
    Element root =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(html.finish())))
            .getDocumentElement();
    assertEquals(2, root.getElementsByTagName("*").getLength());
    Element p = (Element) root.getFirstChild();
    assertEquals("p", p.getTagName());
    assertEquals(1, p.getAttributes().getLength());
    assertEquals(expected(text), p.getTextContent());
    // XML makes spaces of them (3.3.3), HTML does not.
    assertEquals(
        expected(attribute).replace('\n', ' ').replace('\t', ' '), p.getAttribute("data-x"));
    assertEquals(Names.shown(text).indexOf('\n'), -1);
    assertEquals(expected(Names.shown(text)), root.getLastChild().getTextContent());
  }

  /** By its own words: what XML and HTML both allow, and no control characters but two. */
  private static String expected(String text) {
    StringBuilder expected = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              boolean xml =
                  c == '\t'
                      || c == '\n'
                      || (c >= 0x20 && c <= 0xD7FF)
                      || (c >= 0xE000 && c <= 0xFFFD)
                      || c >= 0x10000;
              boolean html = !(c >= 0x7F && c <= 0x9F) && !(c >= 0xFDD0 && c <= 0xFDEF);
              boolean last = (c & 0xFFFF) >= 0xFFFE;
              expected.appendCodePoint(xml && html && !last ? c : 0xFFFD);
            });
    return expected.toString();
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.oneOf(
        Arbitraries.strings(),
        Arbitraries.strings().withChars("<>&\"'/=ab \n\t\0\u0085\u202e\udc80\ud800\ufffe"),
        Arbitraries.of("</p>", "<script>", "-->", "<![CDATA[", "&amp;", "&#0;", "\ud83d\udfff"));
  }
}
