// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import com.google.gson.stream.JsonReader;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;

/** The process of the running service, by the status file that it writes. */
final class ServicePid {
  private static final String KEY = "pid";

  private ServicePid() {}

  /** Reads it; empty where there is no such file, or none that tells. */
  static OptionalInt read(Path statusFile) {
    try (Reader text = Files.newBufferedReader(statusFile, StandardCharsets.UTF_8)) {
      JsonReader json = new JsonReader(text);
      json.beginObject();
      while (json.hasNext()) {
        if (json.nextName().equals(KEY)) {
          int pid = json.nextInt();
          return pid > 0 ? OptionalInt.of(pid) : OptionalInt.empty();
        }
        json.skipValue();
      }
    } catch (IOException | IllegalStateException | NumberFormatException e) {
      // No service runs, or its file is not for this user, or is another program's.
      return OptionalInt.empty();
    }
    return OptionalInt.empty();
  }
}
