// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

// Kernel interfaces newer than the headers this is built against (Debian 12 has those of Linux 6.1), by the
// kernel's documented uapi: include/uapi/linux/fs.h and the system call table. The names are our own, so that
// headers that do have them can't clash.

#ifndef PAGEFUSION_KERNEL_ABI_H
#define PAGEFUSION_KERNEL_ABI_H

#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

// cachestat(2), Linux 6.5; the same number on every architecture but alpha.
#define PF_SYS_CACHESTAT 451
#ifdef SYS_cachestat
_Static_assert(SYS_cachestat == PF_SYS_CACHESTAT, "number of cachestat(2)");
#endif

// The range that cachestat(2) takes, in bytes.
struct pf_kernel_cachestat_range {
  uint64_t offset;
  uint64_t length;
};

_Static_assert(sizeof(struct pf_kernel_cachestat_range) == 16, "struct cachestat_range");

// memfd_create(2), Linux 6.3.
#define PF_MFD_NOEXEC_SEAL 0x0008U

// query_flags of PROCMAP_QUERY; the first four are also what vma_flags consists of.
#define PF_PROCMAP_QUERY_VMA_READABLE 0x01U
#define PF_PROCMAP_QUERY_VMA_WRITABLE 0x02U
#define PF_PROCMAP_QUERY_VMA_EXECUTABLE 0x04U
#define PF_PROCMAP_QUERY_VMA_SHARED 0x08U
#define PF_PROCMAP_QUERY_COVERING_OR_NEXT_VMA 0x10U
#define PF_PROCMAP_QUERY_FILE_BACKED_VMA 0x20U

// Argument of PROCMAP_QUERY.
struct pf_kernel_procmap_query {
  uint64_t size;  // in: of this structure
  uint64_t query_flags;  // in
  uint64_t query_addr;  // in
  uint64_t vma_start;
  uint64_t vma_end;
  uint64_t vma_flags;
  uint64_t vma_page_size;
  uint64_t vma_offset;
  uint64_t inode;
  uint32_t dev_major;
  uint32_t dev_minor;
  uint32_t vma_name_size;  // in: room for the name, out: bytes written with the NUL, 0 for no name
  uint32_t build_id_size;  // in and out likewise; 0 asks for none
  uint64_t vma_name_addr;  // in
  uint64_t build_id_addr;  // in
};

_Static_assert(sizeof(struct pf_kernel_procmap_query) == 104, "struct procmap_query");
_Static_assert(offsetof(struct pf_kernel_procmap_query, inode) == 64, "struct procmap_query");
_Static_assert(offsetof(struct pf_kernel_procmap_query, vma_name_size) == 80, "struct procmap_query");
_Static_assert(offsetof(struct pf_kernel_procmap_query, vma_name_addr) == 88, "struct procmap_query");

// ioctl of /proc/[pid]/maps, Linux 6.11.
#define PF_PROCMAP_QUERY _IOWR('f', 17, struct pf_kernel_procmap_query)

#endif
