// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.candidate;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.pagefusion.guest.PageRuns;

/**
 * Memory that could be fused: one module, in the host's words.
 *
 * @param name identity, with {@code version}: at most 127 bytes (see {@link Identity})
 * @param version tells contents apart: 15 characters
 * @param path of the file; {@code /sys/kernel} and {@code /sys/module/NAME} for kernel memory
 * @param category what it is
 * @param buildId hexadecimal GNU build id, where it has one
 * @param sizeBytes length of the file, or of the kernel memory
 * @param regions what is registered: a function of the file alone, never of what is resident
 * @param resident pages in memory, by their index from the begin of the file or of the kernel
 *     memory
 * @param residencyMeasured false when the kernel did not tell what is resident and all is taken to
 *     be
 * @param mappedBy number of processes that map it
 * @param file how to open it again; empty for kernel memory
 * @param kernelAddress where region offsets count from; empty for files
 */
public record Candidate(
    String name,
    String version,
    String path,
    Category category,
    Optional<String> buildId,
    long sizeBytes,
    List<Region> regions,
    PageRuns resident,
    boolean residencyMeasured,
    int mappedBy,
    Optional<FileReference> file,
    OptionalLong kernelAddress) {

  /** Bytes of all regions. */
  public long regionBytes() {
    long sum = 0;
    for (Region region : regions) {
      sum += region.sizeBytes();
    }
    return sum;
  }

  /** The same candidate with other resident pages. */
  public Candidate withResident(PageRuns pages) {
    return new Candidate(
        name,
        version,
        path,
        category,
        buildId,
        sizeBytes,
        regions,
        pages,
        residencyMeasured,
        mappedBy,
        file,
        kernelAddress);
  }
}
