#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Measure the emulator, alone or in turns with another one (the peer).

usage: bench.py [--build DIR] [--binary FILE] [--peer FILE] [--cpu MODEL] [--peer-cpu MODEL]
                [--rounds N] [--only PART] [--rows A,B]

Parts: rows (a guest program, tests/bench/guestbench*.c), boot (exec to the first line of /init) and
placeholders (what vCPU slots that are not plugged cost at start). All figures are host CPU time and
resident memory of the emulator from /proc, so another load on the machine disturbs them little;
with a peer, runs go A B A B ..., and the ratio is what to look at. Nothing here passes or fails.

Guest: Debian's cloud kernel 6.12 (KERNEL=PATH for another one).
"""
import argparse
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / 'tests' / 'guest'))

import fetch  # noqa: E402  pylint: disable=wrong-import-position
import material  # noqa: E402  pylint: disable=wrong-import-position
import vm as guestvm  # noqa: E402  pylint: disable=wrong-import-position

COMPILER = 'aarch64-linux-gnu-gcc'
FLAGS = ['-O2', '-Wall', '-Wextra', '-static', '-pthread', '-march=armv8-a+crypto+crc',
         '-mno-outline-atomics']
ROW_TIMEOUT = 300


def say(text=''):
    print(text, flush=True)


def note(text):
    print(text, file=sys.stderr, flush=True)


class Emulator:
    """One of the two that are compared."""

    def __init__(self, label, binary, cpu, logs):
        self.label = label
        self.logs = logs
        self.binary = binary
        self.cpu = cpu

    def machine(self, files, smp, machine='virt,gic-version=3', extra=(), append=''):
        """A machine with the command line that both get."""
        return guestvm.Machine(self.binary, files and files.kernel, files and files.initrd,
                               cpu=self.cpu, smp=smp, machine=machine, memory='1G', extra=extra,
                               append=append, workdir=tempfile.mkdtemp('', 'run-', self.logs))

    def version(self):
        """First line of --version."""
        out = subprocess.run([self.binary, '--version'], capture_output=True, text=True, check=True)
        return out.stdout.splitlines()[0]


def build_guest(build):
    """Compile the guest program; its material."""
    program = build / 'bench' / 'guestbench'
    sources = sorted((TOP / 'tests' / 'bench').glob('guestbench*.[ch]'))
    program.parent.mkdir(parents=True, exist_ok=True)
    if not program.exists() \
            or program.stat().st_mtime < max(source.stat().st_mtime for source in sources):
        units = [source for source in sources if source.suffix == '.c']
        subprocess.run([COMPILER, *FLAGS, '-o', program, *units, '-lm'], check=True)
    return material.guest('cloud-6.12', build / 'guest', add=[('/bin/guestbench', program)],
                          tag='-bench')


def median(values):
    return statistics.median(values) if values else math.nan


def geomean(values):
    values = [v for v in values if v > 0 and math.isfinite(v)]
    return math.exp(sum(map(math.log, values)) / len(values)) if values else math.nan


# -- the guest program -----------------------------------------------------------------------------

class Rows:
    """CPU seconds by row and emulator."""

    def __init__(self, emulators, chosen):
        self.emulators = emulators
        self.chosen = chosen
        self.cpu = {e.label: {} for e in emulators}
        self.check = {}
        self.group = {}
        self.wrong = set()

    def measure(self, vm, row):
        """Run one row; host CPU seconds and what the program says."""
        before = guestvm.cpu_seconds(vm.process.pid)
        text = vm.console.check(f'guestbench {row}', ROW_TIMEOUT)
        return guestvm.cpu_seconds(vm.process.pid) - before, text.split()

    def run_one(self, emulator, files, smp, groups):
        """One boot, all rows of GROUPS."""
        vm = emulator.machine(files, smp)
        with vm:
            vm.console.wait_ready()
            listing = vm.console.check('guestbench list').splitlines()
            rows = [line.split() for line in listing]
            base = median([self.measure(vm, 'none')[0] for _ in range(3)])
            for row, group in rows:
                if group not in groups or self.chosen and row not in self.chosen:
                    continue
                seconds, words = self.measure(vm, row)
                self.group[row] = group
                self.cpu[emulator.label].setdefault(row, []).append(max(seconds - base, 1e-4))
                if self.check.setdefault(row, words[1]) != words[1]:
                    self.wrong.add(row)
                note(f'  {emulator.label:10} -smp {smp} {row:12} {seconds - base:8.3f} s')
        vm.discard()

    def run(self, files, rounds):
        """All rounds, in turns."""
        for number in range(rounds):
            note(f'rows, round {number + 1} of {rounds}')
            for smp, groups in (('1', ('user', 'neon', 'spec', 'os')), ('2', ('smp',))):
                for emulator in self.emulators:
                    self.run_one(emulator, files, smp, groups)

    def ratio(self, row):
        """How many times the peer's CPU time ours is shorter."""
        first, second = (e.label for e in self.emulators)
        return median(self.cpu[second].get(row, [])) / median(self.cpu[first].get(row, []))

    def show(self):
        """The table."""
        say('\nGuest benchmark: median host CPU seconds' +
            (', and how many times as fast as the peer' if len(self.emulators) > 1 else ''))
        head = f'  {"row":12}{"kind":6}' + ''.join(f'{e.label:>12}' for e in self.emulators)
        say(head + ('       ratio' if len(self.emulators) > 1 else ''))
        for row, group in self.group.items():
            line = f'  {row:12}{group:6}'
            for e in self.emulators:
                line += f'{median(self.cpu[e.label].get(row, [])):12.3f}'
            if len(self.emulators) > 1:
                line += f'{self.ratio(row):12.2f}'
            say(line + ('   RESULTS DIFFER' if row in self.wrong else ''))
        if len(self.emulators) > 1:
            for group, text in (('user', 'user rows'), ('neon', 'NEON rows'),
                                ('spec', 'special rows'), ('os', 'OS rows'),
                                ('smp', 'two vCPUs')):
                ratios = [self.ratio(r) for r, g in self.group.items() if g == group]
                if ratios:
                    say(f'  geometric mean, {text:12}{"":20}{geomean(ratios):12.2f}')


