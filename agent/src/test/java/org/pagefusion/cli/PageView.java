// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.pagefusion.html.Browser;

/** What stands in a page that a browser shows. */
final class PageView {
  /**
   * Of each text that is shown, what tells it and its contrast with what it lies on (WCAG 2.2,
   * 1.4.3). In a picture that is the surface behind it in the same box, pale parts included.
   */
  private static final String CONTRASTS =
      """
      (() => {
        const channels = (colour) => {
          const [r, g, b, a = 1] = colour.match(/[\\d.]+/g).map(Number);
          return { r, g, b, a };
        };
        const over = (top, bottom, opacity) => {
          const a = top.a * opacity;
          const mix = (x, y) => a * x + (1 - a) * y;
          return { r: mix(top.r, bottom.r), g: mix(top.g, bottom.g), b: mix(top.b, bottom.b), a: 1 };
        };
        const luminance = ({ r, g, b }) => {
          const [x, y, z] = [r, g, b].map((c) =>
            c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
          return 0.2126 * x + 0.7152 * y + 0.0722 * z;
        };
        const contrast = (a, b) => {
          const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p);
          return (x + 0.05) / (y + 0.05);
        };
        const ground = (element) => {
          for (let e = element; e; e = e.parentElement) {
            const colour = channels(getComputedStyle(e).backgroundColor);
            if (colour.a === 1) return colour;
            if (colour.a !== 0) throw new Error("half a background: " + e.outerHTML);
          }
          throw new Error("no background");
        };
        const surfaces = (text) => {
          let found = [ground(text)];
          for (let e = text.previousElementSibling; e; e = e.previousElementSibling) {
            if (e.localName !== "rect" || e.getAttribute("fill")?.startsWith("url")) continue;
            const style = getComputedStyle(e);
            if (style.fill === "none") continue;
            if (e.classList.contains("gap")) continue;
            const fill = channels(style.fill);
            if (e.classList.contains("shade")) { found.shade = { fill, opacity: +style.opacity }; continue; }
            const base = [fill];
            if (found.shade) base.push(over(found.shade.fill, fill, found.shade.opacity));
            return base;
          }
          return found;
        };
        const shown = [];
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
          const e = node.parentElement;
          const hidden = !node.data.trim() || ["script", "style", "title", "desc"].includes(e.localName)
              || !e.getClientRects().length || !e.checkVisibility({ contentVisibilityAuto: true });
          if (hidden) continue;
          const style = getComputedStyle(e);
          const svg = e.namespaceURI.endsWith("svg");
          const ink = channels(svg ? style.fill : style.color);
          const behind = svg ? surfaces(e) : [ground(e)];
          const least = Math.min(...behind.map((surface) => contrast(ink, surface)));
          shown.push([e.localName + "." + e.getAttribute("class") + ": " + node.data.slice(0, 40), least]);
        }
        return shown;
      })()
      """;

  private final Browser browser;

  PageView(Browser browser) {
    this.browser = browser;
  }

  /** A figure among the few large ones. */
  long fact(String id) {
    return Long.parseLong(
        browser.evaluate("document.getElementById('fact-" + id + "').dataset.v").getAsString());
  }

  /** Rows of a table as they stand, each cell as its sort key if it has one, else its text. */
  List<List<String>> rows(String table) {
    return rows(table, "tBodies[0].rows");
  }

  /** The row of sums. */
  List<String> foot(String table) {
    return rows(table, "tFoot.rows").get(0);
  }

  private List<List<String>> rows(String table, String which) {
    JsonArray rows =
        browser
            .evaluate(
                "[...document.getElementById('"
                    + table
                    + "')."
                    + which
                    + "].map(r => [...r.cells].map(c => c.dataset.v ?? c.textContent))")
            .getAsJsonArray();
    List<List<String>> all = new ArrayList<>();
    for (JsonElement row : rows) {
      List<String> cells = new ArrayList<>();
      row.getAsJsonArray().forEach(cell -> cells.add(cell.getAsString()));
      all.add(cells);
    }
    return all;
  }

