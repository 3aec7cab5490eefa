// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

package org.pagefusion.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pagefusion.config.LoadedConfiguration.Setting;

class ConfigurationLoaderTest {
  @TempDir private Path root;
  private Path folder;
  private Path mainFile;
  private Path dropIns;

  @BeforeEach
  void makeTree() throws IOException {
    folder = root.resolve("etc/pagefusion");
    mainFile = folder.resolve("pagefusion.conf");
    dropIns = folder.resolve("conf.d");
    Files.createDirectories(dropIns);
  }

  private LoadedConfiguration load() throws ConfigurationException {
    return new ConfigurationLoader(root).load(Optional.empty());
  }

  private Configuration configuration(String... lines) throws Exception {
    Files.write(mainFile, List.of(lines));
    return load().configuration();
  }

  private String errorOf(String... lines) throws IOException {
    Files.write(mainFile, List.of(lines));
    return error();
  }

  private String error() {
    String message = assertThrows(ConfigurationException.class, this::load).getMessage();
    assertTrue(message.codePoints().allMatch(Text::prints), message);
    return message;
  }

  @Test
  void nothingThereMeansDefaults() throws Exception {
    Files.delete(dropIns);
    assertEquals(Configuration.defaults(), load().configuration());
    Files.delete(folder);
    LoadedConfiguration loaded = load();
    assertEquals(Configuration.defaults(), loaded.configuration());
    assertEquals(List.of(), loaded.files());
    assertEquals(
        List.of(
            new Setting("mode", "observe", "default"),
            new Setting("host-safe", "no", "default"),
            new Setting("sources", "mapped, page-cache, kernel", "default"),
            new Setting("roots", "/usr, /lib, /lib64, /bin, /sbin, /opt", "default"),
            new Setting("exclude", "default", "default"),
            new Setting("group", "", "default"),
            new Setting("min-resident", "64 KiB", "default"),
            new Setting("max-modules", "1500", "default"),
            new Setting("scan-interval", "60 s", "default"),
            new Setting("scan-interval-max", "15 min", "default"),
            new Setting("check-budget", "0.1 %", "default"),
            new Setting("metrics-file", "", "default")),
        loaded.settings());
  }

  @Test
  void readsEveryKey() throws Exception {
    Files.writeString(
        mainFile,
        """
        # All of them.
        mode = fuse
        host-safe: yes

        sources = kernel, mapped
        roots = /usr/, //opt//x, /usr
        exclude = default, \\
          /opt/secret/**, *.{a,b}
        group   blue é team
        min-resident = 1m
        max-modules = 2048
        scan-interval = 120
        scan-interval-max = 2 h
        check-budget = 1.50%
        metrics-file = /var/lib/node/pagefusion.prom
        """);
    LoadedConfiguration loaded = load();
    Configuration read = loaded.configuration();
    assertEquals(Mode.FUSE, read.mode());
    assertTrue(read.hostSafe());
    assertEquals(Set.of(Source.MAPPED, Source.KERNEL), read.sources());
    assertEquals(List.of("/usr", "/opt/x"), read.roots());
    List<String> exclude = new ArrayList<>(DefaultExcludes.GLOBS);
    exclude.addAll(List.of("/opt/secret/**", "*.{a,b}"));
    assertEquals(exclude, read.exclude());
    assertEquals("blue é team", read.group());
    assertEquals(1 << 20, read.minResidentBytes());
    assertEquals(2048, read.maxModules());
    assertEquals(Duration.ofMinutes(2), read.scanInterval());
    assertEquals(Duration.ofHours(2), read.scanIntervalMax());
    assertEquals(0.015, read.checkBudget());
    assertEquals(List.of(mainFile), loaded.files());
    assertEquals(
        List.of(
            new Setting("mode", "fuse", mainFile + ":2"),
            new Setting("host-safe", "yes", mainFile + ":3"),
            new Setting("sources", "mapped, kernel", mainFile + ":5"),
            new Setting("roots", "/usr, /opt/x", mainFile + ":6"),
            new Setting("exclude", "default, /opt/secret/**, *.{a,b}", mainFile + ":7"),
            new Setting("group", "blue é team", mainFile + ":9"),
            new Setting("min-resident", "1 MiB", mainFile + ":10"),
            new Setting("max-modules", "2048", mainFile + ":11"),
            new Setting("scan-interval", "2 min", mainFile + ":12"),
            new Setting("scan-interval-max", "2 h", mainFile + ":13"),
            new Setting("check-budget", "1.5 %", mainFile + ":14"),
            new Setting("metrics-file", "/var/lib/node/pagefusion.prom", mainFile + ":15")),
        loaded.settings());
  }

