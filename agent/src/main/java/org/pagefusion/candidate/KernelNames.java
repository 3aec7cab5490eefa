// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.candidate;

/**
 * What kernel memory is called: by a name in brackets towards the host, as no file is; by its
 * directory in sysfs towards people and patterns.
 */
public final class KernelNames {
  /** Path of the kernel itself. */
  static final String KERNEL_PATH = "/sys/kernel";

  /** Name of the kernel itself, without a share group. */
  static final String KERNEL = "[kernel]";

  private static final String MODULE_PATH = "/sys/module/";

  private KernelNames() {}

  /** The path of a kernel module. */
  static String modulePath(String module) {
    return MODULE_PATH + module;
  }

  /** The name of a kernel module, without a share group. */
  static String ofModule(String module) {
    return "[" + module + "]";
  }

  /**
   * The path of kernel memory.
   *
   * @param name its name without a share group, pieces of a module included
   */
  public static String pathOf(String name) {
    if (name.equals(KERNEL)) {
      return KERNEL_PATH;
    }
    int end = name.indexOf(']');
    return modulePath(end < 0 ? name : name.substring(Math.min(1, end), end));
  }
}
