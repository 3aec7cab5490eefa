// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileSystemTest {
  @ParameterizedTest
  @CsvSource({
    "ext4, LOCAL",
    "xfs, LOCAL",
    "btrfs, LOCAL",
    "overlay, LOCAL",
    "squashfs, LOCAL",
    "vfat, LOCAL",
    "nfs4, NETWORK",
    "cifs, NETWORK",
    "9p, NETWORK",
    "virtiofs, NETWORK",
    "vboxsf, NETWORK",
    "fuse, NETWORK",
    "fuse.sshfs, NETWORK",
    "fuseblk, NETWORK",
    "fuseblk.ntfs, NETWORK",
    "tmpfs, MEMORY",
    "ramfs, MEMORY",
    "devtmpfs, MEMORY",
    "hugetlbfs, MEMORY",
    "proc, PSEUDO",
    "sysfs, PSEUDO",
    "fusectl, PSEUDO",
    "cgroup2, PSEUDO",
    "autofs, PSEUDO",
    "'', PSEUDO",
    "unheard-of, PSEUDO",
    "EXT4, PSEUDO",
  })
  void isOfAKind(String type, FileSystem.Kind kind) {
    assertEquals(kind, FileSystem.of(type).kind());
  }

  @ParameterizedTest
  @ValueSource(strings = {"btrfs", "bcachefs", "overlay"})
  void mayRepeatInodes(String type) {
    assertTrue(FileSystem.of(type).repeatsInodes());
    assertFalse(FileSystem.of(type).readsDirectly());
  }

  @Test
  void countsInodesOnce() {
    assertFalse(FileSystem.of("ext4").repeatsInodes());
    assertTrue(FileSystem.of("ext4").readsDirectly());
    assertFalse(FileSystem.of("tmpfs").repeatsInodes());
    assertFalse(FileSystem.of("tmpfs").readsDirectly());
  }
}
