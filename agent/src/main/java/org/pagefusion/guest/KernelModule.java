// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import java.util.List;
import java.util.Optional;

/**
 * A module of the guest's kernel.
 *
 * @param name its name, with underscores
 * @param sizeBytes memory it takes
 * @param references how often it is in use; -1 where the kernel does not count, or no longer does
 *     since it is being unloaded
 * @param usedBy names of modules that use it
 * @param state what it is doing
 * @param address where its memory begins; 0 when the kernel hides addresses from this user
 * @param taint letters of why the kernel counts as tainted by it, or empty
 * @param buildId hexadecimal build id; empty when it has none
 * @param sections its sections in memory by ascending address; empty when hidden or not readable
 */
public record KernelModule(
    String name,
    long sizeBytes,
    int references,
    List<String> usedBy,
    State state,
    long address,
    String taint,
    Optional<String> buildId,
    List<Section> sections) {

  /** States of /proc/modules. */
  public enum State {
    LIVE,
    LOADING,
    UNLOADING
  }

  /**
   * A section of a module.
   *
   * @param name as in its ELF file
   * @param address where it begins in memory, unsigned
   */
  public record Section(String name, long address) {}

  /** The same module with what sysfs says of it. */
  KernelModule with(Optional<String> newBuildId, List<Section> newSections) {
    return new KernelModule(
        name, sizeBytes, references, usedBy, state, address, taint, newBuildId, newSections);
  }
}