  private static String origin(LoadedConfiguration loaded, Key key) {
    for (LoadedConfiguration.Setting setting : loaded.settings()) {
      if (setting.key().equals(key.text())) {
        return setting.origin();
      }
    }
    throw new AssertionError(key + " is not among the settings");
  }

  @Test
  void laterFilesOverrideEarlierOnesKeyByKey() throws Exception {
    Files.writeString(mainFile, "mode = fuse\ngroup = main\nmax-modules = 1\n");
    Files.writeString(dropIns.resolve("90-b.conf"), "group = ninety\n");
    Files.writeString(dropIns.resolve("10-a.conf"), "\ngroup = ten\nmax-modules = 10\n");
    LoadedConfiguration loaded = load();
    assertEquals(Mode.FUSE, loaded.configuration().mode());
    assertEquals("ninety", loaded.configuration().group());
    assertEquals(10, loaded.configuration().maxModules());
    assertEquals(mainFile + ":1", origin(loaded, Key.MODE));
    assertEquals(dropIns.resolve("90-b.conf") + ":1", origin(loaded, Key.GROUP));
    assertEquals(dropIns.resolve("10-a.conf") + ":3", origin(loaded, Key.MAX_MODULES));
    assertEquals(
        List.of(mainFile, dropIns.resolve("10-a.conf"), dropIns.resolve("90-b.conf")),
        loaded.files());
  }

  /** U+FF5E is EF BD 9E in UTF-8 and U+1F600 is F0 9F 98 80; as UTF-16 they stand otherwise. */
  @Test
  void dropInsApplyInTheByteOrderOfTheirNames() throws Exception {
    List<String> names = new ArrayList<>(List.of("Z.conf", "a.conf", "a0.conf", "b.conf"));
    // Where the locale has no UTF-8, the JDK can't name the other two.
    if ("UTF-8".equals(System.getProperty("sun.jnu.encoding"))) {
      names.add("\uff5e.conf");
      names.add("\ud83d\ude00.conf");
    }
    for (int index = names.size() - 1; index >= 0; index--) {
      Files.writeString(dropIns.resolve(names.get(index)), "group = " + names.get(index));
    }
    LoadedConfiguration loaded = load();
    assertEquals(
        names, loaded.files().stream().map(file -> file.getFileName().toString()).toList());
    assertEquals(names.get(names.size() - 1), loaded.configuration().group());
  }

  @Test
  void skipsWhatIsNoDropIn() throws Exception {
    for (String name : List.of("a.conf~", "a.conf.dpkg-old", "README", ".hidden.conf", "conf")) {
      Files.writeString(dropIns.resolve(name), "no = key");
    }
    Files.createSymbolicLink(dropIns.resolve(".#a.conf"), Path.of("me@host.1234"));
    Files.createSymbolicLink(dropIns.resolve("masked.conf"), Path.of("/dev/null"));
    LoadedConfiguration loaded = load();
    assertEquals(Configuration.defaults(), loaded.configuration());
    assertEquals(List.of(dropIns.resolve("masked.conf")), loaded.files());
  }

  @Test
  void anExplicitFileReplacesAllOthers() throws Exception {
    Files.writeString(mainFile, "mode = fuse\nunknown = x\n");
    Files.writeString(dropIns.resolve("a.conf"), "group = drop-in\n");
    Path explicit = root.resolve("mine");
    Files.writeString(explicit, "max-modules = 7");
    LoadedConfiguration loaded = new ConfigurationLoader(root).load(Optional.of(explicit));
    assertEquals(7, loaded.configuration().maxModules());
    assertEquals(Mode.OBSERVE, loaded.configuration().mode());
    assertEquals("", loaded.configuration().group());
    assertEquals(List.of(explicit), loaded.files());
  }

  @Test
  void anExplicitFileMustExist() {
    Path missing = root.resolve("missing");
    var error =
        assertThrows(
            ConfigurationException.class,
            () -> new ConfigurationLoader(root).load(Optional.of(missing)));
    assertEquals(missing + ": can't be read: there is no such file", error.getMessage());
  }

