// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.hostsim;

/**
 * Something that happened at a simulated host.
 *
 * @param who the guest or process
 * @param what happened
 * @param unusual whether something is wrong with it
 */
public record HostEvent(String who, String what, boolean unusual) {}
