// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes the files of a hand-made tree. */
public final class TreeFiles {
  private final Path root;

  /** Writes below a directory. */
  public TreeFiles(Path root) {
    this.root = root;
  }

  /** Writes a file, whose bytes are the characters of its content, and the directories above it. */
  public TreeFiles write(String path, String content) throws IOException {
    return write(path, TextLines.bytes(content));
  }

  /** Writes a file, and the directories above it. */
  public TreeFiles write(String path, byte[] content) throws IOException {
    Path file = root.resolve(path.substring(1));
    Files.createDirectories(file.getParent());
    Files.write(file, content);
    return this;
  }
}
