# SPDX-License-Identifier: GPL-2.0-or-later
"""Operands: pools of integers and floating-point values where the special ones are dense."""
import struct

POOL_WORDS, POOL_PAD, N_FPCR = 8192, 64, 64
POOLS = ('int', 'single', 'double', 'half', 'mixed')

RMODE, FZ, DN, AHP, FZ16 = 3 << 22, 1 << 24, 1 << 25, 1 << 26, 1 << 19
AFP, EBF = 7, 1 << 13           # FIZ, AH, NEP; EBF


def integer(rng, bits):
    """An integer of so many bits."""
    kind = rng.randrange(10)
    if kind < 3:
        return rng.getrandbits(bits)
    if kind < 5:
        return rng.choice((0, 0, 1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 63, 64, 255, 256)) \
            & (1 << bits) - 1
    mask = (1 << bits) - 1
    if kind == 5:
        return -rng.choice((1, 1, 2, 3, 4, 8, 16, 63, 64, 128, 256)) & mask
    if kind < 8:
        return ((1 << rng.randrange(bits)) + rng.choice((-1, -1, 0, 0, 1))) & mask
    if kind == 8:
        half = rng.getrandbits(bits // 2)
        return half if rng.random() < .5 else half - (1 << bits // 2) & mask
    start = rng.randrange(bits)
    return ((1 << rng.randint(0, bits - start)) - 1) << start & mask


def floating(rng, ebits, mbits):
    """The bits of a floating-point number: zeros, subnormals, halfway cases, limits, NaNs."""
    emax = (1 << ebits) - 1
    bias = emax >> 1
    sign = rng.getrandbits(1) << ebits + mbits
    kind = rng.randrange(20)
    if kind == 0:
        return sign
    if kind == 1:
        return sign | emax << mbits
    if kind == 2:                              # NaNs: default, quiet, signalling, with payloads
        quiet = rng.getrandbits(1) << mbits - 1
        payload = rng.choice((0, 1, rng.getrandbits(mbits - 1), (1 << mbits - 1) - 1))
        return sign | emax << mbits | ((quiet | payload) or 1)
    if kind < 5:                               # subnormals and their limits
        return sign | rng.choice((1, 2, 3, (1 << mbits) - 1, 1 << mbits - 1, 1 << mbits,
                                  (1 << mbits) + 1, rng.getrandbits(mbits),
                                  1 << rng.randrange(mbits)))
    if kind == 5:
        return sign | (emax << mbits) - rng.choice((1, 1, 2, 3, 1 << mbits - 1))
    mant = _mantissa(rng, mbits)
    if kind < 10:                              # close to 1
        return sign | (bias + rng.randint(-3, 3)) << mbits | mant
    if kind < 13:                              # integers, halves, limits of conversions
        e = rng.choice((0, 1, 2, 6, 7, 8, 14, 15, 16, 30, 31, 32, 33, 51, 52, 53, 62, 63, 64, 65,
                        mbits - 1, mbits, mbits + 1))
        return sign | min(bias + e, emax - 1) << mbits | mant
    if kind < 15:                              # around the limits of the smaller formats
        e = rng.choice((-14, -15, -24, -25, -26, -126, -127, -148, -149, -150, -151, 15, 16, 127,
                        128, -133, -134))
        return sign | max(0, min(bias + e + rng.randint(-1, 1), emax - 1)) << mbits | mant
    if kind < 17:                              # products and quotients near the limits
        e = rng.choice((bias // 2, -(bias // 2), bias - 1, -bias + mbits, -bias + 2, bias - mbits))
        return sign | max(0, min(bias + e + rng.randint(-2, 2), emax - 1)) << mbits | mant
    return sign | rng.randint(0, emax - 1) << mbits | rng.getrandbits(mbits)


def _mantissa(rng, mbits):
    kind = rng.randrange(6)
    if kind == 0:
        return 0
    if kind == 1:
        return (1 << mbits) - 1 - rng.choice((0, 0, 1, 2, 3))
    if kind == 2:
        return rng.choice((1, 2, 3, 1 << mbits - 1, (1 << mbits - 1) + 1, (1 << mbits - 1) - 1))
    if kind == 3:                              # halfway between values of a narrower format
        keep = rng.randrange(mbits)
        half = 1 << keep
        return (rng.getrandbits(mbits) & ~(2 * half - 1) & (1 << mbits) - 1 | half) \
            + rng.choice((-1, 0, 0, 0, 1)) & (1 << mbits) - 1
    if kind == 4:
        return 1 << rng.randrange(mbits)
    return rng.getrandbits(mbits)


def _vector(rng, kind):
    if kind == 'mixed':
        kind = rng.choice(('int', 'single', 'double', 'half', 'int'))
    if kind == 'single':
        return struct.pack('<4I', *(floating(rng, 8, 23) for _ in range(4)))
    if kind == 'double':
        return struct.pack('<2Q', *(floating(rng, 11, 52) for _ in range(2)))
    if kind == 'half':
        return struct.pack('<8H', *(floating(rng, 5, 10) for _ in range(8)))
    bits = rng.choice((8, 16, 32, 64))
    code = {8: 'B', 16: 'H', 32: 'I', 64: 'Q'}[bits]
    n = 128 // bits
    return struct.pack(f'<{n}{code}', *(integer(rng, bits) for _ in range(n)))


def fpcr_table(rng, extra):
    """0..3 rounding modes; 4..15 with FZ, DN; 16..31 AHP and FZ16 too; 32..63 any, @extra too."""
    out = []
    for i in range(N_FPCR):
        v = (i & 3) << 22
        if i < 16:
            v |= (FZ if i & 4 else 0) | (DN if i & 8 else 0)
        elif i < 32:
            v |= (AHP if i & 4 else 0) | (FZ16 if i & 8 else 0)
        else:
            v = rng.getrandbits(32) & (RMODE | FZ | DN | AHP | extra)
        out.append(v if extra & FZ16 else v & ~FZ16)
    return out


def pools(rng):
    """All pools as the guest's header has them, behind the FPCR table."""
    out = [struct.pack(f'<{POOL_WORDS + POOL_PAD}Q',
                       *(integer(rng, rng.choice((64, 64, 32))) for _ in
                         range(POOL_WORDS + POOL_PAD)))]
    for kind in POOLS:
        distinct = [_vector(rng, kind) for _ in range(1400)]
        out.append(b''.join(rng.choice(distinct) for _ in range(POOL_WORDS // 2 + POOL_PAD)))
    return b''.join(out)
