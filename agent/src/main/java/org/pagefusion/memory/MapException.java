// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.memory;

import java.io.IOException;

/** A file was not mapped. */
public final class MapException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Why a file was not mapped. */
  public enum Reason {
    /** Something of this process is mapped in that range of addresses already: choose another. */
    ADDRESS_TAKEN,
    /** There is no file at the location any more. */
    VANISHED,
    /** Another file is at the location, or the file has another length or time of change. */
    CHANGED,
    /**
     * A file whose pages are not to be had from the page cache: no regular file, an empty one, one
     * on hugetlbfs, sysfs or proc, one accessed past the page cache (DAX), or one that can't be
     * mapped.
     */
    NOT_MAPPABLE,
    /**
     * The kernel tells which pages are resident only to the owner of the file and to CAP_FOWNER; to
     * others it says that all are, and making those present would read the whole file from disk.
     */
    RESIDENCY_UNKNOWN,
    /** The kernel did not let this process open or map it, or failed. */
    FAILED
  }

  private final Reason reason;

  MapException(Reason reason, String location, String detail) {
    super(location + ": " + detail);
    this.reason = reason;
  }

  /** The case. */
  public Reason reason() {
    return reason;
  }
}
