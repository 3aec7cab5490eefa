// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

// What the sources of the library share.

#ifndef PAGEFUSION_INTERNAL_H
#define PAGEFUSION_INTERNAL_H

#include <errno.h>
#include <stdint.h>
#include <sys/types.h>

_Static_assert(sizeof(void *) == 8, "addresses cross the interface as 64-bit integers");
_Static_assert(sizeof(off_t) == 8, "offsets cross the interface as 64-bit integers");

// The C library's "-1 and errno" as the library's "negative errno".
static inline int64_t pf_answer(int64_t value) {
  return value < 0 ? -(int64_t)errno : value;
}

#endif
