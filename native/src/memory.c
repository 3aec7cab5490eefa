// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

// Mappings of this process, files in memory, and what of a file is in the page cache.

#include "pagefusion.h"

#include <errno.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "internal.h"
#include "kernel_abi.h"

static void *pointer(int64_t address) {
  return (void *)(intptr_t)address;
}

static int64_t map(int64_t address, int32_t fd, int64_t offset, int64_t length, int flags) {
  if (length < 0) {
    return -EINVAL;
  }
  void *mapped = mmap(pointer(address), (size_t)length, PROT_READ, MAP_PRIVATE | flags, fd, offset);
  return mapped == MAP_FAILED ? -errno : (int64_t)(intptr_t)mapped;
}

int64_t pf_mmap_file(int32_t fd, int64_t offset, int64_t length) {
  return map(0, fd, offset, length, 0);
}

int64_t pf_mmap_file_at(int64_t address, int32_t fd, int64_t offset, int64_t length) {
  int64_t mapped = map(address, fd, offset, length, MAP_FIXED_NOREPLACE);
  if (mapped >= 0 && mapped != address) {
    // A kernel that does not know the flag took the address for a wish.
    munmap(pointer(mapped), (size_t)length);
    return -EEXIST;
  }
  return mapped;
}

int32_t pf_munmap(int64_t address, int64_t length) {
  if (length < 0) {
    return -EINVAL;
  }
  return (int32_t)pf_answer(munmap(pointer(address), (size_t)length));
}

int32_t pf_mincore(int64_t address, int64_t length, void *vector) {
  if (length < 0) {
    return -EINVAL;
  }
  return (int32_t)pf_answer(mincore(pointer(address), (size_t)length, vector));
}

int32_t pf_madvise(int64_t address, int64_t length, int32_t advice) {
  if (length < 0) {
    return -EINVAL;
  }
  return (int32_t)pf_answer(madvise(pointer(address), (size_t)length, advice));
}

int32_t pf_disable_huge_pages(void) {
  return (int32_t)pf_answer(prctl(PR_SET_THP_DISABLE, 1UL, 0UL, 0UL, 0UL));
}

int32_t pf_memfd_create(const char *name) {
  if (name == NULL) {
    return -EFAULT;
  }
  int fd = memfd_create(name, MFD_CLOEXEC | PF_MFD_NOEXEC_SEAL);
  if (fd < 0 && errno == EINVAL) {
    fd = memfd_create(name, MFD_CLOEXEC);
  }
  return (int32_t)pf_answer(fd);
}

int32_t pf_cachestat(int32_t fd, uint64_t offset, uint64_t length, struct pf_cachestat *out) {
  struct pf_kernel_cachestat_range range = {.offset = offset, .length = length};
  return (int32_t)pf_answer(syscall(PF_SYS_CACHESTAT, fd, &range, out, 0U));
}
