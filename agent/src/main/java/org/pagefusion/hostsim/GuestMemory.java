// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.hostsim;

import java.io.IOException;

/** The memory of a guest in the address space of the process that asks for a check. */
interface GuestMemory extends AutoCloseable {
  /**
   * Looks which pages of a batch are mapped and how: sets state and frame, reads no content.
   *
   * @throws IOException when the process ended or can't be looked at
   */
  void look(PageBatch batch) throws IOException;

  /**
   * Reads the wanted pages of a batch: sets their hashes. A page that can't be read becomes absent
   * or, where it is still mapped, no RAM.
   *
   * @throws IOException when the process ended
   */
  void read(PageBatch batch) throws IOException;

  @Override
  void close();

  /** Opens the memory of one process; called by one check at a time. */
  interface Source {
    /**
     * Opens it.
     *
     * @throws IOException when the process ended or can't be looked at; the message says why
     */
    GuestMemory open() throws IOException;
  }
}
