#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compile .decode files into a C decoder. The format: docs/devel/decode.md."""

import argparse
import re
import sys

WORD = 0xffffffff
IDENT = re.compile(r'[A-Za-z_][A-Za-z0-9_]*$')
FIELD = re.compile(r'([A-Za-z_][A-Za-z0-9_]*):(s?)(\d+)(?:<<(\d+))?$')
ASSIGN = re.compile(r'([A-Za-z_][A-Za-z0-9_]*)=(-?\w+)$')
DIFFER = re.compile(r'([A-Za-z_][A-Za-z0-9_]*)!=(\w+)$')
NOT = re.compile(r'not\(([^()]+)\)$')
RESERVED = {'s', 'a', 'w', 'if', 'do', 'for', 'int', 'auto', 'case', 'long', 'char', 'feat'}


class DecodeError(Exception):
    pass


class Field:
    """A named field: pieces (lowest bit, width) from the most significant piece down."""

    def __init__(self, name, signed, shift):
        self.name, self.signed, self.shift, self.pieces = name, signed, shift, []

    def width(self):
        return sum(w for _, w in self.pieces)

    def bits(self):
        """Instruction bit of each field bit, most significant first."""
        return [b for lo, w in self.pieces for b in range(lo + w - 1, lo - 1, -1)]

    def mask(self):
        return sum(1 << b for b in self.bits())

    def extract_c(self):
        parts, below = [], self.width()
        for n, (lo, width) in enumerate(self.pieces):
            below -= width
            if self.signed and n == 0:
                part = f'(int32_t)(w << {32 - lo - width}) >> {32 - width}'
                parts.append(f'(({part}) * {1 << below})' if below else f'({part})')
            else:
                part = f'(w >> {lo} & {(1 << width) - 1:#x})' if lo else \
                       f'(w & {(1 << width) - 1:#x})'
                parts.append(f'(int)({part} << {below})' if below else f'(int){part}')
        text = ' + '.join(parts)
        return f'({text}) * {1 << self.shift}' if self.shift else text


class Line:
    def __init__(self, where, name, cls):
        self.where, self.name, self.cls = where, name, cls
        self.mask = self.value = 0
        self.fields, self.consts = {}, {}
        self.conditions = []           # each: list of (bit, value) that must not all hold
        self.feature, self.unimp = 'FEAT_NONE', False
        self.group, self.cubes, self.index = None, [], 0
        self.vector = 0

    def arg_names(self):
        return tuple(sorted(set(self.fields) | set(self.consts)))


def fail(where, text):
    raise DecodeError(f'{where}: {text}')


def number(where, text):
    try:
        return int(text, 0)
    except ValueError:
        fail(where, f'"{text}" is not a number')


# -- Reading ---------------------------------------------------------------------------------

def condition(line, terms):
    """[(field, value)] -> [(bit, value)]"""
    out = []
    for name, value in terms:
        field = line.fields.get(name)
        if field is None:
            fail(line.where, f'condition on "{name}", which is no field of {line.name}')
        if not 0 <= value < 1 << field.width():
            fail(line.where, f'{value} does not fit in the {field.width()} bits of "{name}"')
        bits = field.bits()
        out += [(b, value >> (len(bits) - 1 - i) & 1) for i, b in enumerate(bits)]
    return out


def parse_bits(line, tokens):
    """Consume the pattern part of a line; returns the remaining tokens."""
    pos = 32
    for n, tok in enumerate(tokens):
        field = FIELD.match(tok)
        if field:
            name, signed, width = field[1], bool(field[2]), int(field[3])
            shift = int(field[4] or 0)
            if width == 0 or width > pos:
                fail(line.where, f'field "{tok}" does not fit: {pos} bits are left of 32')
            if name in RESERVED:
                fail(line.where, f'"{name}" cannot be the name of a field')
            pos -= width
            if name in line.fields:
                if signed or shift:
                    fail(line.where, f'only the first piece of "{name}" has a sign or a shift')
            else:
                line.fields[name] = Field(name, signed, shift)
            line.fields[name].pieces.append((pos, width))
        elif re.match(r'[01x]+$', tok):
            for ch in tok:
                if pos == 0:
                    fail(line.where, f'more than 32 bits in the pattern of {line.name}')
                pos -= 1
                if ch != 'x':
                    line.mask |= 1 << pos
                    line.value |= int(ch) << pos
        else:
            break
    else:
        n = len(tokens)
    if pos:
        fail(line.where, f'{32 - pos} bits in the pattern of {line.name}, 32 needed')
    return tokens[n:]


