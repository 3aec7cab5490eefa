// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

// The least that fusing takes, to hold the agent's cycle against: fusion careful|populate SOCKET GUEST
//
// Reads paths of files from stdin, one a line. Maps each file read-only, registers it with the simulated host
// at SOCKET as the guest GUEST, makes its resident pages present, and has the host check them. Then it prints
// READY, waits for a line on stdin to unregister them all, and prints what each step took as one JSON object.
//
// "careful" makes pages present as the agent does: no page that is not resident, no page marked as used, and no
// SIGBUS where a file was truncated. "populate" is what takes the fewest calls, MADV_POPULATE_READ over runs of
// resident pages: it has the kernel move them to the active list.

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#endif

enum {
  MAX_FILES = 2048,
  PAGE = 4096,
  HUGE_PAGE = 2 << 20,
  FAULT_AROUND_PAGES = 16,
  MAX_FILE_PAGES = 1 << 16,
  HEADER = 24,
  HEADER_VERSION = 0x10001,
  REGISTER = 212,
  UNREGISTER = 213,
  CHECK = 214,
  GUEST_NAME = 0x50460001,
  REGISTER_BYTES = 192 + 16,
  UNREGISTER_BYTES = 184,
  NAME_BYTES = 128,
  NAME_MAX_BYTES = NAME_BYTES - 1,
  OS_LINUX64 = 4,
  EXIT_USAGE = 64,
  EXIT_IO = 74,
};

// Where the agent maps files, too: address spaces of one shape have page tables of one size.
static const uint64_t first_address = UINT64_C(0x100000000000);

struct file {
  char *path;
  uint64_t address;
  uint64_t size;
};

struct step {
  const char *name;
  double wall_ms;
  double cpu_ms;
};

static struct file files[MAX_FILES];
static int count;
static int connection;

static void fail(const char *what) {
  fprintf(stderr, "fusion: %s: %s\n", what, strerror(errno));
  exit(EXIT_IO);
}

static double clock_ms(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static struct step timed(const char *name, void (*work)(void)) {
  double cpu = clock_ms(CLOCK_PROCESS_CPUTIME_ID);
  double wall = clock_ms(CLOCK_MONOTONIC);
  work();
  return (struct step){name, clock_ms(CLOCK_MONOTONIC) - wall, clock_ms(CLOCK_PROCESS_CPUTIME_ID) - cpu};
}

static void put32(unsigned char *at, uint32_t value) {
  memcpy(at, &value, sizeof value);
}

static void put64(unsigned char *at, uint64_t value) {
  memcpy(at, &value, sizeof value);
}

// Sends a request and takes the answer in its place; the host's verdict must be 0.
static void exchange(unsigned char *request, uint32_t size, uint32_t type) {
  memset(request, 0, HEADER);
  put32(request, size);
  put32(request + 4, HEADER_VERSION);
  put32(request + 8, type);
  if (send(connection, request, size, MSG_NOSIGNAL) != (ssize_t)size) {
    fail("send");
  }
  if (recv(connection, request, size, MSG_WAITALL) != (ssize_t)size) {
    fail("recv");
  }
  int32_t rc;
  memcpy(&rc, request + 12, sizeof rc);
  if (rc != 0) {
    fprintf(stderr, "fusion: request %u: rc %d\n", type, rc);
    exit(EXIT_IO);
  }
}

static void connect_as(const char *path, const char *guest) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  unsigned char request[HEADER + 64];
  size_t length = strlen(guest);
  if (strlen(path) >= sizeof address.sun_path || length > sizeof request - HEADER) {
    errno = ENAMETOOLONG;
    fail(path);
  }
  memcpy(address.sun_path, path, strlen(path));
  connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connection < 0 || connect(connection, (struct sockaddr *)&address, sizeof address) != 0) {
    fail(path);
  }
  memcpy(request + HEADER, guest, length);
  exchange(request, HEADER + (uint32_t)length, GUEST_NAME);
}

static uint64_t round_up(uint64_t value, uint64_t unit) {
  return (value + unit - 1) / unit * unit;
}

static void map_files(void) {
  uint64_t next = first_address;
  for (int i = 0; i < count; i++) {
    int fd = open(files[i].path, O_RDONLY | O_CLOEXEC | O_NOATIME);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) != 0) {
      fail(files[i].path);
    }
    files[i].size = (uint64_t)status.st_size;
    files[i].address = round_up(next, files[i].size >= HUGE_PAGE ? HUGE_PAGE : PAGE);
    if (mmap((void *)files[i].address, files[i].size, PROT_READ, MAP_PRIVATE | MAP_FIXED_NOREPLACE, fd, 0)
        == MAP_FAILED) {
      fail(files[i].path);
    }
    close(fd);
    next = round_up(files[i].address + files[i].size, PAGE) + PAGE;
  }
}

static void register_files(void) {
  map_files();
  for (int i = 0; i < count; i++) {
    unsigned char request[REGISTER_BYTES] = {0};
    // The end of a path tells more files apart than its beginning.
    size_t length = strlen(files[i].path);
    const char *name = files[i].path + (length > NAME_MAX_BYTES ? length - NAME_MAX_BYTES : 0);
    put32(request + 24, (uint32_t)files[i].size);
    put32(request + 28, 1);
    put64(request + 32, files[i].address);
    put32(request + 40, OS_LINUX64);
    memcpy(request + 48, name, strlen(name));
    memcpy(request + 176, "1", 1);
    put64(request + 192, files[i].address);
    put32(request + 200, (uint32_t)files[i].size);
    exchange(request, sizeof request, REGISTER);
  }
}

