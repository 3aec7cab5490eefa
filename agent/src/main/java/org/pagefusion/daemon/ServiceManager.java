// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.daemon;

/** Who started the service, and wants to know how it is. */
public interface ServiceManager {
  /** The service does what it was started for, and may be reloading no more. */
  void ready();

  /** The configuration is about to be read again. */
  void reloading();

  /** The service is about to end. */
  void stopping();

  /** What the service does, for people. */
  void status(String text);

  /** The service is not stuck. May be called often. */
  void alive();

  /** Longest time without a sign of life, milliseconds; {@code Long.MAX_VALUE} for any. */
  long patienceMillis();
}
