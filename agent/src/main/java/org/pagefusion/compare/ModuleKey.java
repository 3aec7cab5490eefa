// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.compare;

import java.util.List;

/**
 * What makes modules of several guests one for the host: name, version, size, and each region's
 * offset in its page and rounded size. Regions of reports begin at a page, so their offsets are all
 * 0; the OS family is the same in all reports, which are of Linux with 64 bits.
 *
 * @param name as registered
 * @param version as registered
 * @param sizeBytes of all regions, as registered
 * @param regionPages pages of each region
 */
record ModuleKey(String name, String version, long sizeBytes, List<Integer> regionPages) {}
