// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

// Starts processes for scanners to scan: spawn_processes N [FILE_LINES [LINES]]
//
// Each process has at least LINES mappings (75 if left out), of which at least FILE_LINES (36) are of files,
// which is what a process of a Debian 12 server has. The files are shared libraries of this machine, others
// for each process, mapped segment by segment as the dynamic linker does, but nothing of them is run or
// touched: that takes any library without running foreign constructors, and keeps a process at some hundred
// kB. Prints READY to stdout when all stand (figures to stderr), and ends them all when stdin ends or on
// SIGTERM, SIGINT or SIGHUP. None outlives the parent, however that dies.

#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
  MAX_PROCESSES = 10000,
  // Distinct libraries in all, so that most mappings repeat between processes, as they do in life.
  POOL = 128,
  // Neighbours differ by this many libraries of the pool.
  STRIDE = 3,
  MAX_NAMES = 4096,
  MAX_SEGMENTS = 8,
  EXIT_USAGE = 64,
  EXIT_UNAVAILABLE = 69,
  EXIT_OS = 71,
};

struct segment {
  uint64_t address;  // first page, relative to the library's base
  uint64_t offset;  // of that page in the file
  uint64_t file_length;  // whole pages
  int protection;
};

struct library {
  int fd;
  uint64_t span;  // bytes of address space
  int segments;
  struct segment segment[MAX_SEGMENTS];
};

static const char *const folders[] = {
    "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib"};

static struct library pool[POOL];
static int pool_size;
static pid_t children[MAX_PROCESSES];
static uint64_t page;

static uint64_t page_down(uint64_t value) {
  return value & ~(page - 1);
}

static uint64_t page_up(uint64_t value) {
  return page_down(value + page - 1);
}

// Learns a library's segments; 0 when it is not a 64-bit shared library of the usual kind.
static int read_library(int fd, struct library *library) {
  union {
    Elf64_Ehdr header;
    unsigned char bytes[4096];
  } start;
  ssize_t count = pread(fd, &start, sizeof start, 0);
  if (count < (ssize_t)sizeof start || memcmp(start.header.e_ident, ELFMAG, SELFMAG) != 0
      || start.header.e_ident[EI_CLASS] != ELFCLASS64 || start.header.e_type != ET_DYN
      || start.header.e_phentsize != sizeof(Elf64_Phdr) || start.header.e_phoff > sizeof start
      || start.header.e_phnum > (sizeof start - start.header.e_phoff) / sizeof(Elf64_Phdr)) {
    return 0;
  }
  struct stat status;
  if (fstat(fd, &status) != 0) {
    return 0;
  }
  *library = (struct library){.fd = fd};
  uint64_t relro_end = 0;
  for (int pass = 0; pass < 2; pass++) {
    for (int i = 0; i < start.header.e_phnum; i++) {
      Elf64_Phdr header;
      memcpy(&header, start.bytes + start.header.e_phoff + (size_t)i * sizeof header, sizeof header);
      if (header.p_offset > (uint64_t)status.st_size || header.p_filesz > (uint64_t)status.st_size
          || header.p_vaddr > INT32_MAX || header.p_memsz > INT32_MAX) {
        return 0;
      }
      if (pass == 0 && header.p_type == PT_GNU_RELRO) {
        relro_end = page_down(header.p_vaddr + header.p_memsz);
      }
      if (pass == 1 && header.p_type == PT_LOAD) {
        struct segment segment = {
            .address = page_down(header.p_vaddr),
            .offset = page_down(header.p_offset),
            .file_length = page_up(header.p_vaddr + header.p_filesz) - page_down(header.p_vaddr),
            .protection = (header.p_flags & PF_R ? PROT_READ : 0) | (header.p_flags & PF_W ? PROT_WRITE : 0)
                          | (header.p_flags & PF_X ? PROT_EXEC : 0),
        };
        if (library->segments + 2 > MAX_SEGMENTS || segment.address < library->span) {
          return 0;
        }
        uint64_t end = page_up(header.p_vaddr + header.p_memsz);
        uint64_t read_only = relro_end > segment.address && (segment.protection & PROT_WRITE) != 0
                                 ? relro_end - segment.address
                                 : 0;
        // What the linker protects after relocation is a mapping of its own.
        if (read_only > 0 && read_only < segment.file_length) {
          library->segment[library->segments++] = (struct segment){
              .address = segment.address,
              .offset = segment.offset,
              .file_length = read_only,
              .protection = PROT_READ,
          };
          segment.address += read_only;
          segment.offset += read_only;
          segment.file_length -= read_only;
        }
        if (segment.file_length > 0) {
          library->segment[library->segments++] = segment;
        }
        library->span = end;
      }
    }
  }
  return library->segments >= 3;
}

