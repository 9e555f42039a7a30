#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Run one bare-metal program in every mode of the translator; print TAP.

usage: run.py EMULATOR SOURCE IMAGE [MODE...]

Modes: jit, interp (the IR interpreter), nochain (blocks are never linked), single (one guest
instruction a block). Default: jit and interp. The comment at the top of SOURCE may say

    run: OPTIONS        added to the command line, shell syntax
    modes: MODE...      instead of the default ones
    timeout: SECONDS    for one run, instead of 60

A program passes when its last line starts with PASS and the emulator ends with status 0. What a
failure prints: the serial log, and the registers of every CPU when the program did not end.
"""

import os
import re
import shlex
import socket
import subprocess
import sys
import tempfile
import time

SCALE = float(os.environ.get("TIMEOUT_SCALE", "1"))     # for builds that are slow on purpose
MODES = {
    "jit": [],
    "interp": ["-accel", "tcg,x-interpret=on"],
    "nochain": ["-accel", "tcg,x-chain=off"],
    "single": ["-accel", "tcg,one-insn-per-tb=on"],
}


def header(source):
    """The words behind "run:", "modes:" and "timeout:" in SOURCE's first comments."""
    with open(source, encoding="utf-8") as f:
        text = f.read().split("#include", 1)[0]

    def words(key):
        return re.findall(rf"^\s*\*?\s*{key}:(.*)$", text, re.M)

    modes = " ".join(words("modes")).split()
    return {
        "options": shlex.split(" ".join(words("run"))),
        "modes": modes or ["jit", "interp"],
        "timeout": float((words("timeout") or ["60"])[0]) * SCALE,
    }


def ask_registers(path):
    """What the monitor says of a machine that does not end."""
    text = b""
    try:
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(3)
            s.connect(path)
            s.sendall(b"info registers -a\ninfo hotplug\n")
            while True:
                more = s.recv(65536)
                if not more:
                    break
                text += more
    except OSError as err:
        text += f"\n(monitor: {err})".encode()
    return text.decode(errors="replace")


def run(emulator, image, mode, spec):
    """(passed, report)"""
    with tempfile.TemporaryDirectory(prefix="tcg-") as tmp:
        serial = os.path.join(tmp, "serial")
        monitor = os.path.join(tmp, "monitor")
        argv = [emulator, "-machine", "virt,gic-version=3", "-cpu", "max", "-m", "1G",
                "-display", "none", "-serial", "file:" + serial,
                "-monitor", f"unix:{monitor},server=on,wait=off", "-kernel", image]
        argv += MODES[mode] + spec["options"]
        start = time.monotonic()
        with open(os.path.join(tmp, "stderr"), "w+", encoding="utf-8") as errors:
            with subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=errors,
                                  stderr=errors) as p:
                registers = ""
                try:
                    status = p.wait(spec["timeout"])
                except subprocess.TimeoutExpired:
                    status = f"none after {spec['timeout']:.0f} s"
                    registers = ask_registers(monitor)
                    p.kill()
            errors.seek(0)
            stderr = errors.read()
        try:
            with open(serial, encoding="utf-8", errors="replace") as f:
                log = f.read()
        except OSError:
            log = ""
    lines = log.splitlines()
    passed = status == 0 and bool(lines) and lines[-1].startswith("PASS ") \
        and not any(line.startswith(("FAIL", "UNEXPECTED")) for line in lines)
    report = (f"command: {shlex.join(argv)}\nexit status: {status}, "
              f"{time.monotonic() - start:.1f} s\nserial:\n{log}\nstderr:\n{stderr}\n{registers}")
    return passed, report


def main():
    emulator, source, image = sys.argv[1:4]
    spec = header(source)
    modes = sys.argv[4:] or spec["modes"]
    print(f"1..{len(modes)}")
    failed = 0
    for n, mode in enumerate(modes, 1):
        passed, report = run(emulator, image, mode, spec)
        if not passed:
            failed += 1
            for line in report.splitlines():
                print("# " + line)
        print(f"{'ok' if passed else 'not ok'} {n} - {mode}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
