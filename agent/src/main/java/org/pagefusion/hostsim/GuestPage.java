// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.hostsim;

/** A page of a guest that is in shared state. */
final class GuestPage {
  final SharedPage shared;

  /** Where a check saw it last: there a later one looks whether it was written. */
  long address;

  /** The check that last found its content unchanged. */
  int seenAt;

  GuestPage(SharedPage shared, long address, int seenAt) {
    this.shared = shared;
    this.address = address;
    this.seenAt = seenAt;
  }
}