# -- boot ------------------------------------------------------------------------------------------

def boot_once(emulator, files, smp, machine):
    """(CPU seconds, wall seconds, peak resident MiB) from exec to the first line of /init."""
    vm = emulator.machine(files, smp, machine)
    began = time.monotonic()
    with vm:
        vm.console.wait_for('INIT-START', guestvm.BOOT_TIMEOUT)
        cpu = vm.figures().cpu
        wall = time.monotonic() - began
        rss = vm.figures().rss_kib / 1024
    vm.discard()
    return cpu, wall, rss


def boot(emulators, files, rounds):
    """Boot-to-init of both, and ours with ACPI."""
    cases = [('1 vCPU, device tree', e, '1', 'virt,gic-version=3') for e in emulators]
    cases += [('2 vCPUs, device tree', e, '2', 'virt,gic-version=3') for e in emulators]
    cases += [('2 vCPUs, ACPI', emulators[0], '2', 'virt,acpi=on')]
    results = {}
    for number in range(rounds):
        note(f'boot, round {number + 1} of {rounds}')
        for text, emulator, smp, machine in cases:
            figures = boot_once(emulator, files, smp, machine)
            results.setdefault((text, emulator.label), []).append(figures)
            note(f'  {emulator.label:10} {text:22} {figures[0]:6.2f} s')
    say('\nBoot to /init: medians')
    say(f'  {"case":24}{"":12}{"CPU s":>8}{"wall s":>8}{"MiB":>8}')
    medians = {}
    for (text, label), figures in results.items():
        cpu, wall, rss = (median([f[i] for f in figures]) for i in range(3))
        medians[text, label] = cpu
        say(f'  {text:24}{label:12}{cpu:8.2f}{wall:8.2f}{rss:8.0f}')
    if len(emulators) > 1:
        first, second = (e.label for e in emulators)
        for text in dict.fromkeys(t for t, label in results if (t, second) in results):
            say(f'  ratio, {text}: {medians[text, second] / medians[text, first]:.2f}')


