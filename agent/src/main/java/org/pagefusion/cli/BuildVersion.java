// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

/** The version of this program, as Maven wrote it into the jar's manifest. */
final class BuildVersion {
  private BuildVersion() {}

  static String read() {
    String version = BuildVersion.class.getPackage().getImplementationVersion();
    return version == null ? "(not packaged)" : version;
  }
}
