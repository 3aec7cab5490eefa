// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.compare;

/**
 * A file that a report left out.
 *
 * @param path of the file
 * @param reason why, in the report's word
 * @param sizeBytes how much of it
 */
record ReportedExclusion(String path, String reason, long sizeBytes) {}
