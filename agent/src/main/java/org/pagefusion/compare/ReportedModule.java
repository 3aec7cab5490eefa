// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.compare;

import java.util.Optional;
import org.pagefusion.candidate.Category;
import org.pagefusion.guest.PageRuns;

/**
 * A candidate of a report, as the host would see it.
 *
 * @param key which module it is
 * @param path of the file
 * @param category what it is
 * @param buildId hexadecimal, where it has one
 * @param fileOffset where its first region begins in the file, in bytes
 * @param regionStarts for each region the page of the file at which it begins
 * @param resident pages of the file, all of them in regions
 * @param hashes one for each of these pages, in order; empty when the contents are not known
 */
record ReportedModule(
    ModuleKey key,
    String path,
    Category category,
    Optional<String> buildId,
    long fileOffset,
    long[] regionStarts,
    PageRuns resident,
    Optional<long[]> hashes) {}