def parse_line(where, tokens, cls, features):
    line = Line(where, tokens[0], cls)
    if not IDENT.match(line.name):
        fail(where, f'"{line.name}" is not a name')
    for tok in parse_bits(line, tokens[1:]):
        if tok == 'unimp':
            line.unimp = True
        elif tok.startswith('feat='):
            line.feature = tok[5:]
            if line.feature not in features:
                fail(where, f'unknown feature "{line.feature}"')
        elif m := DIFFER.match(tok):
            line.conditions.append(condition(line, [(m[1], number(where, m[2]))]))
        elif m := NOT.match(tok):
            terms = []
            for term in m[1].split(','):
                t = ASSIGN.match(term)
                if not t:
                    fail(where, f'"{term}" in not() is no field=value')
                terms.append((t[1], number(where, t[2])))
            line.conditions.append(condition(line, terms))
        elif m := ASSIGN.match(tok):
            if m[1] in line.fields or m[1] in line.consts:
                fail(where, f'"{m[1]}" is given twice')
            if m[1] in RESERVED:
                fail(where, f'"{m[1]}" cannot be the name of a field')
            line.consts[m[1]] = number(where, m[2])
        else:
            fail(where, f'"{tok}": neither bits, field, condition, constant, feat= nor unimp')
    return line


def read_file(path, features, lines, classes):
    cls, group, group_at = None, None, None
    with open(path, encoding='utf-8') as f:
        for n, raw in enumerate(f, 1):
            where = f'{path}:{n}'
            text, _, comment = raw.partition('#')
            tokens = text.split()
            if not tokens:
                continue
            if tokens[0] == 'class':
                if group is not None:
                    fail(where, 'class inside a group')
                if len(tokens) != 2 or not IDENT.match(tokens[1]):
                    fail(where, 'class needs one name')
                if tokens[1] in classes:
                    fail(where, f'class "{tokens[1]}" was opened before, at '
                         f'{classes[tokens[1]][0]}')
                if 'DDI 0487' not in comment:
                    fail(where, 'class needs a comment with its section of DDI 0487')
                cls = tokens[1]
                classes[cls] = (where, comment.strip())
            elif tokens == ['{']:
                if group is not None:
                    fail(where, 'groups do not nest')
                group, group_at = object(), where
            elif tokens == ['}']:
                if group is None:
                    fail(where, 'no group is open')
                group = None
            else:
                if cls is None:
                    fail(where, 'encoding outside a class')
                line = parse_line(where, tokens, cls, features)
                line.group = group
                lines.append(line)
    if group is not None:
        fail(group_at, 'group is not closed')


def read_features(path):
    with open(path, encoding='utf-8') as f:
        m = re.search(r'typedef enum ArmFeature \{(.*?)\} ArmFeature;', f.read(), re.S)
    return set(re.findall(r'\bFEAT_[A-Z0-9_]+\b', m[1]))


# -- Checking --------------------------------------------------------------------------------

def expand(line):
    """The words a line matches, as disjoint (mask, value) cubes."""
    cubes = [(line.mask, line.value)]
    for cond in line.conditions:
        out = []
        for mask, value in cubes:
            prefix_mask = prefix_value = 0
            for bit, val in cond:
                m = prefix_mask | 1 << bit
                v = prefix_value | (1 - val) << bit
                if (v ^ value) & m & mask == 0:
                    out.append((mask | m, value | v))
                prefix_mask, prefix_value = m, prefix_value | val << bit
        cubes = out
    if not cubes:
        fail(line.where, f'the conditions of {line.name} leave no word')
    return cubes


def meet(a, b):
    return (a[1] ^ b[1]) & a[0] & b[0] == 0


def check_overlaps(lines):
    cubes = [(m, v, line) for line in lines for m, v in line.cubes]
    buckets = {}
    top = 0xff << 21                      # bits that separate most lines
    for c in cubes:
        free = [b for b in range(21, 29) if not c[0] >> b & 1]
        for combo in range(1 << len(free)):
            key = c[1] & top
            for i, b in enumerate(free):
                key |= (combo >> i & 1) << b
            buckets.setdefault(key, []).append(c)
    for bucket in buckets.values():
        for i, a in enumerate(bucket):
            for b in bucket[i + 1:]:
                if a[2] is not b[2] and meet(a, b) and \
                        (a[2].group is None or a[2].group is not b[2].group):
                    word = a[1] | b[1]
                    fail(b[2].where, f'{b[2].name} overlaps {a[2].name} ({a[2].where}), '
                         f'both match {word:#010x}')


