// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import java.util.Collection;
import java.util.EnumSet;
import java.util.Map;
import org.tinylog.Level;
import org.tinylog.core.LogEntry;
import org.tinylog.core.LogEntryValue;
import org.tinylog.writers.Writer;

/**
 * Writes log entries to stderr for systemd's journal: each line begins with its priority, as
 * sd-daemon(3) has them. tinylog finds it by the name "journal".
 */
public final class JournalWriter implements Writer {
  /** Creates the writer; tinylog gives its properties, of which there are none. */
  public JournalWriter(Map<String, String> properties) {
    if (properties == null) {
      throw new IllegalArgumentException("no properties");
    }
  }

  @Override
  public Collection<LogEntryValue> getRequiredLogEntryValues() {
    return EnumSet.of(LogEntryValue.LEVEL, LogEntryValue.MESSAGE);
  }

  @Override
  public void write(LogEntry entry) {
    System.err.println("<" + priority(entry.getLevel()) + ">" + entry.getMessage());
  }

  private static int priority(Level level) {
    return switch (level) {
      case ERROR -> 3;
      case WARN -> 4;
      case INFO -> 6;
      default -> 7;
    };
  }

  @Override
  public void flush() {
    System.err.flush();
  }

  @Override
  public void close() {
    flush();
  }
}
