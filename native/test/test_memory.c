// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../src/kernel_abi.h"
#include "harness.h"
#include "pagefusion.h"

enum { PAGES = 64 };

// Every mmap of the library comes by here (ld --wrap; mmap64 is its name with 64-bit offsets): a kernel before
// 4.17 ignores the flag.
void *__real_mmap64(void *address, size_t length, int protection, int flags, int fd, off_t offset);
void *__wrap_mmap64(void *address, size_t length, int protection, int flags, int fd, off_t offset);

static int kernel_is_old;

void *__wrap_mmap64(void *address, size_t length, int protection, int flags, int fd, off_t offset) {
  int known = kernel_is_old ? flags & ~MAP_FIXED_NOREPLACE : flags;
  return __real_mmap64(address, length, protection, known, fd, offset);
}

static void *pointer(int64_t address) {
  return (void *)(intptr_t)address;
}

static int64_t map_file(int fd, int64_t offset, int64_t length) {
  int64_t address = pf_mmap_file(fd, offset, length);
  CHECK(address > 0);
  return address;
}

static void maps_files_to_read(void) {
  int64_t page = pf_page_size();
  int fd = create_file("file", 3 * page);
  int64_t whole = map_file(fd, 0, 3 * page);
  int64_t tail = map_file(fd, page, 2 * page);
  CHECK(memcmp((char *)pointer(whole) + page, pointer(tail), (size_t)(2 * page)) == 0);
  CHECK_EQUAL('a', *(char *)pointer(whole));
  CHECK_EQUAL(0, pf_munmap(whole, 3 * page));
  CHECK_EQUAL(0, pf_munmap(tail, 2 * page));
  // What is unmapped is no memory any more.
  CHECK_EQUAL(-EFAULT, pf_pwrite(fd, pointer(whole), page, 0));
  CHECK_EQUAL(0, pf_close(fd));
}

static void mapping_tells_errors(void) {
  int64_t page = pf_page_size();
  int fd = create_file("file", page);
  CHECK_EQUAL(-EBADF, pf_mmap_file(-1, 0, page));
  CHECK_EQUAL(-EINVAL, pf_mmap_file(fd, 0, 0));
  CHECK_EQUAL(-EINVAL, pf_mmap_file(fd, 0, -1));
  CHECK_EQUAL(-EINVAL, pf_mmap_file(fd, 1, page));
  CHECK_EQUAL(-ENOMEM, pf_mmap_file(fd, 0, INT64_MAX));
  int folder = pf_open(".", O_RDONLY);
  CHECK_EQUAL(-ENODEV, pf_mmap_file(folder, 0, page));
  CHECK_EQUAL(0, pf_close(folder));
  CHECK_EQUAL(-EINVAL, pf_munmap(1, page));
  CHECK_EQUAL(-EINVAL, pf_munmap(page, -1));
  CHECK_EQUAL(-EINVAL, pf_munmap(page, 0));
  CHECK_EQUAL(0, pf_close(fd));
}

static void maps_files_at_an_address(void) {
  int64_t page = pf_page_size();
  int fd = create_file("file", 3 * page);
  // What has just been given up is free.
  int64_t free_range = map_file(fd, 0, 3 * page);
  CHECK_EQUAL(0, pf_munmap(free_range, 3 * page));
  int64_t address = free_range + page;
  CHECK_EQUAL(address, pf_mmap_file_at(address, fd, page, page));
  CHECK_EQUAL('b', *(char *)pointer(address));
  // Neither on it nor across it from below or above, and what lies there stays.
  CHECK_EQUAL(-EEXIST, pf_mmap_file_at(address, fd, 0, page));
  CHECK_EQUAL(-EEXIST, pf_mmap_file_at(free_range, fd, 0, 2 * page));
  CHECK_EQUAL(-EEXIST, pf_mmap_file_at(free_range, fd, 0, 3 * page));
  CHECK_EQUAL('b', *(char *)pointer(address));
  CHECK_EQUAL(0, pf_munmap(address, page));
  CHECK_EQUAL(address, pf_mmap_file_at(address, fd, 0, page));
  CHECK_EQUAL('a', *(char *)pointer(address));
  CHECK_EQUAL(0, pf_munmap(address, page));
  CHECK_EQUAL(0, pf_close(fd));
}

