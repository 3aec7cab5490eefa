# Copyright 2026 The Pagefusion authors
# SPDX-License-Identifier: Apache-2.0
"""The machines of vm-test: the emulated VirtualBox host of the test rig, and QEMU guests on it."""

import collections
import hashlib
import io
import json
import os
import select
import socket
import subprocess
import tarfile
import time

HERE = os.path.dirname(os.path.realpath(__file__))
BOOT_SECONDS = 400
CHANNEL_GRACE_SECONDS = 60
# What VirtualBox tells a guest of itself: systemd-detect-virt says "oracle" by it.
SMBIOS = ["-smbios", "type=0,vendor=innotek GmbH,version=VirtualBox",
          "-smbios", "type=1,manufacturer=innotek GmbH,product=VirtualBox"]

Result = collections.namedtuple("Result", "status out err")


class MachineError(Exception):
    """A machine that does not do what it should; the message names it and where to look."""


class Host:
    """The rig's vmmdev_host.py for guests of the given names, and what it has logged so far."""

    def __init__(self, rig, directory, names, options=()):
        self.directory = directory
        self._log = os.path.join(directory, "host.jsonl")
        self._entries = []
        self._position = 0
        command = ["python3", os.path.join(rig, "vmmdev_host.py"), "--log", self._log, *options]
        for name in names:
            command += ["--vm", "%s:%s:%s" % (name, self.path(name, "sock"), self.path(name, "cr3"))]
        with open(os.path.join(directory, "host.txt"), "wb") as output:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        end = time.monotonic() + 20
        while not any("ready" in entry for entry in self.entries()):
            if self._process.poll() is not None or time.monotonic() > end:
                raise MachineError("the emulated host did not start: see %s/host.txt" % directory)
            time.sleep(0.1)

    def path(self, name, kind):
        path = os.path.join(self.directory, "%s.%s" % (name, kind))
        if len(path) > 100:
            raise MachineError("%s is too long for a socket: choose a shorter --work" % path)
        return path

    def entries(self, vm=None, request=None, since=0):
        """Log entries, as the rig's host writes them, from number `since` on."""
        if os.path.exists(self._log):
            with open(self._log, "rb") as log:
                log.seek(self._position)
                for line in log:
                    if not line.endswith(b"\n"):
                        break
                    self._position += len(line)
                    self._entries.append(json.loads(line))
        return [entry for entry in self._entries[since:]
                if (vm is None or entry.get("vm") == vm)
                and (request is None or entry.get("req") == request)]

    def mark(self):
        """The number of the next entry."""
        return len(self.entries())

    def new_registrations(self, vm, since=0):
        """Registrations that took something of the lifetime budget of the VM."""
        return [entry for entry in self.entries(vm, "RegisterSharedModule", since)
                if entry["rc"] == 0 and entry.get("how") != "already registered"]

    def registered(self, vm):
        """Base address to name of what the host has registered for the VM now."""
        modules = {}
        for entry in self.entries(vm):
            if entry.get("req") == "RegisterSharedModule" and entry["rc"] == 0:
                modules[entry["base"]] = entry["name"]
            elif entry.get("req") == "UnregisterSharedModule" and entry["rc"] == 0:
                modules.pop(entry["base"], None)
        return modules

    def checks(self, vm=None, since=0):
        return self.entries(vm, "CheckSharedModules", since)

    def stop(self):
        stop_process(self._process)


