// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pagefusion.candidate.OddTree;
import org.pagefusion.candidate.TestElf;
import org.pagefusion.guest.CapturedTree;
import org.pagefusion.report.ReportSchema;
import org.pagefusion.report.StrictJson;

/** Commands as a shell sees them: results, errors and exit codes. */
class MainTest {
  private static final int SIZE = 100_000;

  private OddTree tree;
  private String root;

  @BeforeEach
  void createTree() throws IOException {
    tree = OddTree.create();
    root = tree.root().toString();
    tree.file("/usr/lib/libx.so", TestElf.make(TestElf.SHARED, false, new int[] {1, 2}, SIZE, 1));
    tree.process(7).maps("/usr/lib/libx.so");
  }

  @AfterEach
  void deleteTree() throws IOException {
    tree.close();
  }

  // ---- usage

  @ParameterizedTest
  @CsvSource({
    "'',                         Missing required subcommand,    pagefusion --help",
    "nonsense,                   'nonsense',                     pagefusion --help",
    "report --nope,              '--nope',                       pagefusion report --help",
    "report extra,               'extra',                        pagefusion report --help",
    "inspect,                    process,                        pagefusion inspect --help",
    "inspect nonsense,           'nonsense',                     pagefusion inspect --help",
    "inspect elf,                PATH,                           pagefusion inspect elf --help",
    "inspect file,               PATH,                           pagefusion inspect file --help",
    "inspect module,             NAME,                           pagefusion inspect module --help",
    "inspect process,            PID,                            pagefusion inspect process --help",
    "inspect process seven,      'seven',                        pagefusion inspect process --help",
    "inspect process 99999999999,'99999999999',                  pagefusion inspect process --help",
    "inspect elf /a /b,          '/b',                           pagefusion inspect elf --help",
    "report --root,              --root,                         --help",
    "--config,                   --config,                       --help",
    "config --json=maybe,        maybe,                          pagefusion config --help",
    "report --page-hashes,       --page-hashes,                  add --json",
    "--root= report,             --root,                         expected a directory",
  })
  void wrongUseIs64(String line, String thing, String remedy) {
    String[] arguments = line.isEmpty() ? new String[0] : line.split(" +");
    CommandRun.of(arguments).failed(64, thing.replace("'", ""), remedy);
  }

  @Test
  void helpAndVersionAreResults() {
    for (String[] arguments :
        List.of(
            new String[] {"--help"},
            new String[] {"-h"},
            new String[] {"report", "--help"},
            new String[] {"inspect", "--help"},
            new String[] {"inspect", "elf", "--help"},
            new String[] {"config", "-h"})) {
      CommandRun help = CommandRun.of(arguments).done();
      assertTrue(help.out().startsWith("Usage: pagefusion"), help.out());
    }
    for (String option : List.of("--version", "-V")) {
      assertTrue(CommandRun.of(option).done().out().matches("pagefusion \\S.*\n"));
    }
    String help = CommandRun.of("--help").out();
    for (String word : List.of("report", "inspect", "config", "--root", "--config", "-v", "-q")) {
      assertTrue(help.contains(word), word);
    }
  }

  /** A file's name may begin as picocli's argument files do. */
  @Test
  void atSignsAreNames() throws IOException {
    Path arguments = tree.text("/@args", "--version\n");
    CommandRun.of("--root", root, "inspect", "file", "/@args").done();
    CommandRun.of("@" + arguments).failed(64, "@" + arguments, "--help");
  }

  // ---- what is not there, or not what it should be

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void badInputIs65(boolean json) throws IOException {
    byte[] broken = TestElf.make(TestElf.SHARED, false, new int[] {1, 2}, SIZE, 1);
    broken[4] = 9;
    tree.file("/broken.so", broken);
    tree.file("/short.so", new byte[] {0x7F, 'E', 'L', 'F'});
    tree.text("/text", "text\n");
    tree.text("/empty", "");
    for (String[] row :
        new String[][] {
          {"elf", "/broken.so", root + "/broken.so: malformed ELF file: ", "compare"},
          {"elf", "/short.so", root + "/short.so: malformed ELF file: ", "compare"},
          {"elf", "/text", root + "/text: not an ELF file", "inspect file"},
          {"elf", "/empty", root + "/empty: not an ELF file", "inspect file"},
          {"elf", "/usr", root + "/usr: not a regular file", "name a file"},
          {"file", "/usr", root + "/usr: not a regular file", "name a file"},
          {"process", "12345", "process 12345", "/proc"},
          {"process", "0", "process 0", "/proc"},
          {"module", "nope", "module nope", "/proc/modules"},
        }) {
      String[] arguments = {"--root", root, "inspect", row[0], row[1]};
      if (json) {
        arguments = new String[] {"--root", root, "inspect", row[0], "--json", row[1]};
      }
      CommandRun.of(arguments).failed(65, row[2], row[3]);
    }
  }

