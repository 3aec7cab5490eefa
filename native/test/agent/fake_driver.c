// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

// The guest driver as the agent's tests want it, linked into a library of their own in the place of ioctl(2).
// The "device" is a regular file. The test writes what the driver is to answer at its start; the driver leaves
// what it was asked at REQUEST_AT: the ioctl's number in 8 bytes, then the bytes.

#include <errno.h>
#include <linux/vboxguest.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

enum { REQUEST_AT = 4096 };

struct script {
  int32_t errno_to_answer;  // 0 for an answer
  uint32_t answer_bytes;
  unsigned char answer[1024];
};

int __wrap_ioctl(int fd, unsigned long number, void *argument);

int __wrap_ioctl(int fd, unsigned long number, void *argument) {
  struct script script = {0};
  uint64_t number_asked = number;
  const struct vbg_ioctl_hdr *header = argument;
  uint32_t size = header->size_in > header->size_out ? header->size_in : header->size_out;
  if (pread(fd, &script, sizeof script, 0) < (ssize_t)offsetof(struct script, answer)
      || script.answer_bytes > sizeof script.answer
      || pwrite(fd, &number_asked, sizeof number_asked, REQUEST_AT) != (ssize_t)sizeof number_asked
      || pwrite(fd, argument, size, REQUEST_AT + (off_t)sizeof number_asked) != (ssize_t)size) {
    errno = EIO;
    return -1;
  }
  if (script.errno_to_answer != 0) {
    errno = script.errno_to_answer;
    return -1;
  }
  for (uint32_t i = 0; i < script.answer_bytes && i < size; i++) {
    ((unsigned char *)argument)[i] = script.answer[i];
  }
  return 0;
}
