// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

// The reference for asking for mappings: the library's own calls to the PROCMAP_QUERY ioctl of Linux 6.11,
// file-backed mappings only, the name only of files not seen before. Counts of the last scan, times of each:
// maps_query [ITERATIONS]. Exit status 69 where the kernel does not have it.

#include <errno.h>
#include <limits.h>

#include "pagefusion.h"
#include "scan.h"

enum { MAPPINGS = 256 };

static int query_maps(int fd, struct counts *counts) {
  static struct pf_mapping mappings[MAPPINGS];
  static char name[PATH_MAX];
  uint64_t from = 0;
  for (;;) {
    int64_t count = pf_procmap_query_files(fd, from, mappings, MAPPINGS);
    if (count < 0) {
      return (int)count;
    }
    for (int64_t i = 0; i < count; i++) {
      counts->lines++;
      counts->file_lines++;
      if (file_table_add(&counts->files, mappings[i].device, mappings[i].inode)) {
        struct pf_mapping again;
        int64_t length = pf_procmap_query_name(fd, mappings[i].start, &again, name, sizeof name);
        // A file unmapped since has no name any more; one that is nested deeper than PATH_MAX can't be named.
        if (length < 0 && length != -ENOENT && length != -ENAMETOOLONG) {
          return (int)length;
        }
        counts->name_bytes += length > 0 ? (uint64_t)length : 0;
      }
    }
    if (count < MAPPINGS) {
      return 0;
    }
    from = mappings[count - 1].end;
  }
}

int main(int argc, char **argv) {
  return bench_main(argc, argv, "maps_query", query_maps);
}
