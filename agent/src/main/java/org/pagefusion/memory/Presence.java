// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.memory;

import java.util.Optional;

/**
 * What came of making the resident pages of a mapping present.
 *
 * @param residentPages pages that were in the page cache when asked
 * @param presentPages pages present in this process's page tables now: those that the host sees
 * @param newPages pages of those that were not present before
 * @param failedPages pages that were resident and could not be made present
 * @param fileChanged whether pages failed and the file is not what it was: unmap it
 * @param problem what went wrong, for people
 */
public record Presence(
    long residentPages,
    long presentPages,
    long newPages,
    long failedPages,
    boolean fileChanged,
    Optional<String> problem) {}
