// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import java.util.Set;

/**
 * A kind of file system, as far as it matters to page fusion.
 *
 * @param type the kernel's name of it: {@code ext4}
 */
public record FileSystem(String type) {
  /**
   * On a disk of the guest: page-cache pages are copies of what lies there, and reading can't hang
   * on a peer.
   */
  private static final Set<String> LOCAL =
      Set.of(
          "ext2",
          "ext3",
          "ext4",
          "xfs",
          "btrfs",
          "f2fs",
          "squashfs",
          "erofs",
          "overlay",
          "jfs",
          "reiserfs",
          "bcachefs",
          "nilfs2",
          "iso9660",
          "udf",
          "vfat",
          "exfat",
          "ntfs3",
          "cramfs",
          "romfs");

  private static final Set<String> NETWORK =
      Set.of(
          "nfs",
          "nfs4",
          "cifs",
          "smb3",
          "9p",
          "virtiofs",
          "vboxsf",
          "ceph",
          "afs",
          "gfs2",
          "ocfs2",
          "lustre",
          "glusterfs",
          "coda",
          "orangefs",
          "prl_fs",
          "vmhgfs");

  /** Memory itself; a page has no other copy, and much of it is written by its users. */
  private static final Set<String> MEMORY =
      Set.of("tmpfs", "ramfs", "rootfs", "devtmpfs", "hugetlbfs", "shmem");

  /**
   * File systems whose subvolumes share a device number in maps but count inodes each on their own.
   */
  private static final Set<String> REPEATED_INODES = Set.of("btrfs", "bcachefs", "overlay");

  /** Where a read that bypasses the page cache is known to do so whatever the file is like. */
  private static final Set<String> DIRECT_READS = Set.of("ext2", "ext3", "ext4", "xfs");

  /** What a file system is to page fusion. */
  public enum Kind {
    /** On a disk of the guest. */
    LOCAL,
    /** Served by another machine, or by a process of this one (FUSE): reading may hang. */
    NETWORK,
    /** Lives in memory only. */
    MEMORY,
    /** All others: proc, sysfs and their like, and what this agent does not know. */
    PSEUDO
  }

  /** The file system of that name. */
  public static FileSystem of(String type) {
    return new FileSystem(type);
  }

  /** What it is to page fusion. */
  public Kind kind() {
    if (LOCAL.contains(type)) {
      return Kind.LOCAL;
    }
    if (MEMORY.contains(type)) {
      return Kind.MEMORY;
    }
    return NETWORK.contains(type) || isFuse() ? Kind.NETWORK : Kind.PSEUDO;
  }

  /** Behind a dot FUSE tells what it serves; fusectl is the kernel's own, to control it. */
  private boolean isFuse() {
    return type.equals("fuse")
        || type.equals("fuseblk")
        || type.startsWith("fuse.")
        || type.startsWith("fuseblk.");
  }

  /** Whether device and inode of maps may name several files. */
  public boolean repeatsInodes() {
    return REPEATED_INODES.contains(type);
  }

  /** Whether O_DIRECT reads leave the page cache as it was. */
  boolean readsDirectly() {
    return DIRECT_READS.contains(type);
  }
}
