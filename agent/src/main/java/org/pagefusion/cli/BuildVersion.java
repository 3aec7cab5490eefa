// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import java.lang.module.ModuleDescriptor;

/** The version of this program: that of its module in a package, that of its jar in a checkout. */
final class BuildVersion {
  private BuildVersion() {}

  static String read() {
    ModuleDescriptor module = BuildVersion.class.getModule().getDescriptor();
    if (module != null && module.rawVersion().isPresent()) {
      return module.rawVersion().get();
    }
    String version = BuildVersion.class.getPackage().getImplementationVersion();
    return version == null ? "(not packaged)" : version;
  }
}
