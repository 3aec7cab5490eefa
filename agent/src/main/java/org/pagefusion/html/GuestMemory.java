// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.html;

import org.pagefusion.compare.ComparedGuest;
import org.pagefusion.compare.Comparison;

/**
 * What the memory of a compared guest is made of, in bytes.
 *
 * @param used what is in use; 0 when not known
 * @param fused what the host takes back
 * @param kept pages that others were fused with
 * @param alone eligible pages that are in no shared state, those of unknown contents among them
 * @param excluded what its report left out
 * @param other the rest of what is in use; 0 when not known
 */
record GuestMemory(long used, long fused, long kept, long alone, long excluded, long other) {
  static GuestMemory of(Comparison comparison, ComparedGuest guest) {
    long used =
        guest.memoryBytes().isPresent() && guest.freeBytes().isPresent()
            ? Math.max(0, guest.memoryBytes().getAsLong() - guest.freeBytes().getAsLong())
            : 0;
    long fused = comparison.bytes(guest.pages().fused());
    long kept = comparison.bytes(guest.pages().kept());
    long alone = comparison.bytes(guest.pages().alone() + guest.unknownPages());
    long other = Math.max(0, used - fused - kept - alone - guest.excludedBytes());
    return new GuestMemory(used, fused, kept, alone, guest.excludedBytes(), other);
  }

  /** Everything that is told apart: what is in use, or more where whole files were counted. */
  long told() {
    return fused + kept + alone + excluded + other;
  }

  StackedBar bar() {
    return new StackedBar(told())
        .part("fused", Paint.FUSED, fused)
        .part("shared and kept", Paint.KEPT, kept)
        .part("eligible but alone", Paint.ALONE, alone)
        .part("left out", Paint.EXCLUDED, excluded)
        .part("everything else", Paint.OTHER, other);
  }
}
