// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.candidate;

/** What a candidate is, in the words of reports. */
public enum Category {
  /** A shared object. */
  LIBRARY("library"),
  /** A program. */
  EXECUTABLE("executable"),
  /** Text and read-only data of the kernel itself. */
  KERNEL("kernel"),
  /** Text and read-only data of a loaded kernel module. */
  KERNEL_MODULE("kernel-module"),
  /** Any other file. */
  DATA("data");

  private final String externalName;

  Category(String externalName) {
    this.externalName = externalName;
  }

  /** The name in reports. */
  public String externalName() {
    return externalName;
  }
}