static void unregister_files(void) {
  for (int i = 0; i < count; i++) {
    unsigned char request[UNREGISTER_BYTES] = {0};
    put32(request + 24, (uint32_t)files[i].size);
    put64(request + 32, files[i].address);
    exchange(request, sizeof request, UNREGISTER);
    munmap((void *)files[i].address, files[i].size);
  }
}

static void check(void) {
  unsigned char request[HEADER];
  exchange(request, sizeof request, CHECK);
}

static unsigned char resident[MAX_FILE_PAGES];
static uint64_t present[MAX_FILE_PAGES];
static uint64_t resident_pages;
static uint64_t present_pages;

static int is_present(uint64_t page) {
  return (present[page] >> 63) != 0;
}

static void find_present(int pagemap, const struct file *file, uint64_t pages) {
  ssize_t length = (ssize_t)(pages * sizeof *present);
  if (pread(pagemap, present, (size_t)length, (off_t)(file->address / PAGE * sizeof *present)) != length) {
    fail("/proc/self/pagemap");
  }
}

// Touches one page of each group that has resident pages which are not present.
static void touch_groups(int sink, const struct file *file, uint64_t pages, uint64_t group) {
  uint64_t last = UINT64_MAX;
  for (uint64_t page = 0; page < pages; page++) {
    uint64_t in_group = (file->address / PAGE + page) / group;
    if (in_group != last && (resident[page] & 1) != 0 && !is_present(page)) {
      last = in_group;
      if (pwrite(sink, (void *)(file->address + page * PAGE), 1, 0) != 1) {
        fail(file->path);
      }
    }
  }
}

static uint64_t look_up_resident(const struct file *file) {
  uint64_t pages = round_up(file->size, PAGE) / PAGE;
  if (pages > MAX_FILE_PAGES || mincore((void *)file->address, file->size, resident) != 0) {
    fail(file->path);
  }
  for (uint64_t page = 0; page < pages; page++) {
    resident_pages += resident[page] & 1;
  }
  return pages;
}

static void make_present_carefully(void) {
  int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
  int sink = memfd_create("fusion", MFD_CLOEXEC);
  if (pagemap < 0 || sink < 0) {
    fail("/proc/self/pagemap");
  }
  for (int i = 0; i < count; i++) {
    void *address = (void *)files[i].address;
    uint64_t pages = look_up_resident(&files[i]);
    find_present(pagemap, &files[i], pages);
    madvise(address, files[i].size, MADV_RANDOM);
    touch_groups(sink, &files[i], pages, FAULT_AROUND_PAGES);
    find_present(pagemap, &files[i], pages);
    touch_groups(sink, &files[i], pages, 1);
    find_present(pagemap, &files[i], pages);
    madvise(address, files[i].size, MADV_SEQUENTIAL);
    for (uint64_t page = 0; page < pages; page++) {
      present_pages += (uint64_t)is_present(page);
    }
  }
  close(sink);
  close(pagemap);
}

static void populate(void) {
  for (int i = 0; i < count; i++) {
    uint64_t pages = look_up_resident(&files[i]);
    madvise((void *)files[i].address, files[i].size, MADV_RANDOM);
    for (uint64_t page = 0; page < pages;) {
      uint64_t end = page;
      while (end < pages && (resident[end] & 1) != 0) {
        end++;
      }
      if (end > page
          && madvise((void *)(files[i].address + page * PAGE), (end - page) * PAGE, MADV_POPULATE_READ) != 0) {
        fail(files[i].path);
      }
      present_pages += end - page;
      page = end + 1;
    }
  }
}

static void read_paths(void) {
  char line[PATH_MAX];
  // An empty line ends the list.
  while (count < MAX_FILES && fgets(line, sizeof line, stdin) != NULL && line[0] != '\n') {
    line[strcspn(line, "\n")] = '\0';
    files[count].path = strdup(line);
    if (files[count].path == NULL) {
      fail("strdup");
    }
    count++;
  }
}

int main(int argc, char **argv) {
  if (argc != 4 || (strcmp(argv[1], "careful") != 0 && strcmp(argv[1], "populate") != 0)) {
    fprintf(stderr, "usage: fusion careful|populate SOCKET GUEST; paths of files and an empty line on stdin\n");
    return EXIT_USAGE;
  }
  read_paths();
  connect_as(argv[2], argv[3]);
  struct step steps[4];
  steps[0] = timed("register", register_files);
  steps[1] = timed("present", strcmp(argv[1], "careful") == 0 ? make_present_carefully : populate);
  steps[2] = timed("check", check);
  printf("READY\n");
  fflush(stdout);
  getchar();
  steps[3] = timed("unregister", unregister_files);
  printf("{\"files\": %d, \"residentPages\": %llu, \"presentPages\": %llu", count,
         (unsigned long long)resident_pages, (unsigned long long)present_pages);
  for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
    printf(", \"%s\": {\"wallMillis\": %.3f, \"cpuMillis\": %.3f}", steps[i].name, steps[i].wall_ms,
           steps[i].cpu_ms);
  }
  printf("}\n");
  return 0;
}
