// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import picocli.CommandLine.IVersionProvider;

/** Tells the version for {@code --version}. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {"pagefusion " + BuildVersion.read()};
  }
}
