#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Boot Debian's arm64 kernel, hot-plug two vCPUs, put work on them, unplug them again.

usage: demo.py [--build DIR] [--binary FILE]          ("make demo" installs and builds first)

Shows what the guest and the host see at each step and compares it with what must be seen. Exit
status 0 only if everything was as expected. KERNEL=PATH and INITRD=PATH choose another guest.
"""
import argparse
import json
import os
import re
import shlex
import sys
import tempfile
import time
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TOP / 'tests' / 'guest'))

import fetch  # noqa: E402  pylint: disable=wrong-import-position
import material  # noqa: E402  pylint: disable=wrong-import-position
import vm as guestvm  # noqa: E402  pylint: disable=wrong-import-position

COLD = (0, 1)
HOT = (2, 3)
ALL = (*COLD, *HOT)
LOOPS = 60000
TRACE_LINES = 24


class Screen:
    """What the user sees: steps, checks, quoted text."""

    def __init__(self):
        colour = sys.stdout.isatty() and 'NO_COLOR' not in os.environ
        self.bold, self.green, self.red, self.dim, self.off = (
            ('\033[1m', '\033[32m', '\033[31m', '\033[2m', '\033[0m') if colour else ('',) * 5)
        self.start = time.monotonic()
        self.step_number = 0
        self.passed = 0
        self.failures = []

    def out(self, text=''):
        print(text, flush=True)

    def step(self, text):
        self.step_number += 1
        passed = time.monotonic() - self.start
        self.out(f'\n{self.bold}[{self.step_number}] {text}{self.off}  '
                 f'{self.dim}({passed:.1f} s){self.off}')

    def say(self, text):
        self.out(f'    {text}')

    def quote(self, text, limit=None):
        lines = text.rstrip('\n').splitlines()
        for line in lines[:limit]:
            self.out(f'      {self.dim}|{self.off} {line}')
        if limit and len(lines) > limit:
            self.out(f'      {self.dim}| ... {len(lines) - limit} more lines{self.off}')

    def check(self, good, text, seen=''):
        """Count and show one expectation."""
        if good:
            self.passed += 1
            self.out(f'    {self.green}ok{self.off}    {text}')
        else:
            self.failures.append(text)
            said = f': {seen}' if seen != '' else ''
            self.out(f'    {self.red}WRONG{self.off} {text}{said}')
        return good


class Demo:
    """The demonstration over one machine."""

    def __init__(self, screen, vm):
        self.screen = screen
        self.vm = vm
        self.guest = None
        self.times = {}
        self.trace_start = 0

    def boot(self):
        """To the guest's shell."""
        s = self.screen
        s.step('Boot Debian arm64 with ACPI and no firmware, 2 of 4 vCPUs')
        s.quote(shlex.join(self.vm.args).replace(' -', ' \\\n    -'))
        began = time.monotonic()
        self.vm.start()
        s.say('the kernel starts ...')
        self.vm.console.wait_for('INIT-START', guestvm.BOOT_TIMEOUT)
        self.times['boot to /init'] = time.monotonic() - began
        self.vm.console.wait_ready()
        self.guest = guestvm.Guest(self.vm)
        s.say(f'the guest answers after {time.monotonic() - began:.1f} s'
              f' ({self.vm.figures().cpu:.1f} s of host CPU time)')
        log = self.guest.dmesg()
        s.quote('\n'.join(line for line in log.splitlines() if re.search(
            r'Linux version|ACPI: RSDP|psci: PSCIv|GICv3: \d+ SPIs|smp: Brought up|PPTT', line)))
        s.check('ACPI: RSDP' in log, 'the kernel uses ACPI')
        s.check('psci: PSCIv' in log, 'PSCI is there')

    def masks(self, enabled, online):
        """Show and check the guest's CPU masks."""
        s = self.screen
        masks = self.guest.cpu_masks()
        s.quote('\n'.join(f'/sys/devices/system/cpu/{name:9}'
                          f' {guestvm.format_cpu_list(cpus) if cpus is not None else "(no file)"}'
                          for name, cpus in masks.items()))
        text = guestvm.format_cpu_list
        s.check(masks['possible'] == set(ALL), f'possible is {text(ALL)}', masks['possible'])
        s.check(masks['enabled'] == set(enabled), f'enabled is {text(enabled)}', masks['enabled'])
        s.check(masks['online'] == set(online), f'online is {text(online)}', masks['online'])

    def qmp(self, name, **arguments):
        """Run and show a QMP command."""
        self.screen.say(f'-> {json.dumps({"execute": name, "arguments": arguments})}')
        return self.vm.qmp.command(name, **arguments)

    def event(self, name, match):
        """Wait for an event and show it."""
        data = self.vm.qmp.wait_event(name, match)
        self.screen.say(f'<- {json.dumps({"event": name, "data": data})}')
        return data

    def ost(self, cpu, source):
        """The final _OST of the guest for CPU."""
        while True:
            info = self.event('ACPI_DEVICE_OST', lambda d: d['info']['slot'] == str(cpu)
                              and d['info']['source'] == source)['info']
            if info['status'] not in (0x80, 0x84) or source == 1:
                return info['status']

    def host_view(self, expected):
        """What QMP says is there."""
        cpus = {c['cpu-index'] for c in self.vm.qmp.command('query-cpus-fast')}
        self.screen.check(cpus == set(expected), 'query-cpus-fast lists vCPU '
                          f'{guestvm.format_cpu_list(expected)}', cpus)

    def plug(self, cpu):
        """Plug one vCPU and bring it online."""
        s = self.screen
        s.step(f'Plug vCPU {cpu} and bring it online')
        began = time.monotonic()
        self.qmp('device_add', **{'driver': 'max-arm-cpu', 'id': f'cpu{cpu}', 'core-id': cpu})
        s.check(self.ost(cpu, 1) == 0, 'the guest reports success (_OST)')
        self.guest.wait_cpu(cpu)
        before = len(self.guest.dmesg())
        self.guest.online(cpu)
        self.times[f'plug and online vCPU {cpu}'] = time.monotonic() - began
        s.say(f'guest# echo 1 > /sys/devices/system/cpu/cpu{cpu}/online')
        s.quote(self.guest.dmesg()[before:])
        here = [c for c in ALL if c <= cpu]
        self.masks(here, here)
        self.host_view(here)

    def load(self):
        """One busy loop pinned on each CPU, all at once."""
        s = self.screen
        s.step('Put work on all four CPUs, each loop pinned by taskset')
        before = self.guest.interrupts()
        script = (f"i=0; while [ $i -lt {LOOPS} ]; do i=$((i+1)); done;"
                  ' echo "loop pinned to CPU $1 ended on CPU $(cut -d" " -f39 /proc/self/stat)"')
        text = self.vm.console.check(
            f"cat > /tmp/loop <<'E'\n{script}\nE\n"
            + ''.join(f'taskset -c {c} sh /tmp/loop {c} & ' for c in ALL) + 'wait', 180)
        lines = sorted(text.splitlines())
        s.quote('\n'.join(lines))
        want = [f'loop pinned to CPU {c} ended on CPU {c}' for c in ALL]
        s.check(lines == want, 'each loop ran on its CPU')
        after = self.guest.interrupts()
        table = self.vm.console.check('cat /proc/interrupts')
        s.quote('\n'.join(line for line in table.splitlines()
                          if re.search(r'CPU0|arch_timer|uart|GED|IPI[0-6]', line)))
        for cpu in ALL:
            s.check(after.get(cpu, 0) > before.get(cpu, 0),
                    f'CPU {cpu} took {after.get(cpu, 0) - before.get(cpu, 0)} timer interrupts')

    def unplug(self, cpu):
        """Unplug one vCPU; the guest takes it offline on the eject request."""
        s = self.screen
        s.step(f'Unplug vCPU {cpu}')
        began = time.monotonic()
        log = len(self.guest.dmesg())
        self.qmp('device_del', id=f'cpu{cpu}')
        self.event('DEVICE_DELETED', lambda d: d.get('device') == f'cpu{cpu}')
        self.times[f'unplug vCPU {cpu}'] = time.monotonic() - began
        s.check(self.ost(cpu, 3) == 0, 'the guest reports success (_OST)')
        self.guest.wait_cpu(cpu, exists=False)
        s.quote(self.guest.dmesg()[log:])
        here = [c for c in ALL if c < cpu]
        self.masks(here, here)
        self.host_view(here)

    def trace(self):
        """The hotplug log of one plug and one unplug."""
        s = self.screen
        s.step('The same, as the emulator saw it (-d hotplug)')
        lines = self.vm.debug_log().splitlines()
        s.check(bool(lines), f'the hotplug log has {len(lines)} lines')
        s.say(f'the plug of vCPU {HOT[0]}:')
        s.quote('\n'.join(lines[self.trace_start:self.trace_start + TRACE_LINES]))
        s.say('the end of the last unplug:')
        s.quote('\n'.join(lines[-TRACE_LINES:]))
        s.say(f'all of it: {self.vm.path("debug.log")}')

    def verdict(self, before):
        """Nothing to complain about, nothing left behind, a clean end."""
        s = self.screen
        s.step('Health')
        bad = self.guest.complaints() or guestvm.complaints(self.vm.console.text())
        s.check(not bad, 'no warning, stall or oops in the guest kernel\'s log')
        s.quote('\n'.join(bad))
        after = self.vm.figures()
        s.say(f'host, before the first plug: {before}')
        s.say(f'host, after the last unplug: {after}')
        s.check(after.threads == before.threads, 'no host thread left behind', after.threads)
        s.check(after.fds == before.fds, 'no host descriptor left behind', after.fds)
        self.vm.console.send('poweroff -f')
        s.check(self.vm.wait_exit() == 0, 'poweroff ends the emulator with status 0')
        s.check(self.vm.errors() == '', 'the emulator printed no error', self.vm.errors())

    def run(self):
        """All steps in order."""
        self.boot()
        self.screen.step('What the guest sees before')
        self.masks(COLD, COLD)
        self.host_view(COLD)
        before = self.vm.figures()
        self.trace_start = len(self.vm.debug_log().splitlines())
        for cpu in HOT:
            self.plug(cpu)
        self.load()
        for cpu in reversed(HOT):
            self.unplug(cpu)
        self.trace()
        self.verdict(before)


