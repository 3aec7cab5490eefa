// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.bridge;

import java.io.File;
import java.nio.ByteBuffer;

/** Calls by the virtual machine itself: no library and no classes between. */
final class JniBinding implements Binding {
  private final JniCalls calls = new JniCalls();

  /**
   * Loads the library.
   *
   * @param library its file, or its name
   * @throws LinkageError when it can't be loaded
   */
  JniBinding(String library) {
    if (library.indexOf('/') < 0) {
      System.loadLibrary(library);
    } else {
      System.load(new File(library).getAbsolutePath());
    }
  }

  @Override
  public NativeCalls calls() {
    return calls;
  }

  @Override
  public long address(ByteBuffer direct) {
    return calls.address(direct);
  }
}
