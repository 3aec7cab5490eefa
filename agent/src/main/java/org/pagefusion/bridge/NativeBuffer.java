// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.bridge;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Memory that the kernel and Java both see: fixed address, native byte order.
 *
 * @param address where it begins in this process
 * @param bytes the same memory for Java; its capacity is the size in bytes
 */
public record NativeBuffer(long address, ByteBuffer bytes) {
  /** Sets native byte order, which is what the kernel's structures are in. */
  public NativeBuffer {
    bytes.order(ByteOrder.nativeOrder());
  }

  /** Size in bytes. */
  public int size() {
    return bytes.capacity();
  }
}
