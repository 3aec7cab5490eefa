// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

// Runs all tests: run BUILD_FOLDER

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

enum { FAILED = 1, SKIPPED = 77, SECONDS_A_TEST = 60 };

const char *build_folder;
char test_folder[PATH_MAX];

static char build_folder_path[PATH_MAX];

_Noreturn void fail(const char *file, int line, const char *what) {
  printf("  %s:%d: %s\n", file, line, what);
  exit(FAILED);
}

_Noreturn void fail_equal(const char *file, int line, const char *what, int64_t expected, int64_t actual) {
  printf("  %s:%d: %s: expected %lld, got %lld\n", file, line, what, (long long)expected, (long long)actual);
  exit(FAILED);
}

_Noreturn void skip(const char *why) {
  printf("  %s\n", why);
  exit(SKIPPED);
}

int create_file(const char *name, int64_t size) {
  int fd = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  CHECK(fd >= 0);
  char block[4096];
  for (int64_t at = 0; at < size; at += (int64_t)sizeof block) {
    memset(block, 'a' + (int)(at / (int64_t)sizeof block % 26), sizeof block);
    int64_t count = size - at < (int64_t)sizeof block ? size - at : (int64_t)sizeof block;
    CHECK_EQUAL(count, pwrite(fd, block, (size_t)count, at));
  }
  CHECK_EQUAL(0, fsync(fd));
  return fd;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *position) {
  (void)status;
  (void)type;
  (void)position;
  return remove(path);
}

// The exit status of a test run in a child.
static int run(const struct test *test) {
  snprintf(test_folder, sizeof test_folder, "%.*s/test/work-XXXXXX", PATH_MAX - 20, build_folder);
  if (mkdtemp(test_folder) == NULL) {
    perror(test_folder);
    return FAILED;
  }
  fflush(stdout);
  pid_t child = fork();
  if (child < 0) {
    perror("fork");
    return FAILED;
  }
  if (child == 0) {
    alarm(SECONDS_A_TEST);
    if (chdir(test_folder) != 0) {
      perror(test_folder);
      exit(FAILED);
    }
    test->run();
    exit(0);
  }
  int status;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) {
      perror("waitpid");
      return FAILED;
    }
  }
  nftw(test_folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
  if (WIFSIGNALED(status)) {
    printf("  ended by signal %d (%s)\n", WTERMSIG(status), strsignal(WTERMSIG(status)));
    return FAILED;
  }
  return WEXITSTATUS(status);
}

int main(int argc, char **argv) {
  if (argc != 2 || realpath(argv[1], build_folder_path) == NULL) {
    fprintf(stderr, "usage: run BUILD_FOLDER\n");
    return 64;
  }
  build_folder = build_folder_path;
  const struct test *files[] = {library_tests, file_tests, memory_tests, procmap_tests, socket_tests, vboxguest_tests};
  int passed = 0;
  int failed = 0;
  int skipped = 0;
  for (size_t f = 0; f < sizeof files / sizeof files[0]; f++) {
    for (const struct test *test = files[f]; test->name != NULL; test++) {
      int status = run(test);
      if (status == 0) {
        passed++;
      } else if (status == SKIPPED) {
        skipped++;
      } else {
        failed++;
      }
      printf("%s %s\n", status == 0 ? "ok     " : status == SKIPPED ? "skipped" : "FAILED ", test->name);
    }
  }
  if (skipped > 0) {
    printf("%d skipped\n", skipped);
  }
  printf("%d passed, %d failed\n", passed, failed);
  return failed == 0 && passed > 0 ? 0 : 1;
}