class Guest:
    """A guest: QEMU with a disk of its own, and the channel through which it takes commands."""

    def __init__(self, host, work, name, memory_mib, patience=1):
        self.name = name
        self.patience = patience
        self._host = host
        self._work = work
        self._memory_mib = memory_mib
        self._channel = None
        self._buffer = b""
        self._number = 0
        self._process = None
        self._started = None
        self.boot_seconds = None

    def start(self):
        """Starts QEMU; the guest boots meanwhile."""
        disk = self._host.path(self.name, "img")
        seed = self._host.path(self.name, "seed")
        subprocess.run(
            ["cp", "--sparse=always", "--reflink=auto", os.path.join(self._work, "root.img"), disk],
            check=True)
        with open(seed, "wb") as file:
            file.write(seed_archive(self.name, self._host.directory))
        channel = self._host.path(self.name, "channel")
        device = {"driver": "vfio-user-pci", "x-msg-timeout": 60000, "rombar": 0,
                  "socket": {"path": self._host.path(self.name, "sock"), "type": "unix"}}
        command = [
            os.path.join(self._work, "qemu"), "-M", "pc,usb=off,memory-backend=ram", "-accel", "tcg",
            "-cpu", "Nehalem", "-smp", "1", "-m", str(self._memory_mib),
            "-object", "memory-backend-memfd,id=ram,size=%dM,share=on" % self._memory_mib,
            "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", *SMBIOS,
            "-serial", "file:" + self._host.path(self.name, "serial"),
            "-plugin", "%s/cr3plug.so,out=%s" % (self._work, self._host.path(self.name, "cr3")),
            "-drive", "if=virtio,format=raw,cache=unsafe,file=" + disk,
            "-drive", "if=virtio,format=raw,readonly=on,file=" + seed,
            "-device", "virtio-serial-pci",
            "-chardev", "socket,id=channel,server=on,wait=off,path=" + channel,
            "-device", "virtserialport,chardev=channel,name=org.pagefusion.vm-test",
            "-device", json.dumps(device),
            "-kernel", os.path.join(self._work, "vmlinuz"),
            "-initrd", os.path.join(self._work, "initramfs.gz"),
            "-append", "console=ttyS0 quiet panic=-1 root=/dev/vda rw"]
        self._started = time.monotonic()
        with open(self._host.path(self.name, "qemu"), "wb") as output:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        # At once: what a guest says to nobody is lost.
        self._connect(channel, self._started + BOOT_SECONDS * self.patience)

    def wait_until_up(self):
        """Waits until systemd has nothing left to start."""
        if self._line(self._started + BOOT_SECONDS * self.patience) != b"ready":
            raise MachineError("%s: its first word was not 'ready'" % self.name)
        self.run("systemctl is-system-running --wait || true", BOOT_SECONDS)
        self.boot_seconds = self._guest_boot_seconds()

    def _guest_boot_seconds(self):
        """From the kernel's start until systemd was done, by the guest's clock."""
        answer = self.run("systemctl show -P FinishTimestampMonotonic")
        return int(answer.out) / 1e6 if answer.out.strip().isdigit() else None

    def run(self, script, seconds=60):
        """Runs a shell script in the guest; it has so many seconds, times the patience."""
        body = script.encode()
        seconds = round(seconds * self.patience)
        return self._ask("run", [seconds, len(body)], body, seconds)

    def put(self, path, content, mode=0o644):
        """Writes a file of the guest."""
        answer = self._ask(
            "put", ["%o" % mode, len(content), path], content, 120 * self.patience)
        if answer.status != 0:
            raise MachineError("%s: %s" % (self.name, answer.err.strip()))

    def _ask(self, word, arguments, body, seconds):
        self._number += 1
        head = " ".join([word, str(self._number), *(str(a) for a in arguments)]) + "\n"
        end = time.monotonic() + seconds + CHANNEL_GRACE_SECONDS
        self._channel.settimeout(seconds + CHANNEL_GRACE_SECONDS)
        self._channel.sendall(head.encode() + body)
        answer = self._line(end).split()
        # A channel that was started again says so; whatever was under way then is lost.
        if len(answer) != 5 or answer[0] != b"done" or int(answer[1]) != self._number:
            raise MachineError("%s: an answer that was not asked for: %r" % (self.name, answer))
        out = self._bytes(int(answer[3]), end)
        err = self._bytes(int(answer[4]), end)
        return Result(
            int(answer[2]), out.decode(errors="replace"), err.decode(errors="replace"))

    def _connect(self, path, end):
        while not os.path.exists(path):
            self._require_alive(end)
            time.sleep(0.1)
        self._channel = socket.socket(socket.AF_UNIX)
        self._channel.connect(path)

    def _line(self, end):
        while b"\n" not in self._buffer:
            self._receive(end)
        line, self._buffer = self._buffer.split(b"\n", 1)
        return line

    def _bytes(self, size, end):
        while len(self._buffer) < size:
            self._receive(end)
        content, self._buffer = self._buffer[:size], self._buffer[size:]
        return content

    def _receive(self, end):
        while not select.select([self._channel], [], [], 1)[0]:
            self._require_alive(end)
        chunk = self._channel.recv(1 << 16)
        if not chunk:
            raise MachineError("%s: QEMU has closed the channel%s" % (self.name, self._where()))
        self._buffer += chunk

    def _require_alive(self, end):
        if self._process.poll() is not None:
            raise MachineError("%s: QEMU has ended%s" % (self.name, self._where()))
        if time.monotonic() > end:
            raise MachineError("%s: no answer in time%s" % (self.name, self._where()))

    def _where(self):
        return ": see %s/%s.qemu and .serial" % (self._host.directory, self.name)

    def stop(self):
        if self._channel:
            self._channel.close()
        if self._process:
            stop_process(self._process)

    def remove_disk(self):
        path = self._host.path(self.name, "img")
        if os.path.exists(path):
            os.unlink(path)


def stop_process(process):
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def seed_archive(name, directory):
    """What makes a guest another one than its neighbours: a tar archive that its initramfs unpacks
    onto the root file system."""
    machine_id = hashlib.md5(name.encode()).hexdigest()
    files = {"etc/hostname": (name + "\n", 0o644), "etc/machine-id": (machine_id + "\n", 0o444)}
    with open(os.path.join(HERE, "channel"), encoding="utf-8") as program:
        files["opt/vm-test/channel"] = (program.read(), 0o755)
    for kind in ("ed25519", "ecdsa"):
        key = os.path.join(directory, "%s.%s" % (name, kind))
        for suffix in ("", ".pub"):
            if os.path.exists(key + suffix):
                os.unlink(key + suffix)
        subprocess.run(
            ["ssh-keygen", "-q", "-N", "", "-C", "root@" + name, "-t", kind, "-f", key], check=True)
        for suffix, mode in (("", 0o600), (".pub", 0o644)):
            with open(key + suffix, encoding="ascii") as file:
                files["etc/ssh/ssh_host_%s_key%s" % (kind, suffix)] = (file.read(), mode)
            os.unlink(key + suffix)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path, (text, mode) in files.items():
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode, entry.mtime = len(text.encode()), mode, 1
            archive.addfile(entry, io.BytesIO(text.encode()))
    return buffer.getvalue()
