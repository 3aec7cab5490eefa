// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.bridge;

/**
 * What statx(2) says of a file.
 *
 * @param device (major &lt;&lt; 32) | minor, as stat sees it; btrfs and overlayfs show another one
 *     in /proc/[pid]/maps
 * @param inode inode number, unsigned
 * @param sizeBytes length of the file
 * @param mode type and permission bits (S_IFMT and below)
 * @param uid owner
 * @param links number of names the inode has; 0 once it was deleted
 * @param attributes STATX_ATTR_* bits that the file system reported as set
 * @param mtimeSeconds last change of the content, seconds since the epoch
 * @param ctimeSeconds last change of content or metadata, seconds since the epoch
 * @param mountId as in /proc/[pid]/mountinfo, 0 where the kernel does not say (before 5.8)
 */
public record FileStatus(
    long device,
    long inode,
    long sizeBytes,
    int mode,
    long uid,
    long links,
    long attributes,
    long mtimeSeconds,
    long ctimeSeconds,
    long mountId) {
  /** Read permission for users other than owner and group. */
  public static final int OTHERS_READ = 04;

  /** Search permission for users other than owner and group. */
  public static final int OTHERS_SEARCH = 01;

  private static final int TYPE_MASK = 0170000;
  private static final int REGULAR = 0100000;
  private static final int DIRECTORY = 0040000;

  /** Whether it is a regular file. */
  public boolean isRegular() {
    return (mode & TYPE_MASK) == REGULAR;
  }

  /** Whether it is a directory. */
  public boolean isDirectory() {
    return (mode & TYPE_MASK) == DIRECTORY;
  }
}
