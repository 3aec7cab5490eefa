# Copyright 2026 The Pagefusion authors
# SPDX-License-Identifier: Apache-2.0
"""What vm-test writes down: a transcript of all that was done, figures, and a table of what was checked."""

import collections
import json
import os
import sys
import time

SHOWN_LINES = 12
# dpkg's, of which there are many.
PROGRESS = "(Reading database"

Check = collections.namedtuple("Check", "step name good detail")


class Record:
    """The transcript goes to a file whole, and in short to stdout."""

    def __init__(self, directory):
        self._directory = directory
        self._start = time.monotonic()
        self._transcript = open(
            os.path.join(directory, "transcript.txt"), "w", buffering=1, encoding="utf-8")
        self._step = ""
        self.checks = []
        self.figures = {}

    def step(self, title):
        self._step = title.split(" ")[0]
        self._both("\n%6.0f s  == %s" % (time.monotonic() - self._start, title))

    def say(self, text):
        self._both("    " + text)

    def command(self, guest, script, result):
        """One command that a guest was given, and what it answered."""
        self._both("  %s# %s" % (guest, script.strip().replace("\n", "\n      > ")))
        lines = [line for line in (result.out + result.err).splitlines()
                 if not line.startswith(PROGRESS)]
        for number, line in enumerate(lines):
            self._write("      " + line)
            if number < SHOWN_LINES:
                print("      " + line[:160])
        if len(lines) > SHOWN_LINES:
            print("      ... %d lines, see transcript.txt" % len(lines))
        if result.status != 0:
            self._both("      (exit status %d)" % result.status)

    def check(self, name, good, detail=""):
        self.checks.append(Check(self._step, name, bool(good), str(detail)))
        self._both("  %s  %s%s" % ("ok  " if good else "FAIL", name, ": %s" % detail if detail else ""))
        return bool(good)

    def figure(self, name, value):
        """A measured value, with its unit in the name."""
        self.figures[name] = value
        self._both("    %s = %s" % (name, value))

    def save(self, name, text):
        with open(os.path.join(self._directory, name), "w", encoding="utf-8") as file:
            file.write(text)

    def finish(self):
        """The final table. True when nothing has failed."""
        failed = [check for check in self.checks if not check.good]
        self._both("\n%6.0f s  == result" % (time.monotonic() - self._start))
        for check in self.checks:
            self._both("  %-4s %-3s %s%s" % (
                "ok" if check.good else "FAIL", check.step, check.name,
                ": " + check.detail[:200] if check.detail else ""))
        self._both("  %d checks, %d failed; all of it in %s" % (
            len(self.checks), len(failed), self._directory))
        self.save("figures.json", json.dumps(self.figures, indent=1) + "\n")
        self.save("checks.json", json.dumps([c._asdict() for c in self.checks], indent=1) + "\n")
        self._transcript.close()
        return bool(self.checks) and not failed

    def _both(self, text):
        print(text)
        sys.stdout.flush()
        self._write(text)

    def _write(self, text):
        self._transcript.write(text + "\n")
