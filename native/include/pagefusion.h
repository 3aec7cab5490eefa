// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0

// libpagefusion: the kernel calls that Java has no way to make, one C function a call.
//
// Every function answers zero or more on success and a negative errno on failure; errno itself carries
// nothing. Nothing here allocates memory, keeps state, installs a signal handler or ends the process, so
// every function may be called by any thread at any time. Addresses are 64-bit integers or pointers and all
// structures consist of 64-bit fields, so that a caller without C types can read them.
//
// A size, length or capacity that is negative answers -EINVAL, a null path or result -EFAULT.

#ifndef PAGEFUSION_H
#define PAGEFUSION_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PF_EXPORT __attribute__((visibility("default")))

// What statx(2) says of a file.
struct pf_stat {
  uint64_t device_major;
  uint64_t device_minor;
  uint64_t inode;
  uint64_t size;  // bytes
  uint64_t mode;  // type and permission bits
  uint64_t uid;
  uint64_t gid;
  uint64_t links;  // names of the inode; 0 once it was deleted
  uint64_t blocks;  // of 512 bytes
  uint64_t attributes;  // STATX_ATTR_* bits that the file system supports and reported as set
  int64_t mtime_seconds;
  int64_t mtime_nanos;
  int64_t ctime_seconds;
  int64_t ctime_nanos;
  uint64_t mount_id;  // as in /proc/[pid]/mountinfo; 0 where the kernel does not say (before 5.8)
};

// Pages of a range of a file, as struct cachestat of the kernel's uapi header linux/mman.h has them.
struct pf_cachestat {
  uint64_t cached;
  uint64_t dirty;
  uint64_t writeback;
  uint64_t evicted;
  uint64_t recently_evicted;
};

#define PF_MAPPING_READ 1
#define PF_MAPPING_WRITE 2
#define PF_MAPPING_EXECUTE 4
#define PF_MAPPING_SHARED 8

// One mapping of a process.
struct pf_mapping {
  uint64_t start;
  uint64_t end;  // exclusive
  uint64_t offset;  // of start in the file, bytes
  uint64_t inode;
  uint64_t device;  // major << 32 | minor, as in /proc/[pid]/maps
  uint64_t flags;  // PF_MAPPING_*
};

// What the guest driver vboxguest says of itself, see linux/vboxguest.h.
struct pf_driver_version {
  int64_t rc;  // VINF_SUCCESS, or a VERR_ number when the driver does not have interface 1.0
  uint64_t session;  // interface version granted: major << 16 | minor
  uint64_t driver;  // interface version that the driver has
  uint64_t revision;  // of the driver's source; 0 for the one that comes with Linux
};

_Static_assert(sizeof(struct pf_stat) == 15 * 8, "struct pf_stat is part of the ABI");
_Static_assert(sizeof(struct pf_cachestat) == 5 * 8, "struct pf_cachestat is part of the ABI");
_Static_assert(sizeof(struct pf_mapping) == 6 * 8, "struct pf_mapping is part of the ABI");
_Static_assert(sizeof(struct pf_driver_version) == 4 * 8, "struct pf_driver_version is part of the ABI");

// The version of this interface, 1; a change of any function or structure below makes another one.
PF_EXPORT int32_t pf_abi_version(void);

// open(2) of an existing file with O_CLOEXEC added; begins again after EINTR.
PF_EXPORT int32_t pf_open(const char *path, int32_t flags);

// openat2(2) with O_CLOEXEC added; begins again after EINTR. -ENOSYS before Linux 5.6, -EINVAL for resolve
// flags that the kernel does not know. With RESOLVE_CACHED (0x20, Linux 5.12) -EAGAIN when the lookup would
// need more than what is in memory.
PF_EXPORT int32_t pf_openat2(int32_t dirfd, const char *path, uint64_t flags, uint64_t resolve);

// close(2). The descriptor is released whatever the answer is (but for -EBADF): never repeat the call.
PF_EXPORT int32_t pf_close(int32_t fd);

// read(2), begun again after EINTR: bytes, 0 at the end of the file.
PF_EXPORT int64_t pf_read(int32_t fd, void *buffer, int64_t size);