static void an_old_kernel_maps_at_no_other_address(void) {
  int64_t page = pf_page_size();
  int fd = create_file("file", 2 * page);
  int64_t address = map_file(fd, 0, page);
  kernel_is_old = 1;
  CHECK_EQUAL(-EEXIST, pf_mmap_file_at(address, fd, page, page));
  CHECK_EQUAL('a', *(char *)pointer(address));
  CHECK_EQUAL(0, pf_munmap(address, page));
  CHECK_EQUAL(address, pf_mmap_file_at(address, fd, page, page));
  CHECK_EQUAL(0, pf_munmap(address, page));
  CHECK_EQUAL(0, pf_close(fd));
  // What the kernel mapped elsewhere is gone: this file is mapped nowhere.
  static char maps[1 << 20];
  CHECK(pf_read_file("/proc/self/maps", maps, (int64_t)sizeof maps - 1) > 0);
  CHECK(strstr(maps, test_folder) == NULL);
}

static void mapping_at_an_address_tells_errors(void) {
  int64_t page = pf_page_size();
  int fd = create_file("file", page);
  int64_t address = map_file(fd, 0, page);
  CHECK_EQUAL(0, pf_munmap(address, page));
  CHECK_EQUAL(-EINVAL, pf_mmap_file_at(address + 1, fd, 0, page));
  CHECK_EQUAL(-EINVAL, pf_mmap_file_at(address, fd, 1, page));
  CHECK_EQUAL(-EINVAL, pf_mmap_file_at(address, fd, 0, 0));
  CHECK_EQUAL(-EINVAL, pf_mmap_file_at(address, fd, 0, -1));
  CHECK_EQUAL(-EBADF, pf_mmap_file_at(address, -1, 0, page));
  // Beyond what any process may have.
  CHECK_EQUAL(-ENOMEM, pf_mmap_file_at(INT64_MAX - page + 1, fd, 0, page));
  CHECK_EQUAL(0, pf_close(fd));
}

static void memfd_holds_a_copy_of_what_is_mapped(void) {
  int64_t page = pf_page_size();
  int file = create_file("file", 2 * page);
  int memory = pf_memfd_create("copy");
  CHECK(memory >= 0);
  CHECK_EQUAL(FD_CLOEXEC, fcntl(memory, F_GETFD));
  int64_t mapped = map_file(file, 0, 2 * page);
  CHECK_EQUAL(2 * page, pf_pwrite(memory, pointer(mapped), 2 * page, 0));
  static char copy[1 << 17];
  CHECK(2 * page <= (int64_t)sizeof copy);
  CHECK_EQUAL(2 * page, pf_pread(memory, copy, sizeof copy, 0));
  CHECK_EQUAL(0, memcmp(copy, pointer(mapped), (size_t)(2 * page)));
  CHECK_EQUAL(0, pf_munmap(mapped, 2 * page));
  CHECK_EQUAL(0, pf_close(memory));
  CHECK_EQUAL(0, pf_close(file));
}

static void memfd_tells_errors_and_is_not_executable(void) {
  static char name[1000];
  memset(name, 'x', sizeof name - 1);
  CHECK_EQUAL(-EINVAL, pf_memfd_create(name));
  CHECK_EQUAL(-EFAULT, pf_memfd_create(NULL));
  int memory = pf_memfd_create("");
  CHECK(memory >= 0);
  struct stat status;
  CHECK_EQUAL(0, fstat(memory, &status));
  CHECK_EQUAL(0, status.st_size);
  int sealed = memfd_create("", MFD_CLOEXEC | PF_MFD_NOEXEC_SEAL);
  if (sealed >= 0) {
    CHECK_EQUAL(0, status.st_mode & 0111);
    close(sealed);
  }
  CHECK_EQUAL(0, pf_close(memory));
}

