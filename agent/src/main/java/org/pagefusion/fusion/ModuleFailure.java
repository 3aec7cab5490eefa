// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.fusion;

import java.time.Instant;

/**
 * A module that could not be registered or unregistered.
 *
 * @param name the module's name
 * @param version the module's version
 * @param what was tried, and what was the answer, with the remedy
 * @param attempts how often it failed in a row
 * @param retryAt when it is tried again at the earliest
 */
public record ModuleFailure(
    String name, String version, String what, int attempts, Instant retryAt) {}