// pread(2), begun again after EINTR: bytes, 0 at the end of the file.
PF_EXPORT int64_t pf_pread(int32_t fd, void *buffer, int64_t size, int64_t offset);

// pwrite(2), begun again after EINTR: bytes, which may be fewer than asked.
//
// Copies out of a mapped file without the danger of SIGBUS: where the file was truncated below the mapping,
// the kernel's copy stops and the answer is the count so far, or -EFAULT when that is none.
PF_EXPORT int64_t pf_pwrite(int32_t fd, const void *buffer, int64_t size, int64_t offset);

// pwritev(2), begun again after EINTR: bytes, which may be fewer than asked. The vectors are struct iovec, as
// 64-bit fields address and length; 1024 of them at most (IOV_MAX), else -EINVAL.
//
// As pf_pwrite of many pieces of memory with one call: it stops at the first that is not there.
PF_EXPORT int64_t pf_pwritev(int32_t fd, const void *vectors, int32_t count, int64_t offset);

// Opens a file, reads it from its start until its end or until the buffer is full, and closes it: bytes,
// where as many as the capacity mean that there may be more. An error at any point is the answer, so that a
// part is never taken for the whole: -ESRCH when the process of a /proc/[pid] file ended meanwhile.
//
// It makes several kernel calls because a scan reads thousands of small /proc files, and one crossing from
// the caller's language a file costs less than four. Does not block on a FIFO.
PF_EXPORT int64_t pf_read_file(const char *path, void *buffer, int64_t capacity);

// statx(2) of the basic fields with AT_NO_AUTOMOUNT and AT_STATX_DONT_SYNC added: asking must neither mount
// anything nor wait for a server. An empty path with AT_EMPTY_PATH asks for dirfd itself.
PF_EXPORT int32_t pf_statx(int32_t dirfd, const char *path, int32_t flags, struct pf_stat *out);

// readlink(2): bytes, without a terminating NUL; as many as the size mean that the target may be longer.
PF_EXPORT int64_t pf_readlink(const char *path, char *buffer, int64_t size);

// getdents64(2): bytes of struct linux_dirent64 records, 0 at the end; -EINVAL when the next record does not
// fit.
PF_EXPORT int64_t pf_getdents64(int32_t fd, void *buffer, int64_t size);

// The file system's magic number as in linux/magic.h, by fstatfs(2); from 0 to 2^32 - 1.
PF_EXPORT int64_t pf_fstatfs_type(int32_t fd);

// mmap(2), PROT_READ and MAP_PRIVATE: the address.
PF_EXPORT int64_t pf_mmap_file(int32_t fd, int64_t offset, int64_t length);

// As pf_mmap_file, at that very address, which is also the answer: -EEXIST when anything is mapped in the
// range already. Never replaces a mapping, also before Linux 4.17, which does not know MAP_FIXED_NOREPLACE.
PF_EXPORT int64_t pf_mmap_file_at(int64_t address, int32_t fd, int64_t offset, int64_t length);

// munmap(2).
PF_EXPORT int32_t pf_munmap(int64_t address, int64_t length);

// mincore(2): fills one byte a page of the range, the last page counted whole; bit 0 is set when the page
// is resident. Where the caller neither owns the file nor may write to it, the kernel (5.2 and later) calls
// every page resident.
PF_EXPORT int32_t pf_mincore(int64_t address, int64_t length, void *vector);

// madvise(2).
PF_EXPORT int32_t pf_madvise(int64_t address, int64_t length, int32_t advice);

// prctl(2) with PR_SET_THP_DISABLE: from now on this process gets no huge pages, whatever the system's setting.
PF_EXPORT int32_t pf_disable_huge_pages(void);

// memfd_create(2), close-on-exec. The file is never to be executed, which kernels from 6.3 on want to be told
// (MFD_NOEXEC_SEAL) and older ones refuse to hear: there it is asked for again without.
PF_EXPORT int32_t pf_memfd_create(const char *name);

// cachestat(2), Linux 6.5; a length of 0 reaches to the end of the file. -ENOSYS before; -EPERM on newer
// kernels for a file that the caller neither owns nor may write to; -EOPNOTSUPP for hugetlbfs.
PF_EXPORT int32_t pf_cachestat(int32_t fd, uint64_t offset, uint64_t length, struct pf_cachestat *out);

