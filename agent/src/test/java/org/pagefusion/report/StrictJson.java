// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.report;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;

/**
 * Parses a result as a strict reader would: one object, one line end, no key twice, nothing else.
 */
public final class StrictJson {
  private StrictJson() {}

  /** Parses one object. */
  public static JsonObject parse(String text) {
    if (!text.endsWith("}\n") || text.indexOf('\n') != text.length() - 1) {
      throw new AssertionError("not one line with one object: " + text);
    }
    JsonReader reader = new JsonReader(new StringReader(text));
    reader.setStrictness(Strictness.STRICT);
    try {
      JsonElement element = element(reader);
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw new AssertionError("more than one value: " + text);
      }
      return element.getAsJsonObject();
    } catch (IOException | IllegalStateException e) {
      throw new AssertionError(text, e);
    }
  }

  private static JsonElement element(JsonReader reader) throws IOException {
    switch (reader.peek()) {
      case BEGIN_OBJECT -> {
        JsonObject object = new JsonObject();
        reader.beginObject();
        while (reader.hasNext()) {
          String name = reader.nextName();
          if (object.has(name)) {
            throw new AssertionError("twice: " + name + " at " + reader.getPath());
          }
          object.add(name, element(reader));
        }
        reader.endObject();
        return object;
      }
      case BEGIN_ARRAY -> {
        JsonArray array = new JsonArray();
        reader.beginArray();
        while (reader.hasNext()) {
          array.add(element(reader));
        }
        reader.endArray();
        return array;
      }
      case STRING -> {
        return new JsonPrimitive(reader.nextString());
      }
      case NUMBER -> {
        return new JsonPrimitive(new BigDecimal(reader.nextString()));
      }
      case BOOLEAN -> {
        return new JsonPrimitive(reader.nextBoolean());
      }
      case NULL -> {
        reader.nextNull();
        return JsonNull.INSTANCE;
      }
      default -> throw new AssertionError("no value at " + reader.getPath());
    }
  }
}
