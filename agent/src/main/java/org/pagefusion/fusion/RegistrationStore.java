// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.fusion;

import java.io.IOException;
import java.util.List;

/** Keeps what the host was told from one agent to the next. */
public interface RegistrationStore {
  /**
   * Reads what was saved.
   *
   * @param problems takes what could not be understood
   * @return nothing registered when nothing was saved
   * @throws IOException when it can't be read
   */
  StoredRegistrations load(List<String> problems) throws IOException;

  /**
   * Saves, wholly or not at all.
   *
   * @throws IOException when it can't be written; what was saved before stays
   */
  void save(StoredRegistrations stored) throws IOException;
}
