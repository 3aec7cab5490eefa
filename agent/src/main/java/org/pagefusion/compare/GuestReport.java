// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.compare;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A report, read and found sound.
 *
 * @param time when the guest was scanned
 * @param machineId the first digits of a hash of its machine id
 * @param kernel release
 * @param arch hardware name
 * @param pageSize bytes of a page
 * @param memoryBytes all its memory
 * @param freeBytes memory that held nothing
 * @param agentBytes what the agent itself costs in it
 * @param modules its candidates
 * @param exclusions files that it left out, one by one; those of which it only counted the number
 *     are missing
 * @param excludedBytes size of all that it left out
 */
record GuestReport(
    Instant time,
    Optional<String> machineId,
    Optional<String> kernel,
    Optional<String> arch,
    int pageSize,
    OptionalLong memoryBytes,
    OptionalLong freeBytes,
    OptionalLong agentBytes,
    List<ReportedModule> modules,
    List<ReportedExclusion> exclusions,
    long excludedBytes) {

  /** The same without what is large. */
  GuestReport withoutModules() {
    return new GuestReport(
        time,
        machineId,
        kernel,
        arch,
        pageSize,
        memoryBytes,
        freeBytes,
        agentBytes,
        List.of(),
        List.of(),
        excludedBytes);
  }
}
