// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.compare;

/** Pages, counted while guests are compared. */
final class PageTally {
  long fused;
  long kept;
  long different;
  long onlyHere;

  PageCounts counts() {
    return new PageCounts(fused, kept, different, onlyHere);
  }
}
