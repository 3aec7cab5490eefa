// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

/** Pages to look at in a browser: one file each, which loads nothing and sends nothing. */
package org.pagefusion.html;
