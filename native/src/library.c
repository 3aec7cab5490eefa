// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

// The library itself, and this process.

#include "pagefusion.h"

#include <unistd.h>

#include "internal.h"

int32_t pf_abi_version(void) {
  return 1;
}

int64_t pf_page_size(void) {
  return pf_answer(sysconf(_SC_PAGESIZE));
}

int32_t pf_geteuid(void) {
  return (int32_t)geteuid();
}

int32_t pf_getpid(void) {
  return getpid();
}
