// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

// The reference for the footprint of the service: what a C program takes that does the same for the files that
// processes map. A cycle reads the mappings of all processes, maps every file of enough resident bytes, makes
// its resident pages present, and sends the bytes of one request for each new file and of one check to a file
// (/dev/null) in place of the host.
//
//   daemon CYCLES    one JSON object on stdout after the last cycle; ends with its stdin

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "pagefusion.h"

enum {
  MIN_RESIDENT = 64 << 10,
  CHUNK_PAGES = 4096,
  REGISTER_BYTES = 208,  // VMMDev's register request with one region
  CHECK_BYTES = 24,
  EXIT_USAGE = 64,
  EXIT_IO = 74
};

struct module {
  uint64_t device;  // as in maps; 0 where there is none
  uint64_t inode;
  int64_t address;  // 0 for a file that is no candidate
  int64_t length;
};

static struct {
  struct module *slots;  // open addressing
  size_t capacity;  // a power of two
  size_t count;
  size_t mapped;
  uint64_t present_pages;
  int host;
  int sink;
  int pagemap;
} state;

static void fail(const char *what) {
  perror(what);
  exit(EXIT_IO);
}

static struct module *find(uint64_t device, uint64_t inode) {
  size_t at = (size_t)((inode ^ device << 20) * UINT64_C(0x9e3779b97f4a7c15) >> 32);
  for (;; at++) {
    struct module *module = &state.slots[at & (state.capacity - 1)];
    if (module->device == 0 || (module->device == device && module->inode == inode)) {
      return module;
    }
  }
}

static void grow(void) {
  struct module *old = state.slots;
  size_t old_capacity = state.capacity;
  state.capacity = old_capacity == 0 ? 256 : 2 * old_capacity;
  state.slots = calloc(state.capacity, sizeof *state.slots);
  if (state.slots == NULL) {
    fail("calloc");
  }
  for (size_t i = 0; i < old_capacity; i++) {
    if (old[i].device != 0) {
      *find(old[i].device, old[i].inode) = old[i];
    }
  }
  free(old);
}

static void send_to_host(const void *request, size_t size) {
  if (write(state.host, request, size) != (ssize_t)size) {
    fail("/dev/null");
  }
}

static int64_t resident_pages(int64_t address, int64_t pages, int64_t page_size, unsigned char *vector) {
  int64_t resident = 0;
  for (int64_t first = 0; first < pages; first += CHUNK_PAGES) {
    int64_t count = pages - first < CHUNK_PAGES ? pages - first : CHUNK_PAGES;
    if (pf_mincore(address + first * page_size, count * page_size, vector) < 0) {
      return 0;
    }
    for (int64_t i = 0; i < count; i++) {
      resident += vector[i] & 1;
    }
  }
  return resident;
}

// Maps and registers a file if it is one that could be fused.
static void consider(struct module *module, const char *path) {
  static unsigned char vector[CHUNK_PAGES];
  int32_t fd = pf_open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOATIME);
  if (fd < 0) {
    return;
  }
  struct pf_stat status;
  int64_t page_size = pf_page_size();
  if (pf_statx(fd, "", AT_EMPTY_PATH, &status) == 0 && (status.mode & S_IFMT) == S_IFREG
      && status.inode == module->inode && status.size >= MIN_RESIDENT) {
    int64_t address = pf_mmap_file(fd, 0, (int64_t)status.size);
    int64_t pages = ((int64_t)status.size + page_size - 1) / page_size;
    if (address > 0 && resident_pages(address, pages, page_size, vector) * page_size < MIN_RESIDENT) {
      pf_munmap(address, (int64_t)status.size);
    } else if (address > 0) {
      module->address = address;
      module->length = (int64_t)status.size;
      state.mapped++;
      unsigned char request[REGISTER_BYTES] = {0};
      snprintf((char *)request + 48, 128, "%s", path);
      memcpy(request + 32, &address, sizeof address);
      send_to_host(request, sizeof request);
    }
  }
  pf_close(fd);
}

