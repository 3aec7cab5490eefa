# Copyright 2026 The Pagefusion authors
# SPDX-License-Identifier: Apache-2.0
"""What a package leaves behind: names, contents of /etc, and users, before installation and after purge."""

# The package manager's own records; a name with the package's in it counts there too.
RECORDS = ("/var/lib/dpkg/", "/var/lib/apt/", "/var/cache/apt/", "/var/cache/debconf/", "/var/log/",
           "/run/log/", "/run/systemd/", "/run/udev/", "/run/vm-test", "/tmp/")
ACCOUNTS = ("/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow",
            "/etc/passwd-", "/etc/group-", "/etc/shadow-", "/etc/gshadow-")


def snapshot(driver):
    """Names of all files, check sums of /etc, and accounts."""
    names = set(driver.quiet(
        "find / /run -xdev -not -path '/run/user/*' | sort -u", 240).splitlines())
    sums = dict(reversed(line.split("  ", 1)) for line in driver.quiet(
        "find /etc -type f -exec md5sum {} +", 120).splitlines())
    accounts = set(driver.quiet("getent passwd; getent group").splitlines())
    return names, sums, accounts


def compare(driver, before):
    names, sums, accounts = snapshot(driver)
    new = sorted(name for name in names - before[0] if is_left(name))
    driver.check("purge leaves no file", not new, " ".join(new[:10]))
    gone = sorted(name for name in before[0] - names if is_left(name))
    driver.check("purge takes no file away", not gone, " ".join(gone[:10]))
    changed = sorted(name for name, value in sums.items()
                     if before[1].get(name, value) != value and name not in ACCOUNTS)
    driver.check("purge leaves /etc as it was", not changed, " ".join(changed[:10]))
    # Debian's custom allows both: a uid that is given away again could own files of the old one.
    kept = sorted(accounts - before[2])
    driver.record.say("accounts kept after purge: %s" % (" ".join(kept) or "none"))
    driver.check("accounts kept are the package's own",
                 all(line.startswith("pagefusion:") for line in kept), " ".join(kept))


def is_left(name):
    # udev's records of the channel through which this test talks to the guest.
    if name in ACCOUNTS or "org.pagefusion.vm-test" in name:
        return False
    return not name.startswith(RECORDS) or ("pagefusion" in name and not name.startswith("/run/log/"))
