# Copyright 2026 The Pagefusion authors
# SPDX-License-Identifier: Apache-2.0
"""Counts resident pages and mapped files on its own, for tests to hold the agent's figures against.

Shares nothing with the agent or its native bridge: text of /proc/*/maps, its own mmap and mincore.

  residency_count.py [-0] < PATHS     one JSON object a line, for each path (one a line, or NUL-separated):
      {"path", "device": "major:minor", "inode", "size": bytes, "residentPages", "reliable"}
      or {"path", "error"}. reliable is false where the kernel hides residency from this user, and calls
      every page resident.
  residency_count.py --mapped         one JSON object, of all processes but its own:
      {"processes": those with mappings, "lines", "fileLines", "files": [...]}, each of the files a distinct one
      by what maps says:
      {"device": "major:minor", "inode", "path": with the " (deleted)" that the kernel adds, "processes": that
       map it, "sharedWritable": whether any mapping is, "deleted", "regular", "statDevice", "statInode", "links"}
      The last four are null where the file can't be reached by this user; statDevice differs from device on
      btrfs. Files known not to be regular are left out.

Bytes of a path that are not UTF-8 appear as lone surrogates (Python's surrogateescape).
"""

import ctypes
import json
import os
import stat
import sys

PROT_READ = 1
MAP_PRIVATE = 2
MAP_FAILED = ctypes.c_void_p(-1).value
CAP_FOWNER = 3
PAGE_BYTES = os.sysconf("SC_PAGESIZE")
# Address space and vector for a file at a time, however large it is.
WINDOW_BYTES = 1 << 30
DELETED = b" (deleted)"

libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [
    ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_int64]
libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
libc.mincore.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p]


def failure(call):
    number = ctypes.get_errno()
    return OSError(number, call + ": " + os.strerror(number))


def count_resident(fd, size_bytes):
    """Pages of an open file that are in the page cache. Touches none of them."""
    resident = 0
    for offset in range(0, size_bytes, WINDOW_BYTES):
        length = min(WINDOW_BYTES, size_bytes - offset)
        address = libc.mmap(None, length, PROT_READ, MAP_PRIVATE, fd, offset)
        if address == MAP_FAILED:
            raise failure("mmap")
        try:
            vector = ctypes.create_string_buffer((length + PAGE_BYTES - 1) // PAGE_BYTES)
            if libc.mincore(address, length, vector) != 0:
                raise failure("mincore")
            # Only the lowest bit says something; the others are reserved.
            resident += sum(byte & 1 for byte in vector.raw)
        finally:
            libc.munmap(address, length)
    return resident


def effective_capabilities():
    with open("/proc/self/status", "rb") as status:
        for line in status:
            if line.startswith(b"CapEff:"):
                return int(line.split()[1], 16)
    return 0


def residency(path, may_ask_all):
    # What is not a regular file must neither block the open nor be mapped.
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    try:
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(0, "not a regular file")
        reliable = (
            may_ask_all
            or status.st_uid == os.geteuid()
            or os.access("/proc/self/fd/%d" % fd, os.W_OK, effective_ids=os.access in os.supports_effective_ids))
        return {
            "device": device_text(status.st_dev),
            "inode": status.st_ino,
            "size": status.st_size,
            "residentPages": count_resident(fd, status.st_size),
            "reliable": reliable,
        }
    finally:
        os.close(fd)


def device_text(device):
    return "%d:%d" % (os.major(device), os.minor(device))


def count_paths(separator):
    may_ask_all = effective_capabilities() >> CAP_FOWNER & 1 == 1
    paths = sys.stdin.buffer.read().split(separator)
    if paths[-1] == b"":
        paths.pop()
    for path in paths:
        result = {"path": os.fsdecode(path)}
        try:
            result.update(residency(path, may_ask_all))
        except (OSError, ValueError) as error:
            result["error"] = getattr(error, "strerror", None) or str(error)
        print(json.dumps(result))


def reach(pid, extent, path):
    """The mapped file's status, by whichever way this user may take; None when there is none."""
    start, end = extent.split(b"-")
    # map_files leaves out the leading zeros of maps.
    name = b"/proc/%s/map_files/%x-%x" % (pid, int(start, 16), int(end, 16))
    try:
        return os.stat(name), os.readlink(name)
    except OSError:
        pass
    try:
        return os.stat(b"/proc/%s/root%s" % (pid, path)), path
    except OSError:
        return None, path


def is_deleted(pid, path, status):
    if not path.endswith(DELETED):
        return False
    try:
        # The name may end so by itself.
        named = os.stat(b"/proc/%s/root%s" % (pid, path))
    except OSError:
        return True
    return status is None or (named.st_dev, named.st_ino) != (status.st_dev, status.st_ino)


def scan_process(pid, files, totals):
    try:
        with open(b"/proc/%s/maps" % pid, "rb") as maps:
            lines = maps.read().split(b"\n")
    except OSError:
        return
    lines.pop()
    totals["processes"] += bool(lines)
    totals["lines"] += len(lines)
    mapped_here = set()
    for line in lines:
        # Exactly one space each, then the name padded from column 73 on or nothing.
        extent, permissions, _, device, inode, rest = (line + b" ").split(b" ", 5)
        if device == b"00:00":
            continue
        totals["fileLines"] += 1
        key = (device, inode)
        file = files.get(key)
        if file is None or file["regular"] is None:
            # The padding ends where the name begins, which with a name of a file is a slash.
            path = rest[:-1].lstrip(b" ").replace(b"\\012", b"\n")
            status, true_path = reach(pid, extent, path)
            if status is not None and true_path is path and status.st_ino != int(inode):
                # The path leads to something else than what is mapped.
                status = None
            found = {
                "device": "%d:%d" % tuple(int(part, 16) for part in device.split(b":")),
                "inode": int(inode),
                "path": os.fsdecode(true_path),
                "processes": 0,
                "sharedWritable": False,
                "deleted": is_deleted(pid, true_path, status),
                "regular": None if status is None else stat.S_ISREG(status.st_mode),
                "statDevice": None if status is None else device_text(status.st_dev),
                "statInode": None if status is None else status.st_ino,
                "links": None if status is None else status.st_nlink,
            }
            if file is None:
                file = files[key] = found
            elif status is not None:
                for item in ("path", "deleted", "regular", "statDevice", "statInode", "links"):
                    file[item] = found[item]
        if key not in mapped_here:
            mapped_here.add(key)
            file["processes"] += 1
        if permissions[1:2] == b"w" and permissions[3:4] == b"s":
            file["sharedWritable"] = True


def list_mapped():
    files = {}
    totals = {"processes": 0, "lines": 0, "fileLines": 0}
    for name in os.listdir(b"/proc"):
        if name.isdigit() and int(name) != os.getpid():
            scan_process(name, files, totals)
    totals["files"] = [file for file in files.values() if file["regular"] is not False]
    print(json.dumps(totals, indent=1))


def main(arguments):
    if arguments == ["--mapped"]:
        list_mapped()
    elif arguments in ([], ["-0"]):
        count_paths(b"\0" if arguments else b"\n")
    else:
        print("usage: residency_count.py [-0] < PATHS | residency_count.py --mapped", file=sys.stderr)
        return 64
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
