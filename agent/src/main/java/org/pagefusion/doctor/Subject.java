// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.doctor;

/** What is checked, in the order in which it is told. */
public enum Subject {
  VIRTUALISATION("virtualisation", "virtualisation"),
  DEVICE_NODE("device-node", "device node"),
  DRIVER("driver", "driver"),
  PERMISSION("permission", "permission"),
  DRIVER_INTERFACE("driver-interface", "driver interface"),
  HOST_VERSION("host-version", "host version"),
  PAGE_FUSION("page-fusion", "page fusion"),
  PROBE("probe", "probe"),
  REGISTRATIONS("registrations", "registrations"),
  CONFIGURATION("configuration", "configuration"),
  SERVICE("service", "service"),
  CAPABILITIES("capabilities", "capabilities"),
  KERNEL_FEATURES("kernel-features", "kernel features"),
  KERNEL_ADDRESSES("kernel-addresses", "kernel addresses"),
  KASLR("kaslr", "KASLR"),
  EXCLUDED_SHARE("excluded-share", "excluded share");

  private final String id;
  private final String title;

  Subject(String id, String title) {
    this.id = id;
    this.title = title;
  }

  /** The name in JSON. */
  public String id() {
    return id;
  }

  /** The name for people. */
  public String title() {
    return title;
  }
}
