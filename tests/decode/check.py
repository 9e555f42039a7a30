#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
Run decode-gen.py on every err_*.decode (must be refused, with the text after "# expect:" and the
file's name, and write nothing) and ok_*.decode (must be accepted).
"""

import pathlib
import subprocess
import sys
import tempfile


def run(gen, features, path, out):
    return subprocess.run([sys.executable, gen, '--features', features, '--header', out / 'h',
                           '--table', out / 't', '--dispatch', out / 'd', path],
                          capture_output=True, text=True)


def main():
    gen, features, here = sys.argv[1:4]
    files = sorted(pathlib.Path(here).glob('*.decode'))
    failed = 0
    print(f'1..{len(files)}')
    for n, path in enumerate(files, 1):
        with tempfile.TemporaryDirectory() as tmp:
            out = pathlib.Path(tmp)
            r = run(gen, features, path, out)
            if path.name.startswith('ok_'):
                good = r.returncode == 0 and all((out / f).exists() for f in 'htd')
            else:
                expect = path.read_text().split('\n')[0].removeprefix('# expect: ')
                good = (r.returncode == 1 and expect in r.stderr and path.name in r.stderr
                        and not any(out.iterdir()))
            print(f'{"ok" if good else "not ok"} {n} {path.name}')
            if not good:
                failed += 1
                print(f'# exit status {r.returncode}, said: {r.stderr.strip()}')
    return 1 if failed or not files else 0


if __name__ == '__main__':
    sys.exit(main())
