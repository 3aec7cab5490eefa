// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.vmmdev;

/** Types of requests: {@code enum vmmdev_request_type} of linux/vbox_vmmdev_types.h. */
public final class RequestType {
  public static final int HOST_VERSION = 4;
  public static final int REGISTER = 212;
  public static final int UNREGISTER = 213;
  public static final int CHECK = 214;
  public static final int STATUS = 215;
  public static final int SESSION_ID = 217;

  /** Only for the simulated host: which guest the connection belongs to. */
  public static final int GUEST_NAME = 0x50460001;

  /** Only for the simulated host: asks for its figures. */
  public static final int FIGURES = 0x50460002;

  private RequestType() {}
}
