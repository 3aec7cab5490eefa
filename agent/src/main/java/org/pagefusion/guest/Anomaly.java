// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

/**
 * Something in the guest that could not be read or understood, and was gone around.
 *
 * @param where file, and line where there is one: {@code /proc/7/maps:12}
 * @param what what was found, and what was expected
 */
public record Anomaly(String where, String what) {}
