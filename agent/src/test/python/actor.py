# Copyright 2026 The Pagefusion authors
# SPDX-License-Identifier: Apache-2.0
"""A process that does what a test tells it: makes files of any name, maps them, changes its root.

  actor.py        reads commands from stdin, one a line, words apart by spaces, and answers each by one line,
                  "ok" and maybe a word, or "error" and what the kernel said. Ends with stdin.

Words that begin with a slash or name a file are given as hexadecimal bytes, so that they can be anything.
"""

import ctypes
import fcntl
import mmap
import os
import random
import signal
import socket
import stat
import subprocess
import sys
import time

PAGE_BYTES = os.sysconf("SC_PAGESIZE")
# Long enough ago for a file to count as at rest.
AGE_SECONDS = 3600

kept = []


def name(word):
    return bytes.fromhex(word)


def settle(path):
    """Makes a file readable by all, at rest, and clean, so that all its pages could be dropped."""
    os.chmod(path, 0o644)
    fd = os.open(path, os.O_RDONLY)
    os.fsync(fd)
    os.close(fd)
    then = int(os.stat(path).st_mtime) - AGE_SECONDS
    os.utime(path, (then, then))


def create(word, size, seed):
    """A file of random bytes, the same for the same seed."""
    with open(name(word), "wb") as file:
        file.write(random.Random(int(seed)).randbytes(int(size)))
    settle(name(word))


def create_sparse(word, size):
    with open(name(word), "wb") as file:
        file.truncate(int(size))
    settle(name(word))


def map_file(word, visibility="private", access="r", offset="0", length="0"):
    fd = os.open(name(word), os.O_RDWR if "w" in access else os.O_RDONLY)
    try:
        length = int(length) or os.fstat(fd).st_size - int(offset)
        flags = mmap.MAP_SHARED if visibility == "shared" else mmap.MAP_PRIVATE
        protection = mmap.PROT_READ | (mmap.PROT_WRITE if "w" in access else 0)
        kept.append(mmap.mmap(fd, length, flags, protection, offset=int(offset)))
    finally:
        os.close(fd)


def map_deep(word, size, depth):
    """Maps a file so far down that its path is longer than any that the kernel takes."""
    os.chdir(name(word))
    for _ in range(int(depth)):
        os.mkdir(b"d" * 250)
        os.chdir(b"d" * 250)
    word = b"deep".hex()
    create(word, size, "1")
    map_file(word)


def read_pages(word, first, count):
    """Brings exactly these pages into the page cache."""
    fd = os.open(name(word), os.O_RDONLY | os.O_NOATIME)
    os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_RANDOM)
    for page in range(int(first), int(first) + int(count)):
        os.pread(fd, 1, page * PAGE_BYTES)
    os.close(fd)


def drop_pages(word, first="0", count="0"):
    """Takes pages out of the page cache; without a count, all from the first on."""
    fd = os.open(name(word), os.O_RDONLY | os.O_NOATIME)
    os.fsync(fd)
    os.posix_fadvise(fd, int(first) * PAGE_BYTES, int(count) * PAGE_BYTES, os.POSIX_FADV_DONTNEED)
    os.close(fd)


def lease(word):
    """Maps a file and holds a write lease: who opens it waits, until the lease is over, or for 45 s."""
    signal.signal(signal.SIGIO, signal.SIG_IGN)
    fd = os.open(name(word), os.O_RDWR)
    kept.append(mmap.mmap(fd, 0, mmap.MAP_PRIVATE, mmap.PROT_READ))
    fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_WRLCK)
    kept.append(fd)


def mount_dead(word):
    """Mounts a file system whose server never answers: who looks anything up on it waits.

    Gives up after some seconds, so that a test whose subject waits can fail.
    """
    fd = os.open("/dev/fuse", os.O_RDWR)
    options = b"fd=%d,rootmode=40000,user_id=0,group_id=0" % fd
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"dead", name(word), b"fuse.dead", 0, options) != 0:
        raise OSError(ctypes.get_errno(), "mount of fuse")
    kept.append(fd)

    def give_up(*_):
        os.close(fd)
        kept.remove(fd)

    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(6)


def bind_socket(word):
    server = socket.socket(socket.AF_UNIX)
    server.bind(name(word))
    kept.append(server)


def storm(count):
    """Starts that many processes that end at once, some of them at a time."""
    running = []
    for _ in range(int(count)):
        child = os.fork()
        if child == 0:
            time.sleep(0.002)
            os._exit(0)
        running.append(child)
        if len(running) == 16:
            os.waitpid(running.pop(0), 0)
    for child in running:
        os.waitpid(child, 0)


def mounts(count):
    """Mounts something and unmounts it that often, in this mount namespace."""
    libc = ctypes.CDLL(None, use_errno=True)
    for _ in range(int(count)):
        libc.mount(b"none", b"/mnt", b"tmpfs", 0, None)
        libc.umount2(b"/mnt", 0)


def run(*words):
    done = subprocess.run(
        [name(word) for word in words], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if done.returncode != 0:
        raise OSError(done.returncode, done.stderr.decode(errors="replace").replace("\n", " "))


def change_root(word):
    os.chroot(name(word))
    os.chdir("/")


COMMANDS = {
    "create": create,
    "create-sparse": create_sparse,
    "settle": lambda word: settle(name(word)),
    "map": map_file,
    "map-deep": map_deep,
    "unmap-all": kept.clear,
    "read": read_pages,
    "drop": drop_pages,
    "lease": lease,
    "mount-dead": mount_dead,
    "kept": lambda: len(kept),
    "socket": bind_socket,
    "fifo": lambda word: os.mkfifo(name(word), 0o644),
    "device": lambda word, major, minor: os.mknod(
        name(word), stat.S_IFCHR | 0o644, os.makedev(int(major), int(minor))),
    "mkdir": lambda word: os.makedirs(name(word), 0o755),
    "link": lambda old, new: os.link(name(old), name(new)),
    "rename": lambda old, new: os.rename(name(old), name(new)),
    "unlink": lambda word: os.unlink(name(word)),
    "inode": lambda word: os.stat(name(word)).st_ino,
    "storm": storm,
    "mounts": mounts,
    "run": run,
    "chroot": change_root,
}

# Should the test forget it.
signal.alarm(240)
os.umask(0o022)
for line in sys.stdin:
    command, *words = line.split()
    try:
        answer = COMMANDS[command](*words)
        print("ok" if answer is None else "ok %s" % answer, flush=True)
    except OSError as error:
        print("error %s" % error, flush=True)
