#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Check that every #include points to an area its file may use.

usage: check-layers.py ROOT [RULES]

Refused: an include of an area that the rules do not grant, a private header of another folder, a
source file that no area covers, and a cycle of headers. Exit status 1 when anything is refused.
"""
import pathlib
import re
import sys

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+"([^"]+)"', re.MULTILINE)
SUFFIXES = {'.c', '.h', '.def', '.inc'}
SKIPPED = {'.git', 'subprojects'}


def read_rules(path):
    rules = {}
    for line in path.read_text().splitlines():
        line = line.partition('#')[0].strip()
        if line:
            area, _, granted = line.partition(':')
            rules.setdefault(area.strip(), set()).update(granted.split())
    return rules


def source_files(root):
    for path in sorted(root.rglob('*')):
        rel = path.relative_to(root)
        top = rel.parts[0]
        if path.suffix in SUFFIXES and top not in SKIPPED and not top.startswith('build'):
            yield rel


def area_of(rel, rules):
    text = rel.as_posix().removeprefix('include/')
    fits = [a for a in rules if text == a or text.startswith(a + '/')]
    return max(fits, key=len, default=None)


def find_target(root, rel, name):
    """The file an include means, or None for system and generated headers."""
    for candidate in (rel.parent / name, pathlib.Path('include') / name, pathlib.Path(name)):
        if (root / candidate).is_file():
            return pathlib.Path((root / candidate).resolve().relative_to(root))
    return None


def is_private_elsewhere(rel, target):
    return target.parts[0] != 'include' and target.parent != rel.parent


def header_cycles(graph):
    done, path, found = set(), [], []

    def visit(node):
        if node in path:
            found.append(path[path.index(node):] + [node])
        elif node not in done:
            path.append(node)
            for following in graph.get(node, ()):
                visit(following)
            path.pop()
            done.add(node)

    for node in sorted(graph):
        visit(node)
    return found


def check(root, rules):
    problems, graph = [], {}
    for rel in source_files(root):
        area = area_of(rel, rules)
        if area is None:
            problems.append(f'{rel}: no area covers this file')
            continue
        granted = rules[area]
        for name in INCLUDE.findall((root / rel).read_text(errors='replace')):
            target = find_target(root, rel, name)
            if target is None:
                continue
            to = area_of(target, rules)
            if to not in (area, None) and not granted & {to, '*'}:
                problems.append(f'{rel}: {area} may not include {to} ("{name}")')
            if is_private_elsewhere(rel, target) and '*' not in granted:
                problems.append(f'{rel}: "{name}" is private to {target.parent}/')
            if rel.suffix == '.h' and target.suffix == '.h':
                graph.setdefault(rel.as_posix(), []).append(target.as_posix())
    problems += ['header cycle: ' + ' -> '.join(c) for c in header_cycles(graph)]
    return problems


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    rules = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else root / 'scripts/layers.rules'
    problems = check(root, read_rules(rules))
    for line in problems:
        print(line)
    print(f'{len(problems)} layering error(s)')
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main())