def find_vector(line, earlier):
    """A word that decodes to @line: first zeros, then ones, then a fixed sequence of bits."""
    x = 0x9e3779b9 ^ (line.index * 0x85ebca6b & WORD) | 1
    for attempt in range(4096):
        mask, value = line.cubes[attempt % len(line.cubes)]
        fill = (x, 0, WORD)[attempt] if attempt < 3 else x
        word = value | fill & ~mask & WORD
        if not any(word & m == v for other in earlier for m, v in other.cubes):
            return word
        x ^= x << 13 & WORD
        x ^= x >> 17
        x ^= x << 5 & WORD
    return fail(line.where, f'{line.name} never matches: earlier lines of its group hide it')


def check(lines):
    by_name = {}
    for i, line in enumerate(lines):
        line.index = i
        line.cubes = expand(line)
        first = by_name.setdefault(line.name, line)
        if first.arg_names() != line.arg_names():
            fail(line.where, f'{line.name} has other fields than at {first.where}: '
                 f'{" ".join(line.arg_names())} / {" ".join(first.arg_names())}')
        if first.unimp != line.unimp:
            fail(line.where, f'{line.name} is unimp here but not at {first.where}, '
                 'or the other way round')
    check_overlaps(lines)
    groups = {}
    for line in lines:
        members = groups.setdefault(line.group, []) if line.group else []
        line.vector = find_vector(line, members)
        members.append(line)
    for members in groups.values():
        for line in members:
            line.group_end = members[-1].index + 1
    for line in lines:
        if line.group is None:
            line.group_end = line.index + 1


# -- Decision tree ---------------------------------------------------------------------------

class Tree:
    """Nested switches over runs of bits; leaves are line indexes + 1, 0 for no match."""

    def __init__(self, lines):
        self.out = []
        cubes = [(m, v, line.index) for line in lines for m, v in line.cubes]
        self.node(cubes, 0, 1)

    def emit(self, depth, text):
        self.out.append('    ' * depth + text)

    @staticmethod
    def best_run(cubes, known):
        """(lowest bit, width) of the run of undecided bits that most cubes fix."""
        count = [0 if known >> b & 1 else sum(c[0] >> b & 1 for c in cubes) for b in range(32)]
        top = max(count)
        best = (0, 0)
        b = 0
        while b < 32:
            if count[b] != top:
                b += 1
                continue
            lo = b
            while b < 32 and count[b] == top and b - lo < 8:
                b += 1
            if b - lo > best[1]:
                best = (lo, b - lo)
        return best if top == len(cubes) else (best[0], min(best[1], 3))

    def node(self, cubes, known, depth):
        while cubes and len(cubes) <= 3 or cubes and not cubes[0][0] & ~known:
            mask, value, index = cubes[0]
            rest = mask & ~known
            if not rest:
                self.emit(depth, f'return {index + 1};')
                return
            self.emit(depth, f'if ((w & {rest:#x}) == {value & rest:#x}) {{')
            self.emit(depth + 1, f'return {index + 1};')
            self.emit(depth, '}')
            cubes = cubes[1:]
        if not cubes:
            self.emit(depth, 'return 0;')
            return
        lo, width = self.best_run(cubes, known)
        run = (1 << width) - 1
        subs = {}
        for val in range(1 << width):
            sub = tuple(c for c in cubes if (c[1] ^ val << lo) & c[0] & run << lo == 0)
            if sub:
                subs.setdefault(sub, []).append(val)
        self.emit(depth, f'switch (w >> {lo} & {run:#x}) {{')
        for sub, vals in subs.items():
            for i in range(0, len(vals), 8):
                self.emit(depth, ' '.join(f'case {v:#x}:' for v in vals[i:i + 8]))
            self.node(sub, known | run << lo, depth + 1)
        self.emit(depth, '}')
        self.emit(depth, 'return 0;')


# -- Output ----------------------------------------------------------------------------------

BANNER = '/* Generated by scripts/decode-gen.py. */\n'


def arg_struct(names):
    return 'Args_' + ('_'.join(names) or 'none')


