// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.compare;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.pagefusion.candidate.Category;

/**
 * A guest in a comparison.
 *
 * @param name short and unique in the comparison: from the name of the report's file
 * @param file the report, as it was named to the command
 * @param machineId the first 8 hexadecimal digits of a hash of its machine id, if known
 * @param kernel release, if known
 * @param time when it was scanned
 * @param memoryBytes all its memory, if known
 * @param freeBytes memory that held nothing, not even page cache, if known
 * @param pages what becomes of its eligible pages
 * @param pagesByCategory the same by category; every category is there
 * @param unknownPages resident pages of candidates whose contents could not be read: they may be
 *     fused or not, and count as eligible nowhere
 * @param excludedBytes size of what its report left out
 * @param agentBytes what the agent itself costs in it
 * @param agentMeasured whether the report told that cost; else it is an estimate
 */
public record ComparedGuest(
    String name,
    String file,
    Optional<String> machineId,
    Optional<String> kernel,
    Instant time,
    OptionalLong memoryBytes,
    OptionalLong freeBytes,
    PageCounts pages,
    Map<Category, PageCounts> pagesByCategory,
    long unknownPages,
    long excludedBytes,
    long agentBytes,
    boolean agentMeasured) {

  /** The same with what was counted. */
  ComparedGuest with(GuestTally tally) {
    Map<Category, PageCounts> byCategory = tally.byCategory();
    return new ComparedGuest(
        name,
        file,
        machineId,
        kernel,
        time,
        memoryBytes,
        freeBytes,
        byCategory.values().stream().reduce(PageCounts.NONE, PageCounts::plus),
        byCategory,
        tally.unknown,
        excludedBytes,
        agentBytes,
        agentMeasured);
  }
}
