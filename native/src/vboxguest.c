// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

// The guest driver vboxguest: requests to VirtualBox, and the driver's own version.

#include "pagefusion.h"

#include <errno.h>
#include <linux/vboxguest.h>
#include <stddef.h>
#include <sys/ioctl.h>

#include "internal.h"

enum {
  // The ioctl's number has the request's size only up to here.
  LONGEST_SIZED_REQUEST = 1024,
  // The driver's own limit.
  LONGEST_REQUEST = 16 << 20,
};

int32_t pf_vbg_ioctl(int32_t fd, void *request, int64_t size) {
  if (request == NULL) {
    return -EFAULT;
  }
  const struct vbg_ioctl_hdr *header = request;
  // The driver reads and writes as much as the header tells.
  if (size < (int64_t)sizeof *header || size > LONGEST_REQUEST || header->size_in > size
      || header->size_out > size) {
    return -EINVAL;
  }
  unsigned long number = size > LONGEST_SIZED_REQUEST ? VBG_IOCTL_VMMDEV_REQUEST_BIG
                                                      : VBG_IOCTL_VMMDEV_REQUEST((unsigned long)size);
  return (int32_t)pf_answer(ioctl(fd, number, request));
}

int32_t pf_vbg_driver_version(int32_t fd, struct pf_driver_version *out) {
  if (out == NULL) {
    return -EFAULT;
  }
  struct vbg_ioctl_driver_version_info info = {
      .hdr =
          {
              .size_in = sizeof info.hdr + sizeof info.u.in,
              .version = VBG_IOCTL_HDR_VERSION,
              .type = VBG_IOCTL_HDR_TYPE_DEFAULT,
              .rc = VERR_INTERNAL_ERROR,
              .size_out = sizeof info.hdr + sizeof info.u.out,
          },
      .u.in =
          {
              .req_version = VBG_IOC_VERSION,
              .min_version = VBG_IOC_VERSION & 0xffff0000u,
          },
  };
  if (ioctl(fd, VBG_IOCTL_DRIVER_VERSION_INFO, &info) < 0) {
    return -errno;
  }
  *out = (struct pf_driver_version){
      .rc = info.hdr.rc,
      .session = info.u.out.session_version,
      .driver = info.u.out.driver_version,
      .revision = info.u.out.driver_revision,
  };
  return 0;
}