static int compare_names(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

// Fills the pool from a folder, spread over its libraries in order of name.
static void find_libraries(const char *folder) {
  DIR *directory = opendir(folder);
  if (directory == NULL) {
    return;
  }
  static char *names[MAX_NAMES];
  int count = 0;
  struct dirent *entry;
  while ((entry = readdir(directory)) != NULL && count < MAX_NAMES) {
    // Symbolic links would give the same libraries again.
    if (entry->d_type == DT_REG && strstr(entry->d_name, ".so") != NULL) {
      names[count] = strdup(entry->d_name);
      count += names[count] != NULL;
    }
  }
  qsort(names, (size_t)count, sizeof *names, compare_names);
  int step = count / POOL > 0 ? count / POOL : 1;
  for (int i = 0; i < count; i++) {
    if (i % step == 0 && pool_size < POOL) {
      int fd = openat(dirfd(directory), names[i], O_RDONLY | O_CLOEXEC);
      if (fd >= 0 && read_library(fd, &pool[pool_size])) {
        pool_size++;
      } else if (fd >= 0) {
        close(fd);
      }
    }
    free(names[i]);
  }
  closedir(directory);
}

// Maps a library; the number of its mappings of files, 0 when that failed.
static int map_library(const struct library *library) {
  char *base = mmap(NULL, library->span, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (base == MAP_FAILED) {
    return 0;
  }
  for (int i = 0; i < library->segments; i++) {
    const struct segment *segment = &library->segment[i];
    if (mmap(base + segment->address, segment->file_length, segment->protection, MAP_PRIVATE | MAP_FIXED,
             library->fd, (off_t)segment->offset)
        == MAP_FAILED) {
      return 0;
    }
  }
  return library->segments;
}

// Counts this process's mappings, and those of files.
static void count_mappings(int *lines, int *file_lines) {
  *lines = 0;
  *file_lines = 0;
  FILE *maps = fopen("/proc/self/maps", "re");
  if (maps == NULL) {
    return;
  }
  char line[PATH_MAX + 128];
  while (fgets(line, sizeof line, maps) != NULL) {
    unsigned major_number;
    unsigned minor_number;
    if (sscanf(line, "%*x-%*x %*s %*x %x:%x", &major_number, &minor_number) == 2) {
      (*lines)++;
      *file_lines += (major_number | minor_number) != 0;
    }
  }
  fclose(maps);
}

// The life of a child; base_lines are the mappings of files that it has from its parent.
static _Noreturn void live(int index, pid_t parent, int ready, int base_lines, int file_lines, int lines) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) {
    _exit(EXIT_OS);
  }
  int have = base_lines;
  for (int i = 0; have < file_lines; i++) {
    int mapped = i < pool_size ? map_library(&pool[(index * STRIDE + i) % pool_size]) : 0;
    if (mapped == 0) {
      fprintf(stderr, "spawn_processes: process %d: libraries can't be mapped\n", index);
      _exit(EXIT_OS);
    }
    have += mapped;
  }
  int have_lines;
  count_mappings(&have_lines, &have);
  if (have_lines < lines) {
    // Neighbours of different protection are mappings of their own.
    size_t missing = (size_t)(lines - have_lines);
    char *filler = mmap(NULL, missing * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    for (size_t i = 1; filler != MAP_FAILED && i < missing; i += 2) {
      mprotect(filler + i * page, page, PROT_READ);
    }
  }
  if (write(ready, "", 1) != 1) {
    _exit(EXIT_OS);
  }
  close_range(3, UINT_MAX, 0);
  for (;;) {
    pause();
  }
}

static void end_children(int count) {
  for (int i = 0; i < count; i++) {
    if (children[i] > 0) {
      kill(children[i], SIGKILL);
    }
  }
  for (int i = 0; i < count; i++) {
    if (children[i] > 0) {
      waitpid(children[i], NULL, 0);
    }
  }
}

// Children that end by themselves; their pids are free for others from then on.
static void reap(int count) {
  pid_t ended;
  while ((ended = waitpid(-1, NULL, WNOHANG)) > 0) {
    for (int i = 0; i < count; i++) {
      if (children[i] == ended) {
        children[i] = 0;
        fprintf(stderr, "spawn_processes: process %d ended before its time\n", (int)ended);
      }
    }
  }
}

static void wait_for_the_end(int signals, int count) {
  struct pollfd watched[] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = signals, .events = POLLIN}};
  for (;;) {
    if (poll(watched, 2, -1) < 0 && errno != EINTR) {
      return;
    }
    if ((watched[1].revents & POLLIN) != 0) {
      struct signalfd_siginfo information;
      if (read(signals, &information, sizeof information) != (ssize_t)sizeof information
          || information.ssi_signo != SIGCHLD) {
        return;
      }
      reap(count);
    }
    if (watched[0].revents != 0) {
      char ignored[256];
      if (read(STDIN_FILENO, ignored, sizeof ignored) <= 0) {
        return;
      }
    }
  }
}

