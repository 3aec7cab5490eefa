// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

package org.pagefusion.config;

/** A glob that can't be compiled. The message names the pattern, the position and the remedy. */
public final class GlobSyntaxException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final int position;

  GlobSyntaxException(String glob, int position, String problem) {
    super("pattern " + Text.quote(glob) + ", character " + (position + 1) + ": " + problem);
    this.position = position;
  }

  /** Where in the pattern the problem is: the index of a UTF-16 unit, from 0. */
  public int position() {
    return position;
  }
}
