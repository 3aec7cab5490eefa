// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "pagefusion.h"

static int connect_to(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strcpy(address.sun_path, path);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  CHECK(fd >= 0);
  CHECK_EQUAL(0, connect(fd, (struct sockaddr *)&address, sizeof address));
  return fd;
}

static void carries_bytes_both_ways(void) {
  int listener = pf_unix_listen("socket", 4);
  CHECK(listener >= 0);
  struct stat status;
  CHECK_EQUAL(0, stat("socket", &status));
  CHECK(S_ISSOCK(status.st_mode));
  CHECK_EQUAL(FD_CLOEXEC, fcntl(listener, F_GETFD));
  int client = connect_to("socket");
  int server = pf_accept(listener);
  CHECK(server >= 0);
  CHECK_EQUAL(FD_CLOEXEC, fcntl(server, F_GETFD));
  char bytes[8] = "";
  CHECK_EQUAL(4, pf_send(client, "ping", 4));
  CHECK_EQUAL(4, pf_read(server, bytes, sizeof bytes));
  CHECK_EQUAL(0, memcmp(bytes, "ping", 4));
  CHECK_EQUAL(0, pf_send(server, "", 0));
  CHECK_EQUAL(5, pf_send(server, "pong!", 5));
  CHECK_EQUAL(5, pf_read(client, bytes, sizeof bytes));
  CHECK_EQUAL(0, memcmp(bytes, "pong!", 5));
  CHECK_EQUAL(0, pf_close(client));
  CHECK_EQUAL(0, pf_read(server, bytes, sizeof bytes));
  // A SIGPIPE would end this process.
  CHECK_EQUAL(-EPIPE, pf_send(server, "x", 1));
  CHECK_EQUAL(0, pf_close(server));
  CHECK_EQUAL(0, pf_close(listener));
}

static void knows_who_connected(void) {
  int listener = pf_unix_listen("socket", 4);
  CHECK(listener >= 0);
  int own = connect_to("socket");
  int server = pf_accept(listener);
  CHECK_EQUAL(getpid(), pf_peer_pid(server));
  pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    connect_to("socket");
    pause();
  }
  int other = pf_accept(listener);
  CHECK_EQUAL(child, pf_peer_pid(other));
  CHECK_EQUAL(0, kill(child, SIGKILL));
  CHECK_EQUAL(child, waitpid(child, NULL, 0));
  CHECK_EQUAL(child, pf_peer_pid(other));
  CHECK_EQUAL(0, pf_close(own));
  CHECK_EQUAL(0, pf_close(server));
  CHECK_EQUAL(0, pf_close(other));
  CHECK_EQUAL(0, pf_close(listener));
}

static void *accept_one(void *listener) {
  return (void *)(intptr_t)pf_accept(*(int *)listener);
}

static void *read_one(void *connection) {
  char byte;
  return (void *)(intptr_t)pf_read(*(int *)connection, &byte, 1);
}

// Whether the thread waits already or not, shutting down ends it; the time limit of a test would find a hang.
static void shutdown_ends_who_waits(void) {
  int listener = pf_unix_listen("socket", 4);
  CHECK(listener >= 0);
  int client = connect_to("socket");
  int server = pf_accept(listener);
  CHECK(server >= 0);
  pthread_t accepting;
  pthread_t reading;
  CHECK_EQUAL(0, pthread_create(&accepting, NULL, accept_one, &listener));
  CHECK_EQUAL(0, pthread_create(&reading, NULL, read_one, &server));
  CHECK_EQUAL(0, pf_shutdown(listener));
  CHECK_EQUAL(0, pf_shutdown(server));
  void *result;
  CHECK_EQUAL(0, pthread_join(accepting, &result));
  CHECK_EQUAL(-EINVAL, (intptr_t)result);
  CHECK_EQUAL(0, pthread_join(reading, &result));
  CHECK_EQUAL(0, (intptr_t)result);
  CHECK_EQUAL(0, pf_close(client));
  CHECK_EQUAL(0, pf_close(server));
  CHECK_EQUAL(0, pf_close(listener));
}

