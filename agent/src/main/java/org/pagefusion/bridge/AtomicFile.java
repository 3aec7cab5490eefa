// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.bridge;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** Writes files as a whole or not at all, so that who reads one never finds half of it. */
public final class AtomicFile {
  private AtomicFile() {}

  /**
   * Writes a file anew beside an old one, and lets it take its name; the directory is made when it
   * is missing.
   *
   * @param permissions of the file, like {@code rw-r--r--}; the umask still applies
   * @throws IOException when that fails: what was there before is there still. The message names
   *     the file and the cause.
   */
  public static void write(Path file, byte[] content, String permissions) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    Path fresh = directory.resolve(file.getFileName() + ".new");
    try {
      Files.createDirectories(directory);
      Files.deleteIfExists(fresh);
      Files.createFile(
          fresh,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)));
      Files.write(fresh, content, StandardOpenOption.TRUNCATE_EXISTING);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      IOException failure = new IOException(file + ": can't be written: " + reason(e), e);
      try {
        Files.deleteIfExists(fresh);
      } catch (IOException other) {
        failure.addSuppressed(other);
      }
      throw failure;
    }
  }

  /** The cause of a failure, which some exceptions of java.nio.file have in their type alone. */
  public static String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    return e instanceof NoSuchFileException ? "no such file or directory" : e.getMessage();
  }
}
