# Copyright 2026 The Pagefusion authors
# SPDX-License-Identifier: Apache-2.0
"""What page hashes of several guests predict, by the host's rules, against what the host then counted.

A model of its own on purpose: it shares nothing with "pagefusion compare", which can so be held
against it."""

import base64
import collections
import struct

PAGE_BYTES = 4096
SEEN = ("new_shared", "merged", "different", "already_shared")


def whole_pages(offset, size):
    """A region's size as the host compares it."""
    first = offset % PAGE_BYTES
    return (first + size + PAGE_BYTES - 1) // PAGE_BYTES


def key(candidate):
    """What makes two guests' modules one for the host."""
    regions = tuple(
        (region["offset"] % PAGE_BYTES, whole_pages(region["offset"], region["size"]))
        for region in candidate["regions"])
    return candidate["name"], candidate["version"], regions


def resident_pages(candidate):
    """Page index in the file to the hash of its content."""
    indexes = [
        first + i for first, count in candidate["resident"] for i in range(count)]
    blob = base64.b64decode(candidate["pageHashes"] or "")
    hashes = struct.unpack("<%dQ" % (len(blob) // 8), blob)
    if len(hashes) != len(indexes):
        raise ValueError("%s: %d resident pages and %d hashes" % (
            candidate["path"], len(indexes), len(hashes)))
    return dict(zip(indexes, hashes))


def predict(reports):
    """Per report a map from module name to a Counter of new_shared, merged and different."""
    shared = {}
    predictions = []
    for report in reports:
        modules = {}
        for candidate in report["candidates"]:
            pages = shared.setdefault(key(candidate), {})
            counts = modules.setdefault(candidate["name"], collections.Counter())
            for index, value in resident_pages(candidate).items():
                if index not in pages:
                    pages[index] = value
                    counts["new_shared"] += 1
                else:
                    counts["merged" if pages[index] == value else "different"] += 1
        predictions.append(modules)
    return predictions


def observed(checks):
    """The same from the log of one guest's first check, plus absent and writable pages."""
    modules = {}
    for module in checks[0]["modules"]:
        counts = modules.setdefault(module["name"], collections.Counter())
        for region in module["regions"]:
            counts.update(region)
    return modules


def total(modules):
    """Counters of all modules as one."""
    return sum(modules.values(), collections.Counter())


def differences(predicted, seen):
    """Lines that tell where the two differ, module by module."""
    lines = []
    for name in sorted(set(predicted) | set(seen)):
        want = predicted.get(name, collections.Counter())
        got = seen.get(name, collections.Counter())
        parts = [
            "%s %d, host %d" % (what, want[what], got[what])
            for what in SEEN if want[what] != got[what]]
        if parts:
            where = "" if name in seen else " (not registered)"
            where = where if name in predicted else " (not in the report)"
            lines.append("%s%s: %s" % (name, where, "; ".join(parts)))
    return lines