// Takes one line of /proc/[pid]/maps, without its newline.
static void take_line(char *line) {
  char *at = strchr(line, ' ');  // behind the addresses
  at = at == NULL ? NULL : strchr(at + 1, ' ');  // behind the permissions
  if (at == NULL) {
    return;
  }
  strtoull(at, &at, 16);  // the offset
  uint64_t major_number = strtoull(at, &at, 16);
  uint64_t minor_number = *at == ':' ? strtoull(at + 1, &at, 16) : 0;
  uint64_t inode = strtoull(at, &at, 10);
  uint64_t device = major_number << 32 | minor_number;
  if (inode == 0 || device == 0) {
    return;
  }
  if (2 * state.count >= state.capacity) {
    grow();
  }
  struct module *module = find(device, inode);
  if (module->device == 0) {
    *module = (struct module){.device = device, .inode = inode};
    state.count++;
    at += strspn(at, " ");
    if (*at == '/') {
      consider(module, at);
    }
  }
}

static void scan_process(const char *pid) {
  static char buffer[1 << 16];
  char path[64];
  snprintf(path, sizeof path, "/proc/%.32s/maps", pid);
  int32_t fd = pf_open(path, O_RDONLY);
  if (fd < 0) {
    return;
  }
  size_t filled = 0;
  int64_t count;
  while ((count = pf_read(fd, buffer + filled, (int64_t)(sizeof buffer - filled))) > 0) {
    filled += (size_t)count;
    char *line = buffer;
    char *newline;
    while ((newline = memchr(line, '\n', filled - (size_t)(line - buffer))) != NULL) {
      *newline = '\0';
      take_line(line);
      line = newline + 1;
    }
    filled -= (size_t)(line - buffer);
    memmove(buffer, line, filled);
    if (filled == sizeof buffer) {
      break;
    }
  }
  pf_close(fd);
}

// Enters into the page tables what is resident of a file and not there yet.
static void make_present(const struct module *module, int64_t page_size) {
  static unsigned char vector[CHUNK_PAGES];
  static uint64_t entries[CHUNK_PAGES];
  int64_t pages = (module->length + page_size - 1) / page_size;
  pf_madvise(module->address, module->length, MADV_RANDOM);
  for (int64_t first = 0; first < pages; first += CHUNK_PAGES) {
    int64_t count = pages - first < CHUNK_PAGES ? pages - first : CHUNK_PAGES;
    int64_t address = module->address + first * page_size;
    if (pf_mincore(address, count * page_size, vector) < 0
        || pf_pread(state.pagemap, entries, count * 8, address / page_size * 8) != count * 8) {
      return;
    }
    for (int64_t i = 0; i < count; i++) {
      int present = entries[i] >> 63 != 0;
      if ((vector[i] & 1) != 0 && !present) {
        present = pf_pwrite(state.sink, (void *)(intptr_t)(address + i * page_size), 1, 0) == 1;
      }
      state.present_pages += present;
    }
  }
  pf_madvise(module->address, module->length, MADV_SEQUENTIAL);
}

static void cycle(void) {
  DIR *proc = opendir("/proc");
  if (proc == NULL) {
    fail("/proc");
  }
  struct dirent *entry;
  while ((entry = readdir(proc)) != NULL) {
    if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9') {
      scan_process(entry->d_name);
    }
  }
  closedir(proc);
  state.present_pages = 0;
  for (size_t i = 0; i < state.capacity; i++) {
    if (state.slots[i].address != 0) {
      make_present(&state.slots[i], pf_page_size());
    }
  }
  static const unsigned char check[CHECK_BYTES];
  send_to_host(check, sizeof check);
}

int main(int argc, char **argv) {
  long cycles = argc == 2 ? strtol(argv[1], NULL, 10) : 0;
  if (cycles < 1) {
    fprintf(stderr, "usage: daemon CYCLES\n");
    return EXIT_USAGE;
  }
  state.host = pf_open("/dev/null", O_WRONLY);
  state.sink = pf_memfd_create("daemon");
  state.pagemap = pf_open("/proc/self/pagemap", O_RDONLY);
  if (state.host < 0 || state.sink < 0 || state.pagemap < 0) {
    errno = EIO;
    fail("daemon");
  }
  for (long i = 0; i < cycles; i++) {
    cycle();
  }
  printf("{\"modules\": %zu, \"presentPages\": %" PRIu64 "}\n", state.mapped, state.present_pages);
  fflush(stdout);
  while (getchar() != EOF) {
  }
  return 0;
}
