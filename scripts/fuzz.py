#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Run every fuzz target of tests/fuzz for a while.

usage: fuzz.py [--build DIR] [--seconds N] [--seed N] [TARGET ...]

Targets: the scripts tests/fuzz/fuzz_NAME.py. A finding prints its seed, case and files; run the
script with --seed and --case to see it again.
"""
import argparse
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]


def main():
    every = {p.stem.removeprefix('fuzz_'): p for p in sorted(
        (TOP / 'tests/fuzz').glob('fuzz_*.py'))}
    parser = argparse.ArgumentParser(description='Run the fuzz targets.')
    parser.add_argument('--build', type=Path, default=TOP / 'build')
    parser.add_argument('--seconds', type=float, default=60, help='for each target')
    parser.add_argument('--seed', type=int)
    parser.add_argument('targets', nargs='*', metavar='TARGET', help=', '.join(every))
    args = parser.parse_args()
    unknown = [t for t in args.targets if t not in every]
    if unknown:
        sys.exit(f'fuzz.py: no target {", ".join(unknown)}; there are {", ".join(every)}')
    failed = []
    for name in args.targets or every:
        print(f'== {name}, {args.seconds:.0f} s ==', flush=True)
        command = [sys.executable, str(every[name]), '--seconds', str(args.seconds), '--binary',
                   str(args.build / 'qemu-system-aarch64'), '--kept', str(args.build / 'fuzz')]
        if args.seed is not None:
            command += ['--seed', str(args.seed)]
        if subprocess.run(command, check=False).returncode:
            failed.append(name)
    print(f'{len(args.targets or every) - len(failed)} passed, {len(failed)} failed'
          + (f': {", ".join(failed)}' if failed else ''))
    sys.exit(1 if failed else 0)


if __name__ == '__main__':
    main()
