// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What came out of a text of maps, line by line.
 *
 * @param lines number of lines that the parser counted
 * @param mappings of the lines that could be parsed
 * @param anomalies of the others: line number, and what was wrong
 */
record ParsedMaps(long lines, List<Mapping> mappings, List<Anomaly> anomalies) {
  private static final BigInteger INODES = BigInteger.TWO.pow(64);

  /** The form of a line: proc(5), with no more digits than the kernel's types can have. */
  private static final Pattern LINE =
      Pattern.compile(
          "([0-9a-f]{1,16})-([0-9a-f]{1,16}) ([r-])([w-])([x-])([sp]) ([0-9a-f]{1,16})"
              + " ([0-9a-f]{1,8}):([0-9a-f]{1,8}) ([0-9]+)(?: +(.*))?",
          Pattern.DOTALL);

  /** Parses a text in one piece. */
  static ParsedMaps of(byte[] text) {
    return of(text, at -> Integer.MAX_VALUE);
  }

  /**
   * Parses a text in pieces.
   *
   * @param pieceBytes length of the piece that begins at an offset, of at least 1
   */
  static ParsedMaps of(byte[] text, IntUnaryOperator pieceBytes) {
    Recorder recorder = new Recorder();
    MapsParser parser = new MapsParser(recorder);
    feed(parser, text, pieceBytes);
    return recorder.result(parser);
  }

  /** Feeds a text, and its end. */
  static void feed(MapsParser parser, byte[] text, IntUnaryOperator pieceBytes) {
    parser.begin();
    for (int at = 0; at < text.length; ) {
      int piece = Math.min(pieceBytes.applyAsInt(at), text.length - at);
      // More than what counts, as in a buffer that an earlier read filled further.
      ByteBuffer buffer = ByteBuffer.allocate(piece + 3);
      buffer.put(0, text, at, piece).put(piece, new byte[] {'a', '\n', 'b'});
      parser.feed(buffer, piece);
      assertEquals(0, buffer.position());
      at += piece;
    }
    parser.finish();
  }

  /** What should come out of a text: each line on its own, by a regular expression. */
  static ParsedMaps expected(byte[] text) {
    List<Mapping> mappings = new ArrayList<>();
    List<Anomaly> anomalies = new ArrayList<>();
    List<String> lines = TextLines.of(text);
    for (int i = 0; i < lines.size(); i++) {
      Mapping mapping = mapping(lines.get(i));
      if (mapping == null) {
        anomalies.add(new Anomaly(Integer.toString(i + 1), ""));
      } else {
        mappings.add(mapping);
      }
    }
    return new ParsedMaps(lines.size(), mappings, anomalies);
  }

  private static Mapping mapping(String line) {
    Matcher m = LINE.matcher(line);
    if (line.length() >= MapsParser.LINE_MAX || !m.matches()) {
      return null;
    }
    long start = Long.parseUnsignedLong(m.group(1), 16);
    long end = Long.parseUnsignedLong(m.group(2), 16);
    BigInteger inode = new BigInteger(m.group(10));
    if (Long.compareUnsigned(start, end) >= 0 || inode.compareTo(INODES) >= 0) {
      return null;
    }
    byte[] name = (m.group(11) == null ? "" : m.group(11)).getBytes(StandardCharsets.ISO_8859_1);
    return new Mapping(
        start,
        end,
        (m.group(3).equals("r") ? 1 : 0)
            + (m.group(4).equals("w") ? 2 : 0)
            + (m.group(5).equals("x") ? 4 : 0)
            + (m.group(6).equals("s") ? 8 : 0),
        Long.parseUnsignedLong(m.group(7), 16),
        Long.parseLong(m.group(8), 16) << 32 | Long.parseLong(m.group(9), 16),
        inode.longValue(),
        FileName.decode(name, 0, name.length));
  }

  /** Asserts that it is what should have come out of the text, whatever the anomalies' words. */
  void assertIsOf(byte[] text) {
    ParsedMaps expected = expected(text);
    assertEquals(expected.mappings, mappings);
    assertEquals(
        expected.anomalies.stream().map(Anomaly::where).toList(),
        anomalies.stream().map(Anomaly::where).toList());
    assertEquals(expected.lines, lines);
    assertEquals(lines, mappings.size() + anomalies.size());
  }

  /** Writes down all that the parser says of its lines. */
  static final class Recorder implements MapsParser.Visitor {
    private final List<Mapping> mappings = new ArrayList<>();
    private final List<Anomaly> anomalies = new ArrayList<>();
    private long lastLine;

    @Override
    public void mapping(MapsParser line) {
      lastLine++;
      assertEquals(lastLine, line.lines());
      byte[] name = line.nameBytes();
      assertEquals(name.length > 0, line.hasName());
      assertEquals(FileName.decode(name, 0, name.length), line.name());
      assertArrayEquals(name, FileName.encode(line.name()));
      assertEquals(true, line.nameEquals(name));
      mappings.add(
          new Mapping(
              line.start(),
              line.end(),
              line.permissions(),
              line.offset(),
              line.device(),
              line.inode(),
              line.name()));
    }

    @Override
    public void anomaly(long lineNumber, String what) {
      lastLine++;
      assertEquals(lastLine, lineNumber);
      anomalies.add(new Anomaly(Long.toString(lineNumber), what));
    }

    ParsedMaps result(MapsParser parser) {
      assertEquals(lastLine, parser.lines());
      return new ParsedMaps(parser.lines(), List.copyOf(mappings), List.copyOf(anomalies));
    }
  }
}
