# Copyright 2026 The Pagefusion authors
# SPDX-License-Identifier: Apache-2.0
"""A guest together with the record of what is done to it, and questions about the service in it."""

import json
import re
import time

from machines import MachineError

UNIT = "pagefusion.service"
STATE_DIRECTORY = "/run/pagefusion"
INSTALL_SECONDS = 300
KIB = 1024


class StepFailed(Exception):
    """What the rest of a step needs did not work; the next step is tried all the same."""


class Driver:
    """Commands for one guest, all of them recorded."""

    def __init__(self, record, host, guest):
        self.record = record
        self.host = host
        self.guest = guest
        self.name = guest.name

    def boot(self):
        self.guest.wait_until_up()
        self.record.figure(self.name + "_boot_seconds", self.guest.boot_seconds)
        virtualization = self.run("systemd-detect-virt").out.strip()
        self.check("systemd-detect-virt", virtualization == "oracle", virtualization)
        self.check("the stock driver is loaded", self.run("test -c /dev/vboxguest").status == 0)
        failed = self.run("systemctl --failed --no-legend --plain").out
        self.check("no failed unit after the boot", not failed.strip(), failed.strip())

    def run(self, script, seconds=60):
        result = self.guest.run(script, seconds)
        self.record.command(self.name, script, result)
        return result

    def quiet(self, script, seconds=60):
        """The output of a command that is no news; it has to succeed."""
        result = self.guest.run(script, seconds)
        if result.status != 0:
            self.record.command(self.name, script, result)
            raise StepFailed("%s: exit status %d of: %s" % (self.name, result.status, script))
        return result.out

    def must(self, script, seconds=60):
        """Runs what the rest of the step needs."""
        result = self.run(script, seconds)
        if result.status != 0:
            raise StepFailed("%s: exit status %d of: %s" % (self.name, result.status, script))
        return result.out

    def check(self, name, good, detail=""):
        return self.record.check("%s: %s" % (self.name, name), good, detail)

    def put_package(self, path, name):
        with open(path, "rb") as file:
            self.guest.put(name, file.read())

    def install(self, deb):
        """As a user does it; there is no network, so what the package depends on has to be there."""
        self.put_package(deb, "/root/pagefusion.deb")
        self.must(
            "cd /root && DEBIAN_FRONTEND=noninteractive apt-get -qq -y install ./pagefusion.deb",
            INSTALL_SECONDS)
        self.quiet("rm /root/pagefusion.deb")

    def unit(self, *properties):
        """Properties of the unit, by name."""
        out = self.quiet("systemctl show %s %s" % (
            UNIT, " ".join("-p " + name for name in properties)))
        return dict(line.split("=", 1) for line in out.splitlines() if "=" in line)

    def main_pid(self):
        return int(self.unit("MainPID")["MainPID"])

    def cpu_seconds(self):
        return int(self.unit("CPUUsageNSec")["CPUUsageNSec"]) / 1e9

    def status(self):
        """pagefusion status --json, or an empty map."""
        result = self.guest.run("pagefusion status --json", 120)
        try:
            return json.loads(result.out)
        except ValueError:
            self.record.command(self.name, "pagefusion status --json", result)
            return {}

    def mode(self):
        """What the service says it does."""
        mode = self.status().get("mode")
        return mode.get("effective") if isinstance(mode, dict) else mode

    def wait(self, what, condition, seconds):
        """Waits until condition() is true; False when the time is up."""
        seconds = round(seconds * self.guest.patience)
        start = time.monotonic()
        while not condition():
            if time.monotonic() > start + seconds:
                self.record.say("%s: waited %d s in vain: %s" % (self.name, seconds, what))
                return False
            time.sleep(0.5)
        self.record.say("%s: %s after %.1f s" % (self.name, what, time.monotonic() - start))
        return True

    def cycle(self, seconds=600):
        """Makes the service do a cycle now, and waits until it has written down how that went."""
        stamp = "stat -c '%%n %%.Y' %s/*.json 2>/dev/null || true" % STATE_DIRECTORY
        before = self.quiet(stamp)
        self.quiet("systemctl kill --kill-who=main --signal=USR1 " + UNIT)
        if not self.wait("a cycle is done", lambda: self.quiet(stamp) != before, seconds):
            raise StepFailed("%s: SIGUSR1 made no cycle" % self.name)

    def wait_for_check(self, since, seconds=600):
        return self.wait(
            "the host has checked", lambda: self.host.checks(self.name, since), seconds)

    def meminfo(self):
        """/proc/meminfo in bytes."""
        return {name: int(value) * KIB for name, value in re.findall(
            r"^(\S+):\s+(\d+) kB$", self.quiet("cat /proc/meminfo"), re.M)}

    def process(self, pid):
        """Memory of a process in bytes: /proc/PID/smaps_rollup, and what of status is not in it."""
        text = self.quiet("cat /proc/%d/smaps_rollup /proc/%d/status" % (pid, pid))
        return {name: int(value) * KIB for name, value in re.findall(
            r"^(\w+):\s+(\d+) kB$", text, re.M)}

    def mappings(self, pid):
        """Of each file that the process maps: clean resident bytes and all resident bytes."""
        files = {}
        path = ""
        for line in self.quiet("cat /proc/%d/smaps" % pid).splitlines():
            head = re.match(r"[0-9a-f]+-[0-9a-f]+ \S+ \S+ \S+ \d+ *(.*)$", line)
            if head:
                path = head.group(1)
            elif path.startswith("/"):
                value = re.match(r"(Private_Clean|Shared_Clean|Rss): +(\d+) kB$", line)
                if value:
                    clean, resident = files.get(path, (0, 0))
                    amount = int(value.group(2)) * KIB
                    if value.group(1) == "Rss":
                        resident += amount
                    else:
                        clean += amount
                    files[path] = (clean, resident)
        return files

    def alive(self):
        """Whether the guest still answers."""
        try:
            return self.guest.run("true", 20).status == 0
        except MachineError:
            return False


def find_number(tree, name):
    """The first number of that name in a JSON object, however deep; None without."""
    if isinstance(tree, dict):
        if isinstance(tree.get(name), (int, float)):
            return tree[name]
        tree = list(tree.values())
    if isinstance(tree, list):
        for value in tree:
            found = find_number(value, name)
            if found is not None:
                return found
    return None
