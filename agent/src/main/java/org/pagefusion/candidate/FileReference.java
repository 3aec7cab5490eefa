// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.candidate;

/**
 * How to come to a candidate's file again, and to know it again.
 *
 * @param location where it was opened: its path, or a way through a process that maps it
 * @param device (major &lt;&lt; 32) | minor as stat shows it
 * @param inode its inode number
 * @param sizeBytes its length
 * @param mtimeSeconds last change of its content, seconds since the epoch
 */
public record FileReference(
    String location, long device, long inode, long sizeBytes, long mtimeSeconds) {}
