// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceOptionsTest {
  @Test
  void readsWhatStartsTheService() {
    assertEquals(
        Optional.of(
            new ServiceOptions(
                "/",
                Optional.empty(),
                "/dev/vboxguest",
                Path.of("/run/pagefusion/registrations"),
                Path.of("/run/pagefusion/status.json"),
                false,
                false)),
        ServiceOptions.parse("run"));
    assertEquals(
        Optional.of(
            new ServiceOptions(
                "/tree",
                Optional.of(Path.of("c.conf")),
                "sim:/s#a",
                Path.of("r"),
                Path.of("s"),
                true,
                true)),
        ServiceOptions.parse(
            "run",
            "--root",
            "/tree",
            "--config",
            "c.conf",
            "--device",
            "sim:/s#a",
            "--state",
            "r",
            "-v",
            "--dry-run",
            "--status",
            "s"));
  }

  /** Those are read by the parser that knows them all, and says what is wrong. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "report",
        "run --once",
        "run --release",
        "run --json",
        "run --help",
        "run --device",
        "run --device=sim:/s",
        "run --device --state",
        "run -q",
        "run x",
        "--root / run",
        "-v run"
      })
  void leavesAllOthersAlone(String line) {
    String[] words = line.isEmpty() ? new String[0] : line.split(" ");
    assertTrue(ServiceOptions.parse(words).isEmpty());
  }

  @Test
  void whatIsNoPathIsLeftAlone() {
    assertTrue(ServiceOptions.parse("run", "--state", "a\0b").isEmpty());
    assertTrue(ServiceOptions.parse("run", "--state", "").isEmpty());
  }
}
