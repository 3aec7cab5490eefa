// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

// The reference for reading mappings as text: read(2) of every /proc/[pid]/maps and the least parsing that
// yields all fields. Counts of the last scan, times of each: maps_read [ITERATIONS]

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "scan.h"

enum { BUFFER_SIZE = 64 * 1024 };

static const char *hexadecimal(const char *at, uint64_t *value) {
  uint64_t result = 0;
  for (;; at++) {
    unsigned digit = (unsigned char)*at;
    if (digit - '0' <= 9) {
      result = result << 4 | (digit - '0');
    } else if (digit - 'a' <= 5) {
      result = result << 4 | (digit - 'a' + 10);
    } else {
      *value = result;
      return at;
    }
  }
}

// Takes a line that ends with a newline, at end; 0 when it is not one of maps.
static int parse_line(const char *at, const char *end, struct counts *counts) {
  uint64_t start;
  uint64_t stop;
  uint64_t offset;
  uint64_t major_number;
  uint64_t minor_number;
  uint64_t inode = 0;
  at = hexadecimal(at, &start);
  if (*at++ != '-') {
    return 0;
  }
  at = hexadecimal(at, &stop);
  if (*at != ' ' || end - at < 6 || stop <= start) {
    return 0;
  }
  const char *permissions = at + 1;
  if ((permissions[0] != 'r' && permissions[0] != '-') || (permissions[3] != 'p' && permissions[3] != 's')) {
    return 0;
  }
  at = hexadecimal(at + 6, &offset);
  if (*at++ != ' ') {
    return 0;
  }
  at = hexadecimal(at, &major_number);
  if (*at++ != ':') {
    return 0;
  }
  at = hexadecimal(at, &minor_number);
  if (*at++ != ' ') {
    return 0;
  }
  for (; *at >= '0' && *at <= '9'; at++) {
    inode = inode * 10 + (uint64_t)(*at - '0');
  }
  while (*at == ' ') {
    at++;
  }
  uint64_t device = major_number << 32 | minor_number;
  counts->lines++;
  if (device != 0) {
    counts->file_lines++;
    if (file_table_add(&counts->files, device, inode)) {
      counts->name_bytes += (uint64_t)(end - at);
    }
  }
  return 1;
}

static int read_maps(int fd, struct counts *counts) {
  static char buffer[BUFFER_SIZE];
  size_t filled = 0;
  for (;;) {
    ssize_t count = read(fd, buffer + filled, sizeof buffer - filled);
    if (count < 0) {
      if (errno == EINTR) {
        continue;
      }
      return -errno;
    }
    filled += (size_t)count;
    if (count > 0 && filled < sizeof buffer) {
      continue;
    }
    const char *at = buffer;
    const char *end = buffer + filled;
    const char *newline;
    while (at < end && (newline = memchr(at, '\n', (size_t)(end - at))) != NULL) {
      if (!parse_line(at, newline, counts)) {
        return -EBADMSG;
      }
      at = newline + 1;
    }
    filled = (size_t)(end - at);
    if (count == 0) {
      return filled == 0 ? 0 : -EBADMSG;
    }
    if (filled == sizeof buffer) {
      return -EMSGSIZE;
    }
    memmove(buffer, at, filled);
  }
}

int main(int argc, char **argv) {
  return bench_main(argc, argv, "maps_read", read_maps);
}
