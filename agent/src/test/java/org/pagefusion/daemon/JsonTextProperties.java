// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonParser;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class JsonTextProperties {
  @Property
  void anyStringIsReadBack(@ForAll String value, @ForAll char last) {
    String whole = value + last;
    JsonText text = new JsonText();
    text.add("value", whole);
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    String read =
        JsonParser.parseString(new String(bytes, StandardCharsets.UTF_8))
            .getAsJsonObject()
            .get("value")
            .getAsString();
    assertEquals(whole, read);
  }
}
