// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

/**
 * A file that processes have mapped, as /proc/[pid]/maps tells it.
 *
 * @param device (major &lt;&lt; 32) | minor as in maps, which is another than stat's on btrfs and
 *     overlayfs
 * @param inode inode number as in maps
 * @param path name of the file in the mount namespace of its first process, without " (deleted)"
 * @param escaped whether the path came from text where {@code \012} may stand for a newline
 * @param deletedSuffix whether " (deleted)" stood behind the path: the file was deleted, or has
 *     that name
 * @param processes number of processes that map it
 * @param sharedWritable whether some process maps it shared and writable
 * @param mappedEndBytes highest mapped offset: a lower bound of the size of a file that can't be
 *     opened
 * @param pid the first process that maps it
 * @param start first address of its first mapping there
 * @param end address behind that mapping
 */
public record MappedFile(
    long device,
    long inode,
    String path,
    boolean escaped,
    boolean deletedSuffix,
    int processes,
    boolean sharedWritable,
    long mappedEndBytes,
    int pid,
    long start,
    long end) {}