  @Test
  void anExplicitFolderIsAnError() {
    var error =
        assertThrows(
            ConfigurationException.class,
            () -> new ConfigurationLoader(root).load(Optional.of(folder)));
    assertTrue(error.getMessage().startsWith(folder + ": can't be read: "), error.getMessage());
  }

  @Test
  void refusesWhatIsNoRegularFile() throws Exception {
    Path odd = dropIns.resolve("odd.conf");
    Files.createDirectory(odd);
    assertEquals(odd + ": found a folder, expected a regular file", error());
    Files.delete(odd);
    Files.createSymbolicLink(odd, Path.of("/dev/zero"));
    assertEquals(odd + ": found a device, pipe or socket, expected a regular file", error());
    Files.delete(odd);
    Files.createSymbolicLink(odd, Path.of("nowhere"));
    assertEquals(odd + ": can't be read: there is no such file", error());
    Files.delete(odd);
    Files.createSymbolicLink(mainFile, Path.of("nowhere"));
    assertEquals(mainFile + ": can't be read: there is no such file", error());
  }

  @Test
  void refusesAFileWhereAFolderBelongs() throws Exception {
    Files.delete(dropIns);
    Files.writeString(dropIns, "");
    assertTrue(error().startsWith(dropIns + ": can't be read: "));
    Files.delete(dropIns);
    Files.delete(folder);
    Files.writeString(folder, "");
    assertTrue(error().startsWith(mainFile + ": can't be read: "));
  }

  @Test
  void refusesUnreadableFiles() throws Exception {
    Files.writeString(mainFile, "");
    Files.setPosixFilePermissions(mainFile, PosixFilePermissions.fromString("---------"));
    Assumptions.assumeFalse(Files.isReadable(mainFile), "root reads everything");
    assertEquals(
        mainFile + ": can't be read: permission denied; make it readable, or run as root", error());
  }

  @Test
  void refusesHugeFiles() throws Exception {
    Files.writeString(mainFile, "#".repeat((1 << 20) + 1));
    assertEquals(mainFile + ": larger than 1 MiB, expected a configuration file", error());
    Files.writeString(mainFile, "#".repeat(1 << 20));
    assertEquals(Configuration.defaults(), load().configuration());
  }

  @Test
  void readsUtf8WithOrWithoutMark() throws Exception {
    assertEquals("é", configuration("\uFEFFgroup = é").group());
    Files.write(mainFile, "mode = observe\r\n#\rgroup = é".getBytes(StandardCharsets.ISO_8859_1));
    assertEquals(mainFile + ":3: found the byte 0xe9, expected text in UTF-8", error());
  }

  @Test
  void namesUnknownKeys() throws Exception {
    assertEquals(
        mainFile + ":3: unknown key 'hostsafe'; did you mean 'host-safe'?",
        errorOf("# comment", "", "hostsafe = yes"));
    assertEquals(
        mainFile
            + ":1: unknown key 'colour'; expected one of mode, host-safe, sources, roots, exclude,"
            + " group, min-resident, max-modules, scan-interval, scan-interval-max, check-budget,"
            + " metrics-file",
        errorOf("colour = red"));
    assertTrue(errorOf("\\u0007\\n = x").startsWith(mainFile + ":1: unknown key '\\u0007\\u000a'"));
    assertTrue(errorOf("x".repeat(10_000)).length() < 400 + mainFile.toString().length());
  }