# -- placeholders ----------------------------------------------------------------------------------

def start_once(emulator, smp, machine):
    """(CPU seconds until query-status is answered, resident KiB)."""
    vm = emulator.machine(None, smp, machine=machine, extra=['-S'])
    with vm:
        vm.qmp.command('query-status')
        cpu = guestvm.cpu_seconds(vm.process.pid)
        rss = vm.figures().rss_kib
    vm.discard()
    return cpu, rss


def placeholders(emulators, rounds, slots=512):
    """What the slots cost that nobody has plugged."""
    smps = ('1', f'1,maxcpus={slots}')
    cases = [(e, 'virt,gic-version=3') for e in emulators]
    cases.append((emulators[0], 'virt,gic-version=3,acpi=on'))
    results = {}
    for _ in range(max(rounds, 5) * 2):
        for emulator, machine in cases:
            for smp in smps:
                figures = start_once(emulator, smp, machine)
                by_smp = results.setdefault((emulator.label, machine), {})
                by_smp.setdefault(smp, []).append(figures)
    say('\nPlaceholders: -S until query-status is answered, medians')
    say(f'  {"":12}{"-machine":30}{"-smp":18}{"CPU ms":>8}{"MiB":>8}')
    verdicts = []
    for (label, machine), by_smp in results.items():
        middle = {smp: [median([f[i] for f in figures]) for i in range(2)]
                  for smp, figures in by_smp.items()}
        for smp, (cpu, rss) in middle.items():
            say(f'  {label:12}{machine:30}{smp:18}{cpu * 1000:8.1f}{rss / 1024:8.1f}')
        (cpu1, rss1), (cpu2, rss2) = (middle[smp] for smp in smps)
        verdicts.append(f'  {label}, {machine}: {slots} slots cost {cpu2 / cpu1:.2f} times the CPU'
                        f' time of one, and {(rss2 - rss1) / (slots - 1):.2f} KiB for each disabled'
                        ' vCPU')
    say('\n'.join(verdicts))


def main():
    parser = argparse.ArgumentParser(description='Measure the emulator, alone or against a peer.')
    parser.add_argument('--build', type=Path, default=TOP / 'build')
    parser.add_argument('--binary', type=Path, help='default: qemu-system-aarch64 in the build')
    parser.add_argument('--peer', help='another qemu-system-aarch64 to run in turns with it')
    parser.add_argument('--cpu', default='max', help='CPU model (default: max)')
    parser.add_argument('--peer-cpu', help='CPU model of the peer, when it must differ')
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--only', action='append', choices=('rows', 'boot', 'placeholders'))
    parser.add_argument('--rows', default='', help='comma-separated selection of rows')
    args = parser.parse_args()
    binary = (args.binary or args.build / 'qemu-system-aarch64').resolve()
    logs = args.build.resolve() / 'bench'
    logs.mkdir(parents=True, exist_ok=True)
    emulators = [Emulator('sparecore', str(binary), args.cpu, logs)]
    if args.peer:
        emulators.append(Emulator('peer', args.peer, args.peer_cpu or args.cpu, logs))
    parts = args.only or ['placeholders', 'boot', 'rows']
    for emulator in emulators:
        if not os.access(emulator.binary, os.X_OK):
            sys.exit(f'bench.py: {emulator.binary} is no program that can be run')
        say(f'{emulator.label}: {emulator.version()}, -cpu {emulator.cpu}')
    try:
        if 'placeholders' in parts:
            placeholders(emulators, args.rounds)
        if 'boot' in parts or 'rows' in parts:
            files = build_guest(args.build.resolve())
        if 'boot' in parts:
            boot(emulators, files, args.rounds)
        if 'rows' in parts:
            rows = Rows(emulators, set(filter(None, args.rows.split(','))))
            rows.run(files, args.rounds)
            rows.show()
    except (guestvm.VmError, fetch.FetchError, subprocess.CalledProcessError, OSError) as e:
        sys.exit(f'bench.py: {e}')


if __name__ == '__main__':
    main()