// Loading a byte of such a mapping would end this process by SIGBUS.
static void copying_a_truncated_file_is_an_error(void) {
  int64_t page = pf_page_size();
  int fd = create_file("file", PAGES * page);
  int memory = pf_memfd_create("copy");
  int64_t mapped = map_file(fd, 0, PAGES * page);
  CHECK_EQUAL(PAGES * page, pf_pwrite(memory, pointer(mapped), PAGES * page, 0));
  CHECK_EQUAL(0, ftruncate(fd, page));
  CHECK_EQUAL(-EFAULT, pf_pwrite(memory, (char *)pointer(mapped) + page, page, 0));
  int64_t copied = pf_pwrite(memory, pointer(mapped), PAGES * page, 0);
  CHECK(copied == -EFAULT || (copied > 0 && copied <= page));
  CHECK_EQUAL(page, pf_pwrite(memory, pointer(mapped), page, 0));
  CHECK_EQUAL(0, ftruncate(fd, 0));
  CHECK_EQUAL(-EFAULT, pf_pwrite(memory, pointer(mapped), PAGES * page, 0));
  CHECK_EQUAL(0, pf_munmap(mapped, PAGES * page));
  CHECK_EQUAL(0, pf_close(memory));
  CHECK_EQUAL(0, pf_close(fd));
}

static int64_t resident_pages(int64_t address, int64_t length) {
  unsigned char vector[PAGES];
  memset(vector, 0xff, sizeof vector);
  CHECK_EQUAL(0, pf_mincore(address, length, vector));
  int64_t resident = 0;
  for (int64_t i = 0; i < PAGES; i++) {
    resident += vector[i] & 1;
  }
  return resident;
}

static int64_t cached_pages(int fd) {
  struct pf_cachestat found;
  int error = pf_cachestat(fd, 0, 0, &found);
  if (error == -ENOSYS || error == -EPERM) {
    skip("no cachestat(2)");
  }
  CHECK_EQUAL(0, error);
  return (int64_t)found.cached;
}

// Takes a file's pages out of the page cache, where its file system and other users let it.
static void drop(int fd, int64_t mapped, int64_t length) {
  CHECK_EQUAL(0, posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED));
  if (resident_pages(mapped, length) == PAGES) {
    skip("this file system does not drop pages");
  }
}

static void mincore_tells_what_is_resident(void) {
  int64_t length = PAGES * pf_page_size();
  int fd = create_file("file", length);
  int64_t mapped = map_file(fd, 0, length);
  CHECK_EQUAL(PAGES, resident_pages(mapped, length));
  drop(fd, mapped, length);
  CHECK_EQUAL(0, resident_pages(mapped, length));
  // One page read without readahead is one page resident.
  CHECK_EQUAL(0, posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM));
  char byte;
  CHECK_EQUAL(1, pf_pread(fd, &byte, 1, length / 2));
  CHECK_EQUAL(1, resident_pages(mapped, length));
  CHECK_EQUAL(0, pf_munmap(mapped, length));
  CHECK_EQUAL(0, pf_close(fd));
}

static void mincore_tells_errors(void) {
  int64_t page = pf_page_size();
  int fd = create_file("file", page);
  int64_t mapped = map_file(fd, 0, page);
  unsigned char vector[1];
  CHECK_EQUAL(-EINVAL, pf_mincore(mapped + 1, page, vector));
  CHECK_EQUAL(-EINVAL, pf_mincore(mapped, -1, vector));
  CHECK_EQUAL(-EFAULT, pf_mincore(mapped, page, pointer(mapped)));
  CHECK_EQUAL(0, pf_munmap(mapped, page));
  CHECK_EQUAL(-ENOMEM, pf_mincore(mapped, page, vector));
  CHECK_EQUAL(0, pf_close(fd));
}

static void madvise_random_populates_without_readahead(void) {
  int64_t page = pf_page_size();
  int64_t length = PAGES * page;
  int fd = create_file("file", length);
  int64_t mapped = map_file(fd, 0, length);
  drop(fd, mapped, length);
  CHECK_EQUAL(0, pf_madvise(mapped, length, MADV_RANDOM));
  int error = pf_madvise(mapped + PAGES / 2 * page, page, MADV_POPULATE_READ);
  if (error == -EINVAL) {
    skip("no MADV_POPULATE_READ");
  }
  CHECK_EQUAL(0, error);
  CHECK_EQUAL(1, resident_pages(mapped, length));
  CHECK_EQUAL(0, pf_madvise(mapped, length, MADV_SEQUENTIAL));
  CHECK_EQUAL(0, pf_munmap(mapped, length));
  CHECK_EQUAL(0, pf_close(fd));
}

