#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
Write simd_vectors.inc: SIMD and floating-point instructions with results, for test_simd.c.

The results come from executing each word on an AArch64 machine (or anything that behaves as one): build simd-runner.c for it, and
give the command that runs it. Words are made from a64_simd.decode, several for each encoding; inputs come from seeds (simd_state.h).
    make-simd-vectors.py --run './simd-runner' --features cpu.h a64_simd.decode > simd_vectors.inc
simd_v82_vectors.inc has the lines of later features: the same with --only FEAT_SHA512,FEAT_SHA3 and so on.
simd_qc_vectors.inc: --per-line 120 --seed 9 --names '(S|U|SU|US)Q' --qc 4.
"""

import argparse
import collections
import pathlib
import random
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / 'scripts'))
import decode_table  # noqa: E402  pylint: disable=wrong-import-position

BASE = {'FEAT_NONE', 'FEAT_AES', 'FEAT_PMULL', 'FEAT_SHA1', 'FEAT_SHA256', 'FEAT_RDM'}
FZ16 = 1 << 19
SKIP = {'LDR_v_lit'}                     # depends on where the code is
FROM_X = {'DUP_g', 'INS_g', 'SCVTF_si', 'UCVTF_si', 'SCVTF_sf', 'UCVTF_sf', 'FMOV_gx'}
TO_X = {'SMOV', 'UMOV', 'FCVT_si', 'FCVTZS_sf', 'FCVTZU_sf', 'FMOV_xg', 'FJCVTZS'}


def choices(line, name):
    """Values for a register field, or for one that must stay small."""
    memory = line.name.startswith(('LDST', 'LD_'))
    if name == 'rn':
        return (1,) if memory else (0,) if line.name in ('TBL', 'TBX') else (0, 3, 31) if line.name in FROM_X else (1, 1, 1, 2, 0)
    if name == 'rm':
        return (2, 31) if memory else (2, 2, 2, 1, 0)
    if name in ('rd', 'rt2'):
        return (0, 0, 31) if line.name in TO_X else (0, 1) if memory and 'pair' in line.name else (0,)
    if name == 'ra':
        return (3, 3, 0, 1)
    if name == 'imm' and line.name == 'LDST_v_uimm':
        return (0, 1, 5, 40)
    return None


def make_word(rng, line):
    mask, value = rng.choice(line.cubes)
    word = value | rng.getrandbits(32) & ~mask & 0xffffffff
    for name, field in line.fields.items():
        values = choices(line, name)
        if values and len(field.pieces) == 1:
            lo, width = field.pieces[0]
            ones = (1 << width) - 1
            word = word & ~(ones << lo) | (rng.choice(values) & ones) << lo
    return word


def make_seed(rng, line):
    """Above 32 bits: extra bits of FPCR, and the kind of inputs + 1 (simd_state_init)."""
    seed = rng.getrandbits(32)
    if line.feature in BASE:
        return seed
    if line.feature == 'FEAT_BF16':
        return seed | rng.choice((12, 12, 12, 9, 0)) << 32
    half = line.feature in ('FEAT_FP16', 'FEAT_FHM', 'FEAT_FCMA')
    extra = rng.choice((0, FZ16)) | (rng.choice((3, 3, 3, 11, 11, 0)) if half else 0)
    return seed | extra << 32


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument('--run', required=True)
    ap.add_argument('--features', required=True)
    ap.add_argument('--per-line', type=int, default=4)
    ap.add_argument('--seed', type=int, default=1)
    ap.add_argument('--names', default='', help='a regular expression that names of lines start with')
    ap.add_argument('--qc', type=int, help='keep rows that leave FPSR.QC alone set, at most this many a line')
    ap.add_argument('--only', help='features, with commas; else those of Armv8.1')
    ap.add_argument('decode')
    args = ap.parse_args()
    rng = random.Random(args.seed)
    lines, _ = decode_table.read([args.decode], args.features)
    rows, kept = [], collections.Counter()
    features = set(args.only.split(',')) if args.only else BASE
    for line in lines:
        if not line.unimp and line.name not in SKIP and line.feature in features and re.match(args.names, line.name):
            rows += [(line, make_word(rng, line), make_seed(rng, line)) for _ in range(args.per_line)]
    text = ''.join(f'{w:x} {s:x}\n' for _, w, s in rows)
    out = subprocess.run(args.run, shell=True, input=text, capture_output=True, text=True, check=True).stdout
    print('/* Made by make-simd-vectors.py: name, word, seed, then v0, x0, NZCV, FPSR, digest of the rest. */')
    for (line, word, seed), result in zip(rows, out.split('\n'), strict=False):
        if result == 'fault':
            continue
        if result == 'undefined':
            print(f'{{ "{line.name}", {word:#010x}, {seed:#x}, .undefined = true }},')
            continue
        lo, hi, x0, nzcv, fpsr, digest = result.split()
        if args.qc:
            kept[id(line)] += int(fpsr, 16) == 1 << 27
            if int(fpsr, 16) != 1 << 27 or kept[id(line)] > args.qc:
                continue
        if line.name == 'FJCVTZS' and int(fpsr, 16) & 0x80:
            continue                            # FPToFixedJS clears Z for a flushed denormal; QEMU 7.2 does not
        if line.name == 'FCVTZS_vf' and line.consts.get('q') == 2 and line.consts['sz'] == -1:
            lo = f'{int(lo, 16) & 0xffff:x}'    # DDI 0487 C7.2: a result of 16 bits; QEMU 7.2 extends its sign
        print(f'{{ "{line.name}", {word:#010x}, {seed:#x}, {{ 0x{lo}, 0x{hi} }}, 0x{x0}, 0x{nzcv}, 0x{fpsr}, 0x{digest} }},')


if __name__ == '__main__':
    main()
