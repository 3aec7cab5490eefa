// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

// The functions of pagefusion.h as native methods of org.pagefusion.bridge.JniCalls: what the Java virtual
// machine finds by their names, without a library between that would cost the daemon more memory than all
// else it loads. Addresses come as integers.

#include "pagefusion.h"

#include "internal.h"

// The function table that an environment of the JNI points to, as the JNI specification lays it down
// (chapter 4, "Interface Function Table"): no header of a JDK is needed for one function.
enum { GET_DIRECT_BUFFER_ADDRESS = 230 };

typedef const void *const *const *environment;

#define METHOD(type, name, call, ...) \
  PF_EXPORT type Java_org_pagefusion_bridge_JniCalls_##name(environment, const void *, ##__VA_ARGS__); \
  type Java_org_pagefusion_bridge_JniCalls_##name(environment e, const void *self, ##__VA_ARGS__) { \
    (void)e; \
    (void)self; \
    return call; \
  }

static void *pointer(int64_t address) {
  return (void *)(intptr_t)address;
}

static int64_t direct_buffer_address(environment e, void *buffer) {
  void *(*get)(environment, void *) = (void *(*)(environment, void *))(uintptr_t)(*e)[GET_DIRECT_BUFFER_ADDRESS];
  return (int64_t)(intptr_t)get(e, buffer);
}

METHOD(int64_t, address, direct_buffer_address(e, buffer), void *buffer)
METHOD(int32_t, pf_1abi_1version, pf_abi_version())
METHOD(int32_t, pf_1open, pf_open(pointer(path), flags), int64_t path, int32_t flags)
METHOD(int32_t, pf_1openat2, pf_openat2(directory_fd, pointer(path), (uint64_t)flags, (uint64_t)resolve),
    int32_t directory_fd, int64_t path, int64_t flags, int64_t resolve)
METHOD(int32_t, pf_1close, pf_close(fd), int32_t fd)
METHOD(int64_t, pf_1read, pf_read(fd, pointer(buffer), size), int32_t fd, int64_t buffer, int64_t size)
METHOD(int64_t, pf_1pread, pf_pread(fd, pointer(buffer), size, offset),
    int32_t fd, int64_t buffer, int64_t size, int64_t offset)
METHOD(int64_t, pf_1pwrite, pf_pwrite(fd, pointer(buffer), size, offset),
    int32_t fd, int64_t buffer, int64_t size, int64_t offset)
METHOD(int64_t, pf_1pwritev, pf_pwritev(fd, pointer(vectors), count, offset),
    int32_t fd, int64_t vectors, int32_t count, int64_t offset)
METHOD(int32_t, pf_1statx, pf_statx(directory_fd, pointer(path), flags, pointer(result)),
    int32_t directory_fd, int64_t path, int32_t flags, int64_t result)
METHOD(int64_t, pf_1readlink, pf_readlink(pointer(path), pointer(buffer), size),
    int64_t path, int64_t buffer, int64_t size)
METHOD(int64_t, pf_1getdents64, pf_getdents64(fd, pointer(buffer), size), int32_t fd, int64_t buffer, int64_t size)
METHOD(int64_t, pf_1fstatfs_1type, pf_fstatfs_type(fd), int32_t fd)
METHOD(int64_t, pf_1mmap_1file, pf_mmap_file(fd, offset, length), int32_t fd, int64_t offset, int64_t length)
METHOD(int64_t, pf_1mmap_1file_1at, pf_mmap_file_at(address, fd, offset, length),
    int64_t address, int32_t fd, int64_t offset, int64_t length)
METHOD(int32_t, pf_1munmap, pf_munmap(address, length), int64_t address, int64_t length)
METHOD(int32_t, pf_1mincore, pf_mincore(address, length, pointer(vector)),
    int64_t address, int64_t length, int64_t vector)
METHOD(int32_t, pf_1madvise, pf_madvise(address, length, advice), int64_t address, int64_t length, int32_t advice)
METHOD(int32_t, pf_1memfd_1create, pf_memfd_create(pointer(name)), int64_t name)
METHOD(int32_t, pf_1cachestat, pf_cachestat(fd, (uint64_t)offset, (uint64_t)length, pointer(result)),
    int32_t fd, int64_t offset, int64_t length, int64_t result)
METHOD(int64_t, pf_1procmap_1query_1files,
    pf_procmap_query_files(maps_fd, (uint64_t)from_address, pointer(records), capacity),
    int32_t maps_fd, int64_t from_address, int64_t records, int64_t capacity)
METHOD(int64_t, pf_1procmap_1query_1name,
    pf_procmap_query_name(maps_fd, (uint64_t)address, pointer(record), pointer(name), capacity),
    int32_t maps_fd, int64_t address, int64_t record, int64_t name, int64_t capacity)
METHOD(int64_t, pf_1read_1file, pf_read_file(pointer(path), pointer(buffer), capacity),
    int64_t path, int64_t buffer, int64_t capacity)
METHOD(int32_t, pf_1unix_1listen, pf_unix_listen(pointer(path), backlog), int64_t path, int32_t backlog)
METHOD(int32_t, pf_1accept, pf_accept(fd), int32_t fd)
METHOD(int32_t, pf_1peer_1pid, pf_peer_pid(fd), int32_t fd)
METHOD(int64_t, pf_1send, pf_send(fd, pointer(buffer), size), int32_t fd, int64_t buffer, int64_t size)
METHOD(int32_t, pf_1unix_1send_1datagram, pf_unix_send_datagram(pointer(path), pointer(message), size),
    int64_t path, int64_t message, int64_t size)
METHOD(int32_t, pf_1shutdown, pf_shutdown(fd), int32_t fd)
METHOD(int32_t, pf_1vbg_1ioctl, pf_vbg_ioctl(fd, pointer(request), size), int32_t fd, int64_t request, int64_t size)
METHOD(int32_t, pf_1vbg_1driver_1version, pf_vbg_driver_version(fd, pointer(result)), int32_t fd, int64_t result)
METHOD(int64_t, pf_1page_1size, pf_page_size())
METHOD(int32_t, pf_1geteuid, pf_geteuid())
METHOD(int32_t, pf_1getpid, pf_getpid())
METHOD(int32_t, pf_1disable_1huge_1pages, pf_disable_huge_pages())
