// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class MapsParserProperties {
  @Property
  void readsWhatTheKernelWrites(@ForAll("mappings") List<Mapping> mappings, @ForAll long seed) {
    MapsText text = new MapsText();
    mappings.forEach(text::line);
    byte[] bytes = text.bytes();
    ParsedMaps parsed = ParsedMaps.of(bytes, pieces(seed, 200));
    assertEquals(List.of(), parsed.anomalies());
    assertEquals(mappings.size(), parsed.lines());
    assertEquals(mappings.stream().map(MapsParserProperties::asShown).toList(), parsed.mappings());
  }

  @Property
  void makesAMappingOrAnAnomalyOfEveryLine(@ForAll("texts") byte[] text, @ForAll long seed) {
    ParsedMaps whole = ParsedMaps.of(text);
    whole.assertIsOf(text);
    assertEquals(whole, ParsedMaps.of(text, at -> 1));
    assertEquals(whole, ParsedMaps.of(text, pieces(seed, 64)));
  }

  @Property
  void copesWithAnyBytes(@ForAll @Size(max = 500) byte[] text, @ForAll long seed) {
    ParsedMaps whole = ParsedMaps.of(text);
    whole.assertIsOf(text);
    assertEquals(whole, ParsedMaps.of(text, pieces(seed, 20)));
  }

  /** Damages one byte, where the any-bytes property damages everything. */
  @Property
  void agreesOnLinesWithOneOtherByte(
      @ForAll("mapping") Mapping mapping, @ForAll @IntRange(max = 1000) int place, @ForAll byte b) {
    byte[] text = new MapsText().line(mapping).bytes();
    text[place % text.length] = b;
    ParsedMaps.of(text).assertIsOf(text);
  }

  @Property(tries = 60)
  void takesLongLinesInPiecesOfAnySize(
      @ForAll("longTexts") byte[] text, @ForAll long seed, @ForAll("pieceLimits") int limit) {
    ParsedMaps whole = ParsedMaps.of(text);
    whole.assertIsOf(text);
    assertEquals(whole, ParsedMaps.of(text, pieces(seed, limit)));
  }

  @Provide
  Arbitrary<List<Mapping>> mappings() {
    return mapping().list().ofMaxSize(20);
  }

  @Provide
  Arbitrary<Mapping> mapping() {
    Arbitrary<long[]> range =
        Combinators.combine(numbers(), numbers())
            .as((a, b) -> Long.compareUnsigned(a, b) < 0 ? new long[] {a, b} : new long[] {b, a})
            .filter(r -> r[0] != r[1]);
    Arbitrary<Long> device =
        Combinators.combine(
                Arbitraries.longs().between(0, 0xFFF), Arbitraries.longs().between(0, 0xFFFFF))
            .as((major, minor) -> major << 32 | minor);
    return Combinators.combine(
            range, Arbitraries.integers().between(0, 15), numbers(), device, numbers(), names())
        .as(
            (r, permissions, offset, dev, inode, name) ->
                new Mapping(r[0], r[1], permissions, offset, dev, inode, name));
  }

  /** Texts of lines most of which are nearly right. */
  @Provide
  Arbitrary<byte[]> texts() {
    Arbitrary<byte[]> good = mapping().map(mapping -> new MapsText().line(mapping).bytes());
    Arbitrary<byte[]> part =
        Arbitraries.of(
                "1000-2000",
                "7f0000000000-7f0000001000",
                "-",
                " ",
                "   ",
                "r-xp",
                "rw-s",
                "---p",
                "00000000",
                "fe:00",
                "0",
                "18446744073709551615",
                "18446744073709551616",
                "/a b",
                "[heap]",
                "\n",
                "\n",
                "\n\n",
                "\r\n",
                "\0",
                "\u00ff",
                "1000-2000 r--p 0 00:00 0",
                "1000-2000 r--p 0 00:00 0 /a\n")
            .map(TextLines::bytes);
    return Arbitraries.frequencyOf(Tuple.of(1, good), Tuple.of(6, part))
        .list()
        .ofMaxSize(30)
        .map(MapsParserProperties::concat);
  }

  /** Texts with lines around the length limit and around multiples of it. */
  @Provide
  Arbitrary<byte[]> longTexts() {
    Arbitrary<Integer> length =
        Combinators.combine(Arbitraries.of(0, 1, 2, 3), Arbitraries.integers().between(-100, 100))
            .as((times, more) -> Math.max(0, times * MapsParser.LINE_MAX + more));
    Arbitrary<String> start =
        Arbitraries.of("", "x", "1000-2000 r--p 00000000 00:00 0 ", "1000-2000 r--p 00000000 00:");
    return Combinators.combine(start, length, Arbitraries.of("", "\n", "\n\n"))
        .as((s, l, end) -> TextLines.bytes(s + "7".repeat(Math.max(0, l - s.length())) + end))
        .list()
        .ofMaxSize(4)
        .map(MapsParserProperties::concat);
  }

  @Provide
  Arbitrary<Integer> pieceLimits() {
    return Arbitraries.of(1000, 4096, 65536, 65537, 131072, 200_000);
  }

  /** Any 64 bits, and often those at which something changes. */
  private static Arbitrary<Long> numbers() {
    return Arbitraries.oneOf(
        Arbitraries.longs(),
        Arbitraries.longs().between(0, 0xFFFFFFFFL),
        Arbitraries.of(
            0L,
            1L,
            0xFFFFFFFFL,
            1L << 32,
            Long.MAX_VALUE,
            Long.MIN_VALUE,
            -1L,
            0xffffffffff600000L));
  }

  /** No name that the kernel shows begins with a space. */
  private static Arbitrary<String> names() {
    Arbitrary<byte[]> bytes =
        Arbitraries.oneOf(
                Arbitraries.bytes(),
                Arbitraries.of(
                    (byte) ' ', (byte) '\n', (byte) '\\', (byte) '\r', (byte) 0xc3, (byte) 0xa4))
            .filter(b -> b != 0)
            .array(byte[].class)
            .ofMaxSize(40);
    return Arbitraries.oneOf(
        Arbitraries.of("", "[heap]", "anon_inode:[eventfd]", "/memfd:x (deleted)"),
        bytes.map(b -> "/" + FileName.decode(b, 0, b.length)));
  }

  private static Mapping asShown(Mapping mapping) {
    return new Mapping(
        mapping.start(),
        mapping.end(),
        mapping.permissions(),
        mapping.offset(),
        mapping.device(),
        mapping.inode(),
        mapping.name().replace("\n", "\\012"));
  }

  private static IntUnaryOperator pieces(long seed, int limit) {
    Random random = new Random(seed);
    return at -> 1 + random.nextInt(limit);
  }

  private static byte[] concat(List<byte[]> parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    parts.forEach(all::writeBytes);
    return all.toByteArray();
  }
}
