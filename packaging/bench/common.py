# Copyright 2026 The Pagefusion authors
# SPDX-License-Identifier: Apache-2.0
"""What the benchmarks share: the product's own JVM options, processes to be scanned, and tables."""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

CHECKOUT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
LAUNCHER = os.path.join(CHECKOUT, "packaging/bin/pagefusion")
NATIVE_BENCHES = os.path.join(CHECKOUT, "native/build/bench")
MAIN_CLASS = "org.pagefusion.cli.Main"

EX_NO = 1
EX_UNAVAILABLE = 69


class Unavailable(Exception):
    """Something that the benchmark needs is not there; the message says what to do."""


def say(text):
    """Progress: on stderr, as stdout is the result's alone."""
    print(text, file=sys.stderr, flush=True)


def build_references():
    """Builds the C references; make finds them up to date mostly."""
    done = subprocess.run(
        ["make", "-s", "-C", os.path.join(CHECKOUT, "native"), "bench"], stdout=sys.stderr)
    if done.returncode != 0:
        raise Unavailable("the C references can't be built: see above")


def reference(name, *arguments):
    """Runs a C reference; what it prints, or None where the kernel has no PROCMAP_QUERY."""
    command = [os.path.join(NATIVE_BENCHES, name)] + [str(a) for a in arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE)
    if done.returncode == EX_UNAVAILABLE:
        return None
    done.check_returncode()
    return json.loads(done.stdout)


def cpu_nanos(pid):
    """Processor time of all threads of a process, ended ones too: its CLOCK_PROCESS_CPUTIME_ID."""
    return time.clock_gettime_ns(~pid << 3 | 2)


def find_java():
    """The java that packaging/bin/pagefusion takes."""
    home = os.environ.get("JAVA_HOME")
    if home and os.access(home + "/bin/java", os.X_OK):
        return home + "/bin/java"
    found = shutil.which("java")
    if not found:
        raise Unavailable("no java found: install one, e.g. apt-get install openjdk-17-jre-headless")
    return found


def jvm_options():
    """The options that packaging/bin/pagefusion gives the JVM, up to the class path: asked of itself, by
    a java that only prints its arguments, so that what is measured is what is shipped."""
    with tempfile.TemporaryDirectory() as home:
        os.mkdir(home + "/bin")
        java = home + "/bin/java"
        with open(java, "w", encoding="ascii") as script:
            script.write("#!/bin/sh\nprintf '%s\\0' \"$@\"\n")
        os.chmod(java, 0o755)
        with open(home + "/release", "w", encoding="ascii") as release:
            release.write('JAVA_VERSION="17"\n')
        done = subprocess.run(
            [LAUNCHER], env=dict(os.environ, JAVA_HOME=home), stdout=subprocess.PIPE)
    if done.returncode != 0:
        raise Unavailable("packaging/bin/pagefusion does not start: see above")
    arguments = done.stdout.decode(errors="surrogateescape").split("\0")[:-1]
    main = arguments.index(MAIN_CLASS)
    if arguments[main - 2] != "-cp":
        raise Unavailable("packaging/bin/pagefusion has no class path before " + MAIN_CLASS)
    return arguments[:main - 2], arguments[main - 1]


class Processes:
    """Sleeping processes to be scanned, so many that with those that are there anyway it makes a number."""

    def __init__(self, size):
        there = reference("maps_read")["processes"]
        self.spawned = max(0, size - there)
        self._spawner = None

    def __enter__(self):
        if self.spawned > 0:
            self._spawner = subprocess.Popen(
                [os.path.join(NATIVE_BENCHES, "spawn_processes"), str(self.spawned)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            if self._spawner.stdout.readline() != b"READY\n":
                raise Unavailable(self._spawner.communicate()[1].decode().strip())
        return self

    def __exit__(self, *unused):
        if self._spawner:
            self._spawner.communicate()


def median(values):
    return statistics.median(values)


def machine():
    """One line for whoever compares figures of several machines."""
    uname = os.uname()
    return "%s %s, %d CPUs, load average %.1f" % (
        uname.sysname, uname.release, os.cpu_count(), os.getloadavg()[0])


def table(rows):
    """Lines of a table: the first column to the left, the others to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [
        "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths))).rstrip()
        for row in rows]


def run(main):
    """Runs a benchmark; what is missing is a line on stderr, as the command's own errors are."""
    try:
        return main()
    except Unavailable as e:
        say("%s: %s" % (os.path.basename(sys.argv[0]), e))
        return EX_UNAVAILABLE
    except KeyboardInterrupt:
        return 130