static void expect_datagram(int family_address_length, const char *bound, const char *sent_to) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  memcpy(address.sun_path, bound, (size_t)family_address_length);
  int receiver = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  CHECK(receiver >= 0);
  socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)family_address_length);
  CHECK_EQUAL(0, bind(receiver, (struct sockaddr *)&address, length));
  CHECK_EQUAL(0, pf_unix_send_datagram(sent_to, "READY=1\nx", 9));
  CHECK_EQUAL(0, pf_unix_send_datagram(sent_to, "y", 1));
  char bytes[16] = "";
  CHECK_EQUAL(9, recv(receiver, bytes, sizeof bytes, 0));
  CHECK_EQUAL(0, memcmp(bytes, "READY=1\nx", 9));
  CHECK_EQUAL(1, recv(receiver, bytes, sizeof bytes, 0));
  CHECK_EQUAL(0, pf_close(receiver));
  CHECK_EQUAL(-ECONNREFUSED, pf_unix_send_datagram(sent_to, "x", 1));
}

static void sends_datagrams(void) {
  expect_datagram(sizeof "datagrams", "datagrams", "datagrams");
  char abstract[64];
  int length = snprintf(abstract, sizeof abstract, "@pagefusion-test-%d", (int)getpid());
  char bound[64];
  memcpy(bound, abstract, (size_t)length);
  bound[0] = '\0';
  expect_datagram(length, bound, abstract);
  CHECK_EQUAL(-EFAULT, pf_unix_send_datagram(NULL, "x", 1));
  CHECK_EQUAL(-EFAULT, pf_unix_send_datagram("datagrams", NULL, 1));
  CHECK_EQUAL(-EINVAL, pf_unix_send_datagram("datagrams", "x", -1));
  CHECK_EQUAL(-ENOENT, pf_unix_send_datagram("", "x", 1));
  CHECK_EQUAL(-ENOENT, pf_unix_send_datagram("missing", "x", 1));
  char path[200];
  memset(path, 'a', sizeof path);
  path[108] = '\0';
  CHECK_EQUAL(-ENAMETOOLONG, pf_unix_send_datagram(path, "x", 1));
}

static void sockets_tell_errors(void) {
  char path[200];
  memset(path, 'a', sizeof path);
  path[107] = '\0';
  int longest = pf_unix_listen(path, 1);
  CHECK(longest >= 0);
  CHECK_EQUAL(0, pf_close(longest));
  path[107] = 'a';
  path[108] = '\0';
  CHECK_EQUAL(-ENAMETOOLONG, pf_unix_listen(path, 1));
  CHECK_EQUAL(-ENOENT, pf_unix_listen("", 1));
  CHECK_EQUAL(-EFAULT, pf_unix_listen(NULL, 1));
  CHECK_EQUAL(-ENOENT, pf_unix_listen("missing/socket", 1));
  int file = create_file("file", 0);
  CHECK_EQUAL(-EADDRINUSE, pf_unix_listen("file", 1));
  int listener = pf_unix_listen("socket", 1);
  CHECK_EQUAL(0, pf_close(listener));
  CHECK_EQUAL(-EADDRINUSE, pf_unix_listen("socket", 1));
  CHECK_EQUAL(-EBADF, pf_accept(-1));
  CHECK_EQUAL(-ENOTSOCK, pf_accept(file));
  CHECK_EQUAL(-EBADF, pf_peer_pid(-1));
  CHECK_EQUAL(-ENOTSOCK, pf_peer_pid(file));
  CHECK_EQUAL(-EBADF, pf_send(-1, "x", 1));
  CHECK_EQUAL(-EINVAL, pf_send(file, "x", -1));
  CHECK_EQUAL(-EBADF, pf_shutdown(-1));
  CHECK_EQUAL(-ENOTSOCK, pf_shutdown(file));
  CHECK_EQUAL(0, pf_close(file));
}

const struct test socket_tests[] = {
    {"unix_listen, accept, send: carry bytes both ways", carries_bytes_both_ways},
    {"peer_pid: tells who connected", knows_who_connected},
    {"shutdown: ends who waits", shutdown_ends_who_waits},
    {"unix_send_datagram: reaches paths and abstract names", sends_datagrams},
    {"unix_listen, accept, peer_pid, send, shutdown: tell errors", sockets_tell_errors},
    {0},
};
