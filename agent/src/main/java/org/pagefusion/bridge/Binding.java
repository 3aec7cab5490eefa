// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.bridge;

import java.nio.ByteBuffer;

/** A way to call libpagefusion. */
interface Binding {
  /** Its functions. */
  NativeCalls calls();

  /** Where the memory of a direct buffer begins in this process. */
  long address(ByteBuffer direct);
}
