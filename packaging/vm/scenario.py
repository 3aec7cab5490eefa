# Copyright 2026 The Pagefusion authors
# SPDX-License-Identifier: Apache-2.0
"""The scenario of vm-test: the life of the package in two guests, from installation to purge."""

import json
import os
import shutil
import subprocess
import tempfile
import traceback

import footprint
import leftovers
from driver import Driver, INSTALL_SECONDS, StepFailed, UNIT, find_number
from machines import MachineError

FUSE = b"# Written by vm-test.\nmode = fuse\nhost-safe = yes\n"
FUSE_FILE = "/etc/pagefusion/conf.d/50-fuse.conf"
START_SECONDS = 300
REGISTER_SECONDS = 600


class Scenario:
    """Its steps, in order. A step that fails does not keep the next from being tried."""

    def __init__(self, record, host, guests, deb):
        self.record = record
        self.host = host
        self.deb = deb
        self.first, self.second = [Driver(record, host, guest) for guest in guests]
        self.before = None

    def run(self):
        for step, title in (
                (self.install, "1 install: it observes"),
                (self.fuse, "2 fuse: two guests"),
                (self.restart_and_upgrade, "3 restart, crash and upgrade keep the registrations"),
                (lambda: footprint.measure(self.record, self.first), "4 footprint after ten cycles"),
                (lambda: footprint.press(self.record, self.first), "5 memory pressure"),
                (self.remove_and_purge, "6 remove and purge"),
                (self.look_at_unit, "7 the unit and the journal")):
            self.record.step(title)
            try:
                step()
            except MachineError:
                raise
            except StepFailed as e:
                self.record.check("the step came to its end", False, e)
            except Exception as e:  # An answer of a shape that nobody thought of.
                self.record.say(traceback.format_exc())
                self.record.check("the step came to its end", False, repr(e))

    def install(self):
        for driver in (self.first, self.second):
            driver.boot()
            since = self.host.mark()
            if driver is self.first:
                self.before = leftovers.snapshot(driver)
            driver.install(self.deb)
            enabled = driver.run("systemctl is-enabled " + UNIT).out.strip()
            driver.check("the unit is enabled", enabled == "enabled", enabled)
            active = driver.wait(
                "the unit is active",
                lambda d=driver: d.unit("ActiveState")["ActiveState"] == "active", START_SECONDS)
            driver.check("the unit is active", active)
            driver.run("systemctl status --no-pager --full " + UNIT)
            driver.run("journalctl --no-pager -u " + UNIT)
            if not active:
                raise StepFailed("the unit did not start")
            self.observes(driver, since)
        self.privileges(self.first)
        self.tools(self.first)

    def observes(self, driver, since):
        """Nothing that registers may have reached the host."""
        driver.must("pagefusion status", 120)
        mode = driver.mode()
        driver.check("status tells mode observe", mode == "observe", mode)
        sent = [e["req"] for e in self.host.entries(driver.name, since=since)
                if e.get("req") in (
                    "RegisterSharedModule", "UnregisterSharedModule", "CheckSharedModules")]
        driver.check("no request that registers reached the host", not sent, sent[:3])

    def privileges(self, driver):
        """The process is who the unit says, and can do no more."""
        unit = driver.unit("User", "DynamicUser", "CapabilityBoundingSet", "AmbientCapabilities",
                           "NoNewPrivileges", "Type", "NotifyAccess", "WatchdogUSec")
        self.record.say(str(unit))
        lines = driver.must(
            "grep -E '^(Uid|Gid|CapEff|CapBnd|CapAmb|NoNewPrivs|Seccomp):' /proc/%d/status"
            % driver.main_pid())
        status = dict(line.split(":\t", 1) for line in lines.splitlines())
        user = driver.quiet("id -u " + (unit["User"] or "root")).strip()
        driver.check("it runs as the unit's user", status["Uid"].split()[1] == user, unit["User"] or "root")
        bounding, effective = int(status["CapBnd"], 16), int(status["CapEff"], 16)
        allowed = unit["CapabilityBoundingSet"].split()
        driver.check("its capabilities are bounded by the unit's",
                     bin(bounding).count("1") == len(allowed), " ".join(allowed))
        driver.check("it has no capability beyond these", effective & ~bounding == 0, hex(effective))
        driver.check("the unit is of type notify", unit["Type"] == "notify", unit["Type"])
        driver.check("it can gain no privileges", status["NoNewPrivs"].strip() == "1")

    def tools(self, driver):
        """The commands that a person tries first."""
        doctor = driver.run("pagefusion doctor", 120)
        driver.check("doctor has an answer", doctor.status in (0, 1), doctor.status)
        since = self.host.mark()
        probe = driver.run("pagefusion doctor --probe", 120)
        sent = [e["req"] for e in self.host.entries(driver.name, since=since)
                if e.get("req") in (
                    "RegisterSharedModule", "UnregisterSharedModule", "CheckSharedModules")]
        driver.check("doctor --probe registers once and takes it back",
                     probe.status == 0 and sent == ["RegisterSharedModule", "UnregisterSharedModule"]
                     and not self.host.registered(driver.name), sent)
        report = driver.run("pagefusion report", 240)
        driver.check("report works", report.status == 0 and not report.err, report.err[:200])
        manual = driver.quiet("dpkg -L pagefusion")
        for part in ("/man1/pagefusion.1", "bash-completion/completions/pagefusion",
                     "/etc/pagefusion/pagefusion.conf"):
            driver.check("the package has %s" % part, part in manual)

    def fuse(self):
        for driver in (self.first, self.second):
            since = self.host.mark()
            driver.guest.put(FUSE_FILE, FUSE)
            reload = driver.run("systemctl reload " + UNIT, 120)
            driver.check("systemctl reload", reload.status == 0)
            if reload.status != 0:
                driver.must("systemctl restart " + UNIT, START_SECONDS)
            if not driver.check("it registers, and asks for a check",
                                driver.wait_for_check(since, REGISTER_SECONDS)):
                raise StepFailed("no check was asked for")
            self.seen_by_host(driver, since)
        merged = sum(check["pages"].get("merged", 0) for check in self.host.checks(self.second.name))
        self.record.figure("merged_pages", merged)
        self.record.check("pages merged in the second guest", merged > 0, merged)
        stopped = [check["stopped"] for check in self.host.checks() if check.get("stopped")]
        self.record.check("no check was stopped", not stopped, stopped[:1])

    def seen_by_host(self, driver, since):
        """What the agent counts as eligible is what the host found."""
        # The host is asked before the state file is written.
        driver.wait("status tells mode fuse", lambda: driver.mode() == "fuse", 60)
        text = driver.must("pagefusion status", 120)
        status = driver.status()
        self.record.save("status-%s.txt" % driver.name, text)
        self.record.save("status-%s.json" % driver.name, json.dumps(status, indent=1))
        driver.check("status tells mode fuse", driver.mode() == "fuse", driver.mode())
        registered = len(self.host.registered(driver.name))
        told = find_number(status.get("registered"), "modules")
        driver.check("status tells as many modules as the host has", told == registered,
                     "%s, host %d" % (told, registered))
        check = self.host.checks(driver.name, since)[-1]
        pages = check["pages"]
        self.record.say("%s: the host's check: %s, %s ms" % (driver.name, pages, check.get("ms")))
        seen = sum(pages.get(what, 0) for what in (
            "new_shared", "merged", "different", "already_shared"))
        eligible = find_number(status.get("registered"), "eligiblePages")
        driver.check("eligible pages by status are those the host saw", eligible == seen,
                     "%s, host %d" % (eligible, seen))
        driver.check("no page is writable", not pages.get("writable"), pages.get("writable", 0))
        failed = [e for e in self.host.entries(driver.name, since=since)
                  if e.get("rc") and e["req"] in ("RegisterSharedModule", "CheckSharedModules")]
        driver.check("the host refused nothing", not failed, failed[:1])

    def restart_and_upgrade(self):
        driver = self.first
        higher = self.higher_version()
        try:
            driver.put_package(higher, "/root/higher.deb")
        finally:
            shutil.rmtree(os.path.dirname(higher))
        for what, script in (
                ("restart", "systemctl restart " + UNIT),
                ("a crash", "systemctl kill --kill-who=main --signal=KILL " + UNIT),
                ("upgrade", "DEBIAN_FRONTEND=noninteractive apt-get -qq -y install /root/higher.deb")):
            before, since = self.host.registered(driver.name), self.host.mark()
            pid = driver.main_pid()
            driver.must(script, INSTALL_SECONDS)
            driver.wait("another process runs", lambda p=pid: driver.main_pid() not in (0, p), START_SECONDS)
            driver.check("%s: another process runs" % what, driver.main_pid() not in (0, pid))
            driver.check("%s: it checks again" % what, driver.wait_for_check(since, REGISTER_SECONDS))
            after = self.host.registered(driver.name)
            kept = sum(1 for base, name in before.items() if after.get(base) == name)
            driver.check("%s: registrations stand" % what, kept == len(before),
                         "%d of %d" % (kept, len(before)))
            # What became eligible only now is new, and rightly so.
            spent = [e for e in self.host.new_registrations(driver.name, since)
                     if e["name"] in before.values()]
            driver.check("%s: none costs budget again" % what, not spent, len(spent))
            fresh = len(self.host.new_registrations(driver.name, since)) - len(spent)
            self.record.figure("%s_newly_eligible_modules" % what.replace(" ", "_"), fresh)
        driver.quiet("rm /root/higher.deb")
        version = driver.quiet("dpkg-query -W -f '${Version}' pagefusion")
        driver.check("upgrade: the version is the new one", version.endswith("+vmtest1"), version)
        state = driver.unit("ActiveState", "SubState", "Result")
        driver.check("it is active after all that", state["ActiveState"] == "active", state)

    def higher_version(self):
        """The package once more, with a higher version."""
        work = tempfile.mkdtemp(prefix="pagefusion-vm-test.")
        tree, deb = os.path.join(work, "tree"), os.path.join(work, "higher.deb")
        subprocess.run(["dpkg-deb", "-R", self.deb, tree], check=True)
        control = os.path.join(tree, "DEBIAN/control")
        subprocess.run(["sed", "-i", r"s/^Version: .*/&+vmtest1/", control], check=True)
        subprocess.run(["dpkg-deb", "--root-owner-group", "-Zgzip", "-b", tree, deb],
                       check=True, stdout=subprocess.DEVNULL)
        return deb

    def remove_and_purge(self):
        driver = self.first
        since = self.host.mark()
        driver.must("DEBIAN_FRONTEND=noninteractive apt-get -qq -y remove pagefusion", INSTALL_SECONDS)
        left = self.host.registered(driver.name)
        driver.check("remove releases all registrations", not left, "%d left, %d taken back" % (
            len(left), len(self.host.entries(driver.name, "UnregisterSharedModule", since))))
        driver.check("remove keeps the configuration",
                     driver.run("test -e " + FUSE_FILE).status == 0)
        alive = driver.run("pgrep -af '^/usr/lib/[p]agefusion/'").out.splitlines()
        driver.check("no process is left", not alive, alive)
        driver.must("dpkg --purge pagefusion", INSTALL_SECONDS)
        leftovers.compare(driver, self.before)

    def look_at_unit(self):
        driver = self.second
        path = driver.unit("FragmentPath")["FragmentPath"]
        verify = driver.run("systemd-analyze verify --man=no " + path, 120)
        driver.check("systemd-analyze verify", verify.status == 0 and not (verify.out + verify.err).strip())
        exposure = driver.run("systemd-analyze security --no-pager %s | tail -n 1" % UNIT, 120)
        self.record.figure("exposure", exposure.out.strip())
        status = driver.run("systemctl status --no-pager --full --lines=100 " + UNIT)
        driver.check("systemctl status is free of warnings", status.status == 0 and not [
            line for line in status.out.splitlines() if "warn" in line.lower()])
        journal = driver.quiet(
            "journalctl --no-pager -q -o cat -p warning _SYSTEMD_UNIT=%s + UNIT=%s" % (UNIT, UNIT))
        driver.check("the journal has no warning or error", not journal.strip(), journal.strip()[:300])
        lines = driver.must("journalctl --no-pager -q -o cat _SYSTEMD_UNIT=" + UNIT).splitlines()
        repeated = sorted({line for line in lines if lines.count(line) > 1})
        driver.check("no line is logged twice", not repeated, repeated[:3])
        self.record.figure("journal_lines", len(lines))


def run_scenario(record, host, guests, deb):
    Scenario(record, host, guests, deb).run()
