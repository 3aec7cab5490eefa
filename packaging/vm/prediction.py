# Copyright 2026 The Pagefusion authors
# SPDX-License-Identifier: Apache-2.0
"""The prediction's scenario: page hashes from two guests, then both fuse, and the host's figures are
held against what the hashes promised."""

import json

from driver import Driver, StepFailed
from predict import differences, observed, predict, total

CONFIG = "/run/vm-test.conf"
COMMAND_SECONDS = 400


def run_prediction(record, host, guests, deb):
    """In two fresh guests."""
    record.step("8 the prediction, and what the host then merged")
    try:
        pairs = [predict_one(Driver(record, host, guest), deb) for guest in guests]
    except StepFailed as e:
        record.check("the step came to its end", False, e)
        return
    predictions = predict([report for report, _ in pairs])
    for guest, predicted, (_, checks) in zip(guests, predictions, pairs):
        compare(record, guest.name, predicted, observed(checks))
    merged = total(observed(pairs[1][1]))["merged"]
    record.check("pages merged in the second guest", merged > 0, merged)


def predict_one(driver, deb):
    """One guest's report, and the checks that the host then made."""
    driver.boot()
    driver.install(deb)
    # Nothing but this test registers here.
    driver.run("systemctl stop pagefusion.service")
    driver.guest.put(CONFIG, b"mode = fuse\nhost-safe = yes\n")
    # First what the command itself takes is made resident, by running it: else the report would miss it.
    for script in ("pagefusion --config %s run --once --dry-run" % CONFIG,
                   "pagefusion report --page-hashes --json >/run/first.json",
                   "pagefusion report --page-hashes --json >/run/report.json"):
        driver.must(script, COMMAND_SECONDS)
    text = driver.quiet("cat /run/report.json", COMMAND_SECONDS)
    driver.record.save("report-%s.json" % driver.name, text)
    since = driver.host.mark()
    driver.must("pagefusion --config %s run --once" % CONFIG, COMMAND_SECONDS)
    checks = driver.host.checks(driver.name, since)
    if not checks or "modules" not in checks[0]:
        raise StepFailed("%s: the host was not asked for a check" % driver.name)
    return json.loads(text), checks


def compare(record, name, predicted, seen):
    """Holds one guest's prediction against what the host counted."""
    want, got = total(predicted), total(seen)
    lines = differences(predicted, seen)
    for line in lines:
        record.say("%s  %s" % (name, line))
    record.figure(name + "_predicted_pages", dict(want))
    record.figure(name + "_host_pages", dict(got))
    record.check(name + ": no page is writable", got["writable"] == 0, got["writable"])
    record.check(
        name + ": modules that the host counted as predicted", not lines,
        "%d of %d" % (len(predicted) - len(lines), len(predicted)))
