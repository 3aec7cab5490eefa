// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.html;

import java.io.IOException;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** Writes pages to files: wholly, or not at all. */
public final class PageFile {
  private PageFile() {}

  /**
   * Writes a page under a name beside its own first, so that whoever opens the file finds the
   * former page or the new one. A link is followed; what is no regular file, such as a pipe, is
   * written to as it is.
   *
   * @throws AccessDeniedException when the directory or the file may not be written
   * @throws NoSuchFileException when there is no such directory
   * @throws IOException when it is a directory itself, or can't be written; nothing has changed
   *     then
   */
  public static void write(Path file, String html) throws IOException {
    if (Files.isDirectory(file)) {
      throw new FileAlreadyExistsException(file.toString());
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
        write(out, html);
      }
      return;
    }
    Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
    Path fresh = target.resolveSibling("." + UUID.randomUUID() + ".tmp");
    try {
      try (FileChannel out =
          FileChannel.open(fresh, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        write(out, html);
        out.force(true);
      }
      Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  private static void write(FileChannel out, String html) throws IOException {
    Writer writer = Channels.newWriter(out, StandardCharsets.UTF_8);
    writer.write(html);
    writer.flush();
  }
}
