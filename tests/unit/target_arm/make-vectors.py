#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
Write insn_vectors.inc: data-processing instructions with inputs and results, for test_dp.c.

The results come from executing each word on an AArch64 machine (or anything that behaves as one):
build vector-runner.c for it, and give the command that runs it. Words are made from a64.decode,
several for each encoding.
    make-vectors.py --run './vector-runner' --features cpu.h a64.decode > insn_vectors.inc
"""

import argparse
import pathlib
import random
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / 'scripts'))
import decode_table  # noqa: E402  pylint: disable=wrong-import-position

CLASSES = {
    'addsub_imm', 'minmax_imm', 'logical_imm', 'movewide', 'bitfield', 'extract', 'two_source',
    'one_source', 'logical_shifted', 'addsub_shifted', 'addsub_extended', 'addsub_carry',
    'rotate_flags', 'evaluate_flags', 'cond_compare', 'cond_select', 'three_source', 'pstate',
}
SKIP = {'MSR_UAO', 'MSR_PAN', 'MSR_SPSEL', 'MSR_SSBS', 'MSR_DIT', 'MSR_DAIFSET', 'MSR_DAIFCLR'}
EDGES = [0, 1, 2, 3, 31, 32, 63, 64, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff,
         0x80000000, 0xffffffff, 0x100000000, 0x7fffffffffffffff, 0x8000000000000000,
         0xffffffffffffffff, 0xfffffffffffffffe]


def make_word(rng, line):
    mask, value = rng.choice(line.cubes)
    word = value | rng.getrandbits(32) & ~mask & 0xffffffff
    for name, choices in (('rd', (0, 0, 0, 0, 31)), ('rn', (0, 1, 1, 2, 31)),
                          ('rm', (0, 1, 2, 2, 31)), ('ra', (0, 1, 3, 3, 31))):
        field = line.fields.get(name)
        if field:
            lo = field.pieces[0][0]
            word = word & ~(31 << lo) | rng.choice(choices) << lo
    return word


def make_value(rng):
    return rng.choice(EDGES) if rng.random() < 0.6 else rng.getrandbits(64)


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument('--run', required=True)
    ap.add_argument('--features', required=True)
    ap.add_argument('--per-line', type=int, default=10)
    ap.add_argument('--seed', type=int, default=1)
    ap.add_argument('decode')
    args = ap.parse_args()
    rng = random.Random(args.seed)
    lines, _ = decode_table.read([args.decode], args.features)
    rows = []
    for line in lines:
        if line.cls in CLASSES and not line.unimp and line.name not in SKIP:
            for _ in range(args.per_line):
                inputs = [make_value(rng) for _ in range(5)]
                rows.append((line, make_word(rng, line), inputs, rng.getrandbits(4)))
    text = ''.join(f'{w:x} {" ".join(f"{v:x}" for v in i)} {f:x}\n' for _, w, i, f in rows)
    out = subprocess.run(args.run, shell=True, input=text, capture_output=True, text=True,
                         check=True)
    results = out.stdout.split('\n')
    print('/* Made by make-vectors.py: name, word, x0-x3 and SP, NZCV; x0, SP and NZCV after. */')
    for (line, word, inputs, flags), result in zip(rows, results):
        if result == 'undefined':
            if line.feature != 'FEAT_NONE':          # the machine may lack it
                continue
            print(f'{{ "{line.name}", {word:#010x}, .undefined = true }},')
            continue
        x0, sp, nzcv = result.split()
        values = ', '.join(f'{v:#x}' for v in inputs)
        print(f'{{ "{line.name}", {word:#010x}, {{ {values} }}, {flags:#x}, 0x{x0}, 0x{sp}, '
              f'0x{nzcv} }},')


if __name__ == '__main__':
    main()
