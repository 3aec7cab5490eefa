// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.compare;

/**
 * A report that could not be used.
 *
 * @param file as it was named to the command
 * @param why one line
 */
public record SkippedReport(String file, String why) {}