def header(lines, prefix):
    out = [BANNER, f'#ifndef {prefix.upper()}_DECODE_H', f'#define {prefix.upper()}_DECODE_H',
           '#include <stdbool.h>', '#include <stdint.h>', '#include "decode_table.h"', '']
    structs = {}
    for line in lines:
        structs.setdefault(line.arg_names(), []).append(line)
    for names in sorted(structs):
        body = ' '.join(f'int {n};' for n in names) or 'char none;'
        out.append(f'typedef struct {arg_struct(names)} {{ {body} }} {arg_struct(names)};')
    seen = set()
    for line in lines:
        if line.name in seen:
            continue
        seen.add(line.name)
        out.append(f'typedef {arg_struct(line.arg_names())} arg_{line.name};')
        if not line.unimp:
            out.append(f'bool trans_{line.name}(Disas *s, const arg_{line.name} *a);')
    out += ['', f'extern const DecodeLine {prefix}_lines[{len(lines)}];',
            f'extern DecodeFn *const {prefix}_decoders[{len(lines)}];',
            f'#define {prefix.upper()}_LINES {len(lines)}u',
            f'extern const DecodeCube {prefix}_cubes[];',
            f'extern const unsigned {prefix}_cube_count;',
            f'/* Index + 1 of the line @w decodes to (the first of its group), 0: none. */',
            f'unsigned {prefix}_find(uint32_t w);', '#endif', '']
    return '\n'.join(out)


def table(lines, prefix):
    out = [BANNER, '#include "target/arm/internal/cpu.h"', f'#include "{prefix}_decode.h"', '',
           f'const DecodeLine {prefix}_lines[{len(lines)}] = {{']
    first = 0
    for line in lines:
        out.append(f'    {{ "{line.name}", "{line.cls}", {line.vector:#010x}, {first}, '
                   f'{line.group_end}, {line.feature}, {str(line.unimp).lower()} }},')
        first += len(line.cubes)
    out += ['};', '', f'const DecodeCube {prefix}_cubes[] = {{']
    for line in lines:
        for m, v in line.cubes:
            out.append(f'    {{ {m:#010x}, {v:#010x}, {line.index} }},')
    out += ['};', f'const unsigned {prefix}_cube_count = {first};', '',
            f'unsigned {prefix}_find(uint32_t w)', '{']
    out += Tree(lines).out
    out += ['}', '']
    return '\n'.join(out)


def dispatch(lines, prefix):
    out = [BANNER, '#include "target/arm/internal/cpu.h"', f'#include "{prefix}_decode.h"', '']
    for line in lines:
        if line.unimp:
            continue
        init = [f'.{n} = {f.extract_c()}' for n, f in sorted(line.fields.items())]
        init += [f'.{n} = {v}' for n, v in sorted(line.consts.items())]
        out.append(f'static bool dec_{line.index}(Disas *s, uint32_t w)')
        out.append('{')
        out.append(f'    const arg_{line.name} a = {{ {", ".join(init) or "0"} }};')
        out.append(f'    return trans_{line.name}(s, &a);')
        out.append('}')
    out += ['', f'DecodeFn *const {prefix}_decoders[{len(lines)}] = {{']
    out += [f'    {"NULL" if line.unimp else f"dec_{line.index}"},' for line in lines]
    out += ['};', '']
    return '\n'.join(out)


def coverage(lines, classes):
    out = ['| class | section | encodings | not implemented |', '|---|---|---|---|']
    for cls, (_, comment) in classes.items():
        mine = [line for line in lines if line.cls == cls]
        lacking = sorted({line.name for line in mine if line.unimp})
        out.append(f'| {cls} | {comment} | {len(mine)} | {" ".join(lacking)} |')
    return '\n'.join(out) + '\n'


def write(path, text):
    with open(path, 'w', encoding='utf-8') as f:
        f.write(text)


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument('--features', required=True, help='header that defines enum ArmFeature')
    ap.add_argument('--prefix', default='a64', help='prefix of the generated names')
    ap.add_argument('--header', help='output: argument structs and prototypes')
    ap.add_argument('--table', help='output: lines, cubes, and the find function')
    ap.add_argument('--dispatch', help='output: field extraction and calls of trans_*')
    ap.add_argument('--coverage', help='output: what is decoded and what is implemented')
    ap.add_argument('files', nargs='+')
    args = ap.parse_args()
    lines, classes = [], {}
    try:
        features = read_features(args.features)
        for path in args.files:
            read_file(path, features, lines, classes)
        check(lines)
    except DecodeError as e:
        print(f'decode-gen: {e}', file=sys.stderr)
        return 1
    if args.header:
        write(args.header, header(lines, args.prefix))
    if args.table:
        write(args.table, table(lines, args.prefix))
    if args.dispatch:
        write(args.dispatch, dispatch(lines, args.prefix))
    if args.coverage:
        write(args.coverage, coverage(lines, classes))
    return 0


if __name__ == '__main__':
    sys.exit(main())
