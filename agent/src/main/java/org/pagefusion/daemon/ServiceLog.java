// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.daemon;

/** Where a service tells what people should know. A steady state is not worth a line. */
public interface ServiceLog {
  /** What helps to understand what the service does, for who asked to hear it. */
  void debug(String message);

  /** Something that did not work works again, or the service ends. */
  void info(String message);

  /** Something does not work, and the service goes on without it. */
  void warn(String message);
}
