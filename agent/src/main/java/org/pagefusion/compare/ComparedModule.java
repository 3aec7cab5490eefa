// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.compare;

import java.util.Optional;
import org.pagefusion.candidate.Category;

/**
 * A module as the host tells modules apart: one name, version, size and layout of regions.
 *
 * @param name as registered
 * @param version as registered
 * @param path of the file, or {@code /sys/kernel} and {@code /sys/module/NAME}
 * @param category what it is
 * @param buildId hexadecimal, where it has one
 * @param sizeBytes that are registered
 * @param guests how many guests would register it
 * @param pages what becomes of its resident pages, all guests together
 */
public record ComparedModule(
    String name,
    String version,
    String path,
    Category category,
    Optional<String> buildId,
    long sizeBytes,
    int guests,
    PageCounts pages) {}
