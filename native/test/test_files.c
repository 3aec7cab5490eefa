// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "pagefusion.h"

static void open_closes_on_exec(void) {
  close(create_file("file", 10));
  int fd = pf_open("file", O_RDONLY);
  CHECK(fd >= 0);
  CHECK_EQUAL(FD_CLOEXEC, fcntl(fd, F_GETFD));
  CHECK_EQUAL(O_RDONLY, fcntl(fd, F_GETFL) & O_ACCMODE);
  CHECK_EQUAL(0, pf_close(fd));
  CHECK_EQUAL(-EBADF, pf_close(fd));
}

static void open_tells_errors(void) {
  close(create_file("file", 10));
  CHECK_EQUAL(0, symlink("file", "link"));
  CHECK_EQUAL(-ENOENT, pf_open("missing", O_RDONLY));
  CHECK_EQUAL(-ENOTDIR, pf_open("file", O_RDONLY | O_DIRECTORY));
  CHECK_EQUAL(-ELOOP, pf_open("link", O_RDONLY | O_NOFOLLOW));
  CHECK_EQUAL(-EFAULT, pf_open(NULL, O_RDONLY));
  CHECK_EQUAL(-ENOENT, pf_open("", O_RDONLY));
  static char name[2 * PATH_MAX];
  memset(name, 'x', sizeof name - 1);
  CHECK_EQUAL(-ENAMETOOLONG, pf_open(name, O_RDONLY));
}

static int ticks;
static int end_to_write = -1;

