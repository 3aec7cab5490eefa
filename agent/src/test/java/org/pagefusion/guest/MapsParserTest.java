// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pagefusion.bridge.Kernel;

class MapsParserTest {
  private static final String FIELDS = "7f0000001000-7f0000002000 r-xp 00003000 fe:01 42 ";

  @Test
  void readsEveryField() {
    Mapping mapping =
        only(
            "7f5d2c400000-7f5d2c428000 r-xp 00026000 103:02 1234567                  "
                + "  /usr/lib/x86_64-linux-gnu/libc.so.6\n");
    assertEquals(
        new Mapping(
            0x7f5d2c400000L,
            0x7f5d2c428000L,
            MapsParser.READ | MapsParser.EXECUTE,
            0x26000,
            0x103L << 32 | 2,
            1234567,
            "/usr/lib/x86_64-linux-gnu/libc.so.6"),
        mapping);
  }

  @Test
  void readsMemoryWithoutFile() {
    // The kernel ends such a line with a space.
    assertEquals(
        new Mapping(0x55d3a000, 0x55d3b000, 3, 0, 0, 0, ""),
        only("55d3a000-55d3b000 rw-p 00000000 00:00 0 \n"));
    assertEquals(
        new Mapping(0x55d3a000, 0x55d3b000, 3, 0, 0, 0, ""),
        only("55d3a000-55d3b000 rw-p 00000000 00:00 0\n"));
  }

  @ParameterizedTest
  @CsvSource({
    "---p, 0", "r--p, 1", "-w-p, 2", "rw-p, 3", "--xp, 4", "r-xp, 5", "-wxp, 6", "rwxp, 7",
    "---s, 8", "r--s, 9", "-w-s, 10", "rw-s, 11", "--xs, 12", "r-xs, 13", "-wxs, 14", "rwxs, 15",
  })
  void readsPermissions(String text, int permissions) {
    Mapping mapping = only("1000-2000 " + text + " 0 00:00 0 \n");
    assertEquals(permissions, mapping.permissions());
    assertEquals(text, mapping.permissionText());
  }

  @ParameterizedTest
  @CsvSource({
    "00400000-00401000, 400000, 401000",
    "08048000-ffffe000, 8048000, ffffe000",
    "00000000-00001000, 0, 1000",
    "fffff000-100000000, fffff000, 100000000",
    "ffffffffff600000-ffffffffff601000, ffffffffff600000, ffffffffff601000",
    "7fffffffffffffff-8000000000000000, 7fffffffffffffff, 8000000000000000",
    "0-ffffffffffffffff, 0, ffffffffffffffff",
  })
  void readsAddresses(String text, String start, String end) {
    Mapping mapping = only(text + " --xp 00000000 00:00 0                  [vsyscall]\n");
    assertEquals(start, Long.toHexString(mapping.start()));
    assertEquals(end, Long.toHexString(mapping.end()));
  }

  @ParameterizedTest
  @CsvSource({
    "00000000, 0",
    "fffff000, fffff000",
    "100000000, 100000000",
    "7fffffffffffffff, 7fffffffffffffff",
    "fffffffffffff000, fffffffffffff000",
  })
  void readsOffsets(String text, String offset) {
    Mapping mapping = only("1000-2000 r--p " + text + " 08:01 5 /a\n");
    assertEquals(offset, Long.toHexString(mapping.offset()));
  }

