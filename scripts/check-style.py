#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Check what can be checked of the style of source files without understanding them.

usage: check-style.py ROOT

Refused in sources, scripts, build files and rules: a line of more than 100 characters, a tab, white
space at the end of a line, no newline or an empty line at the end of the file, and no SPDX line
among the first three; in C two empty lines together, too. In Markdown the same without the SPDX
line; rows of tables and preformatted text may be longer. Each is reported as `file:line: what`.
Exit status 1 when anything is refused.
"""
import fnmatch
import os
import pathlib
import sys

COLUMNS = 100
SUFFIXES = {'.c', '.h', '.def', '.S', '.ld', '.py', '.sh', '.build', '.rules', '.md'}
C_SUFFIXES = {'.c', '.h', '.def', '.S'}
NAMES = {'configure', 'init', 'run'}        # scripts without a suffix
SKIPPED = {'subprojects', '__pycache__'}
LICENCE = 'SPDX-License-Identifier: GPL-2.0-or-later'

# Files whose lines may be longer, and why.
LONG_LINES = {
    'tests/*/make-*vectors.py': 'run by hand; tables and formulas read better whole',
    'tests/guest/software/*.sh': 'expected results, and programs of one line',
}


def source_files(root):
    for folder, folders, names in os.walk(root):
        top = pathlib.Path(folder) == root
        folders[:] = sorted(f for f in folders if f not in SKIPPED and not f.startswith('.')
                            and not (top and f.startswith('build')))
        for name in sorted(names):
            path = pathlib.Path(folder, name)
            if path.suffix in SUFFIXES or name in NAMES:
                yield path.relative_to(root)


def prose_lines(lines):
    """The numbers of those lines of a Markdown file that can be broken anywhere."""
    fenced = False
    for number, line in enumerate(lines, 1):
        fence = line.lstrip().startswith('```')
        fenced ^= fence
        if not fenced and not fence and not line.startswith(('|', '    ')):
            yield number


def check_file(rel, text):
    """(line number, what is wrong) of one file."""
    lines = text.split('\n')
    limited = range(1, len(lines) + 1)
    if rel.suffix == '.md':
        limited = set(prose_lines(lines))
    elif not any(LICENCE in line for line in lines[:3]):
        yield 1, f'no "{LICENCE}" in the first three lines'
    if any(fnmatch.fnmatch(rel.as_posix(), pattern) for pattern in LONG_LINES):
        limited = ()
    for number, line in enumerate(lines, 1):
        if len(line) > COLUMNS and number in limited:
            yield number, f'{len(line)} columns, {COLUMNS} are allowed'
        if '\t' in line:
            yield number, 'a tab'
        if line != line.rstrip():
            yield number, 'white space at the end of the line'
        if rel.suffix in C_SUFFIXES and not line and number > 1 and not lines[number - 2] \
                and number < len(lines):
            yield number, 'a second empty line'
    if lines[-1] or len(lines) > 1 and not lines[-2]:
        yield len(lines), 'the file does not end with exactly one newline'


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    root = pathlib.Path(sys.argv[1]).resolve()
    files = problems = 0
    for rel in source_files(root):
        files += 1
        text = (root / rel).read_text(encoding='utf-8', errors='replace')
        for number, what in check_file(rel, text):
            problems += 1
            print(f'{rel}:{number}: {what}')
    print(f'{files} files, {problems} style error(s)')
    return 1 if problems or not files else 0


if __name__ == '__main__':
    sys.exit(main())
