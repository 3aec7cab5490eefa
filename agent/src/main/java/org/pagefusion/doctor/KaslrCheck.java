// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.doctor;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.pagefusion.guest.KernelImage;

/**
 * Whether the kernel lies at a random address in each guest, so that relocated code differs and
 * less of it fuses. Files are not affected, so it is never a reason for a warning.
 */
final class KaslrCheck {
  /** Where x86-64 kernels lie by default (CONFIG_PHYSICAL_START), compared in units of 2 MiB. */
  private static final long DEFAULT_TEXT = 0xffffffff81000000L;

  private static final int ALIGNMENT_BITS = 21;
  private static final int CONFIGURATION_MAX_BYTES = 1 << 20;
  private static final String RANDOMIZE = "CONFIG_RANDOMIZE_BASE=y";

  private static final String ON = "on: about 3/10 of the kernel's text and 8/10 of its data fuse";
  private static final String OFF = "off: nearly all of equal kernels' text and data fuses";

  private final SmallFiles files;
  private final KernelImage image;

  KaslrCheck(SmallFiles files, KernelImage image) {
    this.files = files;
    this.image = image;
  }

  Check check() {
    String commandLine = files.text("/proc/cmdline").orElse("");
    if (Arrays.asList(commandLine.split("\\s+")).contains("nokaslr")) {
      return Check.ok(Subject.KASLR, OFF + " (nokaslr)");
    }
    if (image.text().isPresent()) {
      boolean moved =
          image.text().get().start() >>> ALIGNMENT_BITS != DEFAULT_TEXT >>> ALIGNMENT_BITS;
      return Check.ok(Subject.KASLR, moved ? ON : OFF + " (default address)");
    }
    Optional<Boolean> built = builtWithIt();
    if (built.isEmpty()) {
      return Check.skipped(
          Subject.KASLR,
          "not known: kernel addresses are hidden, and no kernel configuration is here");
    }
    return Check.ok(Subject.KASLR, (built.get() ? ON : OFF) + " (by the kernel's configuration)");
  }

  private Optional<Boolean> builtWithIt() {
    // A release may hold anything in a tree that is not the live one.
    String release = image.release().filter(name -> name.matches("[\\w.+~-]{1,128}")).orElse("");
    Optional<String> configuration =
        release.isEmpty() ? Optional.empty() : files.text("/boot/config-" + release);
    return configuration
        .or(() -> files.bytes("/proc/config.gz").flatMap(KaslrCheck::unpacked))
        .map(text -> text.lines().anyMatch(RANDOMIZE::equals));
  }

  private static Optional<String> unpacked(byte[] packed) {
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      byte[] text = in.readNBytes(CONFIGURATION_MAX_BYTES);
      return Optional.of(new String(text, StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
