// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.pagefusion.guest.TreeFiles;
import org.pagefusion.vmmdev.HostVersion;
import org.pagefusion.vmmdev.RequestType;

/** Whatever the files hold and the host answers, there is a diagnosis. */
class DoctorProperties {
  private static final List<String> PATHS =
      List.of(
          "/sys/class/dmi/id/sys_vendor",
          "/sys/class/dmi/id/product_name",
          "/sys/class/dmi/id/board_vendor",
          "/sys/bus/pci/devices/0000:00:04.0/vendor",
          "/sys/bus/pci/devices/0000:00:04.0/device",
          "/sys/module/vboxguest/version",
          "/sys/module/vboxguest/taint",
          "/proc/version",
          "/proc/cmdline",
          "/proc/kallsyms",
          "/proc/modules",
          "/proc/config.gz",
          "/proc/sys/kernel/kptr_restrict",
          "/proc/77/status",
          "/proc/77/cmdline",
          "/proc/77/maps",
          "/run/pagefusion/registrations",
          "/boot/config-6.1.0");

  @Provide
  Arbitrary<Map<String, byte[]>> trees() {
    Arbitrary<byte[]> garbage = Arbitraries.bytes().array(byte[].class).ofMaxSize(300);
    Arbitrary<byte[]> plausible =
        Arbitraries.of(
                "innotek GmbH\n",
                "Linux version 6.1.0 (x)\n",
                "CapEff:\tffff\n",
                "CapEff:\n",
                "ffffffff81000000 T _stext\nffffffff82000000 T _etext\n",
                "org.pagefusion.cli.Main run",
                "\u001f\u008b\u0008\u0000",
                "nokaslr",
                "0x80ee\n",
                "\n\n")
            .map(text -> text.getBytes(StandardCharsets.ISO_8859_1));
    return Arbitraries.maps(Arbitraries.of(PATHS), Arbitraries.oneOf(garbage, plausible));
  }

  @Provide
  Arbitrary<ScriptedDevice> devices() {
    Arbitrary<Integer> codes =
        Arbitraries.oneOf(
            Arbitraries.of(0, -2, -12, -37, -225, -3825, -3828, -3829), Arbitraries.integers());
    Arbitrary<Integer> types =
        Arbitraries.of(
            RequestType.HOST_VERSION,
            RequestType.STATUS,
            RequestType.SESSION_ID,
            RequestType.REGISTER,
            RequestType.UNREGISTER);
    Arbitrary<Integer> numbers =
        Arbitraries.oneOf(Arbitraries.of(6, 7, 2, 1), Arbitraries.integers());
    return Combinators.combine(
            Arbitraries.maps(types, codes).ofMaxSize(3),
            Arbitraries.maps(types, Arbitraries.of(1, 5, 22, 25)).ofMaxSize(1),
            numbers,
            numbers,
            Arbitraries.of(true, false))
        .as(
            (answers, failures, major, minor, fusion) -> {
              ScriptedDevice device = new ScriptedDevice();
              answers.forEach(device::answer);
              failures.forEach(device::fail);
              device.version = new HostVersion(major & 0xffff, minor & 0xffff, 1, 1, 1);
              device.fusion = fusion;
              return device;
            });
  }

  @Property(tries = 300)
  void noTreeAndNoHostBreaksIt(
      @ForAll("trees") Map<String, byte[]> files,
      @ForAll("devices") ScriptedDevice device,
      @ForAll boolean asked)
      throws IOException {
    Path root = Files.createTempDirectory("doctor");
    try {
      TreeFiles tree = new TreeFiles(root);
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        tree.write(file.getKey(), file.getValue());
      }
      Examined examined = new Examined(root).service(77).probing();
      Diagnosis diagnosis = (asked ? examined.asking(device) : examined).diagnose();
      for (Check check : diagnosis.checks()) {
        String texts = check.found() + check.remedy().orElse("");
        assertTrue(texts.chars().noneMatch(Character::isISOControl), texts);
      }
      assertEquals(
          device.count(RequestType.REGISTER) > 0,
          Examined.of(diagnosis, Subject.PROBE).result() != Result.SKIPPED);
      assertEquals(0, device.count(RequestType.CHECK));
    } finally {
      List<Path> all;
      try (Stream<Path> walk = Files.walk(root)) {
        all = walk.toList();
      }
      for (int i = all.size() - 1; i >= 0; i--) {
        Files.delete(all.get(i));
      }
    }
  }
}
