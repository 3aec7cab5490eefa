// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.bridge;

import java.nio.ByteBuffer;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;

/** Calls by jnr-ffi. */
final class JnrBinding implements Binding {
  private final NativeCalls calls;
  private final Runtime runtime;

  /**
   * Loads the library.
   *
   * @param library its file, or its name
   * @throws LinkageError when it can't be loaded
   */
  JnrBinding(String library) {
    this.calls = LibraryLoader.create(NativeCalls.class).failImmediately().load(library);
    this.runtime = Runtime.getRuntime(calls);
  }

  @Override
  public NativeCalls calls() {
    return calls;
  }

  @Override
  public long address(ByteBuffer direct) {
    return Pointer.wrap(runtime, direct).address();
  }
}