static int number(const char *text, int least, int most) {
  char *end;
  long value = strtol(text, &end, 10);
  return *end == '\0' && *text != '\0' && value >= least && value <= most ? (int)value : -1;
}

int main(int argc, char **argv) {
  int count = argc > 1 ? number(argv[1], 1, MAX_PROCESSES) : -1;
  int file_lines = argc > 2 ? number(argv[2], 0, 400) : 36;
  int lines = argc > 3 ? number(argv[3], 0, 10000) : 75;
  if (argc > 4 || count < 0 || file_lines < 0 || lines < 0) {
    fprintf(stderr, "usage: spawn_processes N [FILE_LINES [LINES]], N from 1 to %d\n", MAX_PROCESSES);
    return EXIT_USAGE;
  }
  page = (uint64_t)sysconf(_SC_PAGESIZE);
  struct rlimit descriptors;
  if (getrlimit(RLIMIT_NOFILE, &descriptors) == 0 && descriptors.rlim_cur < 2 * POOL) {
    descriptors.rlim_cur = descriptors.rlim_max < 2 * POOL ? descriptors.rlim_max : 2 * POOL;
    setrlimit(RLIMIT_NOFILE, &descriptors);
  }
  for (size_t i = 0; i < sizeof folders / sizeof folders[0] && pool_size < 16; i++) {
    find_libraries(folders[i]);
  }
  if (pool_size < 16) {
    fprintf(stderr, "spawn_processes: fewer than 16 shared libraries in the usual folders\n");
    return EXIT_UNAVAILABLE;
  }

  int base_all;
  int base_lines;
  count_mappings(&base_all, &base_lines);
  sigset_t watched;
  sigset_t before;
  sigemptyset(&watched);
  sigaddset(&watched, SIGTERM);
  sigaddset(&watched, SIGINT);
  sigaddset(&watched, SIGHUP);
  sigaddset(&watched, SIGCHLD);
  sigprocmask(SIG_BLOCK, &watched, &before);
  int signals = signalfd(-1, &watched, SFD_CLOEXEC);
  int ready[2];
  if (signals < 0 || pipe2(ready, O_CLOEXEC) != 0) {
    perror("spawn_processes");
    return EXIT_OS;
  }
  struct timespec start;
  clock_gettime(CLOCK_MONOTONIC, &start);
  pid_t parent = getpid();
  for (int i = 0; i < count; i++) {
    children[i] = fork();
    if (children[i] < 0) {
      fprintf(stderr, "spawn_processes: fork after %d processes: %s\n", i, strerror(errno));
      end_children(i);
      return EXIT_OS;
    }
    if (children[i] == 0) {
      sigprocmask(SIG_SETMASK, &before, NULL);
      close(ready[0]);
      live(i, parent, ready[1], base_lines, file_lines, lines);
    }
  }
  close(ready[1]);
  char bytes[256];
  int standing = 0;
  ssize_t got;
  while ((got = read(ready[0], bytes, sizeof bytes)) > 0) {
    standing += (int)got;
  }
  close(ready[0]);
  if (standing < count) {
    fprintf(stderr, "spawn_processes: only %d of %d processes stand\n", standing, count);
    end_children(count);
    return EXIT_OS;
  }
  struct timespec end;
  clock_gettime(CLOCK_MONOTONIC, &end);
  fprintf(stderr, "{\"processes\": %d, \"libraries\": %d, \"start_ms\": %.0f}\n", count, pool_size,
          (double)(end.tv_sec - start.tv_sec) * 1e3 + (double)(end.tv_nsec - start.tv_nsec) / 1e6);
  printf("READY\n");
  fflush(stdout);
  wait_for_the_end(signals, count);
  end_children(count);
  return 0;
}
