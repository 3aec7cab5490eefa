// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.html;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/**
 * Builds HTML with SVG in it. Text and values of attributes are escaped, elements end in the order
 * in which they began, and there is no way to write an element or attribute that would load, send
 * or run anything: what it makes is well-formed and harmless whatever the texts are.
 */
final class Markup {
  private static final Set<String> ELEMENTS =
      Set.of(
          "a",
          "abbr",
          "body",
          "bdi",
          "caption",
          "circle",
          "code",
          "dd",
          "defs",
          "desc",
          "details",
          "div",
          "dl",
          "dt",
          "figcaption",
          "figure",
          "footer",
          "g",
          "h1",
          "h2",
          "h3",
          "head",
          "header",
          "html",
          "li",
          "line",
          "main",
          "meta",
          "nav",
          "ol",
          "p",
          "path",
          "pattern",
          "rect",
          "section",
          "small",
          "span",
          "strong",
          "summary",
          "svg",
          "table",
          "tbody",
          "td",
          "text",
          "tfoot",
          "th",
          "thead",
          "title",
          "tr",
          "ul");

  /** Elements that have no content and no end. */
  private static final Set<String> VOID = Set.of("meta");

  private static final Set<String> ATTRIBUTES =
      Set.of(
          "class",
          "colspan",
          "content",
          "cx",
          "cy",
          "d",
          "dx",
          "dy",
          "fill",
          "height",
          "href",
          "http-equiv",
          "charset",
          "id",
          "lang",
          "name",
          "patternTransform",
          "patternUnits",
          "r",
          "role",
          "rx",
          "scope",
          "tabindex",
          "text-anchor",
          "width",
          "x",
          "x1",
          "x2",
          "y",
          "y1",
          "y2");

  private final StringBuilder out = new StringBuilder(1 << 16);
  private final Deque<String> open = new ArrayDeque<>();

  /**
   * Begins an element.
   *
   * @param attributes names and values in turn
   */
  Markup open(String element, String... attributes) {
    tag(element, attributes);
    if (!VOID.contains(element)) {
      open.push(element);
    }
    return this;
  }

  /** Ends the element that was begun last. */
  Markup close() {
    out.append("</").append(open.pop()).append('>');
    return this;
  }

  /** Ends elements up to and with the innermost of that name. */
  Markup close(String element) {
    if (!open.contains(element)) {
      throw new IllegalStateException("no <" + element + "> is open");
    }
    while (!open.peek().equals(element)) {
      close();
    }
    return close();
  }

  /** A whole element that holds text only. */
  Markup leaf(String element, String text, String... attributes) {
    return open(element, attributes).text(text).close();
  }

  /** A whole element that holds nothing. */
  Markup empty(String element, String... attributes) {
    return open(element, attributes).close();
  }

  /** Text. */
  Markup text(String text) {
    escape(text);
    return this;
  }

  /** A name that someone else chose: its direction can't spread to what follows. */
  Markup name(String name) {
    return leaf("bdi", Names.shown(name));
  }

  /** Begins a new line of the source, for whoever reads that. */
  Markup line() {
    out.append('\n');
    return this;
  }

  /**
   * A style sheet or script of our own, as it is.
   *
   * @param element {@code style} or {@code script}
   */
  Markup own(String element, String content) {
    boolean known = element.equals("style") || element.equals("script");
    if (!known || content.contains("</") || content.contains("<!--")) {
      throw new IllegalArgumentException("not a style sheet or script that can stand in a page");
    }
    out.append('<').append(element).append('>').append(content);
    out.append("</").append(element).append('>');
    return this;
  }

  /** All of it, when every element has ended. */
  String finish() {
    if (!open.isEmpty()) {
      throw new IllegalStateException("<" + open.peek() + "> has no end");
    }
    return out.toString();
  }

  private void tag(String element, String... attributes) {
    if (!ELEMENTS.contains(element)) {
      throw new IllegalArgumentException("no element <" + element + "> here");
    }
    if (attributes.length % 2 != 0) {
      throw new IllegalArgumentException("an attribute of <" + element + "> has no value");
    }
    out.append('<').append(element);
    for (int i = 0; i < attributes.length; i += 2) {
      check(attributes[i], attributes[i + 1]);
      out.append(' ').append(attributes[i]).append("=\"");
      escape(attributes[i + 1]);
      out.append('"');
    }
    out.append('>');
  }

  private static void check(String attribute, String value) {
    boolean known =
        ATTRIBUTES.contains(attribute)
            || attribute.startsWith("aria-")
            || attribute.startsWith("data-");
    if (!known || !attribute.matches("[a-zA-Z0-9-]+")) {
      throw new IllegalArgumentException("no attribute " + attribute + " here");
    }
    boolean leaves =
        attribute.equals("href")
            ? !value.startsWith("#")
            : attribute.equals("fill") && !value.startsWith("url(#") && value.contains("(");
    if (leaves) {
      throw new IllegalArgumentException(attribute + "=" + value + " leads out of the page");
    }
  }

  private void escape(String text) {
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        default -> out.appendCodePoint(allowed(c) ? c : 0xFFFD);
      }
    }
  }

  /** Whether a character may stand in HTML (HTML Standard, 13.1.4 and the definition of text). */
  private static boolean allowed(int c) {
    boolean control = Character.isISOControl(c) && c != '\n' && c != '\t';
    boolean surrogate = c >= 0xD800 && c <= 0xDFFF;
    boolean noncharacter = (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF);
    return !control && !surrogate && !noncharacter;
  }
}
