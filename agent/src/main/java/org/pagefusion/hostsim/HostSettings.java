// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.hostsim;

import java.util.Map;
import java.util.OptionalLong;
import org.pagefusion.vmmdev.HostVersion;

/**
 * How the simulated host is.
 *
 * @param version that it says it is
 * @param fusionEnabled whether page fusion is enabled for its guests
 * @param compiled whether it was built with page fusion; 7.2.x was not
 * @param smap whether comparing a page crashes it, as Linux hosts with SMAP do: the check ends
 *     there
 * @param unmappedFrom address from which on pages lie in chunks of memory that the host did not
 *     map: comparing one ends the check
 * @param answers result codes by request type that are answered without doing anything
 */
public record HostSettings(
    HostVersion version,
    boolean fusionEnabled,
    boolean compiled,
    boolean smap,
    OptionalLong unmappedFrom,
    Map<Integer, Integer> answers) {
  /** Copies the answers. */
  public HostSettings {
    answers = Map.copyOf(answers);
  }

  /** A host that shares without peculiarities. */
  public static HostSettings of(HostVersion version) {
    return new HostSettings(version, true, true, false, OptionalLong.empty(), Map.of());
  }
}
