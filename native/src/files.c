// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

// Files, by name and by descriptor.

#include "pagefusion.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <linux/stat.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "internal.h"

_Static_assert(sizeof(struct iovec) == 2 * 8, "struct iovec is two 64-bit fields");
_Static_assert(offsetof(struct iovec, iov_len) == 8, "struct iovec is two 64-bit fields");

int32_t pf_open(const char *path, int32_t flags) {
  if (path == NULL) {
    return -EFAULT;
  }
  int fd;
  do {
    fd = open(path, flags | O_CLOEXEC, 0);
  } while (fd < 0 && errno == EINTR);
  return (int32_t)pf_answer(fd);
}

int32_t pf_openat2(int32_t dirfd, const char *path, uint64_t flags, uint64_t resolve) {
  if (path == NULL) {
    return -EFAULT;
  }
  struct open_how how = {.flags = flags | O_CLOEXEC, .resolve = resolve};
  long fd;
  do {
    fd = syscall(SYS_openat2, dirfd, path, &how, sizeof how);
  } while (fd < 0 && errno == EINTR);
  return (int32_t)pf_answer(fd);
}

int32_t pf_close(int32_t fd) {
  return (int32_t)pf_answer(close(fd));
}

int64_t pf_read(int32_t fd, void *buffer, int64_t size) {
  if (size < 0) {
    return -EINVAL;
  }
  ssize_t count;
  do {
    count = read(fd, buffer, (size_t)size);
  } while (count < 0 && errno == EINTR);
  return pf_answer(count);
}

int64_t pf_pread(int32_t fd, void *buffer, int64_t size, int64_t offset) {
  if (size < 0) {
    return -EINVAL;
  }
  ssize_t count;
  do {
    count = pread(fd, buffer, (size_t)size, offset);
  } while (count < 0 && errno == EINTR);
  return pf_answer(count);
}

int64_t pf_pwrite(int32_t fd, const void *buffer, int64_t size, int64_t offset) {
  if (size < 0) {
    return -EINVAL;
  }
  ssize_t count;
  do {
    count = pwrite(fd, buffer, (size_t)size, offset);
  } while (count < 0 && errno == EINTR);
  return pf_answer(count);
}

int64_t pf_pwritev(int32_t fd, const void *vectors, int32_t count, int64_t offset) {
  ssize_t written;
  do {
    written = pwritev(fd, vectors, count, offset);
  } while (written < 0 && errno == EINTR);
  return pf_answer(written);
}

int64_t pf_read_file(const char *path, void *buffer, int64_t capacity) {
  if (capacity < 0) {
    return -EINVAL;
  }
  // What stands at the path may be anything: a FIFO must not block, a terminal not become ours.
  int32_t fd = pf_open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) {
    return fd;
  }
  int64_t filled = 0;
  int64_t count = 0;
  while (filled < capacity) {
    count = pf_read(fd, (char *)buffer + filled, capacity - filled);
    if (count <= 0) {
      break;
    }
    filled += count;
  }
  close(fd);
  return count < 0 ? count : filled;
}

int32_t pf_statx(int32_t dirfd, const char *path, int32_t flags, struct pf_stat *out) {
  if (path == NULL || out == NULL) {
    return -EFAULT;
  }
  struct statx found;
  if (statx(dirfd, path, flags | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC, STATX_BASIC_STATS | STATX_MNT_ID, &found)
      < 0) {
    return -errno;
  }
  *out = (struct pf_stat){
      .device_major = found.stx_dev_major,
      .device_minor = found.stx_dev_minor,
      .inode = found.stx_ino,
      .size = found.stx_size,
      .mode = found.stx_mode,
      .uid = found.stx_uid,
      .gid = found.stx_gid,
      .links = found.stx_nlink,
      .blocks = found.stx_blocks,
      .attributes = found.stx_attributes & found.stx_attributes_mask,
      .mtime_seconds = found.stx_mtime.tv_sec,
      .mtime_nanos = found.stx_mtime.tv_nsec,
      .ctime_seconds = found.stx_ctime.tv_sec,
      .ctime_nanos = found.stx_ctime.tv_nsec,
      .mount_id = (found.stx_mask & STATX_MNT_ID) != 0 ? found.stx_mnt_id : 0,
  };
  return 0;
}

int64_t pf_readlink(const char *path, char *buffer, int64_t size) {
  if (path == NULL || buffer == NULL) {
    return -EFAULT;
  }
  if (size < 0) {
    return -EINVAL;
  }
  // The kernel takes the size as an int.
  return pf_answer(readlink(path, buffer, size > INT_MAX ? INT_MAX : (size_t)size));
}

int64_t pf_getdents64(int32_t fd, void *buffer, int64_t size) {
  if (size < 0) {
    return -EINVAL;
  }
  // The kernel takes the size as an unsigned int.
  return pf_answer(getdents64(fd, buffer, size > INT_MAX ? INT_MAX : (size_t)size));
}

int64_t pf_fstatfs_type(int32_t fd) {
  struct statfs found;
  if (fstatfs(fd, &found) < 0) {
    return -errno;
  }
  // All magic numbers have 32 bits; the field is a signed long.
  return (uint32_t)found.f_type;
}
