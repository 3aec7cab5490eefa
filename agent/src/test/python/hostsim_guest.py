# Copyright 2026 The Pagefusion authors
# SPDX-License-Identifier: Apache-2.0
"""A process with memory of its own that talks to a simulated host, for tests to steer.

  hostsim_guest.py SOCKET [NAME]

Evaluates each line of stdin as an expression with the functions below, and prints the result in a line; ends
with stdin. Shares nothing with the agent: its own requests, mappings and page counts.
"""

import ctypes
import os
import socket
import struct
import sys

PROT_READ, PROT_WRITE = 1, 2
MAP_SHARED, MAP_PRIVATE, MAP_ANONYMOUS = 1, 2, 0x20
MADV_DONTNEED = 4
PAGE = 4096

libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [
    ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_int64]
libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
libc.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]


def checked(result):
    if result in (-1, ctypes.c_void_p(-1).value):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def map_file(path, size, writable=False, shared=False):
    fd = os.open(path, os.O_RDWR if writable and shared else os.O_RDONLY)
    try:
        return checked(libc.mmap(
            None, size, PROT_READ | (PROT_WRITE if writable else 0),
            MAP_SHARED if shared else MAP_PRIVATE, fd, 0))
    finally:
        os.close(fd)


def touch(address, size):
    """Reads a byte of each page, and so makes it present."""
    return sum(ctypes.string_at(address + at, 1)[0] & 0 for at in range(0, size, PAGE))


def anonymous(texts, writable=False):
    """Anonymous pages, each filled with a text over and over."""
    size = PAGE * len(texts)
    address = checked(libc.mmap(
        None, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
    for i, text in enumerate(texts):
        ctypes.memmove(address + i * PAGE, (text.encode() * PAGE)[:PAGE], PAGE)
    if not writable:
        protect(address, size, PROT_READ)
    return address


def protect(address, size, protection):
    return checked(libc.mprotect(address, size, protection))


def write(address, text):
    """Writes to a page that is read-only before and after."""
    page = address & -PAGE
    protect(page, PAGE, PROT_READ | PROT_WRITE)
    ctypes.memmove(address, text.encode(), len(text))
    return protect(page, PAGE, PROT_READ)


def unmap(address, size):
    return checked(libc.munmap(address, size))


def drop(address, size):
    return checked(libc.madvise(address, size, MADV_DONTNEED))


def present(address, size):
    """How many pages are present, by this process's own pagemap."""
    with open("/proc/self/pagemap", "rb", buffering=0) as pagemap:
        pagemap.seek(address // PAGE * 8)
        entries = pagemap.read(size // PAGE * 8)
    return sum(entry >> 63 for entry, in struct.iter_unpack("<Q", entries))


def exchange(kind, body=b""):
    connection.sendall(struct.pack("<IIIiII", 24 + len(body), 0x10001, kind, -225, 0, 0) + body)
    size, _, _, rc, _, _ = struct.unpack("<IIIiII", receive(24))
    return rc, receive(size - 24)


def receive(size):
    parts = b""
    while len(parts) < size:
        part = connection.recv(size - len(parts))
        if not part:
            raise EOFError("the host closed the connection")
        parts += part
    return parts


def register(base, size, name="module", version="1", address=None):
    """Registers a module of one region."""
    return exchange(212, struct.pack("<IIQII128s16sQII", size, 1, base, 4, 0, name.encode(),
                                     version.encode(), base if address is None else address, size, 0))[0]


def unregister(base):
    return exchange(213, struct.pack("<IIQ128s16s", PAGE, 0, base, b"", b""))[0]


def check():
    return exchange(214)[0]


connection = socket.socket(socket.AF_UNIX)
connection.connect(sys.argv[1])
if len(sys.argv) > 2 and exchange(0x50460001, sys.argv[2].encode())[0] != 0:
    sys.exit("the host refuses the name")
print(os.getpid(), flush=True)
for line in sys.stdin:
    print(eval(line), flush=True)
