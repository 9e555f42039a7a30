# SPDX-License-Identifier: GPL-2.0-or-later
"""What the fuzz targets share: seeds, time, runs of the emulator, kept failures.

A target is a function case(context, rng) that raises Finding when the emulator did what it never
may: die by a signal, hang, grow without limit, complain of itself. Every case has a number; the
seed of a run and that number give the same case again.
"""
import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / 'tests' / 'guest'))

import vm as guestvm  # noqa: E402  pylint: disable=wrong-import-position

# Words of a program that found a bug in itself.
SELF_COMPLAINT = ('Assertion', 'AddressSanitizer', 'runtime error', 'ThreadSanitizer', 'CRITICAL',
                  'glibc detected', 'corrupted', 'LeakSanitizer')


class Finding(Exception):
    """The emulator misbehaved; the text says how."""


class Context:
    """One fuzz run."""

    def __init__(self, binary, kept):
        self.binary = str(binary)
        self.kept = Path(kept)
        self.tmp = Path(tempfile.mkdtemp(prefix='fuzz-'))

    def run(self, args, timeout=15):
        """Run to the end; (status, stdout, stderr). Status None: it was still running."""
        try:
            done = subprocess.run([self.binary, *map(str, args)], stdin=subprocess.DEVNULL,
                                  capture_output=True, timeout=timeout * guestvm.SCALE,
                                  cwd=self.tmp, check=False)
        except subprocess.TimeoutExpired as e:
            return None, '', (e.stderr or b'').decode('utf-8', 'replace')
        out, err = (b.decode('utf-8', 'replace') for b in (done.stdout, done.stderr))
        judge(done.returncode, err)
        return done.returncode, out, err

    def machine(self, **kwargs):
        """A machine with QMP (stop it by `finish`)."""
        return guestvm.Machine(self.binary, workdir=self.tmp / 'vm', **kwargs)

    def finish(self, vm):
        """The machine must still answer and end when told."""
        try:
            vm.qmp.command('query-status')
            vm.qmp.hmp('info registers -a')
            vm.qmp.command('quit')
            status = vm.wait_exit(20)
        except (guestvm.VmError, OSError) as e:
            judge(vm.process.poll() or 0, vm.errors())
            raise Finding(f'{e}; {vm.state()}') from e
        judge(status, vm.errors())
        if status != 0:
            raise Finding(f'quit ended with status {status}: {vm.errors()[:500]}')

    def keep(self, name):
        """Keep the files of a failed case; their place."""
        where = self.kept / name
        shutil.rmtree(where, ignore_errors=True)
        where.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(self.tmp, where, ignore_dangling_symlinks=True)
        return where

    def clean(self):
        """An empty directory for the next case."""
        shutil.rmtree(self.tmp, ignore_errors=True)
        self.tmp.mkdir()


def judge(status, errors):
    """A signal or a complaint of the program about itself is a finding."""
    if status is not None and status < 0 and status != -15:
        raise Finding(f'ended by signal {-status}; stderr: {errors[-2000:]}')
    for word in SELF_COMPLAINT:
        if word in errors:
            raise Finding(f'stderr: {errors[-3000:]}')


def mutate(rng, data, limit=64):
    """DATA with a few bytes changed, moved, cut or doubled."""
    data = bytearray(data)
    for _ in range(rng.randint(1, 8)):
        kind = rng.randrange(6)
        at = rng.randrange(len(data) + 1)
        n = rng.randint(1, limit)
        if kind == 0 and data:
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        elif kind == 1:
            data[at:at] = rng.randbytes(n)
        elif kind == 2:
            del data[at:at + n]
        elif kind == 3:
            data[at:at] = data[at:at + n]
        elif kind == 4:
            data[at:at + 4] = rng.choice((0, 1, 0x7fffffff, 0x80000000, 0xffffffff)).to_bytes(
                4, 'little')
        elif rng.random() < 0.2:
            del data[at:]
    return bytes(data)


def run_cases(context, name, case, args, seed):
    """Cases until the time is over; (number of the next, findings)."""
    end = time.monotonic() + args.seconds
    number, failed = args.case or 0, 0
    while args.case is None and time.monotonic() < end or number == args.case:
        context.clean()
        try:
            case(context, random.Random(seed * 1000003 + number))
        except Finding as e:
            failed += 1
            where = context.keep(f'{name}-{seed}-{number}')
            print(f'{name}: seed {seed} case {number}: {e}\n  files: {where}', flush=True)
            if failed >= 5:
                break
        number += 1
    return number, failed


def main(name, case, doc):
    """The command line of a target."""
    parser = argparse.ArgumentParser(description=doc)
    parser.add_argument('--binary', default=TOP / 'build' / 'qemu-system-aarch64')
    parser.add_argument('--seconds', type=float, default=30)
    parser.add_argument('--seed', type=int, default=None, help='default: a new one each time')
    parser.add_argument('--case', type=int, help='run only this case of the seed')
    parser.add_argument('--kept', default=TOP / 'build' / 'fuzz', help='where failures go')
    args = parser.parse_args()
    seed = args.seed if args.seed is not None else random.SystemRandom().randrange(1 << 32)
    context = Context(Path(args.binary).resolve(), args.kept)
    try:
        number, failed = run_cases(context, name, case, args, seed)
    finally:
        shutil.rmtree(context.tmp, ignore_errors=True)
    print(f'{name}: seed {seed}: {number - (args.case or 0)} cases, {failed} findings', flush=True)
    sys.exit(1 if failed else 0)
