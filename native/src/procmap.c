// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

// Mappings of another process, asked for one by one instead of read as text.

#include "pagefusion.h"

#include <errno.h>
#include <linux/fs.h>
#include <stddef.h>
#include <sys/ioctl.h>

#include "internal.h"
#include "kernel_abi.h"

#ifdef PROCMAP_QUERY
_Static_assert(PROCMAP_QUERY == PF_PROCMAP_QUERY, "number of PROCMAP_QUERY");
#endif

// The kernel's flags are the interface's, so that they pass through.
_Static_assert(PF_MAPPING_READ == PF_PROCMAP_QUERY_VMA_READABLE, "flags of a mapping");
_Static_assert(PF_MAPPING_WRITE == PF_PROCMAP_QUERY_VMA_WRITABLE, "flags of a mapping");
_Static_assert(PF_MAPPING_EXECUTE == PF_PROCMAP_QUERY_VMA_EXECUTABLE, "flags of a mapping");
_Static_assert(PF_MAPPING_SHARED == PF_PROCMAP_QUERY_VMA_SHARED, "flags of a mapping");

static struct pf_mapping mapping_of(const struct pf_kernel_procmap_query *query) {
  return (struct pf_mapping){
      .start = query->vma_start,
      .end = query->vma_end,
      .offset = query->vma_offset,
      .inode = query->inode,
      .device = (uint64_t)query->dev_major << 32 | query->dev_minor,
      .flags = query->vma_flags,
  };
}

int64_t pf_procmap_query_files(
    int32_t maps_fd, uint64_t from_address, struct pf_mapping *out, int64_t capacity) {
  if (out == NULL) {
    return -EFAULT;
  }
  if (capacity <= 0) {
    return -EINVAL;
  }
  struct pf_kernel_procmap_query query = {
      .size = sizeof query,
      .query_flags = PF_PROCMAP_QUERY_COVERING_OR_NEXT_VMA | PF_PROCMAP_QUERY_FILE_BACKED_VMA,
      .query_addr = from_address,
  };
  for (int64_t n = 0; n < capacity; n++) {
    if (ioctl(maps_fd, PF_PROCMAP_QUERY, &query) < 0) {
      return errno == ENOENT ? n : -errno;
    }
    out[n] = mapping_of(&query);
    query.query_addr = query.vma_end;
  }
  return capacity;
}

int64_t pf_procmap_query_name(
    int32_t maps_fd, uint64_t address, struct pf_mapping *out, char *name, int64_t capacity) {
  if (out == NULL || name == NULL) {
    return -EFAULT;
  }
  if (capacity <= 0) {
    return -EINVAL;
  }
  struct pf_kernel_procmap_query query = {
      .size = sizeof query,
      .query_addr = address,
      .vma_name_size = capacity > UINT32_MAX ? UINT32_MAX : (uint32_t)capacity,
      .vma_name_addr = (uint64_t)(uintptr_t)name,
  };
  if (ioctl(maps_fd, PF_PROCMAP_QUERY, &query) < 0) {
    return -errno;
  }
  *out = mapping_of(&query);
  return query.vma_name_size == 0 ? 0 : (int64_t)query.vma_name_size - 1;
}