  /** Texts and sort keys of every cell and figure that has a key. */
  List<String[]> figures() {
    JsonArray found =
        browser
            .evaluate(
                "[...document.querySelectorAll('[data-v]')].map(e => [e.textContent, e.dataset.v])")
            .getAsJsonArray();
    List<String[]> figures = new ArrayList<>();
    for (JsonElement each : found) {
      JsonArray pair = each.getAsJsonArray();
      figures.add(new String[] {pair.get(0).getAsString(), pair.get(1).getAsString()});
    }
    return figures;
  }

  /** Texts whose contrast is less than that, with it; and how many texts there are. */
  List<String> paleTexts(double least) {
    JsonArray all = browser.evaluate(CONTRASTS).getAsJsonArray();
    List<String> pale = new ArrayList<>();
    for (JsonElement each : all) {
      double contrast = each.getAsJsonArray().get(1).getAsDouble();
      if (contrast < least) {
        pale.add(each.getAsJsonArray().get(0).getAsString() + " " + contrast);
      }
    }
    if (all.size() < 50) {
      pale.add("only " + all.size() + " texts found");
    }
    return pale;
  }

  /** Things that stick out of the page to the right, and how far the page can be pushed aside. */
  String overflow() {
    return browser
        .evaluate(
            """
            (() => {
              const e = document.scrollingElement;
              const wide = [...document.querySelectorAll("body *")].filter((x) =>
                !x.closest(".scroll, svg") && x.getBoundingClientRect().right > e.clientWidth + 1);
              return e.scrollWidth > e.clientWidth || wide.length
                  ? e.scrollWidth + " of " + e.clientWidth + ": " + wide.map((x) => x.outerHTML.slice(0, 99))
                  : "";
            })()
            """)
        .getAsString();
  }

  /** Pictures without a title or a description, or none at all. */
  List<String> untoldPictures() {
    return strings(
        """
        (() => {
          const images = [...document.querySelectorAll("svg[role=img]")];
          const untold = images.filter((svg) => {
            const text = (attribute) =>
              document.getElementById(svg.getAttribute(attribute))?.textContent.trim();
            return !text("aria-labelledby") || !text("aria-describedby")
                || svg.querySelector("title").parentElement !== svg;
          });
          const loose = [...document.querySelectorAll("svg:not(svg svg):not([role=img]):not([aria-hidden=true])")];
          return images.length ? [...untold, ...loose].map((svg) => svg.outerHTML.slice(0, 99)) : ["none"];
        })()
        """);
  }

  /** Ids that two elements have, and references to ids that none has. */
  List<String> wrongIds() {
    return strings(
        """
        (() => {
          const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
          const twice = ids.filter((id, i) => ids.indexOf(id) !== i);
          const wanted = [...document.querySelectorAll("[aria-labelledby], [aria-describedby], a[href]")]
              .flatMap((e) => [e.getAttribute("aria-labelledby"), e.getAttribute("aria-describedby"),
                  e.getAttribute("href")?.slice(1)]).filter(Boolean);
          return [...twice, ...wanted.filter((id) => !document.getElementById(id))];
        })()
        """);
  }

  /** Tables that can't be seen in whole. */
  List<String> hiddenTables() {
    return strings(
        """
        [...document.querySelectorAll("table")].filter((t) =>
            !t.checkVisibility({ contentVisibilityAuto: true }) || !t.getBoundingClientRect().height
            || getComputedStyle(t.parentElement).overflowX !== "visible").map((t) => t.id)
        """);
  }

  List<String> strings(String expression) {
    List<String> found = new ArrayList<>();
    browser.evaluate(expression).getAsJsonArray().forEach(e -> found.add(e.getAsString()));
    return found;
  }

  String string(String expression) {
    return browser.evaluate("String(" + expression + ")").getAsString();
  }

  static long sum(JsonArray array, String property) {
    long sum = 0;
    for (JsonElement each : array) {
      JsonObject object = each.getAsJsonObject();
      sum += object.get(property).getAsLong();
    }
    return sum;
  }
}
