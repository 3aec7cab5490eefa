// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

// The listening side of Unix sockets, with which Java can't tell who is at the other end.

#include "pagefusion.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "internal.h"

int32_t pf_unix_listen(const char *path, int32_t backlog) {
  if (path == NULL) {
    return -EFAULT;
  }
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  size_t length = strlen(path);
  // An empty path would have the kernel choose an abstract name.
  if (length == 0) {
    return -ENOENT;
  }
  if (length >= sizeof address.sun_path) {
    return -ENAMETOOLONG;
  }
  memcpy(address.sun_path, path, length + 1);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) {
    return -errno;
  }
  if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, backlog) < 0) {
    int error = errno;
    close(fd);
    return -error;
  }
  return fd;
}

int32_t pf_accept(int32_t fd) {
  int accepted;
  do {
    accepted = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
  } while (accepted < 0 && errno == EINTR);
  return (int32_t)pf_answer(accepted);
}

int32_t pf_peer_pid(int32_t fd) {
  struct ucred peer;
  socklen_t size = sizeof peer;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0) {
    return -errno;
  }
  return peer.pid;
}

int64_t pf_send(int32_t fd, const void *buffer, int64_t size) {
  if (size < 0) {
    return -EINVAL;
  }
  ssize_t count;
  do {
    count = send(fd, buffer, (size_t)size, MSG_NOSIGNAL);
  } while (count < 0 && errno == EINTR);
  return pf_answer(count);
}

int32_t pf_shutdown(int32_t fd) {
  return (int32_t)pf_answer(shutdown(fd, SHUT_RDWR));
}
