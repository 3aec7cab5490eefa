// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.memory;

/**
 * A file as it was when it was judged: where it is, and what tells that it is still the same.
 *
 * @param location its path, or a way to it through a process that maps it; see {@link
 *     org.pagefusion.bridge.PathBytes} for bytes that are not UTF-8
 * @param device (major &lt;&lt; 32) | minor as stat shows it
 * @param inode its inode number
 * @param sizeBytes its length
 * @param mtimeSeconds last change of its content, seconds since the epoch
 */
public record FileToMap(
    String location, long device, long inode, long sizeBytes, long mtimeSeconds) {
  @Override
  public boolean equals(Object other) {
    return other instanceof FileToMap that
        && inode == that.inode
        && device == that.device
        && sizeBytes == that.sizeBytes
        && mtimeSeconds == that.mtimeSeconds
        && location.equals(that.location);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(31 * device + inode);
  }
}
