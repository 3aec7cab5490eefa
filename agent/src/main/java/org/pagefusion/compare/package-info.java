// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

/** What a host would fuse between several guests, computed from their reports. */
package org.pagefusion.compare;
