// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.compare;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * JSON, value by value, in memory that does not grow with its length. Whatever is wrong with it is
 * an {@link UnusableReportException} that says where.
 */
final class JsonInput implements Closeable {
  /** Properties of an object; reports have some twenty. */
  private static final int PROPERTIES_MAX = 1000;

  private final TokenReader text;
  private final JsonReader json;

  JsonInput(InputStream in) {
    // Bytes that are not UTF-8 are an error rather than replaced: names would no longer be the
    // same.
    text =
        new TokenReader(
            new InputStreamReader(
                in,
                StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)));
    json = new JsonReader(text);
    json.setStrictness(Strictness.STRICT);
  }

  /** Takes the properties of an object. */
  interface Properties {
    /**
     * Reads the value of a property.
     *
     * @return false when the property is not known; its value is then still unread
     */
    boolean read(String name) throws IOException, TooLargeException;
  }

  /** Takes the elements of an array. */
  interface Element {
    /** Reads the next element. */
    void read() throws IOException, TooLargeException;
  }

  /** Reads a document that is one object. */
  void document(Properties properties) throws IOException, TooLargeException {
    try {
      object(properties);
      requireEnd();
    } catch (EOFException e) {
      throw cutOff(e);
    } catch (CharacterCodingException e) {
      throw new UnusableReportException("not UTF-8, behind " + json.getPath(), e);
    } catch (MalformedJsonException e) {
      if (text.hasEnded() && !json.getPath().equals("$")) {
        throw cutOff(e);
      }
      throw new UnusableReportException("not JSON at " + json.getPath(), e);
    } catch (IllegalStateException e) {
      throw unexpected("another kind of value", e);
    } catch (NumberFormatException e) {
      throw unexpected("a whole number of 63 bits", e);
    }
  }

  private void requireEnd() throws IOException {
    boolean more;
    try {
      more = json.peek() != JsonToken.END_DOCUMENT;
    } catch (MalformedJsonException e) {
      more = true;
    }
    if (more) {
      throw new UnusableReportException("more text behind the report");
    }
  }

  private UnusableReportException cutOff(IOException cause) {
    String where = json.getPath();
    return new UnusableReportException(where.equals("$") ? "empty" : "cut off at " + where, cause);
  }

  /** Reads an object. */
  void object(Properties properties) throws IOException, TooLargeException {
    json.beginObject();
    Set<String> names = new HashSet<>();
    while (json.hasNext()) {
      text.nextToken();
      String name = json.nextName();
      if (!names.add(name)) {
        throw new UnusableReportException("twice the same property: " + json.getPath());
      }
      if (names.size() > PROPERTIES_MAX) {
        throw new UnusableReportException(
            json.getPath() + ": more than " + PROPERTIES_MAX + " properties");
      }
      if (!properties.read(name)) {
        skip();
      }
    }
    json.endObject();
  }

  /** Reads an array. */
  void array(Element element) throws IOException, TooLargeException {
    json.beginArray();
    while (json.hasNext()) {
      text.nextToken();
      element.read();
    }
    json.endArray();
  }

  /** Reads text of so many characters at most. */
  String text(int most) throws IOException {
    if (json.peek() != JsonToken.STRING) {
      throw unexpected("text", null);
    }
    String value = json.nextString();
    text.nextToken();
    if (value.length() > most) {
      throw new UnusableReportException(
          json.getPreviousPath() + ": expected at most " + most + " characters");
    }
    return value;
  }

  /** Reads text, or null. */
  Optional<String> optionalText(int most) throws IOException {
    return isNull() ? Optional.empty() : Optional.of(text(most));
  }

  /** Reads a number that is whole and not negative. */
  long count() throws IOException {
    if (json.peek() != JsonToken.NUMBER) {
      throw unexpected("a number", null);
    }
    long value = json.nextLong();
    if (value < 0) {
      throw new UnusableReportException(
          json.getPreviousPath() + ": found " + value + ", expected none below 0");
    }
    return value;
  }

  /** Reads a count, or null. */
  OptionalLong optionalCount() throws IOException {
    return isNull() ? OptionalLong.empty() : OptionalLong.of(count());
  }

  private boolean isNull() throws IOException {
    if (json.peek() != JsonToken.NULL) {
      return false;
    }
    json.nextNull();
    return true;
  }

  /** Skips a value, however long it is. */
  private void skip() throws IOException, TooLargeException {
    switch (json.peek()) {
      case BEGIN_ARRAY:
        array(this::skip);
        break;
      case BEGIN_OBJECT:
        json.beginObject();
        while (json.hasNext()) {
          text.nextToken();
          String unused = json.nextName();
          skip();
        }
        json.endObject();
        break;
      default:
        json.skipValue();
        break;
    }
  }

  private UnusableReportException unexpected(String expected, Throwable cause) {
    return new UnusableReportException(json.getPath() + ": expected " + expected, cause);
  }

  /** Where the parser is, as a JSON path. */
  String path() {
    return json.getPath();
  }

  @Override
  public void close() throws IOException {
    json.close();
  }
}
