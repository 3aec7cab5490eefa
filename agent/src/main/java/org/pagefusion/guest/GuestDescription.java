// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Which guest it is.
 *
 * @param kernel release, as uname -r says it
 * @param machine hardware name, as uname -m says it
 * @param machineIdHash the first 8 hex digits of the SHA-256 of /etc/machine-id, which itself is
 *     confidential (machine-id(5)); empty while the guest has none yet ("uninitialized")
 * @param memory its memory
 */
public record GuestDescription(
    Optional<String> kernel,
    Optional<String> machine,
    Optional<String> machineIdHash,
    MemoryInfo memory) {
  private static final int SMALL_FILE_BYTES = 4096;
  private static final int MACHINE_ID_DIGITS = 32;

  /** Reads it; what a tree does not tell is empty. */
  public static GuestDescription read(GuestTree tree, Anomalies anomalies) {
    Optional<String> version = firstLine(tree, "/proc/version");
    return new GuestDescription(
        version.flatMap(GuestDescription::release),
        tree.isLive() ? Optional.of(liveMachine()) : version.flatMap(GuestDescription::machineOf),
        firstLine(tree, "/etc/machine-id")
            .filter(GuestDescription::isMachineId)
            .map(GuestDescription::hash),
        MemoryInfo.read(tree, anomalies));
  }

  private static Optional<String> firstLine(GuestTree tree, String path) {
    try {
      String text = new String(tree.read(path, SMALL_FILE_BYTES), StandardCharsets.ISO_8859_1);
      String line = text.lines().findFirst().orElse("").strip();
      return line.isEmpty() ? Optional.empty() : Optional.of(line);
    } catch (IOException e) {
      // Not there, or not for this user: the report says that it does not know.
      return Optional.empty();
    }
  }

  /** {@code Linux version RELEASE (…)}. */
  static Optional<String> release(String version) {
    String[] words = version.split(" ", 4);
    return words.length > 2 && words[0].equals("Linux") ? Optional.of(words[2]) : Optional.empty();
  }

  private static String liveMachine() {
    String machine = System.getProperty("os.arch");
    return machine.equals("amd64") ? "x86_64" : machine;
  }

  /** Distributions end a release with their name of the machine. */
  private static Optional<String> machineOf(String version) {
    String release = release(version).orElse("");
    if (release.endsWith("amd64") || release.endsWith("x86_64")) {
      return Optional.of("x86_64");
    }
    return release.endsWith("arm64") || release.endsWith("aarch64")
        ? Optional.of("aarch64")
        : Optional.empty();
  }

  /** 32 hexadecimal digits, which tell machines apart; all else that may stand there does not. */
  private static boolean isMachineId(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.digit(text.charAt(i), 16) < 0) {
        return false;
      }
    }
    return text.length() == MACHINE_ID_DIGITS;
  }

  private static String hash(String machineId) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(machineId.getBytes(StandardCharsets.ISO_8859_1));
      return HexFormat.of().formatHex(digest, 0, 4);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
