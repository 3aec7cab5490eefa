// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.bridge;

import java.nio.ByteBuffer;

/**
 * The functions of libpagefusion as native methods, which the virtual machine finds in the library
 * by itself ({@code native/src/jni.c}).
 */
final class JniCalls implements NativeCalls {
  /** Where a direct buffer begins. */
  native long address(ByteBuffer direct);

  @Override
  public native int pf_abi_version();

  @Override
  public native int pf_open(long path, int flags);

  @Override
  public native int pf_openat2(int directoryFd, long path, long flags, long resolve);

  @Override
  public native int pf_close(int fd);

  @Override
  public native long pf_read(int fd, long buffer, long size);

  @Override
  public native long pf_pread(int fd, long buffer, long size, long offset);

  @Override
  public native long pf_pwrite(int fd, long buffer, long size, long offset);

  @Override
  public native long pf_pwritev(int fd, long vectors, int count, long offset);

  @Override
  public native int pf_statx(int directoryFd, long path, int flags, long result);

  @Override
  public native long pf_readlink(long path, long buffer, long size);

  @Override
  public native long pf_getdents64(int fd, long buffer, long size);

  @Override
  public native long pf_fstatfs_type(int fd);

  @Override
  public native long pf_mmap_file(int fd, long offset, long length);

  @Override
  public native long pf_mmap_file_at(long address, int fd, long offset, long length);

  @Override
  public native int pf_munmap(long address, long length);

  @Override
  public native int pf_mincore(long address, long length, long vector);

  @Override
  public native int pf_madvise(long address, long length, int advice);

  @Override
  public native int pf_disable_huge_pages();

  @Override
  public native int pf_memfd_create(long name);

  @Override
  public native int pf_cachestat(int fd, long offset, long length, long result);

  @Override
  public native long pf_procmap_query_files(
      int mapsFd, long fromAddress, long records, long capacity);

  @Override
  public native long pf_procmap_query_name(
      int mapsFd, long address, long record, long name, long capacity);

  @Override
  public native long pf_read_file(long path, long buffer, long capacity);

  @Override
  public native int pf_unix_listen(long path, int backlog);

  @Override
  public native int pf_accept(int fd);

  @Override
  public native int pf_peer_pid(int fd);

  @Override
  public native long pf_send(int fd, long buffer, long size);

  @Override
  public native int pf_unix_send_datagram(long path, long message, long size);

  @Override
  public native int pf_shutdown(int fd);

  @Override
  public native int pf_vbg_ioctl(int fd, long request, long size);

  @Override
  public native int pf_vbg_driver_version(int fd, long result);

  @Override
  public native long pf_page_size();

  @Override
  public native int pf_geteuid();

  @Override
  public native int pf_getpid();
}