// The file-backed mappings of a process in order of address, by the PROCMAP_QUERY ioctl of Linux 6.11 on an
// open /proc/[pid]/maps.
//
// Fills out[0..n) with the mappings that end above from_address and answers n. n < capacity: there are no
// more. n == capacity: there may be more, from out[n - 1].end on. -ENOTTY where the kernel does not have the
// ioctl; -ESRCH when the process has no memory (any more), also when some mappings had been read, because
// what was read then is not the whole; that is also what kernel threads and zombies answer, where read(2) of
// the same file finds it empty.
//
// It is a loop over the ioctl, which tells one mapping a call, because a process has some dozens of them:
// one crossing from the caller's language a process instead of one a mapping.
PF_EXPORT int64_t pf_procmap_query_files(
    int32_t maps_fd, uint64_t from_address, struct pf_mapping *out, int64_t capacity);

// The mapping that covers an address, file-backed or not, with its name as it is (maps escapes newlines,
// this does not): the length of the name without its terminating NUL, 0 for none. -ENOENT when nothing is
// mapped there, -ENAMETOOLONG when name and NUL exceed the capacity, else as pf_procmap_query_files.
PF_EXPORT int64_t pf_procmap_query_name(
    int32_t maps_fd, uint64_t address, struct pf_mapping *out, char *name, int64_t capacity);

// socket(2), bind(2) and listen(2): a Unix stream socket at a path, close-on-exec. -EADDRINUSE when something
// stands at the path, also the socket of a process that ended; -ENAMETOOLONG from 108 bytes on; -ENOENT for an
// empty path.
PF_EXPORT int32_t pf_unix_listen(const char *path, int32_t backlog);

// accept4(2), close-on-exec, begun again after EINTR: blocks until somebody connects. -EINVAL once the
// socket was shut down.
PF_EXPORT int32_t pf_accept(int32_t fd);

// The process that connected a Unix socket, by SO_PEERCRED: its id as this process sees it, 0 when it is not
// in its PID namespace. It may have ended since, and its id may be another process's.
PF_EXPORT int32_t pf_peer_pid(int32_t fd);

// send(2) without a SIGPIPE, begun again after EINTR: bytes, which may be fewer than asked; -EPIPE when the
// other end is closed.
PF_EXPORT int64_t pf_send(int32_t fd, const void *buffer, int64_t size);

// Sends one datagram to a Unix socket, as sd_notify(3) does: a path that begins with "@" is a name in the
// abstract namespace. Waits while the receiver's queue is full. 0; -ECONNREFUSED or -ENOENT when nobody
// listens there; -EMSGSIZE; -ENAMETOOLONG from 108 bytes on.
PF_EXPORT int32_t pf_unix_send_datagram(const char *path, const void *message, int64_t size);

// shutdown(2) in both directions: ends every call that waits in accept, read or send, in whatever thread.
PF_EXPORT int32_t pf_shutdown(int32_t fd);

// The ioctl on an open /dev/vboxguest that sends one VMMDev request of size bytes to VirtualBox and waits for
// the answer, which replaces it. 0 also when VirtualBox refused: its verdict is the rc of the request's
// header. -EPERM when this device node may not send it (/dev/vboxuser); -EINVAL for a size below a header's
// or above 16 MiB, or a header that tells more than the size. Not begun again after EINTR.
PF_EXPORT int32_t pf_vbg_ioctl(int32_t fd, void *request, int64_t size);

// The ioctl on an open /dev/vboxguest that asks the driver for its version and for interface 1.0.
PF_EXPORT int32_t pf_vbg_driver_version(int32_t fd, struct pf_driver_version *out);

// Bytes of a page.
PF_EXPORT int64_t pf_page_size(void);

// geteuid(2). Ids above 2^31 - 1 come out negative; compare with 0 only.
PF_EXPORT int32_t pf_geteuid(void);

// getpid(2).
PF_EXPORT int32_t pf_getpid(void);

#ifdef __cplusplus
}
#endif

#endif
