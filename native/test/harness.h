// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

// A test is a function. Each runs in a process of its own, with a time limit, so that a signal (a SIGBUS
// above all), a leak or a hang is that test's failure and nothing else's.

#ifndef PAGEFUSION_TEST_HARNESS_H
#define PAGEFUSION_TEST_HARNESS_H

#include <stdint.h>

struct test {
  const char *name;
  void (*run)(void);
};

// The tests of each file end with an entry without a name.
extern const struct test file_tests[];
extern const struct test library_tests[];
extern const struct test memory_tests[];
extern const struct test procmap_tests[];
extern const struct test socket_tests[];
extern const struct test vboxguest_tests[];

// The folder that make builds in: it is on a disk, where /tmp may be a tmpfs, which keeps all its pages.
extern const char *build_folder;

// A folder for the running test alone, removed with all in it when the test is done; also its working folder.
extern char test_folder[];

_Noreturn void fail(const char *file, int line, const char *what);
_Noreturn void fail_equal(const char *file, int line, const char *what, int64_t expected, int64_t actual);
_Noreturn void skip(const char *why);

// What the library's ioctls call instead of the kernel when it is set.
extern int (*fake_ioctl)(int fd, unsigned long number, void *argument);

// Creates a file in the working folder, filled with a pattern, and written to disk; opened for both.
int create_file(const char *name, int64_t size);

#define CHECK(condition) \
  do { \
    if (!(condition)) { \
      fail(__FILE__, __LINE__, #condition); \
    } \
  } while (0)

#define CHECK_EQUAL(expected, actual) \
  do { \
    int64_t expected_value = (int64_t)(expected); \
    int64_t actual_value = (int64_t)(actual); \
    if (expected_value != actual_value) { \
      fail_equal(__FILE__, __LINE__, #actual, expected_value, actual_value); \
    } \
  } while (0)

#endif