  @Test
  void namesBothLinesOfAKeyGivenTwice() throws Exception {
    assertEquals(
        mainFile + ":4: mode: found again, expected once in a file; it stands in line 2 already",
        errorOf("", "mode = fuse", "", "mode = fuse"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mode | fusee | observe or fuse",
        "mode | | observe or fuse",
        "host-safe | maybe | yes or no",
        "sources | mapped, pagecache | one or more of mapped, page-cache, kernel",
        "sources | | one or more of mapped, page-cache, kernel",
        "roots | usr | absolute paths such as /usr, without '.' or '..'",
        "roots | /usr, /a/../b | absolute paths such as /usr, without '.' or '..'",
        "roots | /usr,, /lib | absolute paths such as /usr, without an empty entry",
        "roots | /sys | paths that are not in /proc, /sys or /dev",
        "roots | /proc//1/ | paths that are not in /proc, /sys or /dev",
        "min-resident | -1 | a size such as 65536 or 64 KiB (units B, KiB, MiB, GiB)",
        "max-modules | 0 | 1 to 2048 (the host accepts no more in the lifetime of a VM)",
        "max-modules | 2049 | 1 to 2048 (the host accepts no more in the lifetime of a VM)",
        "scan-interval | 999 ms | whole milliseconds from 1 s to 365 d",
        "scan-interval-max | 366 d | whole milliseconds from 1 s to 365 d",
        "check-budget | 0.1 | a percentage such as 0.1 %, with the % sign",
        "check-budget | 0 % | above 0 % and at most 10 %",
        "metrics-file | metrics.prom | an absolute path that ends in .prom, or nothing",
        "metrics-file | /var/metrics | an absolute path that ends in .prom, or nothing",
        "metrics-file | /a/../b.prom | an absolute path that ends in .prom, or nothing",
        "metrics-file | /var/.prom | an absolute path that ends in .prom, or nothing",
        "check-budget | 10.01 % | above 0 % and at most 10 %",
        "exclude | | globs, 'default' for the built-in ones, or 'none'",
        "exclude | a,,b | globs, 'default' for the built-in ones, or 'none', without an empty"
            + " entry",
        "exclude | none, a | nothing beside 'none'",
      })
  void saysWhatWasFoundAndWhatWasExpected(String key, String value, String expected)
      throws Exception {
    String found = value == null ? "nothing" : "'" + value + "'";
    assertEquals(
        mainFile + ":2: " + key + ": found " + found + ", expected " + expected,
        errorOf("", key + " = " + (value == null ? "" : value)));
  }

  @Test
  void refusesValuesThatALaterFileWouldOverride() throws Exception {
    Files.writeString(dropIns.resolve("a.conf"), "mode = fuse");
    assertTrue(errorOf("mode = x").startsWith(mainFile + ":1: mode: found 'x'"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"mode = fuse # ok", "exclude = *.k # mine", "group = a\t#b", "roots=/ #"})
  void refusesCommentsAfterValues(String line) throws Exception {
    String message = errorOf(line);
    assertTrue(message.startsWith(mainFile + ":1: "), message);
    assertTrue(message.contains("no comment after the value"), message);
  }

  @Test
  void groupsAreTextOfAtMost256Characters() throws Exception {
    String longest = "\ud83d\ude00".repeat(256);
    assertEquals(longest, configuration("group = " + longest).group());
    assertTrue(errorOf("group = " + longest + "x").endsWith("expected at most 256 characters"));
    for (String wrong : List.of("a\\u0000b", "a\\nb", "\\ud800", "a\\u007f")) {
      assertTrue(
          errorOf("group = " + wrong).endsWith("expected text without control characters"), wrong);
    }
  }

  @Test
  void excludeReplacesOrAdds() throws Exception {
    assertEquals(List.of("*.a"), configuration("exclude = *.a").exclude());
    assertEquals(List.of("*.a"), configuration("exclude = *.a, *.a").exclude());
    assertEquals(List.of(), configuration("exclude = none").exclude());
    assertEquals(DefaultExcludes.GLOBS, configuration("exclude = default").exclude());
    List<String> both = new ArrayList<>(List.of("*.a"));
    both.addAll(DefaultExcludes.GLOBS);
    assertEquals(both, configuration("exclude = *.a, default, *.pem").exclude());
    assertEquals(List.of("**/default"), configuration("exclude = **/default").exclude());
    assertEquals(List.of("\\*"), configuration("exclude = \\\\*").exclude());
  }

  @Test
  void excludeNamesThePositionInThePattern() throws Exception {
    assertEquals(
        mainFile
            + ":1: exclude: pattern '/a[b', character 3: '[' without ']'; write \\[ for the"
            + " character itself (in the file, each backslash twice)",
        errorOf("exclude = default, /a[b"));
  }

  @Test
  void intervalsMustFitEachOther() throws Exception {
    assertEquals(
        mainFile
            + ":1: scan-interval: found '20 min', expected at most 15 min, the value of"
            + " scan-interval-max (default); set that too",
        errorOf("scan-interval = 20 min"));
    assertEquals(
        mainFile
            + ":1: scan-interval-max: found '30 s', expected at least 60 s, the value of"
            + " scan-interval (default)",
        errorOf("scan-interval-max = 30 s"));
    Files.writeString(dropIns.resolve("a.conf"), "scan-interval-max = 30 min");
    assertEquals(Duration.ofMinutes(20), configuration("scan-interval = 20 min").scanInterval());
    assertFalse(load().configuration().scanIntervalMax().equals(Duration.ofMinutes(15)));
  }
}
