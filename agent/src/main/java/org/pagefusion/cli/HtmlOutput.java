// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.pagefusion.guest.FileName;
import org.pagefusion.html.PageFile;

/** The option {@code --html FILE}. */
final class HtmlOutput {
  private HtmlOutput() {}

  /** Writes a page, and says on stderr where it is. */
  static void write(Path file, String page, PrintWriter err, boolean quiet)
      throws CommandException {
    try {
      PageFile.write(file, page);
    } catch (AccessDeniedException e) {
      throw failed(ExitCode.NOT_PERMITTED, file, "permission denied; name another place", e);
    } catch (NoSuchFileException e) {
      throw failed(ExitCode.IO, file, "no such directory; create it first", e);
    } catch (FileAlreadyExistsException e) {
      throw failed(ExitCode.IO, file, "is a directory; name a file in it", e);
    } catch (IOException e) {
      throw failed(ExitCode.IO, file, reason(e) + "; is the disk full, or the name too long?", e);
    }
    if (!quiet) {
      err.println("pagefusion: page written to " + FileName.printable(file.toString()));
      err.flush();
    }
  }

  private static CommandException failed(int exitCode, Path file, String why, IOException e) {
    return new CommandException(exitCode, "--html " + file + ": can't be written: " + why, e);
  }

  /** Without the name of the temporary file, which says nothing to anyone. */
  private static String reason(IOException e) {
    return e instanceof FileSystemException f && f.getReason() != null
        ? f.getReason()
        : e.getMessage();
  }
}
