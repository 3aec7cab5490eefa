// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "pagefusion.h"

enum { MAPPINGS = 4096 };

// Every ioctl of the library comes by here (ld --wrap): before the call that calls_until_end counts down to,
// the process child_to_end is ended.
int __real_ioctl(int fd, unsigned long request, void *argument);
int __wrap_ioctl(int fd, unsigned long request, void *argument);

int (*fake_ioctl)(int fd, unsigned long number, void *argument);

static pid_t child_to_end;
static int calls_until_end;

static void end_child(pid_t child) {
  kill(child, SIGKILL);
  siginfo_t information;
  CHECK_EQUAL(0, waitid(P_PID, (id_t)child, &information, WEXITED | WNOWAIT));
}

int __wrap_ioctl(int fd, unsigned long request, void *argument) {
  if (calls_until_end > 0 && --calls_until_end == 0) {
    end_child(child_to_end);
  }
  if (fake_ioctl != NULL) {
    return fake_ioctl(fd, request, argument);
  }
  return __real_ioctl(fd, request, argument);
}

static int open_own_maps(void) {
  int fd = pf_open("/proc/self/maps", O_RDONLY);
  CHECK(fd >= 0);
  struct pf_mapping first;
  if (pf_procmap_query_files(fd, 0, &first, 1) == -ENOTTY) {
    skip("no PROCMAP_QUERY");
  }
  return fd;
}

// One line of maps; the name's place when it has one.
static const char *parse(const char *line, struct pf_mapping *mapping) {
  unsigned long start, end, offset, inode;
  unsigned major_number, minor_number;
  char permissions[5];
  int name = 0;
  CHECK_EQUAL(
      7,
      sscanf(
          line, "%lx-%lx %4s %lx %x:%x %lu %n", &start, &end, permissions, &offset, &major_number, &minor_number,
          &inode, &name));
  *mapping = (struct pf_mapping){
      .start = start,
      .end = end,
      .offset = offset,
      .inode = inode,
      .device = (uint64_t)major_number << 32 | minor_number,
      .flags = (permissions[0] == 'r' ? PF_MAPPING_READ : 0U) | (permissions[1] == 'w' ? PF_MAPPING_WRITE : 0U)
               | (permissions[2] == 'x' ? PF_MAPPING_EXECUTE : 0U)
               | (permissions[3] == 's' ? PF_MAPPING_SHARED : 0U),
  };
  return line + name;
}

// The file-backed mappings of this process by its maps file. What is not backed has device 00:00.
static int64_t parse_own_maps(struct pf_mapping *mappings) {
  static char text[1 << 20];
  int64_t length = pf_read_file("/proc/self/maps", text, sizeof text - 1);
  CHECK(length > 0 && length < (int64_t)sizeof text - 1);
  text[length] = '\0';
  int64_t count = 0;
  for (char *line = text; *line != '\0';) {
    char *end = strchr(line, '\n');
    CHECK(end != NULL);
    *end = '\0';
    CHECK(count < MAPPINGS);
    parse(line, &mappings[count]);
    count += mappings[count].device != 0;
    line = end + 1;
  }
  return count;
}

