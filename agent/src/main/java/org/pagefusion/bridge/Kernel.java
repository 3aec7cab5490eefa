// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.bridge;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;

/**
 * Linux system calls through libpagefusion.
 *
 * <p>Every call answers a value of zero or more, or a negative errno (see {@link Errno}); none
 * throws for what the kernel refuses. Paths are bytes, as the kernel has them. Not thread-safe:
 * path and result buffers are reused; each thread that needs the kernel loads its own.
 */
public final class Kernel {
  /** Directory descriptor that stands for the current directory (fcntl.h). */
  public static final int AT_FDCWD = -100;

  public static final int O_RDONLY = 0;
  public static final int O_RDWR = 2;
  public static final int O_NONBLOCK = 04000;
  public static final int O_DIRECTORY = 0200000;
  public static final int O_NOFOLLOW = 0400000;
  public static final int O_DIRECT = 040000;
  public static final int O_NOATIME = 01000000;
  public static final int O_PATH = 010000000;

  /** openat2(2): fail with EXDEV instead of crossing a mount point. */
  public static final long RESOLVE_NO_XDEV = 0x01;

  /** openat2(2): fail with ELOOP instead of following any symbolic link. */
  public static final long RESOLVE_NO_SYMLINKS = 0x04;

  /** openat2(2): symbolic links, absolute ones too, stay below the directory descriptor. */
  public static final long RESOLVE_IN_ROOT = 0x10;

  /**
   * openat2(2), Linux 5.12: fail with EAGAIN when the lookup would need more than what is cached.
   */
  public static final long RESOLVE_CACHED = 0x20;

  public static final int MADV_RANDOM = 1;
  public static final int MADV_SEQUENTIAL = 2;
  public static final int MADV_POPULATE_READ = 22;

  /** Longest path the kernel takes, with its terminating NUL (PATH_MAX, limits.h). */
  public static final int PATH_MAX = 4096;

  /** Most pieces of memory that one call takes (limits.h). */
  public static final int IOV_MAX = 1024;

  /** Bytes of one piece's address and length (struct iovec, sys/uio.h). */
  public static final int VECTOR_BYTES = 16;

  /** Bytes of one record that {@link #queryFileMappings} fills: six 64-bit fields. */
  public static final int MAPPING_RECORD_BYTES = 48;

  /** System property that names the library; the installed package sets it. */
  public static final String LIBRARY_PROPERTY = "pagefusion.native";

  private static final int ABI_VERSION = 1;
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int STATUS_BYTES = 15 * Long.BYTES;

  private final Binding binding;
  private final NativeCalls calls;
  private final NativeBuffer path;
  private final NativeBuffer result;
  private final int pageSize;
  private final int effectiveUid;

  private Kernel(Binding binding) {
    this.binding = binding;
    this.calls = binding.calls();
    // Fixture paths below a long root may exceed PATH_MAX; the kernel then says ENAMETOOLONG
    // itself.
    this.path = allocate(2 * PATH_MAX);
    this.result = allocate(STATUS_BYTES);
    this.pageSize = (int) calls.pf_page_size();
    this.effectiveUid = calls.pf_geteuid();
  }

  /**
   * Loads libpagefusion from the file that the system property {@value #LIBRARY_PROPERTY} names, or
   * by its name from the dynamic linker's folders, by jnr-ffi.
   *
   * @throws BridgeException when it can't be loaded or has another ABI version
   */
  public static Kernel load() {
    return load(false);
  }

  /**
   * Loads libpagefusion as {@link #load}, but as a library of native methods: for a process that
   * stays, as jnr-ffi takes 2.5 MiB of memory that no other process and no other guest shares.
   *
   * @throws BridgeException when it can't be loaded or has another ABI version
   */
  public static Kernel loadLean() {
    return load(true);
  }

  private static Kernel load(boolean lean) {
    String library = System.getProperty(LIBRARY_PROPERTY, "pagefusion");
    Binding binding;
    try {
      binding = lean ? new JniBinding(library) : new JnrBinding(library);
    } catch (LinkageError | RuntimeException e) {
      throw new BridgeException(
          library
              + ": the native bridge can't be loaded ("
              + firstLine(e)
              + "); set -D"
              + LIBRARY_PROPERTY
              + "=/path/to/libpagefusion.so",
          e);
    }
    int version = binding.calls().pf_abi_version();
    if (version != ABI_VERSION) {
      throw new BridgeException(
          library
              + ": ABI version "
              + version
              + ", expected "
              + ABI_VERSION
              + "; build agent and bridge together",
          null);
    }
    return new Kernel(binding);
  }

  private static String firstLine(Throwable e) {
    String message = String.valueOf(e.getMessage());
    int end = message.indexOf('\n');
    return end < 0 ? message : message.substring(0, end);
  }

  /** Bytes of a page of this machine. */
  public int pageSize() {
    return pageSize;
  }

  /** Effective user id of this process. */
  public int effectiveUid() {
    return effectiveUid;
  }

  /** This process's id, as /proc has it. */
  public int processId() {
    return calls.pf_getpid();
  }

