# SPDX-License-Identifier: GPL-2.0-or-later
"""The decode table (target/arm/*.decode) as the fuzzer sees it; read by scripts/decode-gen.py."""
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(TOP / 'scripts'))
import decode_table  # noqa: E402  pylint: disable=wrong-import-position

FILES = ('target/arm/a64.decode', 'target/arm/a64_simd.decode')


def _pieces(field):
    """[(place in the field, place in the word, mask)] of the runs of adjacent bits."""
    out = []
    for i, bit in enumerate(reversed(field.bits())):
        if out and bit == out[-1][1] + i - out[-1][0]:
            at, shift, mask = out[-1]
            out[-1] = (at, shift, mask << 1 | 1)
        else:
            out.append((i, bit, 1))
    return out


class Encoding:
    """One line of the table."""

    def __init__(self, index, line, number):
        self.index, self.name, self.cls = index, line.name, line.cls
        self.mask, self.value = line.mask, line.value
        self.fields, self.consts = line.fields, line.consts
        self.feature = line.feature.removeprefix('FEAT_')
        self.unimp = line.unimp
        self.where = f'{Path(line.where.split(":")[0]).name}:{line.where.rsplit(":", 1)[1]}'
        self.group = line.group
        self.free = 0xffffffff & ~line.mask & ~sum(f.mask() for f in line.fields.values())
        self.number = number             # which line of that name
        self.earlier = []                # of its group
        self.cubes = line.cubes
        self.vector = 'simd' in self.where
        self.text = f'{self.name}#{number}'
        self.pieces = {name: _pieces(f) for name, f in line.fields.items()}

    def __str__(self):
        return self.text

    def matches(self, word):
        """Does this line alone match?"""
        return word & self.mask == self.value and \
            any(word & m == v for m, v in self.cubes)

    def get(self, word, name):
        """A field as the translator gets it."""
        if name in self.consts:
            return self.consts[name]
        field = self.fields[name]
        v = 0
        for at, shift, mask in self.pieces[name]:
            v |= (word >> shift & mask) << at
        if field.signed and v >> field.width() - 1:
            v -= 1 << field.width()
        return v << field.shift

    def has(self, name):
        """Is it a field or constant?"""
        return name in self.fields or name in self.consts

    def put(self, word, name, raw):
        """The word with the field's bits (before sign and shift) set."""
        for at, shift, mask in self.pieces[name]:
            word = word & ~(mask << shift) | (raw >> at & mask) << shift
        return word

    def random(self, rng):
        """A word of this line and no other."""
        while True:
            mask, value = rng.choice(self.cubes)
            word = value | rng.getrandbits(32) & ~mask
            if not any(e.matches(word) for e in self.earlier):
                return word


class Table:
    """All lines."""

    def __init__(self):
        lines, classes = decode_table.read([str(TOP / name) for name in FILES])
        self.lines, self.classes = [], list(classes)
        self.sections = {name: text for name, (_, text) in classes.items()}
        groups, numbers = {}, {}
        for i, line in enumerate(lines):
            number = numbers[line.name] = numbers.get(line.name, 0) + 1
            e = Encoding(i, line, number)
            if line.group:
                e.earlier = list(groups.setdefault(line.group, []))
                groups[line.group].append(e)
            self.lines.append(e)
        self._buckets = {}
        for e in self.lines:
            for m, v in e.cubes:
                free = [b for b in range(24, 32) if not m >> b & 1]
                for combo in range(1 << len(free)):
                    key = v >> 24
                    for i, b in enumerate(free):
                        key |= (combo >> i & 1) << (b - 24)
                    self._buckets.setdefault(key, []).append((m, v, e))

    def find(self, word, usable):
        """The line a word decodes to; one that is not in @usable if there is no other; None."""
        other = None
        for m, v, e in self._buckets.get(word >> 24, ()):
            if word & m == v:
                if e in usable:
                    return e
                other = other or e
        return other
