// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pagefusion.bridge.Kernel;

class KernelModulesTest {
  @Test
  void readsEveryField() {
    assertEquals(
        new KernelModule(
            "kvm",
            1146880,
            2,
            List.of("kvm_amd", "kvm_intel"),
            KernelModule.State.LIVE,
            0xffffffffc08f4000L,
            "OE",
            Optional.empty(),
            List.of()),
        only("kvm 1146880 2 kvm_amd,kvm_intel, Live 0xffffffffc08f4000 (OE)\n"));
  }

  @Test
  void readsAModuleThatNobodyUses() {
    KernelModule module = only("loop 40960 0 - Live 0xffffffffc0a0d000\n");
    assertEquals(List.of(), module.usedBy());
    assertEquals(0, module.references());
    assertEquals("", module.taint());
  }

  @ParameterizedTest
  @CsvSource({"Live, LIVE", "Loading, LOADING", "Unloading, UNLOADING"})
  void readsStates(String text, KernelModule.State state) {
    assertEquals(state, only("m 1 0 - " + text + " 0x0\n").state());
  }

  /**
   * -1 while the kernel takes the last reference away, "-" where it can't unload modules at all.
   */
  @ParameterizedTest
  @CsvSource({"0, 0", "17, 17", "2147483647, 2147483647", "-1, -1", "-, -1"})
  void readsReferences(String text, int references) {
    assertEquals(references, only("m 1 " + text + " - Unloading 0x0\n").references());
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "16384, 16384", "4294967295, 4294967295"})
  void readsSizes(String text, long sizeBytes) {
    assertEquals(sizeBytes, only("m " + text + " 0 - Live 0x0\n").sizeBytes());
  }

  @ParameterizedTest
  @CsvSource({
    "0x0000000000000000, 0",
    "0x0, 0",
    "0x00000000, 0",
    "0xf8a3c000, f8a3c000",
    "0xffffffffc0a0d000, ffffffffc0a0d000",
    "0xffffffffffffffff, ffffffffffffffff",
  })
  void readsAddresses(String text, String address) {
    assertEquals(address, Long.toHexString(only("m 1 0 - Live " + text + "\n").address()));
  }

  @ParameterizedTest
  @CsvSource({
    "-, ''",
    "'a,', a",
    "'a,b,', a b",
    "'[permanent],', ''",
    "'a,b,[permanent],', a b",
    "'[unsafe],[permanent],', ''",
  })
  void readsUsers(String text, String users) {
    assertEquals(users, String.join(" ", only("m 1 2 " + text + " Live 0x0\n").usedBy()));
  }

  /** Behind the letters the kernel repeats the state as a sign. */
  @ParameterizedTest
  @CsvSource({"(O), O", "(POE), POE", "(OE+), OE", "(OE-), OE"})
  void readsTaint(String text, String taint) {
    assertEquals(taint, only("m 1 0 - Live 0x0 " + text + "\n").taint());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | not 6 or 7 fields",
        "'m' | not 6 or 7 fields",
        "'m 1 0 - Live' | not 6 or 7 fields",
        "'m 1 0 - Live 0x0 (O) ' | not 6 or 7 fields",
        "'m 1 0 - Live 0x0 (O) x y z' | not 6 or 7 fields",
        "' 1 0 - Live 0x0' | no module name",
        "'. 1 0 - Live 0x0' | no module name",
        "'.. 1 0 - Live 0x0' | no module name",
        "'../../etc 1 0 - Live 0x0' | no module name",
        "'a/b 1 0 - Live 0x0' | no module name",
        "'/m 1 0 - Live 0x0' | no module name",
        "'m  0 - Live 0x0' | no number of size",
        "'m x 0 - Live 0x0' | no number of size",
        "'m -1 0 - Live 0x0' | no number of size",
        "'m +1 0 - Live 0x0' | no number of size",
        "'m 0x10 0 - Live 0x0' | no number of size",
        "'m 4294967296 0 - Live 0x0' | no number of size",
        "'m 99999999999999999999 0 - Live 0x0' | no number of size",
        "'m 1  - Live 0x0' | no number of references",
        "'m 1 -2 - Live 0x0' | no number of references",
        "'m 1 x - Live 0x0' | no number of references",
        "'m 1 2147483648 - Live 0x0' | no number of references",
        "'m 1 0  Live 0x0' | no list of users",
        "'m 1 0 a Live 0x0' | no list of users",
        "'m 1 0 a,b Live 0x0' | no list of users",
        "'m 1 0 , Live 0x0' | no list of users",
        "'m 1 0 a,, Live 0x0' | no list of users",
        "'m 1 0 ,a, Live 0x0' | no list of users",
        "'m 1 0 -  0x0' | no state",
        "'m 1 0 - live 0x0' | no state",
        "'m 1 0 - Alive 0x0' | no state",
        "'m 1 0 - Live ' | no address",
        "'m 1 0 - Live 0x' | no address",
        "'m 1 0 - Live 0' | no address",
        "'m 1 0 - Live 0X0' | no address",
        "'m 1 0 - Live 0x-1' | no address",
        "'m 1 0 - Live 0xg' | no address",
        "'m 1 0 - Live (null)' | no address",
        "'m 1 0 - Live 0x10000000000000000' | no address",
        "'m 1 0 - Live 0x0\r' | no address",
        "'m 1 0 - Live 0x0 ' | no taint letters in parentheses",
        "'m 1 0 - Live 0x0 O' | no taint letters in parentheses",
        "'m 1 0 - Live 0x0 ()' | no taint letters in parentheses",
        "'m 1 0 - Live 0x0 (+)' | no taint letters in parentheses",
        "'m 1 0 - Live 0x0 (O' | no taint letters in parentheses",
        "'m 1 0 - Live 0x0 (' | no taint letters in parentheses",
        "'m 1 0 - Live 0x0 xO)' | no taint letters in parentheses",
        "'m 1 0 - Live 0x0 (O))' | no taint letters in parentheses",
        "'m 1 0 - Live 0x0 (O+-)' | no taint letters in parentheses",
        "'m 1 0 - Live 0x0 (o)' | no taint letters in parentheses",
      })
  void saysWhatIsWrong(String line, String what) {
    byte[] text = TextLines.bytes("a 1 0 - Live 0x0\n" + line + "\nb 1 0 - Live 0x0\n");
    ParsedModules parsed = ParsedModules.of(text);
    parsed.assertIsOf(text);
    assertEquals(List.of("a", "b"), parsed.modules().stream().map(KernelModule::name).toList());
    assertEquals(
        List.of(new Anomaly("/proc/modules:2", what + " in \"" + FileName.printable(line) + "\"")),
        parsed.anomalies());
  }

  @Test
  void takesNoNameThatEndsAPathEarly() {
    for (String name : List.of("\0", "m\0x")) {
      String line = name + " 1 0 - Live 0x0";
      ParsedModules parsed = ParsedModules.of(TextLines.bytes(line + "\n"));
      assertEquals(List.of(), parsed.modules());
      assertEquals(
          "no module name in \"" + FileName.printable(line) + "\"",
          parsed.anomalies().get(0).what());
    }
  }

  @Test
  void keepsNamesThatAreNotUtf8() {
    assertEquals("m\udce4", only("m\u00e4 1 0 - Live 0x0\n").name());
    assertEquals("m\u00e4", only("m\u00c3\u00a4 1 0 - Live 0x0\n").name());
  }

  @Test
  void takesTheLastLineWithoutNewline() {
    assertEquals(List.of(), ParsedModules.of(new byte[0]).modules());
    assertEquals(0x12, only("m 1 0 - Live 0x12").address());
  }

  @Test
  void copesWithATextCutAnywhere() {
    byte[] text =
        TextLines.bytes(
            """
            kvm 1146880 1 kvm_amd,[permanent], Loading 0xffffffffc08f4000 (POE+)

            x 16384 - - Live 0x0000000000000000
            """);
    for (int to = 0; to <= text.length; to++) {
      byte[] start = Arrays.copyOf(text, to);
      ParsedModules.of(start).assertIsOf(start);
      byte[] end = Arrays.copyOfRange(text, to, text.length);
      ParsedModules.of(end).assertIsOf(end);
    }
  }

  @Test
  void keepsAFewOfManyAnomaliesAndShort() {
    byte[] text = TextLines.bytes("x".repeat(1000) + "\n" + "x\n".repeat(2 * Anomalies.KEPT));
    ParsedModules parsed = ParsedModules.of(text);
    assertEquals(Anomalies.KEPT + 1, parsed.anomalies().size());
    assertEquals(
        new Anomaly("scan", Anomalies.KEPT + 1 + " further anomalies are not listed"),
        parsed.anomalies().get(Anomalies.KEPT));
    assertEquals(
        "not 6 or 7 fields in \"" + "x".repeat(80) + "…\"", parsed.anomalies().get(0).what());
  }

  @Test
  void readsBuildIdAndSectionsOfSysfs(@TempDir Path root) throws IOException {
    byte[] id = {1, 2, 3, (byte) 0xfe};
    TreeFiles files = new TreeFiles(root);
    files.write("/proc/modules", "m 4096 0 - Live 0xffffffffc0001000\nbad\nn 1 0 - Live 0x0\n");
    files.write("/sys/module/m/notes/.note.gnu.build-id", buildIdNote(id));
    files.write("/sys/module/m/sections/.text", "0xffffffffc0001000\n");
    files.write("/sys/module/m/sections/.rodata", "0xffffffffc0003000\n");
    files.write("/sys/module/m/sections/.init.text", "0xffffffffc0003000\n");
    files.write("/sys/module/m/sections/__versions", "0xf0000000\n");
    Anomalies anomalies = new Anomalies();
    List<KernelModule> modules = read(root, anomalies);
    assertEquals(List.of("m", "n"), modules.stream().map(KernelModule::name).toList());
    assertEquals(Optional.of("010203fe"), modules.get(0).buildId());
    assertEquals(
        List.of(
            new KernelModule.Section("__versions", 0xf0000000L),
            new KernelModule.Section(".text", 0xffffffffc0001000L),
            new KernelModule.Section(".init.text", 0xffffffffc0003000L),
            new KernelModule.Section(".rodata", 0xffffffffc0003000L)),
        modules.get(0).sections());
    assertEquals(Optional.empty(), modules.get(1).buildId());
    assertEquals(List.of(), modules.get(1).sections());
    String where = root.toRealPath() + "/proc/modules:2";
    assertEquals(List.of(where), anomalies.list().stream().map(Anomaly::where).toList());
  }

  /** Root without CAP_SYSLOG may read the files, but sees no addresses. */
  @Test
  void takesSectionsAtZeroForHidden(@TempDir Path root) throws IOException {
    TreeFiles files = new TreeFiles(root);
    files.write("/proc/modules", "m 4096 0 - Live 0x0000000000000000\n");
    files.write("/sys/module/m/sections/.text", "0x0000000000000000\n");
    Anomalies anomalies = new Anomalies();
    assertEquals(List.of(), read(root, anomalies).get(0).sections());
    assertEquals(List.of(), anomalies.list());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "\n", "0x\n", "ffffffffc0001000\n", "0xfffffffffffffffff\n", "\u001b\u00ff"})
  void leavesOutSectionsWithoutAddress(String content, @TempDir Path root) throws IOException {
    TreeFiles files = new TreeFiles(root);
    files.write("/proc/modules", "m 4096 0 - Live 0x1000\n");
    files.write("/sys/module/m/sections/.bad", content);
    files.write("/sys/module/m/sections/.text", "0x1000\n");
    Anomalies anomalies = new Anomalies();
    assertEquals(
        List.of(new KernelModule.Section(".text", 0x1000)),
        read(root, anomalies).get(0).sections());
    byte[] bytes = TextLines.bytes(content.strip());
    String shown = FileName.excerpt(bytes, 0, bytes.length);
    assertEquals(1, anomalies.count());
    assertEquals(
        root.toRealPath() + "/sys/module/m/sections/.bad", anomalies.list().get(0).where());
    assertEquals("\"" + shown + "\" is not an address", anomalies.list().get(0).what());
  }

  @Test
  void recordsWhatIsTooLong(@TempDir Path root) throws IOException {
    TreeFiles files = new TreeFiles(root);
    files.write("/proc/modules", "m 4096 0 - Live 0x1000\n");
    files.write("/sys/module/m/sections/.text", "0x1000" + " ".repeat(1000));
    files.write("/sys/module/m/notes/.note.gnu.build-id", new byte[(1 << 16) + 1]);
    new TreeFiles(root.resolve("other")).write("/proc/modules", new byte[(4 << 20) + 1]);
    Anomalies anomalies = new Anomalies();
    assertEquals(List.of(), read(root, anomalies).get(0).sections());
    assertEquals(2, anomalies.count());
    assertEquals(List.of(), read(root.resolve("other"), anomalies));
    assertEquals(3, anomalies.count());
    for (Anomaly anomaly : anomalies.list()) {
      assertTrue(anomaly.what().contains("longer than"), anomaly.toString());
    }
  }

  @Test
  void recordsWhatCannotBeRead(@TempDir Path root) throws IOException {
    TreeFiles files = new TreeFiles(root);
    files.write("/proc/modules", "m 4096 0 - Live 0x1000\n");
    files.write("/sys/module/m/sections", "a file");
    files.write("/sys/module/m/notes/.note.gnu.build-id/directory", "");
    Anomalies anomalies = new Anomalies();
    assertEquals(
        List.of(
            new KernelModule(
                "m",
                4096,
                0,
                List.of(),
                KernelModule.State.LIVE,
                0x1000,
                "",
                Optional.empty(),
                List.of())),
        read(root, anomalies));
    String module = root.toRealPath() + "/sys/module/m/";
    assertEquals(
        List.of(module + "notes/.note.gnu.build-id", module + "sections"),
        anomalies.list().stream().map(Anomaly::where).toList());
  }

  @Test
  void sortsSectionsOfOneAddressByName(@TempDir Path root) throws IOException {
    TreeFiles files = new TreeFiles(root);
    files.write("/proc/modules", "m 4096 0 - Live 0x1000\n");
    List<String> names = List.of(".a", ".b", ".c", ".d", ".e", ".f", ".g", ".h", ".i");
    for (String name : names) {
      files.write("/sys/module/m/sections/" + name, "0x1000\n");
    }
    assertEquals(
        names,
        read(root, new Anomalies()).get(0).sections().stream()
            .map(KernelModule.Section::name)
            .toList());
  }

  @Test
  void hasNoModulesWithoutTheFile(@TempDir Path root) throws IOException {
    Anomalies anomalies = new Anomalies();
    assertEquals(List.of(), read(root, anomalies));
    assertEquals(0, anomalies.count());
    new TreeFiles(root).write("/proc/modules/directory", "");
    assertEquals(List.of(), read(root, anomalies));
    assertEquals(1, anomalies.count());
  }

  private static List<KernelModule> read(Path root, Anomalies anomalies) throws IOException {
    try (GuestTree tree = GuestTree.open(Kernel.load(), root.toString(), anomalies)) {
      return KernelModules.read(tree, anomalies);
    }
  }

  private static byte[] buildIdNote(byte[] id) {
    return ByteBuffer.allocate(16 + id.length)
        .order(ByteOrder.nativeOrder())
        .putInt(4)
        .putInt(id.length)
        .putInt(3)
        .put(TextLines.bytes("GNU\0"))
        .put(id)
        .array();
  }

  private static KernelModule only(String text) {
    ParsedModules parsed = ParsedModules.of(TextLines.bytes(text));
    parsed.assertIsOf(TextLines.bytes(text));
    assertEquals(List.of(), parsed.anomalies());
    assertEquals(1, parsed.modules().size());
    return parsed.modules().get(0);
  }
}
