// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

#include <errno.h>
#include <fcntl.h>
#include <linux/vboxguest.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "harness.h"
#include "pagefusion.h"

// The numbers as they are on x86-64 and arm64, written out: direction, size, type 'V', function.
#define SIZED_REQUEST(size) (0xC0000000UL | (unsigned long)(size) << 16 | 'V' << 8 | 2)
#define BIG_REQUEST ((unsigned long)('V' << 8 | 3))
#define DRIVER_VERSION (0xC0000000UL | 44UL << 16 | 'V' << 8)

enum { DRIVER_FD = 1000, BIG_BYTES = 4096 };

static int calls;
static unsigned long last_number;
static int errno_to_answer;
static int rc_to_answer;

// Does with a request what the driver does before and after it asks the host.
static int driver(int fd, unsigned long number, void *argument) {
  calls++;
  last_number = number;
  CHECK_EQUAL(DRIVER_FD, fd);
  struct vbg_ioctl_hdr *header = argument;
  uint32_t size = header->size_out > header->size_in ? header->size_out : header->size_in;
  if (errno_to_answer != 0 || header->version != VBG_IOCTL_HDR_VERSION
      || (_IOC_SIZE(number) != 0 && _IOC_SIZE(number) != size)) {
    errno = errno_to_answer != 0 ? errno_to_answer : EINVAL;
    return -1;
  }
  if (header->size_out == 0) {
    header->size_out = header->size_in;
  }
  header->rc = rc_to_answer;
  return 0;
}

static void request_of(void *request, uint32_t size) {
  memset(request, 0x5A, size);
  *(struct vbg_ioctl_hdr *)request = (struct vbg_ioctl_hdr){
      .size_in = size,
      .version = VBG_IOCTL_HDR_VERSION,
      .type = VMMDEVREQ_CHECK_SHARED_MODULES,
      .rc = VERR_INTERNAL_ERROR,
  };
}

static void the_number_tells_the_size(void) {
  fake_ioctl = driver;
  static uint64_t buffer[BIG_BYTES / 8];
  struct vbg_ioctl_hdr *header = (struct vbg_ioctl_hdr *)buffer;
  static const uint32_t sizes[] = {24, 28, 32, 40, 184, 208, 704, 1023, 1024};
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    request_of(buffer, sizes[i]);
    CHECK_EQUAL(0, pf_vbg_ioctl(DRIVER_FD, buffer, sizes[i]));
    CHECK_EQUAL(SIZED_REQUEST(sizes[i]), last_number);
    CHECK_EQUAL(0, header->rc);
  }
  static const uint32_t big_sizes[] = {1025, BIG_BYTES};
  for (size_t i = 0; i < sizeof big_sizes / sizeof big_sizes[0]; i++) {
    request_of(buffer, big_sizes[i]);
    CHECK_EQUAL(0, pf_vbg_ioctl(DRIVER_FD, buffer, big_sizes[i]));
    CHECK_EQUAL(BIG_REQUEST, last_number);
  }
}

static void a_refusal_by_the_host_is_no_errno(void) {
  fake_ioctl = driver;
  struct vbg_ioctl_hdr request;
  static const int codes[] = {0, -2, -12, -37, -3828, 3827};
  for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
    rc_to_answer = codes[i];
    request_of(&request, sizeof request);
    CHECK_EQUAL(0, pf_vbg_ioctl(DRIVER_FD, &request, sizeof request));
    CHECK_EQUAL(codes[i], request.rc);
  }
}

static void an_errno_leaves_the_request(void) {
  fake_ioctl = driver;
  struct vbg_ioctl_hdr request;
  struct pf_driver_version version;
  static const int errors[] = {EPERM, EINVAL, E2BIG, EFAULT, ENOMEM, ENOTTY, EINTR};
  for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
    errno_to_answer = errors[i];
    request_of(&request, sizeof request);
    calls = 0;
    CHECK_EQUAL(-errors[i], pf_vbg_ioctl(DRIVER_FD, &request, sizeof request));
    CHECK_EQUAL(VERR_INTERNAL_ERROR, request.rc);
    // The host may have done what was asked: never twice.
    CHECK_EQUAL(1, calls);
    CHECK_EQUAL(-errors[i], pf_vbg_driver_version(DRIVER_FD, &version));
  }
}