// The first tick only interrupts; the second ends what waits, which proves that the wait went on.
static void on_tick(int signal_number) {
  (void)signal_number;
  if (++ticks == 2) {
    if (end_to_write < 0) {
      end_to_write = open("fifo", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    } else if (write(end_to_write, "x", 1) != 1) {
      _exit(1);
    }
  }
  // The ticks stand in the place of the test's time limit.
  if (ticks > 500) {
    _exit(1);
  }
}

static void start_ticking(void) {
  struct sigaction action = {.sa_handler = on_tick};
  CHECK_EQUAL(0, sigaction(SIGALRM, &action, NULL));
  struct itimerval every_20_millis = {.it_interval = {0, 20000}, .it_value = {0, 20000}};
  CHECK_EQUAL(0, setitimer(ITIMER_REAL, &every_20_millis, NULL));
}

static void open_goes_on_after_a_signal(void) {
  CHECK_EQUAL(0, mkfifo("fifo", 0600));
  start_ticking();
  int fd = pf_open("fifo", O_RDONLY);
  CHECK(fd >= 0);
  CHECK(ticks >= 2);
}

static void openat2_goes_on_after_a_signal(void) {
  CHECK_EQUAL(0, mkfifo("fifo", 0600));
  start_ticking();
  int fd = pf_openat2(AT_FDCWD, "fifo", O_RDONLY, 0);
  if (fd == -ENOSYS) {
    skip("no openat2(2)");
  }
  CHECK(fd >= 0);
  CHECK(ticks >= 2);
}

static void read_goes_on_after_a_signal(void) {
  int ends[2];
  CHECK_EQUAL(0, pipe2(ends, O_CLOEXEC));
  end_to_write = ends[1];
  start_ticking();
  char byte = 0;
  CHECK_EQUAL(1, pf_read(ends[0], &byte, 1));
  CHECK_EQUAL('x', byte);
  CHECK(ticks >= 2);
}

static void openat2_resolves_as_told(void) {
  CHECK_EQUAL(0, mkdir("root", 0700));
  close(create_file("root/inside", 10));
  close(create_file("outside", 20));
  CHECK_EQUAL(0, symlink("/inside", "root/absolute"));
  CHECK_EQUAL(0, symlink("../outside", "root/up"));
  int root = pf_open("root", O_PATH | O_DIRECTORY);
  CHECK(root >= 0);
  int fd = pf_openat2(root, "absolute", O_RDONLY, RESOLVE_IN_ROOT);
  if (fd == -ENOSYS) {
    skip("no openat2(2)");
  }
  CHECK(fd >= 0);
  CHECK_EQUAL(FD_CLOEXEC, fcntl(fd, F_GETFD));
  CHECK_EQUAL(0, pf_close(fd));
  CHECK_EQUAL(-ENOENT, pf_openat2(root, "up", O_RDONLY, RESOLVE_IN_ROOT));
  CHECK_EQUAL(-EXDEV, pf_openat2(root, "up", O_RDONLY, RESOLVE_BENEATH));
  CHECK_EQUAL(-EXDEV, pf_openat2(AT_FDCWD, "/proc/version", O_RDONLY, RESOLVE_NO_XDEV));
  CHECK_EQUAL(-EINVAL, pf_openat2(root, "inside", O_RDONLY, UINT64_C(1) << 40));
  CHECK_EQUAL(-EINVAL, pf_openat2(root, "inside", UINT64_C(1) << 40, 0));
  CHECK_EQUAL(-EBADF, pf_openat2(9999, "inside", O_RDONLY, 0));
  CHECK_EQUAL(-EFAULT, pf_openat2(root, NULL, O_RDONLY, 0));
  CHECK_EQUAL(0, pf_close(root));
}

static void openat2_cached_opens_what_is_cached(void) {
  close(create_file("file", 10));
  int fd = pf_openat2(AT_FDCWD, "file", O_RDONLY, RESOLVE_CACHED);
  if (fd == -ENOSYS || fd == -EINVAL) {
    skip("no RESOLVE_CACHED");
  }
  CHECK(fd >= 0);
  CHECK_EQUAL(0, pf_close(fd));
}

static void openat2_cached_looks_nothing_up(void) {
  // A name that nobody asked for yet: whether it exists is not in memory.
  int error = pf_openat2(AT_FDCWD, "never-seen", O_RDONLY, RESOLVE_CACHED);
  if (error == -ENOSYS || error == -EINVAL) {
    skip("no RESOLVE_CACHED");
  }
  CHECK_EQUAL(-EAGAIN, error);
  CHECK_EQUAL(-ENOENT, pf_open("never-seen", O_RDONLY));
  CHECK_EQUAL(-ENOENT, pf_openat2(AT_FDCWD, "never-seen", O_RDONLY, RESOLVE_CACHED));
}

// The /proc entry of a new process exists, and no one has looked it up. Dropping the caches would make such
// names on a disk too, but of the whole machine.
static void openat2_cached_leaves_uncached_files_alone(void) {
  int error = 0;
  // Something else that scans /proc may have been there before.
  for (int attempt = 0; attempt < 20 && error != -EAGAIN; attempt++) {
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
      pause();
      _exit(0);
    }
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/limits", (int)child);
    error = pf_openat2(AT_FDCWD, path, O_RDONLY, RESOLVE_CACHED);
    int fd = pf_open(path, O_RDONLY);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    CHECK(fd >= 0);
    CHECK_EQUAL(0, pf_close(fd));
    if (error == -ENOSYS || error == -EINVAL) {
      skip("no RESOLVE_CACHED");
    }
    if (error >= 0) {
      pf_close(error);
    }
  }
  CHECK_EQUAL(-EAGAIN, error);
}

static void reads_and_writes(void) {
  int fd = create_file("file", 0);
  CHECK_EQUAL(5, pf_pwrite(fd, "hello", 5, 0));
  CHECK_EQUAL(5, pf_pwrite(fd, "world", 5, 5));
  char buffer[32] = {0};
  CHECK_EQUAL(4, pf_read(fd, buffer, 4));
  CHECK_EQUAL(0, memcmp(buffer, "hell", 4));
  CHECK_EQUAL(6, pf_read(fd, buffer, sizeof buffer));
  CHECK_EQUAL(0, memcmp(buffer, "oworld", 6));
  CHECK_EQUAL(0, pf_read(fd, buffer, sizeof buffer));
  CHECK_EQUAL(3, pf_pread(fd, buffer, 3, 4));
  CHECK_EQUAL(0, memcmp(buffer, "owo", 3));
  CHECK_EQUAL(0, pf_pread(fd, buffer, 3, 10));
  CHECK_EQUAL(0, pf_read(fd, buffer, 0));
  CHECK_EQUAL(0, pf_close(fd));
}

