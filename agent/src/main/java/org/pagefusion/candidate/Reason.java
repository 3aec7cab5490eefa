// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.candidate;

/** Why something is no candidate. */
public enum Reason {
  DELETED("deleted", "deleted, only still mapped"),
  REPLACED("replaced", "another file has its path by now"),
  VANISHED("vanished", "gone while it was looked at"),
  WRITABLE_MAPPING("writable-mapping", "mapped shared and writable"),
  RECENTLY_WRITTEN("recently-written", "written within the last minute"),
  PATTERN("pattern", "excluded by configuration"),
  UNREADABLE("unreadable", "not readable by every user"),
  TOO_SMALL("too-small", "less resident than min-resident"),
  NOT_REGULAR("not-regular", "not a regular file"),
  MEMORY("memory", "memory without a file on disk"),
  NETWORK("network", "on a network file system or FUSE"),
  PSEUDO("pseudo", "on a pseudo or unknown file system"),
  HEADER_NOT_RESIDENT("header-not-resident", "its ELF headers are not in memory"),
  NOT_LIVE("not-live", "module being loaded or unloaded"),
  HIDDEN("hidden", "kernel addresses or build id hidden"),
  DUPLICATE("duplicate", "the same file through another mount"),
  LIMIT("limit", "over max-modules or a host limit"),
  FAILED("failed", "could not be opened or mapped");

  private final String externalName;
  private final String meaning;

  Reason(String externalName, String meaning) {
    this.externalName = externalName;
    this.meaning = meaning;
  }

  /** The name in reports. */
  public String externalName() {
    return externalName;
  }

  /** What it means, in a few words. */
  public String meaning() {
    return meaning;
  }
}
