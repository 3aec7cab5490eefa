// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

// What the two reference scanners share: the walk over /proc, the table of files seen, measuring, printing.

#ifndef PAGEFUSION_BENCH_SCAN_H
#define PAGEFUSION_BENCH_SCAN_H

#include <stdint.h>

// Distinct (device, inode) by open addressing.
struct file_table {
  struct {
    uint64_t device;
    uint64_t inode;
  } *slots;
  uint64_t capacity;  // a power of two
  uint64_t count;
};

struct counts {
  uint64_t processes;  // that have mappings
  uint64_t skipped;  // kernel threads and zombies, which have none; vanished ones; and what may not be read
  uint64_t lines;  // mappings of all kinds that were seen
  uint64_t file_lines;  // mappings of files
  uint64_t own_file_lines;  // those of the scanner itself
  uint64_t name_bytes;  // names seen; keeps the compiler from leaving their finding out
  struct file_table files;
};

// Adds a file and tells whether it is new.
int file_table_add(struct file_table *table, uint64_t device, uint64_t inode);

// Scans the mappings of one process, by an open /proc/[pid]/maps; 0 or a negative errno.
typedef int scan_process(int maps_fd, struct counts *counts);

// Runs a scanner over all processes as often as the command line says ("[ITERATIONS]", 1 if left out) and
// prints one JSON object; the exit status.
int bench_main(int argc, char **argv, const char *name, scan_process *scan);

#endif
