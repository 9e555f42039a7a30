#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Run the test suites one after the other, show progress, and count.

usage: check.py [--build DIR] [--jobs N] [--tag check|soak] [--only SUITE] [TEST ...]

Suites: meson (unit tests, decode tables, devices, bare-metal guests: all that meson knows) and
system (real kernels, tests/avocado). TEST names tests of the system suite, for example
tests/avocado/hotplug.py:Plug.test_s09_burst. The last line is "N passed, N failed"; the exit
status is 0 only when nothing failed and something passed.
"""
import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
OK = {'PASS', 'WARN'}
SKIPPED = {'SKIP', 'CANCEL'}


class Totals:
    """Counts over all suites."""

    def __init__(self):
        self.passed = 0
        self.failed = 0
        self.skipped = 0
        self.notes = []

    def line(self):
        """The closing line."""
        skipped = f', {self.skipped} skipped' if self.skipped else ''
        return f'{self.passed} passed, {self.failed} failed{skipped}'


def title(text):
    print(f'\n== {text} ==', flush=True)


def run_meson(build, jobs, totals):
    """All tests that meson knows."""
    title('meson: unit tests, tables, devices, bare-metal guests')
    log = build / 'meson-logs' / 'testlog.json'
    log.unlink(missing_ok=True)
    done = subprocess.run(['meson', 'test', '-C', str(build), '--print-errorlogs',
                           '--num-processes', str(jobs)], check=False, stdin=subprocess.DEVNULL)
    if not log.exists():
        totals.failed += 1
        totals.notes.append(f'meson test ended with status {done.returncode} and no results')
        return
    for line in log.read_text(encoding='utf-8', errors='replace').splitlines():
        result = json.loads(line)
        if result['result'] in ('OK', 'EXPECTEDFAIL'):
            totals.passed += 1
        elif result['result'] == 'SKIP':
            totals.skipped += 1
        else:
            totals.failed += 1
            totals.notes.append(f'meson: {result["name"]}: {result["result"]}')


def write_avocado_config(build, jobs):
    """A configuration of our own, so that the user's has no part in it."""
    base = build / 'avocado'
    base.mkdir(parents=True, exist_ok=True)
    config = base / 'avocado.conf'
    config.write_text(
        '[datadir.paths]\n'
        f'base_dir = {base}\ntest_dir = {TOP}/tests/avocado\ndata_dir = {base}/data\n'
        f'logs_dir = {base}/results\ncache_dirs = ["{base}/cache"]\n'
        f'[nrunner]\nmax_parallel_tasks = {jobs}\n', encoding='utf-8')
    return config


def run_system(build, jobs, tag, tests, totals):
    """The tests with real kernels."""
    title(f'system: real kernels ({tag}), {jobs} at a time')
    avocado = build / 'venv' / 'bin' / 'avocado'
    if not avocado.exists():
        totals.failed += 1
        totals.notes.append(f'{avocado} is not there: run "make check", which makes it')
        return
    results = build / 'avocado' / 'last.json'
    results.parent.mkdir(parents=True, exist_ok=True)
    results.unlink(missing_ok=True)
    command = [str(avocado), '--config', str(write_avocado_config(build, jobs)), 'run',
               '--disable-sysinfo', '--max-parallel-tasks', str(jobs), '--json', str(results)]
    if tests:
        command += tests
    else:
        if tag != 'soak':
            command += ['-t', tag]
        command += [str(p) for p in sorted((TOP / 'tests/avocado').glob('*.py'))
                    if p.stem != 'support']
    env = dict(os.environ, BUILD=str(build), PYTHONPATH=str(TOP / 'tests/avocado'))
    done = subprocess.run(command, env=env, check=False, stdin=subprocess.DEVNULL, cwd=TOP)
    if not results.exists():
        totals.failed += 1
        totals.notes.append(f'avocado ended with status {done.returncode} and no results')
        return
    for test in json.loads(results.read_text(encoding='utf-8'))['tests']:
        name = test['name'].removeprefix(str(TOP) + '/')
        if test['status'] in OK:
            totals.passed += 1
        elif test['status'] in SKIPPED:
            totals.skipped += 1
            print(f'skipped: {name}: {test.get("fail_reason") or ""}')
        else:
            totals.failed += 1
            totals.notes.append(f'system: {name}: {test["status"]}: {test.get("fail_reason")}')
            show_failure(test)


def show_failure(test):
    """What a person needs to see why a system test failed."""
    print(f'\n---- {test["name"]}: {test["status"]}: {test.get("fail_reason")}')
    logdir = Path(test.get('logdir') or '/nonexistent')
    for report in sorted(logdir.rglob('report.txt')):
        text = report.read_text(encoding='utf-8', errors='replace')
        print(text if len(text) < 20000 else '[...]' + text[-20000:])
    print(f'---- logs: {logdir}', flush=True)


def main():
    parser = argparse.ArgumentParser(description='Run the test suites.')
    parser.add_argument('--build', default='build', type=Path)
    parser.add_argument('--jobs', type=int, default=min(os.cpu_count() or 1, 8))
    parser.add_argument('--tag', default='check', choices=('check', 'soak'))
    parser.add_argument('--only', choices=('meson', 'system'))
    parser.add_argument('tests', nargs='*', metavar='TEST')
    args = parser.parse_args()
    build = args.build.resolve()
    totals, start = Totals(), time.monotonic()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))     # so that `with` ends
    # What a test that dies leaves behind goes with this.
    with tempfile.TemporaryDirectory(prefix='check-', ignore_cleanup_errors=True) as tmp:
        os.environ['TMPDIR'] = tmp
        if args.only != 'system' and not args.tests:
            run_meson(build, args.jobs, totals)
        if args.only != 'meson':
            run_system(build, args.jobs, args.tag, args.tests, totals)
    title(f'result, after {time.monotonic() - start:.0f} s')
    for note in totals.notes:
        print(f'FAILED  {note}')
    print(totals.line(), flush=True)
    sys.exit(0 if totals.failed == 0 and totals.passed else 1)


if __name__ == '__main__':
    main()
