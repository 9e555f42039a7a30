# SPDX-License-Identifier: GPL-2.0-or-later
"""The guest image with its cases; the host's side of guest/layout.h."""
import random
import struct
from dataclasses import dataclass, field

from . import values

HEADER_AT, CODE_AT = 0x80000, 0x200000          # from the image's start
CODE_VA, SCRATCH_VA = 0x2186600000, 0x5ac3a10000
WINDOW_BYTES = 512
WINDOW_VA = SCRATCH_VA + 0x1000 - WINDOW_BYTES // 2
END = 0xd4000001 | 0x5a5a << 5
NOP = 0xd503201f
MAGIC = 0x315a5546
BATCH, TRACE, DETAIL, SCAN = range(4)
VECTORS, MEMORY = 1, 2                         # what a case uses
MAX_CODE = 30 << 20
MSCEN = 1 << 33                                # SCTLR_EL1: FEAT_MOPS at EL0


@dataclass
class Fixed:
    """A register that is set on purpose: base + offset + 16 * (random & jitter)."""
    reg: int
    base: int
    offset: int = 0
    jitter: int = 0

    def pack(self):
        """As struct Fixed."""
        return struct.pack('<BBHiQ', self.reg, self.jitter, 0, self.offset,
                           self.base & (1 << 64) - 1)


@dataclass
class Case:
    """A sequence, its inputs. `items`: (words, text of what it is)."""
    items: list
    seed: int
    el: int = 0
    pool: str = 'int'
    fpcr: tuple = (0, 0)
    runs: int = 64
    fixed: list = field(default_factory=list)
    literals: bytes = bytes(64)
    first: int = 0
    uses: int = 3                              # VECTORS, MEMORY

    def words(self):
        """The code without its end."""
        return [w for words, _ in self.items for w in words]

    def code(self):
        """The code with its end and the literals behind it."""
        words = self.words()
        return struct.pack(f'<{len(words) + 1}I', *words, END) + self.literals

    def pack(self, at):
        """As struct Case."""
        fixed = self.fixed[:8]
        return struct.pack('<3I4BQ2HI', at, len(self.words()) * 4, self.runs, self.el,
                           values.POOLS.index(self.pool), *self.fpcr, self.seed, len(fixed),
                           self.uses, self.first) \
            + b''.join(f.pack() for f in fixed).ljust(128, b'\0')


@dataclass
class Setup:
    """What is the same for all cases of an image."""
    pool_seed: int
    fpcr: int = 0                 # bits beyond those that are always there
    sctlr: int = MSCEN
    tcr: int = 0
    spsr_ignored: int = 0
    flags: int = 0


class Builder:
    """Puts images together; keeps the pools of the last seed."""

    def __init__(self, program):
        with open(program, 'rb') as f:
            self.program = f.read().ljust(HEADER_AT, b'\0')
        if len(self.program) != HEADER_AT:
            raise ValueError(f'{program} is too big')
        self.kept = (None, None)

    def _pools(self, setup):
        key = (setup.pool_seed, setup.fpcr)
        if self.kept[0] != key:
            rng = random.Random(setup.pool_seed)
            table = values.fpcr_table(rng, setup.fpcr)
            self.kept = (key, struct.pack(f'<{len(table)}I', *table) + values.pools(rng))
        return self.kept[1]

    def _finish(self, setup, mode, cases, code, first, runs):
        header = struct.pack('<6I3Q', MAGIC, mode, len(cases), first, runs, setup.spsr_ignored,
                             setup.sctlr, setup.tcr, setup.flags) \
            + self._pools(setup) + b''.join(cases)
        if HEADER_AT + len(header) > CODE_AT or len(code) > MAX_CODE:
            raise ValueError('too many cases for one image')
        return self.program + header.ljust(CODE_AT - HEADER_AT, b'\0') + code

    def cases(self, setup, cases, mode=BATCH, first=0, runs=0):
        """An image that runs these cases."""
        code, rows = bytearray(), []
        for c in cases:
            rows.append(c.pack(len(code)))
            code += c.code()
            code += bytes(-len(code) % 8)
        return self._finish(setup, mode, rows, bytes(code), first, runs)

    def scan(self, setup, words):
        """An image that tries each word by itself at EL0."""
        code = b''.join(struct.pack('<2I', w, END) for w in words)
        return self._finish(setup, SCAN, [], code, 0, len(words))
