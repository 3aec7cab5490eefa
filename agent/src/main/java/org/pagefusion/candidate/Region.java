// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.candidate;

/**
 * A piece of a candidate that is registered as one region.
 *
 * @param offset where it begins in the file, or from the kernel address of the candidate: a
 *     multiple of the page size
 * @param sizeBytes its length
 */
public record Region(long offset, long sizeBytes) {}