static void madvise_tells_errors(void) {
  int64_t page = pf_page_size();
  int fd = create_file("file", 2 * page);
  int64_t mapped = map_file(fd, 0, 2 * page);
  CHECK_EQUAL(-EINVAL, pf_madvise(mapped, page, 9999));
  CHECK_EQUAL(-EINVAL, pf_madvise(mapped + 1, page, MADV_RANDOM));
  CHECK_EQUAL(-EINVAL, pf_madvise(mapped, -1, MADV_RANDOM));
  CHECK_EQUAL(0, ftruncate(fd, page));
  int error = pf_madvise(mapped, 2 * page, MADV_POPULATE_READ);
  // Where a load would raise SIGBUS; -EINVAL where the kernel does not have it.
  CHECK(error == -EFAULT || error == -EINVAL);
  CHECK_EQUAL(0, pf_munmap(mapped, 2 * page));
  CHECK_EQUAL(-ENOMEM, pf_madvise(mapped, page, MADV_RANDOM));
  CHECK_EQUAL(0, pf_close(fd));
}

static void cachestat_counts_as_mincore_does(void) {
  int64_t page = pf_page_size();
  int64_t length = PAGES * page;
  int fd = create_file("file", length);
  CHECK_EQUAL(PAGES, cached_pages(fd));
  int64_t mapped = map_file(fd, 0, length);
  drop(fd, mapped, length);
  CHECK_EQUAL(resident_pages(mapped, length), cached_pages(fd));
  CHECK_EQUAL(0, posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM));
  char byte;
  CHECK_EQUAL(1, pf_pread(fd, &byte, 1, 3 * page));
  CHECK_EQUAL(resident_pages(mapped, length), cached_pages(fd));
  struct pf_cachestat found;
  CHECK_EQUAL(0, pf_cachestat(fd, (uint64_t)(3 * page), (uint64_t)page, &found));
  CHECK_EQUAL(1, found.cached);
  CHECK_EQUAL(0, found.dirty);
  CHECK_EQUAL(0, pf_cachestat(fd, 0, (uint64_t)(3 * page), &found));
  CHECK_EQUAL(0, found.cached);
  CHECK_EQUAL(0, pf_cachestat(fd, (uint64_t)(4 * page), 0, &found));
  CHECK_EQUAL(0, found.cached);
  CHECK_EQUAL(0, pf_munmap(mapped, length));
  CHECK_EQUAL(0, pf_close(fd));
}

static void cachestat_tells_errors(void) {
  int fd = create_file("file", 10);
  cached_pages(fd);
  struct pf_cachestat found;
  CHECK_EQUAL(-EBADF, pf_cachestat(-1, 0, 0, &found));
  CHECK_EQUAL(-EFAULT, pf_cachestat(fd, 0, 0, NULL));
  CHECK_EQUAL(0, pf_close(fd));
}

static void disabling_huge_pages_is_for_the_process(void) {
  CHECK_EQUAL(0, pf_disable_huge_pages());
  CHECK_EQUAL(1, prctl(PR_GET_THP_DISABLE, 0UL, 0UL, 0UL, 0UL));
  CHECK_EQUAL(0, prctl(PR_SET_THP_DISABLE, 0UL, 0UL, 0UL, 0UL));
}

const struct test memory_tests[] = {
    {"disable_huge_pages: is for the whole process", disabling_huge_pages_is_for_the_process},
    {"mmap_file, munmap: map files to read", maps_files_to_read},
    {"mmap_file, munmap: tell errors", mapping_tells_errors},
    {"mmap_file_at: maps where nothing is", maps_files_at_an_address},
    {"mmap_file_at: an old kernel maps at no other address", an_old_kernel_maps_at_no_other_address},
    {"mmap_file_at: tells errors", mapping_at_an_address_tells_errors},
    {"memfd_create: holds a copy of what is mapped", memfd_holds_a_copy_of_what_is_mapped},
    {"memfd_create: tells errors and is not executable", memfd_tells_errors_and_is_not_executable},
    {"pwrite: copying a truncated file is an error", copying_a_truncated_file_is_an_error},
    {"mincore: tells what is resident", mincore_tells_what_is_resident},
    {"mincore: tells errors", mincore_tells_errors},
    {"madvise: random populates without readahead", madvise_random_populates_without_readahead},
    {"madvise: tells errors", madvise_tells_errors},
    {"cachestat: counts as mincore does", cachestat_counts_as_mincore_does},
    {"cachestat: tells errors", cachestat_tells_errors},
    {0},
};