static void reading_and_writing_tell_errors(void) {
  char buffer[8] = {0};
  CHECK_EQUAL(-EBADF, pf_read(-1, buffer, sizeof buffer));
  CHECK_EQUAL(-EBADF, pf_pread(9999, buffer, sizeof buffer, 0));
  CHECK_EQUAL(-EBADF, pf_pwrite(-1, buffer, sizeof buffer, 0));
  int fd = create_file("file", 4096);
  CHECK_EQUAL(-EINVAL, pf_read(fd, buffer, -1));
  CHECK_EQUAL(-EINVAL, pf_pread(fd, buffer, -1, 0));
  CHECK_EQUAL(-EINVAL, pf_pread(fd, buffer, 1, -1));
  CHECK_EQUAL(-EINVAL, pf_pwrite(fd, buffer, -1, 0));
  CHECK_EQUAL(-EINVAL, pf_pwrite(fd, buffer, 1, -1));
  int64_t page = pf_page_size();
  void *forbidden = mmap(NULL, (size_t)page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(forbidden != MAP_FAILED);
  CHECK_EQUAL(-EFAULT, pf_read(fd, forbidden, page));
  CHECK_EQUAL(-EFAULT, pf_pread(fd, forbidden, page, 0));
  CHECK_EQUAL(-EFAULT, pf_pwrite(fd, forbidden, page, 0));
  CHECK_EQUAL(0, munmap(forbidden, (size_t)page));
  int folder = pf_open(".", O_RDONLY);
  CHECK_EQUAL(-EISDIR, pf_read(folder, buffer, sizeof buffer));
  CHECK_EQUAL(0, pf_close(folder));
  CHECK_EQUAL(0, pf_close(fd));
}

// The library's caller has no struct iovec, only the 64-bit fields.
static void pwritev_stops_where_memory_ends(void) {
  int64_t page = pf_page_size();
  int file = create_file("file", 3 * page);
  int64_t mapped = pf_mmap_file(file, 0, 3 * page);
  CHECK(mapped > 0);
  CHECK_EQUAL(0, ftruncate(file, 2 * page));
  int64_t pieces[][2] = {{mapped, 1}, {mapped + page, 1}, {mapped + 2 * page, 1}, {mapped, 1}};
  int sink = pf_memfd_create("sink");
  CHECK_EQUAL(2, pf_pwritev(sink, pieces, 2, 0));
  char buffer[8] = {0};
  CHECK_EQUAL(2, pf_pread(sink, buffer, sizeof buffer, 0));
  CHECK_EQUAL(0, memcmp(buffer, "ab", 2));
  // The piece behind the file's end is none, whether it comes later or first.
  CHECK_EQUAL(2, pf_pwritev(sink, pieces, 4, 0));
  CHECK_EQUAL(-EFAULT, pf_pwritev(sink, pieces[2], 2, 0));
  CHECK_EQUAL(1, pf_pwritev(sink, pieces[3], 1, 0));
  CHECK_EQUAL(0, pf_pwritev(sink, pieces, 0, 0));
  CHECK_EQUAL(0, pf_munmap(mapped, 3 * page));
  CHECK_EQUAL(-EFAULT, pf_pwritev(sink, pieces, 1, 0));
  CHECK_EQUAL(-EINVAL, pf_pwritev(sink, pieces, -1, 0));
  CHECK_EQUAL(-EINVAL, pf_pwritev(sink, pieces, 1025, 0));
  CHECK_EQUAL(-EFAULT, pf_pwritev(sink, NULL, 1, 0));
  CHECK_EQUAL(-EBADF, pf_pwritev(-1, pieces, 1, 0));
  CHECK_EQUAL(0, pf_close(sink));
  CHECK_EQUAL(0, pf_close(file));
}

static void read_file_reads_what_fits(void) {
  close(create_file("file", 10000));
  static char buffer[16384];
  CHECK_EQUAL(10000, pf_read_file("file", buffer, sizeof buffer));
  CHECK_EQUAL('a', buffer[0]);
  CHECK_EQUAL('c', buffer[9999]);
  CHECK_EQUAL(10000, pf_read_file("file", buffer, 10000));
  memset(buffer, 0, sizeof buffer);
  CHECK_EQUAL(9999, pf_read_file("file", buffer, 9999));
  CHECK_EQUAL(0, buffer[9999]);
  CHECK_EQUAL(0, pf_read_file("file", buffer, 0));
  close(create_file("empty", 0));
  CHECK_EQUAL(0, pf_read_file("empty", buffer, sizeof buffer));
}

// The kernel hands out such a file about a page at a time.
static void read_file_puts_parts_together(void) {
  int64_t page = pf_page_size();
  char *many = mmap(NULL, (size_t)(400 * page), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(many != MAP_FAILED);
  for (int i = 0; i < 400; i += 2) {
    CHECK_EQUAL(0, mprotect(many + i * page, (size_t)page, PROT_READ));
  }
  static char whole[1 << 20];
  static char parts[1 << 20];
  int64_t length = pf_read_file("/proc/self/maps", whole, sizeof whole);
  CHECK(length > 2 * page && length < (int64_t)sizeof whole);
  int fd = pf_open("/proc/self/maps", O_RDONLY);
  int64_t at = 0;
  int64_t count;
  int reads = 0;
  while ((count = pf_read(fd, parts + at, (int64_t)sizeof parts - at)) > 0) {
    at += count;
    reads++;
  }
  CHECK_EQUAL(0, count);
  CHECK_EQUAL(0, pf_close(fd));
  CHECK(reads > 1);
  CHECK_EQUAL(length, at);
  CHECK_EQUAL(0, memcmp(whole, parts, (size_t)length));
}

static int open_descriptors(void) {
  int count = 0;
  for (int fd = 0; fd < 256; fd++) {
    count += fcntl(fd, F_GETFD) >= 0;
  }
  return count;
}

static void read_file_tells_errors_and_keeps_nothing_open(void) {
  char buffer[64];
  CHECK_EQUAL(0, mkfifo("fifo", 0600));
  int before = open_descriptors();
  CHECK_EQUAL(-ENOENT, pf_read_file("missing", buffer, sizeof buffer));
  CHECK_EQUAL(-EISDIR, pf_read_file(".", buffer, sizeof buffer));
  CHECK_EQUAL(-EINVAL, pf_read_file("fifo", buffer, -1));
  CHECK_EQUAL(-EFAULT, pf_read_file(NULL, buffer, sizeof buffer));
  CHECK_EQUAL(0, pf_read_file("fifo", buffer, sizeof buffer));
  CHECK(pf_read_file("/proc/self/stat", buffer, sizeof buffer) > 0);
  CHECK_EQUAL(before, open_descriptors());
}

static void statx_tells_what_fstat_tells(void) {
  int fd = create_file("file", 12345);
  CHECK_EQUAL(0, link("file", "other-name"));
  CHECK_EQUAL(0, fchmod(fd, 0640));
  struct stat expected;
  CHECK_EQUAL(0, fstat(fd, &expected));
  for (int by_name = 0; by_name < 2; by_name++) {
    struct pf_stat found;
    memset(&found, 0xee, sizeof found);
    CHECK_EQUAL(
        0, by_name ? pf_statx(AT_FDCWD, "file", 0, &found) : pf_statx(fd, "", AT_EMPTY_PATH, &found));
    CHECK_EQUAL(major(expected.st_dev), found.device_major);
    CHECK_EQUAL(minor(expected.st_dev), found.device_minor);
    CHECK_EQUAL(expected.st_ino, found.inode);
    CHECK_EQUAL(12345, found.size);
    CHECK_EQUAL(S_IFREG | 0640, found.mode);
    CHECK_EQUAL(geteuid(), found.uid);
    CHECK_EQUAL(expected.st_gid, found.gid);
    CHECK_EQUAL(2, found.links);
    CHECK_EQUAL(expected.st_blocks, found.blocks);
    CHECK_EQUAL(expected.st_mtim.tv_sec, found.mtime_seconds);
    CHECK_EQUAL(expected.st_mtim.tv_nsec, found.mtime_nanos);
    CHECK_EQUAL(expected.st_ctim.tv_sec, found.ctime_seconds);
    CHECK_EQUAL(expected.st_ctim.tv_nsec, found.ctime_nanos);
    CHECK(found.attributes != UINT64_C(0xeeeeeeeeeeeeeeee));
    CHECK(found.mount_id != UINT64_C(0xeeeeeeeeeeeeeeee));
  }
  CHECK_EQUAL(0, unlink("file"));
  CHECK_EQUAL(0, unlink("other-name"));
  struct pf_stat deleted;
  CHECK_EQUAL(0, pf_statx(fd, "", AT_EMPTY_PATH, &deleted));
  CHECK_EQUAL(0, deleted.links);
  CHECK_EQUAL(0, pf_close(fd));
}

static void statx_tells_the_mount(void) {
  int fd = pf_open(".", O_PATH | O_DIRECTORY);
  struct pf_stat found;
  CHECK_EQUAL(0, pf_statx(fd, "", AT_EMPTY_PATH, &found));
  if (found.mount_id == 0) {
    skip("the kernel does not tell the mount");
  }
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
  char information[1024] = {0};
  CHECK(pf_read_file(path, information, sizeof information - 1) > 0);
  const char *line = strstr(information, "mnt_id:");
  CHECK(line != NULL);
  CHECK_EQUAL(strtoull(line + strlen("mnt_id:"), NULL, 10), found.mount_id);
  CHECK_EQUAL(0, pf_close(fd));
}

static void statx_tells_errors(void) {
  close(create_file("file", 10));
  CHECK_EQUAL(0, symlink("file", "link"));
  struct pf_stat found;
  CHECK_EQUAL(-ENOENT, pf_statx(AT_FDCWD, "missing", 0, &found));
  CHECK_EQUAL(-ENOENT, pf_statx(AT_FDCWD, "", 0, &found));
  CHECK_EQUAL(-EBADF, pf_statx(-1, "", AT_EMPTY_PATH, &found));
  CHECK_EQUAL(-ENOTDIR, pf_statx(AT_FDCWD, "file/below", 0, &found));
  CHECK_EQUAL(-EINVAL, pf_statx(AT_FDCWD, "file", 1 << 30, &found));
  CHECK_EQUAL(-EFAULT, pf_statx(AT_FDCWD, NULL, 0, &found));
  CHECK_EQUAL(-EFAULT, pf_statx(AT_FDCWD, "file", 0, NULL));
  CHECK_EQUAL(0, pf_statx(AT_FDCWD, "link", AT_SYMLINK_NOFOLLOW, &found));
  CHECK(S_ISLNK(found.mode));
  CHECK_EQUAL(0, pf_statx(AT_FDCWD, "link", 0, &found));
  CHECK(S_ISREG(found.mode));
}

static void readlink_tells_the_target(void) {
  CHECK_EQUAL(0, symlink("a target\nof two lines", "link"));
  char buffer[64];
  memset(buffer, '.', sizeof buffer);
  CHECK_EQUAL(21, pf_readlink("link", buffer, sizeof buffer));
  CHECK_EQUAL(0, memcmp(buffer, "a target\nof two lines.", 22));
  CHECK_EQUAL(4, pf_readlink("link", buffer, 4));
  CHECK_EQUAL(21, pf_readlink("link", buffer, INT64_MAX));
  CHECK_EQUAL(-EINVAL, pf_readlink("link", buffer, 0));
  CHECK_EQUAL(-EINVAL, pf_readlink("link", buffer, -1));
  CHECK_EQUAL(-EINVAL, pf_readlink(".", buffer, sizeof buffer));
  CHECK_EQUAL(-ENOENT, pf_readlink("missing", buffer, sizeof buffer));
  CHECK_EQUAL(-EFAULT, pf_readlink(NULL, buffer, sizeof buffer));
  CHECK_EQUAL(-EFAULT, pf_readlink("link", NULL, sizeof buffer));
}

static void getdents64_lists_a_folder(void) {
  for (int i = 0; i < 100; i++) {
    char name[64];
    snprintf(name, sizeof name, "a file with a somewhat longer name %03d", i);
    close(open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  }
  int fd = pf_open(".", O_RDONLY | O_DIRECTORY);
  // Room for some of the names only, so that several calls are needed.
  _Alignas(8) static char records[1000];
  int seen[100] = {0};
  int others = 0;
  int calls = 0;
  int64_t count;
  while ((count = pf_getdents64(fd, records, sizeof records)) > 0) {
    calls++;
    int64_t at = 0;
    while (at < count) {
      const struct dirent64 *record = (const struct dirent64 *)(const void *)(records + at);
      CHECK(record->d_reclen > 0 && at + record->d_reclen <= count);
      int index;
      if (sscanf(record->d_name, "a file with a somewhat longer name %d", &index) == 1) {
        CHECK(index >= 0 && index < 100);
        seen[index]++;
      } else {
        CHECK(strcmp(record->d_name, ".") == 0 || strcmp(record->d_name, "..") == 0);
        others++;
      }
      at += record->d_reclen;
    }
  }
  CHECK_EQUAL(0, count);
  CHECK(calls > 1);
  CHECK_EQUAL(2, others);
  for (int i = 0; i < 100; i++) {
    CHECK_EQUAL(1, seen[i]);
  }
  CHECK_EQUAL(0, pf_close(fd));
}

static void getdents64_tells_errors(void) {
  _Alignas(8) char records[256];
  CHECK_EQUAL(-EBADF, pf_getdents64(-1, records, sizeof records));
  int fd = create_file("file", 10);
  CHECK_EQUAL(-ENOTDIR, pf_getdents64(fd, records, sizeof records));
  CHECK_EQUAL(0, pf_close(fd));
  fd = pf_open(".", O_RDONLY | O_DIRECTORY);
  CHECK_EQUAL(-EINVAL, pf_getdents64(fd, records, 8));
  CHECK_EQUAL(-EINVAL, pf_getdents64(fd, records, -1));
  CHECK(pf_getdents64(fd, records, sizeof records) > 0);
  CHECK_EQUAL(0, pf_close(fd));
}

static void fstatfs_tells_the_file_system(void) {
  int fd = pf_open("/proc", O_RDONLY | O_DIRECTORY);
  CHECK_EQUAL(PROC_SUPER_MAGIC, pf_fstatfs_type(fd));
  CHECK_EQUAL(0, pf_close(fd));
  CHECK_EQUAL(-EBADF, pf_fstatfs_type(fd));
  fd = pf_memfd_create("test");
  CHECK(fd >= 0);
  CHECK_EQUAL(TMPFS_MAGIC, pf_fstatfs_type(fd));
  CHECK_EQUAL(0, pf_close(fd));
}

const struct test file_tests[] = {
    {"open: closes on exec", open_closes_on_exec},
    {"open: tells errors", open_tells_errors},
    {"open: goes on after a signal", open_goes_on_after_a_signal},
    {"openat2: goes on after a signal", openat2_goes_on_after_a_signal},
    {"openat2: resolves as told", openat2_resolves_as_told},
    {"openat2: RESOLVE_CACHED opens what is cached", openat2_cached_opens_what_is_cached},
    {"openat2: RESOLVE_CACHED looks nothing up", openat2_cached_looks_nothing_up},
    {"openat2: RESOLVE_CACHED leaves uncached files alone", openat2_cached_leaves_uncached_files_alone},
    {"read, pread, pwrite: read and write", reads_and_writes},
    {"read, pread, pwrite: tell errors", reading_and_writing_tell_errors},
    {"pwritev: stops where memory ends", pwritev_stops_where_memory_ends},
    {"read: goes on after a signal", read_goes_on_after_a_signal},
    {"read_file: reads what fits", read_file_reads_what_fits},
    {"read_file: puts parts together", read_file_puts_parts_together},
    {"read_file: tells errors and keeps nothing open", read_file_tells_errors_and_keeps_nothing_open},
    {"statx: tells what fstat tells", statx_tells_what_fstat_tells},
    {"statx: tells the mount", statx_tells_the_mount},
    {"statx: tells errors", statx_tells_errors},
    {"readlink: tells the target", readlink_tells_the_target},
    {"getdents64: lists a folder", getdents64_lists_a_folder},
    {"getdents64: tells errors", getdents64_tells_errors},
    {"fstatfs_type: tells the file system", fstatfs_tells_the_file_system},
    {0},
};
