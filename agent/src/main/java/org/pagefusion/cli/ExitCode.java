// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.cli;

/** What the command says to the shell: 0 and 1, and the numbers of sysexits.h. */
final class ExitCode {
  static final int DONE = 0;

  /** Done, and the answer is no. */
  static final int NO = 1;

  static final int USAGE = 64;
  static final int BAD_INPUT = 65;
  static final int UNAVAILABLE = 69;
  static final int INTERNAL = 70;
  static final int IO = 74;
  static final int NOT_PERMITTED = 77;
  static final int CONFIGURATION = 78;

  private ExitCode() {}
}
