// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import java.io.ByteArrayOutputStream;

/** Writes mappings as the kernel shows them in /proc/[pid]/maps. */
final class MapsText {
  /** Where names begin in a 64-bit kernel's maps, unless the fields before them are longer. */
  private static final int NAME_COLUMN = 73;

  private final ByteArrayOutputStream text = new ByteArrayOutputStream();

  /**
   * Adds the line of a mapping; in its name, newlines become {@code \012} and nothing else changes.
   */
  MapsText line(Mapping mapping) {
    StringBuilder line = new StringBuilder();
    line.append(hex(mapping.start(), 8)).append('-').append(hex(mapping.end(), 8));
    line.append(' ').append(mapping.permissionText());
    line.append(' ').append(hex(mapping.offset(), 8));
    line.append(' ').append(hex(mapping.device() >>> 32, 2));
    line.append(':').append(hex(mapping.device() & 0xFFFFFFFFL, 2));
    line.append(' ').append(Long.toUnsignedString(mapping.inode())).append(' ');
    if (!mapping.name().isEmpty()) {
      line.append(" ".repeat(Math.max(1, NAME_COLUMN - line.length())));
    }
    text.writeBytes(TextLines.bytes(line.toString()));
    for (byte b : FileName.encode(mapping.name())) {
      text.writeBytes(b == '\n' ? TextLines.bytes("\\012") : new byte[] {b});
    }
    text.write('\n');
    return this;
  }

  byte[] bytes() {
    return text.toByteArray();
  }

  private static String hex(long value, int digits) {
    String shown = Long.toHexString(value);
    return "0".repeat(Math.max(0, digits - shown.length())) + shown;
  }
}