def summary(screen, demo):
    """The end of it; the exit status."""
    screen.out(f'\n{screen.bold}Summary{screen.off}')
    for what, seconds in demo.times.items():
        screen.out(f'    {what:28}{seconds:6.2f} s')
    screen.out(f'    {screen.passed} checks as expected, {len(screen.failures)} not'
               f' ({time.monotonic() - screen.start:.0f} s)')
    for text in screen.failures:
        screen.out(f'    {screen.red}WRONG{screen.off} {text}')
    if not screen.failures:
        screen.out(f'    {screen.green}Everything was as expected.{screen.off}')
    screen.out(f'    logs: {demo.vm.workdir}')
    return 1 if screen.failures else 0


def main():
    parser = argparse.ArgumentParser(description='Boot Debian arm64, plug and unplug vCPUs.')
    parser.add_argument('--build', type=Path, default=TOP / 'build')
    parser.add_argument('--binary', type=Path, help='default: qemu-system-aarch64 in the build')
    args = parser.parse_args()
    binary = (args.binary or args.build / 'qemu-system-aarch64').resolve()
    if not binary.exists():
        sys.exit(f'demo.py: {binary} is not there: "make demo" builds it')
    screen = Screen()
    screen.step('Debian kernel 6.12 and busybox for arm64')
    try:
        files = material.guest('cloud-6.12', args.build / 'guest')
    except fetch.FetchError as e:
        sys.exit(f'demo.py: {e}')
    screen.say(f'kernel {files.kernel}')
    screen.say(f'initramfs {files.initrd}')
    (args.build / 'demo').mkdir(parents=True, exist_ok=True)
    workdir = tempfile.mkdtemp(prefix='run-', dir=args.build / 'demo')
    vm = guestvm.Machine(binary, files.kernel, files.initrd, cpu='max', machine='virt',
                         smp=f'cpus={len(COLD)},maxcpus={len(ALL)}', memory='512M',
                         debug='hotplug', workdir=workdir)
    demo = Demo(screen, vm)
    try:
        demo.run()
    except (guestvm.VmError, OSError) as e:
        screen.check(False, f'{e}')
        screen.out(vm.report())
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        vm.stop()
    sys.exit(summary(screen, demo))


if __name__ == '__main__':
    main()
