// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes the files of a hand-made tree. */
final class TreeFiles {
  private final Path root;

  TreeFiles(Path root) {
    this.root = root;
  }

  /** Writes a file, whose bytes are the characters of its content, and the directories above it. */
  TreeFiles write(String path, String content) throws IOException {
    return write(path, TextLines.bytes(content));
  }

  TreeFiles write(String path, byte[] content) throws IOException {
    Path file = root.resolve(path.substring(1));
    Files.createDirectories(file.getParent());
    Files.write(file, content);
    return this;
  }
}
