// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

#include "scan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { MAX_ITERATIONS = 1000, FIRST_CAPACITY = 1024, EXIT_USAGE = 64, EXIT_UNAVAILABLE = 69, EXIT_IO = 74 };

static uint64_t slot_of(const struct file_table *table, uint64_t device, uint64_t inode) {
  uint64_t hash = (inode ^ device << 20) * UINT64_C(0x9e3779b97f4a7c15);
  uint64_t at = hash >> 32 & (table->capacity - 1);
  // A free slot has device 0, which nothing file-backed has.
  while (table->slots[at].device != 0 && (table->slots[at].device != device || table->slots[at].inode != inode)) {
    at = (at + 1) & (table->capacity - 1);
  }
  return at;
}

static void grow(struct file_table *table) {
  struct file_table larger = {.capacity = table->capacity == 0 ? FIRST_CAPACITY : 2 * table->capacity};
  larger.slots = calloc(larger.capacity, sizeof *larger.slots);
  if (larger.slots == NULL) {
    perror("calloc");
    exit(EXIT_IO);
  }
  for (uint64_t i = 0; i < table->capacity; i++) {
    if (table->slots[i].device != 0) {
      larger.slots[slot_of(&larger, table->slots[i].device, table->slots[i].inode)] = table->slots[i];
      larger.count++;
    }
  }
  free(table->slots);
  *table = larger;
}

int file_table_add(struct file_table *table, uint64_t device, uint64_t inode) {
  if (2 * table->count >= table->capacity) {
    grow(table);
  }
  uint64_t at = slot_of(table, device, inode);
  if (table->slots[at].device != 0) {
    return 0;
  }
  table->slots[at].device = device;
  table->slots[at].inode = inode;
  table->count++;
  return 1;
}

static int scan_all(scan_process *scan, struct counts *counts) {
  DIR *proc = opendir("/proc");
  if (proc == NULL) {
    return -errno;
  }
  int error = 0;
  int own_pid = getpid();
  struct dirent *entry;
  while (error == 0 && (entry = readdir(proc)) != NULL) {
    if (entry->d_name[0] < '1' || entry->d_name[0] > '9') {
      continue;
    }
    char path[64];
    snprintf(path, sizeof path, "/proc/%.32s/maps", entry->d_name);
    uint64_t lines_before = counts->lines;
    uint64_t file_lines_before = counts->file_lines;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int result = fd < 0 ? -errno : scan(fd, counts);
    if (fd >= 0) {
      close(fd);
    }
    if (counts->lines > lines_before) {
      counts->processes++;
    } else {
      counts->skipped++;
    }
    if (atoi(entry->d_name) == own_pid) {
      counts->own_file_lines = counts->file_lines - file_lines_before;
    }
    if (result != 0 && result != -ENOENT && result != -ESRCH && result != -EACCES && result != -EPERM) {
      error = result;
    }
  }
  closedir(proc);
  return error;
}

static double millis(struct timespec time) {
  return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static double cpu_millis(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3
         + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
}

static int compare(const void *a, const void *b) {
  double left = *(const double *)a;
  double right = *(const double *)b;
  return (left > right) - (left < right);
}

static double median(const double *values, int count) {
  static double sorted[MAX_ITERATIONS];
  memcpy(sorted, values, (size_t)count * sizeof *values);
  qsort(sorted, (size_t)count, sizeof *sorted, compare);
  return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
}

static void print_each(const char *key, const double *values, int count) {
  printf("\"%s\": [", key);
  for (int i = 0; i < count; i++) {
    printf("%s%.3f", i == 0 ? "" : ", ", values[i]);
  }
  printf("]");
}

int bench_main(int argc, char **argv, const char *name, scan_process *scan) {
  char *end = NULL;
  long iterations = argc > 1 ? strtol(argv[1], &end, 10) : 1;
  if (argc > 2 || (end != NULL && *end != '\0') || iterations < 1 || iterations > MAX_ITERATIONS) {
    fprintf(stderr, "usage: %s [ITERATIONS], 1 to %d\n", name, MAX_ITERATIONS);
    return EXIT_USAGE;
  }
  static double cpu[MAX_ITERATIONS];
  static double wall[MAX_ITERATIONS];
  struct counts counts = {0};
  for (int i = 0; i < iterations; i++) {
    free(counts.files.slots);
    counts = (struct counts){0};
    struct timespec before;
    struct timespec after;
    double cpu_before = cpu_millis();
    clock_gettime(CLOCK_MONOTONIC, &before);
    int error = scan_all(scan, &counts);
    clock_gettime(CLOCK_MONOTONIC, &after);
    cpu[i] = cpu_millis() - cpu_before;
    wall[i] = millis(after) - millis(before);
    if (error != 0) {
      fprintf(stderr, "%s: /proc: %s\n", name, strerror(-error));
      free(counts.files.slots);
      return error == -ENOTTY ? EXIT_UNAVAILABLE : EXIT_IO;
    }
  }
  printf("{\"bench\": \"%s\", \"iterations\": %ld, \"cpu_ms\": %.3f, \"wall_ms\": %.3f, ", name, iterations,
         median(cpu, (int)iterations), median(wall, (int)iterations));
  printf("\"processes\": %llu, \"skipped\": %llu, \"lines\": %llu, \"file_lines\": %llu, \"files\": %llu, "
         "\"own_file_lines\": %llu, \"name_bytes\": %llu, ",
         (unsigned long long)counts.processes, (unsigned long long)counts.skipped, (unsigned long long)counts.lines,
         (unsigned long long)counts.file_lines, (unsigned long long)counts.files.count,
         (unsigned long long)counts.own_file_lines, (unsigned long long)counts.name_bytes);
  print_each("cpu_ms_each", cpu, (int)iterations);
  printf(", ");
  print_each("wall_ms_each", wall, (int)iterations);
  printf("}\n");
  free(counts.files.slots);
  return 0;
}
