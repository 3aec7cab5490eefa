// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.fusion;

import org.pagefusion.memory.FileToMap;

/**
 * The piece of a file that a registered module shows to the host.
 *
 * @param file the file, and how to know it again
 * @param offset where the piece begins, bytes
 * @param lengthBytes how long it is
 */
public record ModuleFile(FileToMap file, long offset, long lengthBytes) {
  @Override
  public boolean equals(Object other) {
    return other instanceof ModuleFile that
        && offset == that.offset
        && lengthBytes == that.lengthBytes
        && file.equals(that.file);
  }

  @Override
  public int hashCode() {
    return file.hashCode() + Long.hashCode(offset);
  }
}
