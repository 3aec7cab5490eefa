// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.candidate;

import java.util.List;
import org.pagefusion.guest.ProcessScan;

/**
 * What a scan found.
 *
 * @param processes the processes and their mappings
 * @param filesExamined distinct files that were judged, mapped or not
 * @param candidates what could be fused, best first: by resident bytes, then by name and version
 * @param exclusions the rest, with reasons; none where they went elsewhere
 */
public record CandidateScan(
    ProcessScan processes,
    int filesExamined,
    List<Candidate> candidates,
    List<Exclusion> exclusions) {}
