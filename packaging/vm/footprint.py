# Copyright 2026 The Pagefusion authors
# SPDX-License-Identifier: Apache-2.0
"""What the service costs its guest, and whether it stands in the way when memory is short."""

import json

from driver import StepFailed, UNIT

MIB = 1 << 20
CYCLES = 10
PRIVATE_DIRTY_LIMIT_BYTES = 18 * MIB
# The heap begins with one before the service can tell the kernel to give it none, and writes to all of it.
HEAP_HUGE_PAGE_BYTES = 2 * MIB
# Two reclaims of the same guest differ by so much anyway.
RECLAIM_NOISE_BYTES = 16 * MIB
HOG_RESERVE_BYTES = 48 * MIB
PACKAGE_DIRECTORY = "/usr/lib/pagefusion/"
WARM = "find /usr -xdev -type f -exec cat {} + >/dev/null"


def measure(record, driver):
    """After ten cycles, as a service that has been at work for a while."""
    since = driver.host.mark()
    driver.must("systemctl restart " + UNIT, 180)
    pid = driver.main_pid()
    if driver.wait("the first registration", lambda: driver.host.entries(
            driver.name, "RegisterSharedModule", since), 300):
        record.figure("cpu_seconds_to_first_registration_emulated", driver.cpu_seconds())
    driver.wait_for_check(since)
    for _ in range(CYCLES):
        driver.cycle()
    driver.check("ten cycles are one process's", driver.main_pid() == pid, pid)
    memory = driver.process(pid)
    record.say("%s: smaps_rollup and status of %d, in bytes: %s" % (driver.name, pid, memory))
    for name, key in (("rss", "Rss"), ("pss", "Pss"), ("private_dirty", "Private_Dirty"),
                      ("private_clean", "Private_Clean"), ("shared_clean", "Shared_Clean"),
                      ("page_tables", "VmPTE"), ("anon_huge_pages", "AnonHugePages"),
                      ("anonymous", "Anonymous"), ("locked", "VmLck")):
        record.figure("%s_bytes" % name, memory.get(key, 0))
    record.figure("cpu_seconds_ten_cycles_emulated", driver.cpu_seconds())
    driver.check("private-dirty is at most 18 MiB",
                 memory["Private_Dirty"] <= PRIVATE_DIRTY_LIMIT_BYTES,
                 "%.1f MiB" % (memory["Private_Dirty"] / MIB))
    driver.check("no huge page beyond that of the heap",
                 memory.get("AnonHugePages", 0) <= HEAP_HUGE_PAGE_BYTES)
    driver.check("nothing is locked", memory.get("VmLck", 0) == 0)
    own_files(record, driver, pid)


def own_files(record, driver, pid):
    """Which of the program's own file pages are themselves candidates. What the agent maps only to
    have it fused is a candidate by nature, so only what the program needs is looked at: its package's
    files and the libraries that it runs."""
    report = json.loads(driver.quiet("pagefusion report --json", 240))
    candidates = {candidate["path"] for candidate in report["candidates"]}
    running = set(driver.quiet(
        "awk '$2 ~ /x/ && $6 ~ /^\\// {print $6}' /proc/%d/maps" % pid).splitlines())
    clean, fusible = 0, 0
    for path, (amount, resident) in sorted(
            driver.mappings(pid).items(), key=lambda item: -item[1][0]):
        if path.startswith(PACKAGE_DIRECTORY) or path in running:
            clean += amount
            fusible += amount if path in candidates else 0
            record.say("%9d bytes clean, %9d resident, %s  %s" % (
                amount, resident, "candidate" if path in candidates else "not a candidate", path))
    record.figure("own_file_clean_bytes", clean)
    record.figure("own_file_clean_candidate_share", round(fusible / clean, 4) if clean else None)
    for name in ("libjvm.so", ".jsa"):
        found = [path for path in candidates if path.startswith(PACKAGE_DIRECTORY) and path.endswith(name)]
        driver.check("%s is a candidate" % name, found, found)
    driver.check("most of its clean memory is fusible itself", clean and fusible >= clean * 0.9,
                 "%d of %d bytes" % (fusible, clean))


def press(record, driver):
    """Twice the same: with the service, its mappings in place, and without it."""
    since = driver.host.mark()
    driver.quiet(WARM, 400)
    # What became resident has to be mapped, or nothing would be tried.
    driver.cycle()
    with_service = reclaim(record, driver, "with")
    hog_with = hog(record, driver, "with")
    driver.cycle()
    spent = {e["name"] for e in driver.host.new_registrations(driver.name, since)}
    record.say("%s: modules registered newly under pressure: %d" % (driver.name, len(spent)))
    last = driver.host.checks(driver.name)[-1]
    driver.check("no page is writable after reclaim", not last["pages"].get("writable"), last["pages"])
    driver.check("the service is active after the pressure",
                 driver.unit("ActiveState")["ActiveState"] == "active")
    driver.must("systemctl stop " + UNIT, 180)
    driver.quiet(WARM, 400)
    without_service = reclaim(record, driver, "without")
    hog_without = hog(record, driver, "without")
    driver.must("systemctl start " + UNIT, 180)
    driver.check("reclaim frees as much with the service as without",
                 with_service["Cached"] <= without_service["Cached"] + RECLAIM_NOISE_BYTES,
                 "%.1f and %.1f MiB left in the page cache" % (
                     with_service["Cached"] / MIB, without_service["Cached"] / MIB))
    driver.check("a process that needs all memory gets it", hog_with and hog_without)


def reclaim(record, driver, label):
    """Asks the kernel for all that it can give back; what is left."""
    pid = driver.main_pid()
    before = driver.meminfo()
    mapped = driver.process(pid).get("RssFile", 0) if pid else 0
    # An error is what it gives when there was less than that.
    driver.run("echo 4G >/sys/fs/cgroup/memory.reclaim || true", 240)
    after = driver.meminfo()
    for name in ("Cached", "MemAvailable", "Mapped"):
        record.figure("reclaim_%s_service_%s_before_bytes" % (label, name), before[name])
        record.figure("reclaim_%s_service_%s_after_bytes" % (label, name), after[name])
    if pid:
        now = driver.process(pid).get("RssFile", 0)
        record.figure("reclaim_agent_mapped_before_bytes", mapped)
        record.figure("reclaim_agent_mapped_after_bytes", now)
        driver.check("the agent's mappings are reclaimed", now < mapped / 4, "%d of %d bytes left" % (now, mapped))
    return after


def hog(record, driver, label):
    """A process that takes what MemAvailable promises: it does not get there if mapped pages stay."""
    driver.quiet(WARM, 400)
    if driver.main_pid():
        driver.cycle()
    size = driver.meminfo()["MemAvailable"] - HOG_RESERVE_BYTES
    if size <= 0:
        raise StepFailed("%s: too little memory for this" % driver.name)
    kills = "awk '$1 == \"oom_kill\" {print $2}' /proc/vmstat"
    before = driver.quiet(kills)
    result = driver.run(
        "choom -n 1000 -- perl -e '$x[$_] = chr($_ %% 256) x 1048576 for 1 .. %d; print time() - $^T'"
        % (size // MIB), 400)
    record.figure("hog_%s_service_bytes" % label, size)
    record.figure("hog_%s_service_seconds" % label, result.out.strip())
    return result.status == 0 and driver.quiet(kills) == before
