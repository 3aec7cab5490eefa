// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

// The library as it is shipped: what it exports, what it needs, and that it loads.

#include <ctype.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"
#include "pagefusion.h"

enum { NAMES = 128, NAME_LENGTH = 96 };

struct names {
  int count;
  char name[NAMES][NAME_LENGTH];
};

static void add(struct names *names, const char *name, size_t length) {
  CHECK(names->count < NAMES && length < NAME_LENGTH);
  memcpy(names->name[names->count], name, length);
  names->name[names->count++][length] = '\0';
}

static int contains(const struct names *names, const char *name) {
  for (int i = 0; i < names->count; i++) {
    if (strcmp(names->name[i], name) == 0) {
      return 1;
    }
  }
  return 0;
}

static void library_path(char *path) {
  snprintf(path, PATH_MAX, "%.*s/libpagefusion.so", PATH_MAX - 20, build_folder);
}

// The names that nm lists with one of some symbol types, without their version.
static void symbols(const char *arguments, const char *file, const char *types, struct names *names) {
  char command[PATH_MAX + 64];
  snprintf(command, sizeof command, "nm %s '%s'", arguments, file);
  FILE *output = popen(command, "r");
  CHECK(output != NULL);
  char line[512];
  while (fgets(line, sizeof line, output) != NULL) {
    line[strcspn(line, "\n@")] = '\0';
    char *name = strrchr(line, ' ');
    CHECK(name != NULL && name > line);
    if (strchr(types, name[-1]) != NULL) {
      add(names, name + 1, strlen(name + 1));
    }
  }
  CHECK_EQUAL(0, pclose(output));
}

// The name of a function as a native method, in which "_1" stands for "_".
static void native_method(const char *function, char *name) {
  char *end = stpcpy(name, "Java_org_pagefusion_bridge_JniCalls_");
  for (const char *c = function; *c != '\0'; c++) {
    *end++ = *c;
    if (*c == '_') {
      *end++ = '1';
    }
  }
  *end = '\0';
}

static void exports_what_the_header_declares(void) {
  char path[PATH_MAX];
  snprintf(path, sizeof path, "%.*s/../include/pagefusion.h", PATH_MAX - 40, build_folder);
  FILE *header = fopen(path, "re");
  CHECK(header != NULL);
  static struct names declared;
  char line[512];
  while (fgets(line, sizeof line, header) != NULL) {
    if (strncmp(line, "PF_EXPORT ", strlen("PF_EXPORT ")) == 0) {
      char *end = strchr(line, '(');
      CHECK(end != NULL);
      char *start = end;
      while (isalnum((unsigned char)start[-1]) || start[-1] == '_') {
        start--;
      }
      add(&declared, start, (size_t)(end - start));
    }
  }
  fclose(header);
  CHECK(declared.count > 20);

  library_path(path);
  static struct names exported;
  symbols("-D --defined-only", path, "ABCDGRSTVWi", &exported);
  for (int i = 0; i < declared.count; i++) {
    if (!contains(&exported, declared.name[i])) {
      fail(__FILE__, __LINE__, declared.name[i]);
    }
    char name[2 * NAME_LENGTH];
    native_method(declared.name[i], name);
    if (!contains(&exported, name)) {
      fail(__FILE__, __LINE__, name);
    }
  }
  CHECK(contains(&exported, "Java_org_pagefusion_bridge_JniCalls_address"));
  CHECK_EQUAL(2 * declared.count + 1, exported.count);
}

static void needs_nothing_but_kernel_calls(void) {
  static const char *const allowed[] = {
      "__cxa_finalize", "__errno_location", "__gmon_start__", "__stack_chk_fail",
      "_ITM_deregisterTMCloneTable", "_ITM_registerTMCloneTable",
      "close", "fstatfs64", "getdents64", "geteuid", "getpid", "ioctl", "madvise", "memfd_create",
      "mincore",
      "mmap64", "munmap", "open64", "prctl", "pread64", "pwrite64", "pwritev64", "read", "readlink", "statx", "syscall",
      "sysconf",
      "__memcpy_chk", "accept4", "bind", "getsockopt", "listen", "memcpy", "send", "sendto", "shutdown",
      "socket", "strlen",
      // The same on other architectures and C libraries.
      "fstatfs", "mmap", "open", "pread", "pwrite", "pwritev"};
  char path[PATH_MAX];
  library_path(path);
  static struct names needed;
  symbols("-D --undefined-only", path, "Uvw", &needed);
  CHECK(needed.count > 10);
  for (int i = 0; i < needed.count; i++) {
    int found = 0;
    for (size_t a = 0; a < sizeof allowed / sizeof allowed[0]; a++) {
      found |= strcmp(allowed[a], needed.name[i]) == 0;
    }
    if (!found) {
      fail(__FILE__, __LINE__, needed.name[i]);
    }
  }
}

static void holds_no_state(void) {
  static const char *const sources[] = {"files", "jni", "library", "memory", "procmap", "socket", "vboxguest"};
  for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%.*s/obj/%s.o", PATH_MAX - 40, build_folder, sources[i]);
    static struct names all;
    static struct names variables;
    all.count = 0;
    variables.count = 0;
    symbols("", path, "tT", &all);
    symbols("", path, "bBcCdDgGsS", &variables);
    CHECK(all.count > 0);
    CHECK_EQUAL(0, variables.count);
  }
}

static void loads_and_answers(void) {
  char path[PATH_MAX];
  library_path(path);
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  CHECK(library != NULL);
  int32_t (*abi_version)(void) = (int32_t (*)(void))(uintptr_t)dlsym(library, "pf_abi_version");
  int32_t (*open_file)(const char *, int32_t) =
      (int32_t (*)(const char *, int32_t))(uintptr_t)dlsym(library, "pf_open");
  CHECK(abi_version != NULL && open_file != NULL);
  CHECK_EQUAL(1, abi_version());
  int32_t fd = open_file("/", O_RDONLY | O_DIRECTORY);
  CHECK(fd >= 0);
  close(fd);
  dlclose(library);
}

static void tells_version_page_size_user_and_process(void) {
  CHECK_EQUAL(1, pf_abi_version());
  CHECK_EQUAL(getpagesize(), pf_page_size());
  CHECK_EQUAL((int32_t)geteuid(), pf_geteuid());
  CHECK_EQUAL(getpid(), pf_getpid());
}

const struct test library_tests[] = {
    {"library: exports what the header declares", exports_what_the_header_declares},
    {"library: needs nothing but kernel calls", needs_nothing_but_kernel_calls},
    {"library: holds no state", holds_no_state},
    {"library: loads and answers", loads_and_answers},
    {"library: tells version, page size, user and process", tells_version_page_size_user_and_process},
    {0},
};