  @ParameterizedTest
  @CsvSource({
    "00:00, 0, 0",
    "08:01, 8, 1",
    "fe:ff, fe, ff",
    "103:10000, 103, 10000",
    "fff:fffff, fff, fffff",
    "ffffffff:ffffffff, ffffffff, ffffffff",
  })
  void readsDevices(String text, String major, String minor) {
    Mapping mapping = only("1000-2000 r--p 00000000 " + text + " 5 /a\n");
    assertEquals(major, Long.toHexString(mapping.device() >>> 32));
    assertEquals(minor, Long.toHexString(mapping.device() & 0xFFFFFFFFL));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "1",
        "4294967295",
        "4294967296",
        "9223372036854775807",
        "9223372036854775808",
        "9999999999999999999",
        "10000000000000000000",
        "18446744073709551609",
        "18446744073709551610",
        "18446744073709551615"
      })
  void readsInodeNumbersOf64Bits(String text) {
    Mapping mapping = only("1000-2000 r--p 00000000 00:1f " + text + " /a\n");
    assertEquals(text, Long.toUnsignedString(mapping.inode()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "18446744073709551616", "18446744073709551619", "18446744073709551620",
        "18446744073709552000", "20000000000000000000", "99999999999999999999",
        "100000000000000000000", "184467440737095516150",
      })
  void refusesInodeNumbersAbove(String text) {
    assertAnomaly("1000-2000 r--p 00000000 00:1f " + text + " /a", "inode number of 2^64 or more");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/a",
        "/with space",
        "/ leading/ and trailing ",
        "/two  spaces   three",
        "/trailing spaces   ",
        "/tab\there",
        "/carriage return\r",
        "/vertical\u000b\u000c\u001b[31m",
        "/new\\012line",
        "/backslash\\\\012",
        "/usr/lib/libold.so.1 (deleted)",
        "/really named (deleted) (deleted)",
        "/memfd:x (deleted)",
        "/memfd: lead (deleted)",
        "//anon",
        "//anon_hugepage (deleted)",
        "/anon_hugepage (deleted)",
        "/dev/zero (deleted)",
        "/SYSV0000162e (deleted)",
        "/[aio] (deleted)",
        "/i915 (deleted)",
        "/dmabuf:wl_shm",
        "anon_inode:[io_uring]",
        "anon_inode:[perf_event]",
        "anon_inode:kvm-vcpu:0",
        "socket:[12345]",
        "[heap]",
        "[stack]",
        "[stack:1234]",
        "[vdso]",
        "[vvar]",
        "[vvar_vclock]",
        "[vsyscall]",
        "[uprobes]",
        "[anon:name]",
        "[anon: scudo:primary ]",
        "[anon_shmem:name]",
        "mnt/ns:[4026531840]",
        "1000-2000 r--p 00000000 00:00 0 ",
        "0",
        "-",
        "/a\0b",
      })
  void keepsNamesAsTheyAre(String name) {
    assertEquals(name, only(FIELDS + "      " + name + "\n").name());
    assertEquals(name, only(FIELDS + name + "\n").name());
    assertEquals(name, only(FIELDS + name).name());
  }

  @Test
  void keepsNamesThatAreNotUtf8() {
    byte[] all = new byte[256 - 2];
    int size = 0;
    for (int b = 1; b < 256; b++) {
      if (b != '\n') {
        all[size++] = (byte) b;
      }
    }
    byte[] line = concat(TextLines.bytes(FIELDS + "  /"), all, new byte[] {'\n'});
    ParsedMaps parsed = ParsedMaps.of(line);
    assertEquals(1, parsed.mappings().size());
    assertEquals(
        Arrays.toString(concat(new byte[] {'/'}, all)),
        Arrays.toString(FileName.encode(parsed.mappings().get(0).name())));
    assertEquals(
        "/\u00e4\udcff\udced\udca0\udc80",
        ParsedMaps.of(TextLines.bytes(FIELDS + "/\u00c3\u00a4\u00ff\u00ed\u00a0\u0080\n"))
            .mappings()
            .get(0)
            .name());
  }

  @Test
  void knowsWhetherThereIsAName() {
    boolean[] named = new boolean[1];
    boolean[] equal = new boolean[3];
    MapsParser parser =
        new MapsParser(
            new MapsParser.Visitor() {
              @Override
              public void mapping(MapsParser line) {
                named[0] = line.hasName();
                equal[0] = line.nameEquals(TextLines.bytes("/a"));
                equal[1] = line.nameEquals(TextLines.bytes("/b"));
                equal[2] = line.nameEquals(TextLines.bytes("/a "));
              }

              @Override
              public void anomaly(long lineNumber, String what) {
                throw new AssertionError(what);
              }
            });
    ParsedMaps.feed(parser, TextLines.bytes(FIELDS + "     \n"), at -> 1000);
    assertFalse(named[0]);
    ParsedMaps.feed(parser, TextLines.bytes(FIELDS + "  /a\n"), at -> 1000);
    assertTrue(named[0]);
    assertEquals("[true, false, false]", Arrays.toString(equal));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | no start address",
        "' ' | no start address",
        "'\r' | no start address",
        "' 1000-2000 r--p 0 00:00 0 ' | no start address",
        "'\t1000-2000 r--p 0 00:00 0 ' | no start address",
        "'0x1000-0x2000 r--p 0 00:00 0 ' | no start address",
        "'-2000 r--p 0 00:00 0 ' | no start address",
        "'ABC0-ABC8 r--p 0 00:00 0 ' | no start address",
        "'1000' | no start address",
        "'1000 2000 r--p 0 00:00 0 ' | no start address",
        "'00000000000001000-2000 r--p 0 00:00 0 ' | no start address",
        "'1000-' | no end address",
        "'1000- r--p 0 00:00 0 ' | no end address",
        "'1000-2000' | no end address",
        "'1000-2000\tr--p 0 00:00 0 ' | no end address",
        "'1000-00000000000002000 r--p 0 00:00 0 ' | no end address",
        "'1000-1000 r--p 0 00:00 0 ' | end address is not above start address",
        "'1000-fff r--p 0 00:00 0 ' | end address is not above start address",
        "'8000000000000000-7fffffffffffffff r--p 0 00:00 0 ' | end address is not above start address",
        "'1000-2000 ' | no permissions",
        "'1000-2000  r--p 0 00:00 0 ' | no permissions",
        "'1000-2000 r' | no permissions",
        "'1000-2000 rw' | no permissions",
        "'1000-2000 rwx' | no permissions",
        "'1000-2000 rwxp' | no permissions",
        "'1000-2000 rwx- 0 00:00 0 ' | no permissions",
        "'1000-2000 Rwxp 0 00:00 0 ' | no permissions",
        "'1000-2000 wrxp 0 00:00 0 ' | no permissions",
        "'1000-2000 rxxp 0 00:00 0 ' | no permissions",
        "'1000-2000 rwwp 0 00:00 0 ' | no permissions",
        "'1000-2000 rwxpp 0 00:00 0 ' | no permissions",
        "'1000-2000 r--p\t0 00:00 0 ' | no permissions",
        "'1000-2000 r--p ' | no offset",
        "'1000-2000 r--p 0' | no offset",
        "'1000-2000 r--p  00:00 0 ' | no offset",
        "'1000-2000 r--p -1 00:00 0 ' | no offset",
        "'1000-2000 r--p 00000000000000000 00:00 0 ' | no offset",
        "'1000-2000 r--p 0 ' | no device",
        "'1000-2000 r--p 0 00' | no device",
        "'1000-2000 r--p 0 0000 0 ' | no device",
        "'1000-2000 r--p 0 :00 0 ' | no device",
        "'1000-2000 r--p 0 00: 0 ' | no device",
        "'1000-2000 r--p 0 00:00' | no device",
        "'1000-2000 r--p 0 100000000:00 0 ' | no device",
        "'1000-2000 r--p 0 00:100000000 0 ' | no device",
        "'1000-2000 r--p 0 00:00 ' | no inode number",
        "'1000-2000 r--p 0 00:00  0' | no inode number",
        "'1000-2000 r--p 0 00:00 x' | no inode number",
        "'1000-2000 r--p 0 00:00 -1 ' | no inode number",
        "'1000-2000 r--p 0 00:00 0x' | no inode number",
        "'1000-2000 r--p 0 00:00 12ab /x' | no inode number",
        "'1000-2000 r--p 0 00:00 0\r' | no inode number",
        "'1000-2000 r--p 0 00:00 0\t/x' | no inode number",
        "'Size:                132 kB' | no start address",
        "'VmFlags: rd ex mr mw me dw sd' | no start address",
      })
  void saysWhatIsWrong(String line, String what) {
    assertAnomaly(line, what);
  }

  @Test
  void showsTheBeginningOfAMalformedLine() {
    String line = "0123456789".repeat(8);
    assertEquals("no start address in \"" + line + "\"", anomalies(line + "\n").get(0).what());
    assertEquals("no start address in \"" + line + "…\"", anomalies(line + "8\n").get(0).what());
    assertEquals(
        "no start address in \"\\x1b[2J\\xff\\x00\"",
        anomalies("\u001b[2J\u00ff\0\n").get(0).what());
  }

  @Test
  void numbersLines() {
    String good = "1000-2000 r--p 00000000 00:00 0 \n";
    ParsedMaps parsed = ParsedMaps.of(TextLines.bytes(good + "bad\n\n" + good + good + "\nx"));
    assertEquals(7, parsed.lines());
    assertEquals(3, parsed.mappings().size());
    assertEquals(
        List.of("2", "3", "6", "7"), parsed.anomalies().stream().map(Anomaly::where).toList());
  }

  @Test
  void takesTheLastLineWithoutNewline() {
    assertEquals(0, ParsedMaps.of(new byte[0]).lines());
    assertEquals(1, ParsedMaps.of(TextLines.bytes("\n")).lines());
    assertEquals(2, ParsedMaps.of(TextLines.bytes("\n\n")).lines());
    assertEquals(2, ParsedMaps.of(TextLines.bytes("\nx")).lines());
    assertEquals(42, only("1000-2000 r--p 00000000 00:00 42").inode());
    assertEquals("/a", only("1000-2000 r--p 00000000 00:00 42 /a").name());
  }

  @Test
  void copesWithATextCutAnywhere() {
    byte[] text =
        TextLines.bytes(
            "00400000-00401000 r-xp 00000000 fe:00 1                                  /bin/x\n"
                + "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 "
                + "                 [vsyscall]\n"
                + "bad\n\n"
                + "7f00-8f00 rw-s fffff000 00:05 18446744073709551615        /dev/zero (deleted)\n");
    for (int to = 0; to <= text.length; to++) {
      byte[] cut = Arrays.copyOf(text, to);
      ParsedMaps parsed = ParsedMaps.of(cut);
      parsed.assertIsOf(cut);
      assertEquals(parsed, ParsedMaps.of(cut, at -> 1));
    }
    for (int from = 0; from <= text.length; from++) {
      byte[] cut = Arrays.copyOfRange(text, from, text.length);
      ParsedMaps.of(cut).assertIsOf(cut);
    }
  }

  @Test
  void beginsAnew() {
    List<Long> numbers = new ArrayList<>();
    MapsParser parser =
        new MapsParser(
            new MapsParser.Visitor() {
              @Override
              public void mapping(MapsParser line) {
                numbers.add(line.lines());
              }

              @Override
              public void anomaly(long lineNumber, String what) {
                numbers.add(-lineNumber);
              }
            });
    byte[] half = TextLines.bytes("1000-2000 r--p 00000000 00:00 0 \n1000-");
    parser.feed(ByteBuffer.wrap(half), half.length);
    parser.begin();
    assertEquals(0, parser.lines());
    byte[] rest = TextLines.bytes("3000-4000 r--p 00000000 00:00 0 \n");
    parser.feed(ByteBuffer.wrap(rest), rest.length);
    assertEquals(List.of(1L, 1L), numbers);

    byte[] tooLong = new byte[3 * MapsParser.LINE_MAX];
    parser.feed(ByteBuffer.wrap(tooLong), tooLong.length);
    assertEquals(2, parser.lines());
    parser.begin();
    parser.feed(ByteBuffer.wrap(rest), rest.length);
    assertEquals(List.of(1L, 1L, -2L, 1L), numbers);

    // The end of a text ends a line that is too long, too.
    parser.feed(ByteBuffer.wrap(tooLong), tooLong.length);
    parser.finish();
    parser.feed(ByteBuffer.wrap(rest), rest.length);
    assertEquals(List.of(1L, 1L, -2L, 1L, -2L, 3L), numbers);
    assertEquals(3, parser.lines());
  }

  @Test
  void readsNumbersWithZerosInFront() {
    String zeros = "0".repeat(30);
    assertEquals(
        new Mapping(0x1000, 0x2000, 1, 3, 4L << 32 | 5, -1, ""),
        only(
            "0000000000001000-0000000000002000 r--p 0000000000000003 00000004:00000005 "
                + zeros
                + "18446744073709551615 \n"));
    assertAnomaly(
        "1000-2000 r--p 0 00:00 " + zeros + "18446744073709551616 ",
        "inode number of 2^64 or more");
  }

  @ParameterizedTest
  @ValueSource(ints = {-2, -1, 0, 1, 2, 4096, 65535, 65536, 65537, 131072, 1_000_000})
  void limitsTheLengthOfALineWhateverThePieces(int beyond) {
    String before = "1000-2000 r--p 00000000 00:00 0 \n";
    String line = FIELDS + "/" + "n".repeat(MapsParser.LINE_MAX - FIELDS.length() - 1 + beyond);
    for (String after : List.of("", "\n", "\n" + before, "\n\n" + FIELDS)) {
      byte[] text = TextLines.bytes(before + line + after);
      ParsedMaps whole = ParsedMaps.of(text);
      whole.assertIsOf(text);
      assertEquals(beyond < 0, whole.mappings().stream().anyMatch(m -> m.name().startsWith("/nn")));
      if (beyond >= 0) {
        assertEquals(
            new Anomaly("2", "line of 65536 bytes or more: \"" + line.substring(0, 80) + "…\""),
            whole.anomalies().get(0));
      }
      for (int piece : new int[] {7, 4096, 65535, 65536, 65537, 131071, 131072, 131073}) {
        assertEquals(whole, ParsedMaps.of(text, at -> piece), "in pieces of " + piece);
      }
    }
  }

  @Test
  void countsALineThatNeverEndsOnce() {
    byte[] piece = new byte[1 << 16];
    Arrays.fill(piece, (byte) 'a');
    ParsedMaps.Recorder recorder = new ParsedMaps.Recorder();
    MapsParser parser = new MapsParser(recorder);
    for (int i = 0; i < 500; i++) {
      parser.feed(ByteBuffer.wrap(piece), piece.length);
    }
    parser.finish();
    assertEquals(1, recorder.result(parser).anomalies().size());
  }

  /** A parser that begins a long line again with every piece would take hours. */
  @Test
  void takesTimeInProportionToTheText() {
    byte[] line = TextLines.bytes(FIELDS + "/" + "x".repeat(60_000) + "\n");
    byte[] text = new byte[60 * line.length];
    for (int at = 0; at < text.length; at += line.length) {
      System.arraycopy(line, 0, text, at, line.length);
    }
    ParsedMaps parsed =
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> ParsedMaps.of(text, at -> 1));
    assertEquals(60, parsed.mappings().size());
  }

  @Test
  void makesNoGarbage() {
    long[] sum = new long[1];
    MapsParser parser =
        new MapsParser(
            new MapsParser.Visitor() {
              @Override
              public void mapping(MapsParser line) {
                sum[0] += line.end() - line.start() + line.inode();
              }

              @Override
              public void anomaly(long lineNumber, String what) {
                throw new AssertionError(what);
              }
            });
    byte[] line = TextLines.bytes(FIELDS + "        /usr/lib/x86_64-linux-gnu/libc.so.6\n");
    ByteBuffer text = ByteBuffer.allocateDirect(1000 * line.length);
    for (int i = 0; i < 1000; i++) {
      text.put(line);
    }
    parser.feed(text, text.capacity());
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 20; i++) {
      parser.feed(text, text.capacity());
    }
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertEquals(21_000 * (0x1000 + 42), sum[0]);
    // Less than a byte a line, so that what the measurement itself needs does not matter.
    assertTrue(allocated < 20_000, allocated + " bytes for 20,000 lines");
  }

  @Test
  void agreesWithTheKernelOnNames(@TempDir Path directory) throws IOException {
    Kernel kernel = Kernel.load();
    List<String> expected = new ArrayList<>();
    List<Integer> descriptors = new ArrayList<>();
    for (String name :
        List.of(
            "plain",
            " leading",
            "two  spaces ",
            "new\nline",
            "back\\012slash",
            "\r",
            "\u00ff\u00fe")) {
      descriptors.add(kernel.memoryFile(name));
      byte[] shown = TextLines.bytes("/memfd:" + name.replace("\n", "\\012") + " (deleted)");
      expected.add(FileName.decode(shown, 0, shown.length));
    }
    String real = directory.toRealPath().toString();
    for (String name :
        List.of("file", " file  with spaces ", "file\nwith newline", "file (deleted)")) {
      Path file = Files.write(directory.resolve(name), new byte[4096]);
      descriptors.add(kernel.open(FileName.encode(file.toString()), Kernel.O_RDONLY));
      expected.add(real + "/" + name.replace("\n", "\\012"));
    }
    Path gone = Files.write(directory.resolve("gone"), new byte[4096]);
    descriptors.add(kernel.open(FileName.encode(gone.toString()), Kernel.O_RDONLY));
    expected.add(real + "/gone (deleted)");
    Files.delete(gone);

    List<Long> addresses = new ArrayList<>();
    for (int fd : descriptors) {
      assertTrue(fd >= 0, "descriptor " + fd);
      addresses.add(kernel.mapFile(fd, 0, 4096));
    }
    ParsedMaps parsed = ParsedMaps.of(Files.readAllBytes(Path.of("/proc/self/maps")));
    for (int i = 0; i < descriptors.size(); i++) {
      long address = addresses.get(i);
      assertTrue(address > 0, "address " + address);
      kernel.unmap(address, 4096);
      kernel.close(descriptors.get(i));
      Mapping mapping =
          parsed.mappings().stream().filter(m -> m.start() == address).findFirst().orElseThrow();
      assertEquals(expected.get(i), mapping.name());
      assertEquals(address + 4096, mapping.end());
      assertEquals(MapsParser.READ, mapping.permissions());
    }
    assertEquals(List.of(), parsed.anomalies());
  }

  @Test
  void parsesAllOfThisMachine() throws IOException {
    int processes = 0;
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : entries) {
        byte[] text;
        try {
          text = Files.readAllBytes(process.resolve("maps"));
        } catch (IOException e) {
          // Gone, or another user's.
          continue;
        }
        ParsedMaps parsed = ParsedMaps.of(text);
        assertEquals(List.of(), parsed.anomalies());
        parsed.assertIsOf(text);
        processes++;
      }
    }
    assumeTrue(processes > 0);
  }

  private static Mapping only(String text) {
    ParsedMaps parsed = ParsedMaps.of(TextLines.bytes(text));
    assertEquals(List.of(), parsed.anomalies());
    assertEquals(1, parsed.lines());
    parsed.assertIsOf(TextLines.bytes(text));
    return parsed.mappings().get(0);
  }

  private static List<Anomaly> anomalies(String text) {
    ParsedMaps parsed = ParsedMaps.of(TextLines.bytes(text));
    assertEquals(List.of(), parsed.mappings());
    parsed.assertIsOf(TextLines.bytes(text));
    return parsed.anomalies();
  }

  private static void assertAnomaly(String line, String what) {
    for (String end : List.of("\n", "\n1000-2000 r--p 00000000 00:00 0 /next\n")) {
      byte[] text = TextLines.bytes(line + end);
      ParsedMaps parsed = ParsedMaps.of(text);
      parsed.assertIsOf(text);
      assertEquals(1, parsed.anomalies().size());
      assertEquals(
          new Anomaly("1", what + " in \"" + FileName.printable(line) + "\""),
          parsed.anomalies().get(0));
    }
  }

  private static byte[] concat(byte[]... parts) {
    ByteBuffer all = ByteBuffer.allocate(Arrays.stream(parts).mapToInt(p -> p.length).sum());
    for (byte[] part : parts) {
      all.put(part);
    }
    return all.array();
  }
}
