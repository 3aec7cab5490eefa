// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Files mapped into this process: at which addresses, and which of their pages are present. The
 * host fuses what it finds present and read-only in the page tables of the process that asks it to.
 */
package org.pagefusion.memory;
