// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.bridge;

import jnr.ffi.annotations.IgnoreError;

/**
 * The functions of libpagefusion, one a kernel call, as declared in {@code
 * native/include/pagefusion.h}.
 *
 * <p>Addresses are plain longs and every function answers a negative errno on failure, so that
 * jnr-ffi needs no marshalling and no errno of its own: fewer classes in the daemon and a cheaper
 * crossing. {@code long} is the 64-bit integer of the LP64 ABI.
 */
@IgnoreError
public interface NativeCalls {
  int pf_abi_version();

  int pf_open(long path, int flags);

  int pf_openat2(int directoryFd, long path, long flags, long resolve);

  int pf_close(int fd);

  long pf_read(int fd, long buffer, long size);

  long pf_pread(int fd, long buffer, long size, long offset);

  long pf_pwrite(int fd, long buffer, long size, long offset);

  long pf_pwritev(int fd, long vectors, int count, long offset);

  int pf_statx(int directoryFd, long path, int flags, long result);

  long pf_readlink(long path, long buffer, long size);

  long pf_getdents64(int fd, long buffer, long size);

  long pf_fstatfs_type(int fd);

  long pf_mmap_file(int fd, long offset, long length);

  long pf_mmap_file_at(long address, int fd, long offset, long length);

  int pf_munmap(long address, long length);

  int pf_mincore(long address, long length, long vector);

  int pf_madvise(long address, long length, int advice);

  int pf_disable_huge_pages();

  int pf_memfd_create(long name);

  int pf_cachestat(int fd, long offset, long length, long result);

  long pf_procmap_query_files(int mapsFd, long fromAddress, long records, long capacity);

  long pf_procmap_query_name(int mapsFd, long address, long record, long name, long capacity);

  long pf_read_file(long path, long buffer, long capacity);

  int pf_unix_listen(long path, int backlog);

  int pf_accept(int fd);

  int pf_peer_pid(int fd);

  long pf_send(int fd, long buffer, long size);

  int pf_unix_send_datagram(long path, long message, long size);

  int pf_shutdown(int fd);

  int pf_vbg_ioctl(int fd, long request, long size);

  int pf_vbg_driver_version(int fd, long result);

  long pf_page_size();

  int pf_geteuid();

  int pf_getpid();
}
