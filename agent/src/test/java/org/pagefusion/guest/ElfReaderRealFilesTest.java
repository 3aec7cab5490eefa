// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares the reader with readelf(1) on the files that this JVM runs from. */
class ElfReaderRealFilesTest {
  private static final Pattern SEGMENT =
      Pattern.compile(
          "^ +(\\S+) +0x([0-9a-f]+) 0x([0-9a-f]+) 0x[0-9a-f]+ 0x([0-9a-f]+) 0x([0-9a-f]+) "
              + "([R ])([W ])([E ]) (?:0x)?([0-9a-f]+)$");
  private static final Pattern BUILD_ID = Pattern.compile(" Build ID: ([0-9a-f]+)$");
  private static final Pattern INTERPRETER =
      Pattern.compile("^ +\\[Requesting program interpreter: (.*)]$");
  private static final Pattern ENTRY = Pattern.compile("^Entry point 0x([0-9a-f]+)$");

  /**
   * Programs, and every ELF file that is mapped into this process: libc, ld.so and libjvm.so among
   * them.
   */
  static Set<Path> files() throws IOException {
    Set<Path> files = new TreeSet<>();
    for (String line :
        Files.readAllLines(Path.of("/proc/self/maps"), StandardCharsets.ISO_8859_1)) {
      int path = line.indexOf(" /");
      if (path >= 0 && line.contains(" r-xp ") && !line.endsWith(" (deleted)")) {
        files.add(Path.of(line.substring(path + 1)));
      }
    }
    files.add(Path.of("/bin/sh").toRealPath());
    return files;
  }

  @ParameterizedTest
  @MethodSource("files")
  void agreesWithReadelf(Path path) throws Exception {
    List<String> lines = readelf(path);
    CountingSource source = new CountingSource(Files.readAllBytes(path));
    ElfFile file = ElfReader.read(source).orElseThrow();
    assertTrue(source.bytesRead() <= 2 * ElfReader.FIRST_READ_BYTES, source.bytesRead() + " bytes");

    List<String> expected = new ArrayList<>();
    Optional<String> buildId = Optional.empty();
    Optional<String> interpreter = Optional.empty();
    long entry = -1;
    for (String line : lines) {
      Matcher segment = SEGMENT.matcher(line);
      if (segment.matches()) {
        expected.add(describe(segment));
      }
      buildId = buildId.or(() -> first(BUILD_ID, line));
      interpreter = interpreter.or(() -> first(INTERPRETER, line));
      Optional<String> entryLine = first(ENTRY, line);
      if (entryLine.isPresent()) {
        entry = Long.parseUnsignedLong(entryLine.get(), 16);
      }
    }
    List<String> found = new ArrayList<>();
    for (ElfSegment segment : file.segments()) {
      found.add(describe(segment));
    }
    assertEquals(expected, found);
    assertEquals(expected.size(), file.programHeaderCount());
    assertEquals(buildId, file.buildId());
    assertEquals(entry, file.entry());
    assertEquals(interpreter, ElfReader.readInterpreter(source, file));
    assertEquals(buildId, ElfReader.readSectionBuildId(source));
  }

  private static Optional<String> first(Pattern pattern, String line) {
    Matcher matcher = pattern.matcher(line);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  private static String describe(Matcher segment) {
    return describe(
        segment.group(1),
        new long[] {
          hex(segment.group(2)),
          hex(segment.group(3)),
          hex(segment.group(4)),
          hex(segment.group(5)),
          hex(segment.group(9))
        },
        (segment.group(6) + segment.group(7) + segment.group(8))
            .replace(' ', '-')
            .replace('E', 'X')
            .toLowerCase(Locale.ROOT));
  }

  private static String describe(ElfSegment segment) {
    return describe(
        segment.typeName(),
        new long[] {
          segment.offset(),
          segment.virtualAddress(),
          segment.fileSize(),
          segment.memorySize(),
          segment.alignment()
        },
        segment.permissions());
  }

  private static String describe(String type, long[] numbers, String permissions) {
    StringBuilder text = new StringBuilder(type);
    for (long number : numbers) {
      text.append(' ').append(Long.toHexString(number));
    }
    return text.append(' ').append(permissions).toString();
  }

  private static long hex(String digits) {
    return Long.parseUnsignedLong(digits, 16);
  }

  private static List<String> readelf(Path path) throws Exception {
    ProcessBuilder builder = new ProcessBuilder("readelf", "-W", "-l", "-n", path.toString());
    builder.environment().put("LC_ALL", "C");
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      Assumptions.abort("no readelf(1) here: " + e.getMessage());
      return List.of();
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor());
    return output.lines().toList();
  }
}
