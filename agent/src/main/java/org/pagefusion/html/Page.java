// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.html;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** One self-contained page: head, title, contents and sections. */
final class Page {
  private final String title;
  private final Consumer<Markup> lead;
  private final Map<String, Section> sections = new LinkedHashMap<>();

  private record Section(String title, Consumer<Markup> body) {}

  /**
   * Creates a page without sections.
   *
   * @param lead what stands below the title
   */
  Page(String title, Consumer<Markup> lead) {
    this.title = title;
    this.lead = lead;
  }

  /** Adds a section. */
  void section(String id, String sectionTitle, Consumer<Markup> body) {
    sections.put(id, new Section(sectionTitle, body));
  }

  /**
   * The page as HTML.
   *
   * @param foot what stands below all
   */
  String render(Consumer<Markup> foot) {
    Markup html = new Markup();
    html.open("html", "lang", "en").line();
    head(html);
    html.open("body").line();
    html.leaf("a", "Skip to the figures", "class", "skip", "href", "#main").line();
    Patterns.define(html);
    html.open("header").leaf("h1", title);
    lead.accept(html);
    html.close().line();
    contents(html);
    html.open("main", "id", "main", "tabindex", "-1").line();
    sections.forEach(
        (id, section) -> {
          html.open("section", "aria-labelledby", id);
          html.leaf("h2", section.title(), "id", id).line();
          section.body().accept(html);
          html.close("section").line();
        });
    html.close("main").line();
    html.open("footer");
    foot.accept(html);
    html.close("footer").line();
    html.own("script", Resources.read("page.js"));
    html.close("body").close("html").line();
    return "<!DOCTYPE html>\n" + html.finish();
  }

  private void head(Markup html) {
    String style = Resources.read("page.css");
    String policy =
        "default-src 'none'; style-src "
            + Resources.hashSource(style)
            + "; script-src "
            + Resources.hashSource(Resources.read("page.js"))
            + "; base-uri 'none'; form-action 'none'";
    html.open("head");
    html.open("meta", "charset", "utf-8");
    html.open("meta", "http-equiv", "Content-Security-Policy", "content", policy).line();
    html.open("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    html.open("meta", "name", "color-scheme", "content", "light dark");
    html.open("meta", "name", "referrer", "content", "no-referrer");
    html.leaf("title", title).line();
    html.own("style", style);
    html.close().line();
  }

  private void contents(Markup html) {
    html.open("nav", "aria-label", "Contents").open("ul");
    sections.forEach(
        (id, section) -> html.open("li").leaf("a", section.title(), "href", "#" + id).close("li"));
    html.close("ul").close("nav").line();
  }
}
