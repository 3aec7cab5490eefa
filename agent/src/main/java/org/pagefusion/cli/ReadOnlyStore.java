// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import org.pagefusion.fusion.RegistrationStore;
import org.pagefusion.fusion.StoredRegistrations;

/** The store of a dry run: what it saves is gone with it. */
record ReadOnlyStore(RegistrationStore store) implements RegistrationStore {
  @Override
  public StoredRegistrations load(List<String> problems) throws IOException {
    StoredRegistrations stored = store.load(problems);
    // No host is asked, so its session is not known to be another one.
    return new StoredRegistrations(
        OptionalLong.empty(), stored.registrationsUsed(), stored.registrations());
  }

  @Override
  public void save(StoredRegistrations stored) {
    // Nothing is to be remembered.
  }
}