  /**
   * Allocates memory that the calls below can fill; freed when the buffer is no longer reachable.
   */
  public NativeBuffer allocate(int sizeBytes) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(sizeBytes);
    return new NativeBuffer(binding.address(bytes), bytes);
  }

  /** open(2) with O_CLOEXEC. */
  public int open(byte[] name, int flags) {
    return calls.pf_open(pathAddress(name), flags);
  }

  /**
   * openat2(2) with O_CLOEXEC; -ENOSYS before Linux 5.6, -EINVAL for resolve flags it does not
   * know.
   */
  public int openat2(int directoryFd, byte[] name, int flags, long resolve) {
    return calls.pf_openat2(directoryFd, pathAddress(name), flags, resolve);
  }

  /** close(2). */
  public int close(int fd) {
    return calls.pf_close(fd);
  }

  /** read(2) into the front of a buffer. */
  public long read(int fd, NativeBuffer into) {
    return calls.pf_read(fd, into.address(), into.size());
  }

  /** read(2) into a buffer from an index on. */
  public long read(int fd, NativeBuffer into, int from) {
    return calls.pf_read(fd, into.address() + from, into.size() - (long) from);
  }

  /** pread(2) into the front of a buffer. */
  public long pread(int fd, NativeBuffer into, int length, long offset) {
    return calls.pf_pread(fd, into.address(), length, offset);
  }

  /**
   * Opens, reads from the start up to the buffer's size, and closes: one crossing for a small file.
   */
  public long readFile(byte[] name, NativeBuffer into) {
    return calls.pf_read_file(pathAddress(name), into.address(), into.size());
  }

  /**
   * Writes mapped memory to a file: the copy that answers EFAULT, where a load would raise SIGBUS,
   * when the mapped file was truncated.
   */
  public long pwriteMemory(int fd, long address, long length, long offset) {
    return calls.pf_pwrite(fd, address, length, offset);
  }

  /**
   * Writes many pieces of mapped memory to a file, one after the other, as {@link #pwriteMemory}
   * does one: it stops at the first that is not there.
   *
   * @param vectors for each piece its address and its length in bytes (struct iovec), 64 bits each
   * @param from index of the first vector
   * @param count of vectors, {@value #IOV_MAX} at most
   * @return bytes written; -EFAULT when the first piece is not there
   */
  public long pwriteMemory(int fd, NativeBuffer vectors, int from, int count) {
    return calls.pf_pwritev(fd, vectors.address() + (long) from * VECTOR_BYTES, count, 0);
  }

  /** statx(2) of an open file. */
  public int status(int fd, FileStatus[] answer) {
    path.bytes().put(0, (byte) 0);
    int error = calls.pf_statx(fd, path.address(), AT_EMPTY_PATH, result.address());
    if (error >= 0) {
      ByteBuffer b = result.bytes();
      answer[0] =
          new FileStatus(
              device(b.getLong(0), b.getLong(8)),
              b.getLong(16),
              b.getLong(24),
              (int) b.getLong(32),
              b.getLong(40),
              b.getLong(56),
              b.getLong(72),
              b.getLong(80),
              b.getLong(96),
              b.getLong(112));
    }
    return error;
  }

  /** A device number as the one long that this agent compares: (major &lt;&lt; 32) | minor. */
  public static long device(long major, long minor) {
    return major << 32 | minor;
  }

  /** readlink(2); the target has no terminating NUL. */
  public long readlink(byte[] name, NativeBuffer into) {
    return calls.pf_readlink(pathAddress(name), into.address(), into.size());
  }

  /** getdents64(2): raw linux_dirent64 records; 0 at the end. */
  public long readDirectory(int fd, NativeBuffer into) {
    return calls.pf_getdents64(fd, into.address(), into.size());
  }

  /** mmap(2), PROT_READ and MAP_PRIVATE: the address, or a negative errno. */
  public long mapFile(int fd, long offset, long length) {
    return calls.pf_mmap_file(fd, offset, length);
  }

  /**
   * mmap(2) at an address, PROT_READ and MAP_PRIVATE.
   *
   * @return the address, or a negative errno; -EEXIST when anything is mapped there already
   */
  public long mapFileAt(long address, int fd, long offset, long length) {
    return calls.pf_mmap_file_at(address, fd, offset, length);
  }

  /** The magic number of an open file's file system as in linux/magic.h, or a negative errno. */
  public long fileSystemType(int fd) {
    return calls.pf_fstatfs_type(fd);
  }

  /** munmap(2). */
  public int unmap(long address, long length) {
    return calls.pf_munmap(address, length);
  }

  /** mincore(2): one byte a page, bit 0 set when it is resident. */
  public int mincore(long address, long length, NativeBuffer vector) {
    return calls.pf_mincore(address, length, vector.address());
  }

  /** madvise(2). */
  public int advise(long address, long length, int advice) {
    return calls.pf_madvise(address, length, advice);
  }

  /**
   * Has the kernel give this process no huge pages. Where it gives them to all (as Debian's does),
   * one that is touched in one place would be 2 MiB of memory that no other guest shares.
   *
   * @return zero or a negative errno
   */
  public int disableHugePages() {
    return calls.pf_disable_huge_pages();
  }

  /** A file in memory, for {@link #pwriteMemory}. */
  public int memoryFile(String name) {
    byte[] bytes = new byte[name.length()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) name.charAt(i);
    }
    return calls.pf_memfd_create(pathAddress(bytes));
  }

  /**
   * cachestat(2), Linux 6.5.
   *
   * @return pages of the file in the page cache, or a negative errno; -ENOSYS before 6.5, -EPERM
   *     for a file that the caller may neither write nor owns (6.15)
   */
  public long cachedPages(int fd) {
    int error = calls.pf_cachestat(fd, 0, 0, result.address());
    return error < 0 ? error : result.bytes().getLong(0);
  }

  /**
   * The file-backed mappings of a process by the PROCMAP_QUERY ioctl, Linux 6.11.
   *
   * @param mapsFd an open /proc/[pid]/maps
   * @param fromAddress where to begin
   * @param records filled with records of {@value #MAPPING_RECORD_BYTES} bytes: start, end, offset,
   *     inode, device as (major &lt;&lt; 32 | minor), flags (1 read, 2 write, 4 execute, 8 shared)
   * @return how many records; as many as fit means that there may be more from the last one's end
   *     on
   */
  public long queryFileMappings(int mapsFd, long fromAddress, NativeBuffer records) {
    return calls.pf_procmap_query_files(
        mapsFd, fromAddress, records.address(), records.size() / MAPPING_RECORD_BYTES);
  }

  /** The mapping that covers an address, with its name: the name's length, or a negative errno. */
  public long queryMappingName(int mapsFd, long address, NativeBuffer mapping, NativeBuffer name) {
    return calls.pf_procmap_query_name(
        mapsFd, address, mapping.address(), name.address(), name.size());
  }

  /** A listening Unix socket at a path that is free; -EADDRINUSE when it is not. */
  public int listenUnix(byte[] name, int backlog) {
    return calls.pf_unix_listen(pathAddress(name), backlog);
  }

  /** accept(2): waits for a connection; -EINVAL once the socket was shut down. */
  public int accept(int fd) {
    return calls.pf_accept(fd);
  }

  /** The process that connected a Unix socket: its id, 0 when it is in another PID namespace. */
  public int peerProcess(int fd) {
    return calls.pf_peer_pid(fd);
  }

  /** read(2) of at most {@code length} bytes into a buffer from an index on. */
  public long read(int fd, NativeBuffer into, int from, int length) {
    return calls.pf_read(fd, into.address() + from, length);
  }

  /** send(2) of a part of a buffer, without SIGPIPE: bytes, which may be fewer. */
  public long send(int fd, NativeBuffer bytes, int from, int length) {
    try {
      return calls.pf_send(fd, bytes.address() + from, length);
    } finally {
      // Nobody may want what was sent, and the memory be freed meanwhile.
      Reference.reachabilityFence(bytes);
    }
  }

  /**
   * Sends one datagram to a Unix socket, as sd_notify(3) does.
   *
   * @param name of the socket; one that begins with "@" is in the abstract namespace
   */
  public int sendDatagram(byte[] name, NativeBuffer message, int length) {
    return calls.pf_unix_send_datagram(pathAddress(name), message.address(), length);
  }

  /** shutdown(2): ends every call that waits on a socket, in whatever thread. */
  public int shutdown(int fd) {
    return calls.pf_shutdown(fd);
  }

  /**
   * Sends a request to VirtualBox by the guest driver and waits for the answer.
   *
   * @param fd an open /dev/vboxguest
   * @param request the request, whose header tells no more than its size; holds the answer
   *     afterwards
   * @param size of the request in bytes
   * @return 0 also when the host refused, whose own result code is in the answer's header; a
   *     negative errno when the driver did not send it
   */
  public int guestRequest(int fd, NativeBuffer request, int size) {
    return calls.pf_vbg_ioctl(fd, request.address(), size);
  }

  /**
   * Asks the guest driver for its version, and for interface version 1.0.
   *
   * @param fd an open /dev/vboxguest
   * @param answer filled with the driver's result code, the session's interface version, the
   *     driver's interface version and its revision
   * @return 0 also when the driver refused, or a negative errno
   */
  public int guestDriverVersion(int fd, long[] answer) {
    int error = calls.pf_vbg_driver_version(fd, result.address());
    for (int i = 0; error >= 0 && i < answer.length; i++) {
      answer[i] = result.bytes().getLong(i * Long.BYTES);
    }
    return error;
  }

  private long pathAddress(byte[] name) {
    ByteBuffer b = path.bytes();
    // Too long for the buffer is too long for the kernel: what is cut still exceeds PATH_MAX.
    int length = Math.min(name.length, b.capacity() - 1);
    b.put(0, name, 0, length);
    b.put(length, (byte) 0);
    return path.address();
  }
}
