// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.fusion;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pagefusion.candidate.Identity;
import org.pagefusion.config.ConfigurationLoader;
import org.pagefusion.memory.FileToMap;
import org.pagefusion.vmmdev.ModuleRegion;
import org.pagefusion.vmmdev.OsFamily;
import org.pagefusion.vmmdev.SharedModule;

class ConfiguredPolicyTest {
  private static final Optional<String> NONE = Optional.empty();

  @TempDir Path folder;

  @Test
  void whatWasRegisteredUnderTheSameConfigurationMayStay() throws Exception {
    assertEquals(NONE, objection("", file("", "/usr/lib/a.so", "/usr/lib/a.so")));
    assertEquals(NONE, objection("", file("", "/proc/71/root/usr/lib/a.so", "/usr/lib/a.so")));
    assertEquals(NONE, objection("", kernel("", "[kernel]")));
    assertEquals(NONE, objection("", kernel("", "[ext4].rodata")));
  }

  @Test
  void excludedFilesAndModulesMustNot() throws Exception {
    String exclude = "exclude = /usr/lib/a.so, /sys/module/ext4, /sys/kernel\n";
    String because = "excluded by /usr/lib/a.so";
    assertEquals(
        Optional.of(because), objection(exclude, file("", "/usr/lib/a.so", "/usr/lib/a.so")));
    assertEquals(
        Optional.of(because),
        objection(exclude, file("", "/proc/71/root/usr/lib/a.so", "/usr/lib/a.so")));
    assertEquals(NONE, objection(exclude, file("", "/usr/lib/b.so", "/usr/lib/b.so")));
    assertEquals(
        Optional.of("excluded by /sys/module/ext4"),
        objection(exclude, kernel("", "[ext4].rodata")));
    assertEquals(
        Optional.of("excluded by /sys/kernel"), objection(exclude, kernel("", "[kernel]")));
    assertEquals(NONE, objection(exclude, kernel("", "[ext3]")));
  }

  @Test
  void kernelMemoryMustNotWhereItIsNoSource() throws Exception {
    assertEquals(
        Optional.of("kernel is not among the sources"),
        objection("sources = mapped\n", kernel("", "[kernel]")));
  }

  @Test
  void whatBelongsToAnotherShareGroupMustNot() throws Exception {
    Optional<String> because = Optional.of("of another share group");
    Registration grouped = file("lab", "/usr/lib/a.so", "/usr/lib/a.so");
    assertEquals(because, objection("", grouped));
    assertEquals(NONE, objection("group = lab\n", grouped));
    assertEquals(because, objection("group = other\n", grouped));
    assertEquals(because, objection("group = lab\n", file("", "/usr/lib/a.so", "/usr/lib/a.so")));
    assertEquals(NONE, objection("group = lab\n", kernel("lab", "[ext4]")));
    assertEquals(because, objection("", kernel("lab", "[ext4]")));
    assertEquals(
        Optional.of("excluded by /sys/module/*"),
        objection("group = lab\nexclude = /sys/module/*\n", kernel("lab", "[ext4]")));
  }

  private Optional<String> objection(String configuration, Registration registration)
      throws Exception {
    Path file = Files.writeString(folder.resolve("pagefusion.conf"), configuration);
    return new ConfiguredPolicy(
            new ConfigurationLoader(folder).load(Optional.of(file)).configuration())
        .objection(registration);
  }

  private static Registration file(String group, String location, String path) {
    FileToMap file = new FileToMap(location, 1, 2, 4096, 3);
    return new Registration(module(group, path), Optional.of(new ModuleFile(file, 0, 4096)), true);
  }

  private static Registration kernel(String group, String name) {
    return new Registration(module(group, name), Optional.empty(), true);
  }

  private static SharedModule module(String group, String path) {
    return new SharedModule(
        4096,
        4096,
        new Identity(group).name(path),
        "v",
        OsFamily.LINUX64,
        List.of(new ModuleRegion(4096, 4096)));
  }
}