// Mappings of all kinds, at addresses that stay as they are.
static void map_variety(void) {
  size_t page = (size_t)pf_page_size();
  int plain = create_file("plain", 8 * (int64_t)page);
  CHECK(mmap(NULL, 8 * page, PROT_READ, MAP_PRIVATE, plain, 0) != MAP_FAILED);
  CHECK(mmap(NULL, page, PROT_READ | PROT_EXEC, MAP_PRIVATE, plain, 3 * (off_t)page) != MAP_FAILED);
  CHECK(mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, plain, (off_t)page) != MAP_FAILED);
  CHECK(mmap(NULL, page, PROT_NONE, MAP_PRIVATE, plain, 0) != MAP_FAILED);
  close(plain);
  int read_only = open("plain", O_RDONLY | O_CLOEXEC);
  CHECK(mmap(NULL, page, PROT_READ, MAP_SHARED, read_only, 0) != MAP_FAILED);
  close(read_only);
  int deleted = create_file("deleted", (int64_t)page);
  CHECK(mmap(NULL, page, PROT_READ, MAP_PRIVATE, deleted, 0) != MAP_FAILED);
  CHECK_EQUAL(0, unlink("deleted"));
  close(deleted);
  int memory = pf_memfd_create("in memory");
  CHECK_EQUAL(0, ftruncate(memory, (off_t)page));
  CHECK(mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0) != MAP_FAILED);
  close(memory);
  CHECK(mmap(NULL, page, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
  CHECK(mmap(NULL, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
}

static void check_same(const struct pf_mapping *expected, const struct pf_mapping *actual, int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    CHECK_EQUAL(expected[i].start, actual[i].start);
    CHECK_EQUAL(expected[i].end, actual[i].end);
    CHECK_EQUAL(expected[i].offset, actual[i].offset);
    CHECK_EQUAL(expected[i].inode, actual[i].inode);
    CHECK_EQUAL(expected[i].device, actual[i].device);
    CHECK_EQUAL(expected[i].flags, actual[i].flags);
  }
}

static void query_equals_the_text(void) {
  static struct pf_mapping expected[MAPPINGS];
  static struct pf_mapping actual[MAPPINGS];
  map_variety();
  int fd = open_own_maps();
  int64_t count = parse_own_maps(expected);
  CHECK(count > 10);
  unsigned flags = 0;
  for (int64_t i = 0; i < count; i++) {
    flags |= 1U << expected[i].flags;
  }
  // Of nothing, r--p, rw-s, r-xp and r--s there is at least one.
  CHECK_EQUAL(0x1 | 0x2 | 0x20 | 0x200 | 0x800, flags & (0x1 | 0x2 | 0x20 | 0x200 | 0x800));
  CHECK_EQUAL(count, pf_procmap_query_files(fd, 0, actual, MAPPINGS));
  check_same(expected, actual, count);

  // In portions: as many as there are, then again from the last one's end.
  for (int64_t capacity = 1; capacity <= count + 1; capacity = capacity < 3 ? capacity + 1 : 2 * capacity) {
    memset(actual, 0xee, sizeof actual);
    int64_t at = 0;
    int64_t n;
    do {
      n = pf_procmap_query_files(fd, at == 0 ? 0 : actual[at - 1].end, actual + at, capacity);
      CHECK(n >= 0 && n <= capacity);
      at += n;
      CHECK(at <= count);
    } while (n == capacity);
    CHECK_EQUAL(count, at);
    check_same(expected, actual, count);
  }
  CHECK_EQUAL(count, pf_procmap_query_files(fd, 0, actual, count));
  CHECK_EQUAL(0, pf_procmap_query_files(fd, expected[count - 1].end, actual, MAPPINGS));
  CHECK_EQUAL(0, pf_procmap_query_files(fd, UINT64_MAX, actual, MAPPINGS));

  // From within a mapping it is that mapping first.
  CHECK(pf_procmap_query_files(fd, expected[2].start + 1, actual, 1) == 1);
  check_same(&expected[2], actual, 1);
  CHECK_EQUAL(0, pf_close(fd));
}

static void query_tells_errors(void) {
  struct pf_mapping mapping[2];
  char name[64];
  CHECK_EQUAL(-EBADF, pf_procmap_query_files(-1, 0, mapping, 2));
  CHECK_EQUAL(-EBADF, pf_procmap_query_name(-1, 0, mapping, name, sizeof name));
  int file = create_file("file", 10);
  CHECK_EQUAL(-ENOTTY, pf_procmap_query_files(file, 0, mapping, 2));
  CHECK_EQUAL(-ENOTTY, pf_procmap_query_name(file, 0, mapping, name, sizeof name));
  CHECK_EQUAL(0, pf_close(file));
  int fd = open_own_maps();
  CHECK_EQUAL(-EINVAL, pf_procmap_query_files(fd, 0, mapping, 0));
  CHECK_EQUAL(-EINVAL, pf_procmap_query_files(fd, 0, mapping, -1));
  CHECK_EQUAL(-EFAULT, pf_procmap_query_files(fd, 0, NULL, 2));
  CHECK_EQUAL(-EINVAL, pf_procmap_query_name(fd, 0, mapping, name, 0));
  CHECK_EQUAL(-EINVAL, pf_procmap_query_name(fd, 0, mapping, name, INT64_MIN));
  CHECK_EQUAL(-EFAULT, pf_procmap_query_name(fd, 0, mapping, NULL, sizeof name));
  CHECK_EQUAL(-EFAULT, pf_procmap_query_name(fd, 0, NULL, name, sizeof name));
  CHECK_EQUAL(-ENOENT, pf_procmap_query_name(fd, 0, mapping, name, sizeof name));
  CHECK_EQUAL(-ENOENT, pf_procmap_query_name(fd, UINT64_MAX, mapping, name, sizeof name));
  CHECK_EQUAL(0, pf_close(fd));
}

static pid_t start_child(char *maps_path, size_t size) {
  pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    pause();
    _exit(0);
  }
  snprintf(maps_path, size, "/proc/%d/maps", (int)child);
  return child;
}

static void query_of_a_gone_process_is_an_error(void) {
  close(open_own_maps());
  char path[64];
  pid_t child = start_child(path, sizeof path);
  int fd = pf_open(path, O_RDONLY);
  static struct pf_mapping mappings[MAPPINGS];
  int64_t alive = pf_procmap_query_files(fd, 0, mappings, MAPPINGS);
  end_child(child);
  // Now it is a zombie: still in /proc, its memory gone.
  int64_t zombie = pf_procmap_query_files(fd, 0, mappings, MAPPINGS);
  int zombie_fd = pf_open(path, O_RDONLY);
  int64_t opened_late = zombie_fd < 0 ? zombie_fd : pf_procmap_query_files(zombie_fd, 0, mappings, MAPPINGS);
  CHECK_EQUAL(child, waitpid(child, NULL, 0));
  char name[64];
  CHECK(alive > 0);
  CHECK_EQUAL(-ESRCH, zombie);
  CHECK_EQUAL(-ESRCH, opened_late);
  CHECK_EQUAL(-ESRCH, pf_procmap_query_files(fd, 0, mappings, MAPPINGS));
  CHECK_EQUAL(-ESRCH, pf_procmap_query_name(fd, mappings[0].start, mappings, name, sizeof name));
  CHECK_EQUAL(0, pf_close(fd));
  if (zombie_fd >= 0) {
    pf_close(zombie_fd);
  }
}

static void query_of_a_process_that_ends_meanwhile_is_an_error(void) {
  close(open_own_maps());
  static struct pf_mapping mappings[MAPPINGS];
  for (int call = 1; call <= 5; call++) {
    char path[64];
    child_to_end = start_child(path, sizeof path);
    int fd = pf_open(path, O_RDONLY);
    memset(mappings, 0, sizeof mappings);
    calls_until_end = call;
    CHECK_EQUAL(-ESRCH, pf_procmap_query_files(fd, 0, mappings, MAPPINGS));
    CHECK_EQUAL(0, calls_until_end);
    // Those before were read.
    CHECK((call == 1) == (mappings[0].end == 0));
    CHECK_EQUAL(child_to_end, waitpid(child_to_end, NULL, 0));
    CHECK_EQUAL(0, pf_close(fd));
  }
}

static void check_name(const char *file_name, const char *suffix, int fd, int64_t page) {
  int file = create_file(file_name, page);
  int64_t address = pf_mmap_file(file, 0, page);
  CHECK(address > 0);
  char expected[2 * PATH_MAX];
  snprintf(expected, sizeof expected, "%s/%s%s", test_folder, file_name, suffix);
  if (*suffix != '\0') {
    CHECK_EQUAL(0, unlink(file_name));
  }
  struct pf_stat status;
  CHECK_EQUAL(0, pf_statx(file, "", 0x1000, &status));
  struct pf_mapping mapping;
  char name[2 * PATH_MAX];
  memset(name, 0xee, sizeof name);
  CHECK_EQUAL(
      (int64_t)strlen(expected), pf_procmap_query_name(fd, (uint64_t)address, &mapping, name, sizeof name));
  CHECK_EQUAL(0, strcmp(expected, name));
  CHECK_EQUAL(address, mapping.start);
  CHECK_EQUAL(address + page, mapping.end);
  CHECK_EQUAL(0, mapping.offset);
  CHECK_EQUAL(status.inode, mapping.inode);
  CHECK_EQUAL(PF_MAPPING_READ, mapping.flags);

  // Exactly enough room, and one byte less.
  int64_t room = (int64_t)strlen(expected) + 1;
  CHECK_EQUAL(room - 1, pf_procmap_query_name(fd, (uint64_t)(address + page - 1), &mapping, name, room));
  CHECK_EQUAL(-ENAMETOOLONG, pf_procmap_query_name(fd, (uint64_t)address, &mapping, name, room - 1));
  CHECK_EQUAL(-ENAMETOOLONG, pf_procmap_query_name(fd, (uint64_t)address, &mapping, name, 1));
  CHECK_EQUAL(0, pf_munmap(address, page));
  CHECK_EQUAL(-ENOENT, pf_procmap_query_name(fd, (uint64_t)address, &mapping, name, sizeof name));
  CHECK_EQUAL(0, pf_close(file));
}

static void query_tells_names_as_they_are(void) {
  int fd = open_own_maps();
  int64_t page = pf_page_size();
  check_name("plain", "", fd, page);
  check_name("with spaces  and ends with one ", "", fd, page);
  check_name("two\nlines\012and \\012 as it is", "", fd, page);
  check_name("not really (deleted)", "", fd, page);
  check_name("really", " (deleted)", fd, page);
  check_name("\xff\xfe not UTF-8", "", fd, page);
  CHECK_EQUAL(0, pf_close(fd));
}

static void query_tells_names_of_other_mappings(void) {
  int fd = open_own_maps();
  size_t page = (size_t)pf_page_size();
  void *anonymous = mmap(NULL, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(anonymous != MAP_FAILED);
  struct pf_mapping mapping;
  char name[64];
  CHECK_EQUAL(0, pf_procmap_query_name(fd, (uint64_t)(uintptr_t)anonymous, &mapping, name, sizeof name));
  CHECK_EQUAL(0, mapping.device);
  CHECK_EQUAL(0, mapping.inode);
  CHECK_EQUAL(7, pf_procmap_query_name(fd, (uint64_t)(uintptr_t)__builtin_frame_address(0), &mapping, name, 64));
  CHECK_EQUAL(0, strcmp("[stack]", name));
  CHECK_EQUAL(PF_MAPPING_READ | PF_MAPPING_WRITE, mapping.flags & (PF_MAPPING_READ | PF_MAPPING_WRITE));
  CHECK_EQUAL(0, munmap(anonymous, page));
  CHECK_EQUAL(0, pf_close(fd));
}

const struct test procmap_tests[] = {
    {"procmap_query_files: equals the text, whole and in portions", query_equals_the_text},
    {"procmap_query_files, procmap_query_name: tell errors", query_tells_errors},
    {"procmap_query_files, procmap_query_name: a gone process is an error", query_of_a_gone_process_is_an_error},
    {"procmap_query_files: a process that ends meanwhile is an error",
     query_of_a_process_that_ends_meanwhile_is_an_error},
    {"procmap_query_name: tells names as they are", query_tells_names_as_they_are},
    {"procmap_query_name: tells names of other mappings", query_tells_names_of_other_mappings},
    {0},
};
