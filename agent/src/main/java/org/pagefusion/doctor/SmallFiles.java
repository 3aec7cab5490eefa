// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.pagefusion.guest.FileName;
import org.pagefusion.guest.GuestTree;

/** Small files of a tree, of which nothing is expected: they may be missing, or hold anything. */
final class SmallFiles {
  private static final int MAX_BYTES = 1 << 20;
  private static final int SHOWN_MAX = 80;

  private final GuestTree tree;

  SmallFiles(GuestTree tree) {
    this.tree = tree;
  }

  GuestTree tree() {
    return tree;
  }

  boolean exists(String path) {
    return tree.statusOf(path).isPresent();
  }

  /** The bytes of a file; empty when it can't be read or is over 1 MiB long. */
  Optional<byte[]> bytes(String path) {
    try {
      return Optional.of(tree.read(path, MAX_BYTES));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Its content with a char for each byte. */
  Optional<String> text(String path) {
    return bytes(path).map(bytes -> new String(bytes, StandardCharsets.ISO_8859_1));
  }

  /** Its first line, shortened and without spaces around it; empty when nothing is left. */
  Optional<String> line(String path) {
    return bytes(path)
        .map(
            bytes -> FileName.decode(bytes, 0, bytes.length).lines().findFirst().orElse("").strip())
        .filter(line -> !line.isEmpty())
        .map(SmallFiles::shortened);
  }

  private static String shortened(String line) {
    return line.codePointCount(0, line.length()) <= SHOWN_MAX
        ? line
        : line.substring(0, line.offsetByCodePoints(0, SHOWN_MAX)) + "…";
  }
}
