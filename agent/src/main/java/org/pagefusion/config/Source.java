// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

package org.pagefusion.config;

/** Where candidates come from. */
public enum Source {
  /** Files mapped by processes. */
  MAPPED("mapped"),
  /** Other files under the roots that have resident pages. */
  PAGE_CACHE("page-cache"),
  /** Kernel text and kernel modules. */
  KERNEL("kernel");

  private final String text;

  Source(String text) {
    this.text = text;
  }

  /** The spelling in configuration files and in results. */
  public String text() {
    return text;
  }
}
