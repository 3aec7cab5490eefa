// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import java.util.List;

/**
 * The mappings of all processes, file by file.
 *
 * @param processes processes whose mappings were read
 * @param vanished processes that ended before they could be read
 * @param denied processes that this user may not look at
 * @param mappings file-backed mappings
 * @param files the distinct files, in the order they were met
 * @param byQuery whether the PROCMAP_QUERY ioctl was used, not the text
 */
public record ProcessScan(
    int processes,
    int vanished,
    int denied,
    long mappings,
    List<MappedFile> files,
    boolean byQuery) {}
