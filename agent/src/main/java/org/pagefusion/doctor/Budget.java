// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.doctor;

/**
 * The registrations of this VM, as the agent recorded them.
 *
 * @param used how many of the VM's lifetime registrations are spent, at most
 * @param recorded how many stand, or were about to be made
 */
public record Budget(int used, int recorded) {}
