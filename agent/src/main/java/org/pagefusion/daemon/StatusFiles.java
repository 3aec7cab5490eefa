// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.daemon;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.pagefusion.bridge.AtomicFile;
import org.pagefusion.config.Configuration;

/**
 * Writes a status where {@code pagefusion status} finds it, and where the configuration says for
 * Prometheus. Both for every user to read: they tell amounts, and paths that every user can see.
 */
public final class StatusFiles implements Surroundings.StatusSink {
  private static final String PERMISSIONS = "rw-r--r--";

  private final Path file;

  /** Creates a sink that writes to a file. */
  public StatusFiles(Path file) {
    this.file = file;
  }

  @Override
  public void write(ServiceStatus status, Configuration configuration) throws IOException {
    IOException failure = null;
    try {
      write(file, StatusJson.toJson(status));
    } catch (IOException e) {
      failure = e;
    }
    if (!configuration.metricsFile().isEmpty()) {
      write(Path.of(configuration.metricsFile()), Metrics.render(status));
    }
    if (failure != null) {
      throw failure;
    }
  }

  private static void write(Path to, String text) throws IOException {
    AtomicFile.write(to, text.getBytes(StandardCharsets.UTF_8), PERMISSIONS);
  }
}
