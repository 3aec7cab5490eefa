// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

// What Java can't do with Unix sockets: tell who is at the other end, and send datagrams.

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

int32_t pf_unix_send_datagram(const char *path, const void *message, int64_t size) {
  if (path == NULL || message == NULL) {
    return -EFAULT;
  }
  if (size < 0) {
    return -EINVAL;
  }
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  size_t length = strlen(path);
  if (length == 0) {
    return -ENOENT;
  }
  if (length >= sizeof address.sun_path) {
    return -ENAMETOOLONG;
  }
  memcpy(address.sun_path, path, length);
  // An abstract name is as long as the address says, and has no terminating NUL.
  socklen_t address_size = offsetof(struct sockaddr_un, sun_path) + length;
  if (path[0] == '@') {
    address.sun_path[0] = '\0';
  } else {
    address_size++;
  }
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) {
    return -errno;
  }
  ssize_t count;
  do {
    count = sendto(fd, message, (size_t)size, MSG_NOSIGNAL, (struct sockaddr *)&address, address_size);
  } while (count < 0 && errno == EINTR);
  int error = count < 0 ? errno : 0;
  close(fd);
  return -error;
}