  @Test
  void whatIsNotThereIs74() {
    CommandRun.of("--root", root, "inspect", "elf", "/never")
        .failed(74, root + "/never: no such file", "path");
    CommandRun.of("--root", root, "inspect", "file", "/usr/lib/libx.so/never")
        .failed(74, root + "/usr/lib/libx.so/never: not a directory", "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"report", "config", "inspect process 1", "inspect file /x"})
  void aRootThatIsNoneIs74(String command) {
    String[] words = ("--root DIR " + command).split(" ");
    words[1] = root + "/never";
    CommandRun.of(words).failed(74, "--root " + root + "/never: no such directory", "name one");
    words[1] = root + "/usr/lib/libx.so";
    CommandRun.of(words)
        .failed(74, "--root " + root + "/usr/lib/libx.so: not a directory", "name one");
  }

  /** Whatever stands in a name, an error is one line. */
  @Test
  void oddNamesInErrorsAreShownNotSent() {
    String odd = "/new\nline\u001b[31m";
    String shown = "/new\\x0aline\\x1b[31m";
    CommandRun.of("--root", root, "inspect", "file", odd).failed(74, root + shown, "path");
    CommandRun.of("--root", root, "inspect", "elf", odd).failed(74, root + shown, "path");
    CommandRun.of("--root", root, "inspect", "module", odd).failed(65, shown, "/proc/modules");
    CommandRun.of("--root", root + odd, "report").failed(74, root + shown, "name one");
    CommandRun.of("report", odd).failed(64, shown, "--help");
    CommandRun.of("--config", odd, "config").failed(78, "can't be read", "");
  }

  @Test
  void aBridgeThatIsMissingIs69() {
    String before = System.getProperty("pagefusion.native");
    try {
      for (String library : List.of(root + "/never.so", root + "/usr/lib/libx.so")) {
        System.setProperty("pagefusion.native", library);
        CommandRun.of("--root", root, "report")
            .failed(69, library + ": the native bridge can't be loaded", "-Dpagefusion.native=");
        CommandRun.of("--root", root, "config").done();
      }
    } finally {
      System.setProperty("pagefusion.native", before);
    }
  }

  // ---- configuration

  @Test
  void configurationThatIsWrongIs78() throws IOException {
    tree.text("/etc/pagefusion/pagefusion.conf", "# fine\nmode = observe\nmdoe = fuse\n");
    String where = root + "/etc/pagefusion/pagefusion.conf:3";
    for (String[] command :
        List.of(
            new String[] {"--root", root, "report"},
            new String[] {"--root", root, "report", "--json"},
            new String[] {"--root", root, "config"},
            new String[] {"--root", root, "inspect", "process", "7"})) {
      CommandRun.of(command).failed(78, where, "mode");
    }
    tree.text("/etc/pagefusion/pagefusion.conf", "");
    tree.text("/etc/pagefusion/conf.d/10-x.conf", "max-modules = 5000\n");
    CommandRun.of("--root", root, "config")
        .failed(78, "/etc/pagefusion/conf.d/10-x.conf:1: max-modules", "1 to 2048");
    CommandRun.of("--root", root, "--config", root + "/never.conf", "config")
        .failed(78, root + "/never.conf", "there is no such file");
  }

  @Test
  void theConfigurationIsShownWithItsOrigins() throws IOException {
    Path main =
        tree.text("/etc/pagefusion/pagefusion.conf", "\nmin-resident = 1 MiB\ngroup = a\"b\n");
    Path dropIn = tree.text("/etc/pagefusion/conf.d/50.conf", "group = other\n");
    String text = CommandRun.of("--root", root, "config").done().out();
    assertTrue(text.contains("min-resident = 1 MiB   # " + main + ":2\n"), text);
    assertTrue(text.contains("group = other   # " + dropIn + ":1\n"), text);
    assertTrue(text.contains("mode = observe   # default\n"), text);

    JsonObject json =
        StrictJson.parse(CommandRun.of("--root", root, "config", "--json").done().out());
    assertEquals(List.of("schema", "values"), List.copyOf(json.keySet()));
    assertEquals("pagefusion.config/1", json.get("schema").getAsString());
    assertEquals(text.lines().count(), json.getAsJsonArray("values").size());
    assertTrue(text.lines().count() >= 11, text);
    for (JsonElement element : json.getAsJsonArray("values")) {
      JsonObject setting = element.getAsJsonObject();
      assertEquals(List.of("key", "value", "origin"), List.copyOf(setting.keySet()));
      String key = setting.get("key").getAsString();
      String line = key + " = " + setting.get("value").getAsString();
      assertTrue(text.contains(line + "   # " + setting.get("origin").getAsString() + "\n"), line);
    }

    Path file = tree.text("/own.conf", "mode = fuse\n");
    String own = CommandRun.of("config", "--root", root, "--config", file.toString()).done().out();
    assertTrue(own.contains("mode = fuse   # " + file + ":1\n"), own);
    assertTrue(own.contains("group =    # default\n"), own);
  }

  @Test
  void theConfigurationCounts() throws IOException {
    tree.text("/etc/pagefusion/pagefusion.conf", "exclude = libx*\nsources = mapped\n");
    JsonObject report =
        ReportSchema.check(CommandRun.of("--root", root, "report", "--json").done().out(), false);
    assertEquals(0, report.getAsJsonArray("candidates").size());
    assertEquals(
        "{\"path\":\"/usr/lib/libx.so\",\"reason\":\"pattern\",\"detail\":\"libx*\","
            + "\"size\":1048576,\"files\":1}",
        report.getAsJsonArray("excluded").get(0).toString());
  }

  // ---- report

  @Test
  void aReportOfATree() {
    String text = CommandRun.of("--root", root, "report").done().out();
    assertTrue(text.contains(", tree " + root + "\n"), text);
    assertTrue(text.contains("/usr/lib/libx.so\n"), text);
    JsonObject report =
        ReportSchema.check(CommandRun.of("--root", root, "report", "--json").done().out(), false);
    JsonObject candidate = report.getAsJsonArray("candidates").get(0).getAsJsonObject();
    assertEquals("/usr/lib/libx.so", candidate.get("name").getAsString());
    assertEquals(1, candidate.get("mappedBy").getAsInt());
    assertEquals(root, report.getAsJsonObject("scan").get("tree").getAsString());
  }

  @Test
  void aReportWithHashes() {
    CommandRun run = CommandRun.of("report", "--page-hashes", "--root", root, "--json").done();
    JsonObject report = ReportSchema.check(run.out(), true);
    assertFalse(
        report
            .getAsJsonArray("candidates")
            .get(0)
            .getAsJsonObject()
            .get("pageHashes")
            .isJsonNull());
  }

  /**
   * Options that all commands share may stand before and behind the command, also relative ones.
   */
  @Test
  void sharedOptionsStandAnywhere() {
    String relative = Path.of("").toAbsolutePath().relativize(tree.root()).toString();
    assertTrue(relative.contains(" "), "the tree has a space in its name: " + relative);
    for (String[] arguments :
        List.of(
            new String[] {"--root", root, "inspect", "process", "7"},
            new String[] {"inspect", "--root", root, "process", "7"},
            new String[] {"inspect", "process", "--root", root, "7"},
            new String[] {"inspect", "process", "7", "--root=" + root},
            new String[] {"inspect", "process", "7", "-q", "--root", root + "/"},
            new String[] {"--root", relative, "inspect", "process", "7"},
            new String[] {"--root", "./" + relative + "//", "inspect", "process", "7"})) {
      String text = CommandRun.of(arguments).done().out();
      assertTrue(text.startsWith("process 7  process-7\n"), text);
      assertTrue(text.contains("  /usr/lib/libx.so  "), text);
    }
  }

  @Test
  void aCapturedTreeHasNoHashes() {
    CommandRun.of("--root", CapturedTree.unpacked().toString(), "report", "--json", "--page-hashes")
        .failed(65, "--page-hashes", "leave it out");
  }

  @Test
  void aCapturedTreeIsReported() {
    String captured = CapturedTree.unpacked().toString();
    JsonObject report =
        ReportSchema.check(
            CommandRun.of("--root", captured, "report", "--json").done().out(), false);
    assertEquals(0, report.getAsJsonObject("scan").getAsJsonArray("anomalies").size());
    assertTrue(report.getAsJsonArray("candidates").size() > 50);
    String text = CommandRun.of("--root", captured, "report").done().out();
    assertTrue(text.contains("A captured tree holds no residency"), text);
    for (String line : text.split("\n")) {
      assertTrue(line.length() <= 120 || line.contains("tree "), line.length() + ": " + line);
    }
  }

  // ---- inspect

  @Test
  void inspectionsOfACapturedTree() {
    String captured = CapturedTree.unpacked().toString();
    String libc = "/usr/lib/x86_64-linux-gnu/libc.so.6";
    String[][] commands = {
      {"process", "1", "process 1  systemd\n", "pagefusion.process/1"},
      {"file", libc, libc + "\n", "pagefusion.file/1"},
      {
        "file", "/usr/lib/x86_64-linux-gnu/../x86_64-linux-gnu/libc.so.6", libc, "pagefusion.file/1"
      },
      {"file", "usr/lib/udev/hwdb.bin", "/usr/lib/udev/hwdb.bin\n", "pagefusion.file/1"},
      {"module", "ext4", "module ext4\n", "pagefusion.module/1"},
      {"elf", libc, libc + "\n", "pagefusion.elf/1"},
      {"elf", libc.substring(1), libc + "\n", "pagefusion.elf/1"},
    };
    for (String[] command : commands) {
      String text =
          CommandRun.of("--root", captured, "inspect", command[0], command[1]).done().out();
      assertTrue(text.startsWith(command[2]), text);
      assertFalse(text.contains("Could not be read"), text);
      JsonObject json =
          StrictJson.parse(
              CommandRun.of("--root", captured, "inspect", command[0], command[1], "--json")
                  .done()
                  .out());
      assertEquals(command[3], json.get("schema").getAsString());
      if (json.has("anomalies")) {
        assertEquals("[]", json.get("anomalies").toString());
        assertTrue(json.getAsJsonArray("candidates").size() > 0, json.toString());
      }
    }
    JsonObject file =
        StrictJson.parse(
            CommandRun.of("--root", captured, "inspect", "--json", "file", libc).done().out());
    assertTrue(file.get("mappedBy").getAsInt() > 10);
    assertEquals("assumed", file.get("residency").getAsString());
    assertEquals(
        "shared object", file.getAsJsonObject("elf").get("type").getAsString(), file.toString());
  }

  @Test
  void inspectionsOfThisProcess() throws IOException {
    long pid = ProcessHandle.current().pid();
    String text = CommandRun.of("inspect", "process", Long.toString(pid)).done().out();
    assertTrue(text.startsWith("process " + pid + "  "), text);
    assertTrue(text.contains("/libjvm.so\n"), text);
    assertTrue(text.contains("[heap]\n"), text);
    JsonObject json =
        StrictJson.parse(
            CommandRun.of("inspect", "process", "--json", Long.toString(pid)).done().out());
    assertTrue(json.getAsJsonArray("mappings").size() > 20);

    Path java = Path.of(System.getProperty("java.home"), "bin", "java").toRealPath();
    String elf = CommandRun.of("inspect", "elf", java.toString()).done().out();
    assertTrue(elf.startsWith(java + "\n"), elf);
    assertTrue(elf.contains("LOAD"), elf);
    CommandRun.of("inspect", "file", java.toString()).done();
  }

  @Test
  void relativePathsCountFromHere() throws IOException {
    Path here = Path.of("").toAbsolutePath();
    Path file = Files.createTempFile(here.resolve("target"), "relative", ".txt");
    try {
      String text = CommandRun.of("inspect", "file", here.relativize(file).toString()).done().out();
      assertTrue(text.startsWith(file.toRealPath() + "\n"), text);
    } finally {
      Files.delete(file);
    }
  }

  /** What went wrong on the way is part of the result, in text too. */
  @Test
  void inspectionsTellTheirAnomalies() throws IOException {
    tree.process(7).raw("nonsense\n");
    String text = CommandRun.of("--root", root, "inspect", "process", "7").done().out();
    assertTrue(
        text.contains("\nCould not be read or understood\n  " + root + "/proc/7/maps:2: "), text);
    JsonObject json =
        StrictJson.parse(
            CommandRun.of("--root", root, "inspect", "process", "7", "--json").done().out());
    assertFalse(json.getAsJsonArray("anomalies").isEmpty());
  }
}
