// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Whether this guest can fuse, and whether it is safe for the host: one check after the other, and
 * what follows from them. Nothing is changed, neither in the guest nor at the host, but by a probe
 * that is asked for.
 */
package org.pagefusion.doctor;