static void nothing_beyond_the_buffer_is_sent(void) {
  fake_ioctl = driver;
  struct vbg_ioctl_hdr request;
  request_of(&request, sizeof request);
  CHECK_EQUAL(-EFAULT, pf_vbg_ioctl(DRIVER_FD, NULL, 24));
  static const int64_t sizes[] = {INT64_MIN, -1, 0, 23, (16 << 20) + 1, INT64_MAX};
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    CHECK_EQUAL(-EINVAL, pf_vbg_ioctl(DRIVER_FD, &request, sizes[i]));
  }
  request.size_in = 25;
  CHECK_EQUAL(-EINVAL, pf_vbg_ioctl(DRIVER_FD, &request, 24));
  request.size_in = 24;
  request.size_out = 0xFFFFFFFF;
  CHECK_EQUAL(-EINVAL, pf_vbg_ioctl(DRIVER_FD, &request, 24));
  CHECK_EQUAL(-EFAULT, pf_vbg_driver_version(DRIVER_FD, NULL));
  CHECK_EQUAL(0, calls);
}

static void other_files_are_not_the_driver(void) {
  struct vbg_ioctl_hdr request;
  struct pf_driver_version version;
  request_of(&request, sizeof request);
  int fd = pf_open("/dev/null", O_RDWR);
  CHECK(fd >= 0);
  CHECK_EQUAL(-ENOTTY, pf_vbg_ioctl(fd, &request, sizeof request));
  CHECK_EQUAL(-ENOTTY, pf_vbg_driver_version(fd, &version));
  CHECK_EQUAL(0, pf_close(fd));
  CHECK_EQUAL(-EBADF, pf_vbg_ioctl(fd, &request, sizeof request));
  CHECK_EQUAL(-EBADF, pf_vbg_driver_version(fd, &version));
}

static int versioned_driver(int fd, unsigned long number, void *argument) {
  struct vbg_ioctl_driver_version_info *info = argument;
  CHECK_EQUAL(DRIVER_VERSION, number);
  CHECK_EQUAL(40, info->hdr.size_in);
  CHECK_EQUAL(44, info->hdr.size_out);
  CHECK_EQUAL(VBG_IOCTL_HDR_TYPE_DEFAULT, info->hdr.type);
  CHECK_EQUAL(0x00010000, info->u.in.req_version);
  CHECK_EQUAL(0x00010000, info->u.in.min_version);
  CHECK_EQUAL(0, info->u.in.reserved1);
  CHECK_EQUAL(0, info->u.in.reserved2);
  int answer = driver(fd, number, argument);
  info->u.out.session_version = 0x00010000;
  info->u.out.driver_version = 0xFFFE0004;
  info->u.out.driver_revision = 162802;
  return answer;
}

static void tells_the_drivers_version(void) {
  fake_ioctl = versioned_driver;
  struct pf_driver_version version;
  CHECK_EQUAL(0, pf_vbg_driver_version(DRIVER_FD, &version));
  CHECK_EQUAL(0, version.rc);
  CHECK_EQUAL(0x00010000, version.session);
  CHECK_EQUAL(0xFFFE0004, version.driver);
  CHECK_EQUAL(162802, version.revision);
  rc_to_answer = VERR_VERSION_MISMATCH;
  CHECK_EQUAL(0, pf_vbg_driver_version(DRIVER_FD, &version));
  CHECK_EQUAL(VERR_VERSION_MISMATCH, version.rc);
}

const struct test vboxguest_tests[] = {
    {"vbg_ioctl: the number tells the size", the_number_tells_the_size},
    {"vbg_ioctl: a refusal by the host is no errno", a_refusal_by_the_host_is_no_errno},
    {"vbg_ioctl, vbg_driver_version: an errno leaves the request", an_errno_leaves_the_request},
    {"vbg_ioctl, vbg_driver_version: nothing beyond the buffer is sent", nothing_beyond_the_buffer_is_sent},
    {"vbg_ioctl, vbg_driver_version: other files are not the driver", other_files_are_not_the_driver},
    {"vbg_driver_version: tells the driver's version", tells_the_drivers_version},
    {0},
};
