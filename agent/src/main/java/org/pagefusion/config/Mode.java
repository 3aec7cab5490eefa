// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

package org.pagefusion.config;

/** What a cycle does with what it finds. */
public enum Mode {
  /** Scan and report; register nothing. */
  OBSERVE("observe"),
  /** Register and check, provided that the host was declared safe. */
  FUSE("fuse");

  private final String text;

  Mode(String text) {
    this.text = text;
  }

  /** The spelling in configuration files and in results. */
  public String text() {
    return text;
  }
}
