#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
Write afp_vectors.inc: floating-point operations under FEAT_AFP's FPCR.AH and FIZ (and, to check the model, without), bfloat16, for
test_afp.c. The model below is the Arm ARM's pseudocode (DDI 0487, shared/functions/float) on exact fractions; fpu/ shares nothing with it.
    make-afp-vectors.py > afp_vectors.inc
"""

import math
import random
from fractions import Fraction

IOC, DZC, OFC, UFC, IXC, IDC = 1, 2, 4, 8, 16, 128
FORMATS = {16: (5, 10), 32: (8, 23), 64: (11, 52)}
ZERO, DENORMAL, NONZERO, INFINITY, QNAN, SNAN = range(6)
NANS = (QNAN, SNAN)
TIEEVEN, POSINF, NEGINF, RZ, TIEAWAY, ODD = range(6)


class Fpcr:
    def __init__(self, rmode=0, fz=0, fz16=0, dn=0, ah=0, fiz=0):
        self.rmode, self.fz, self.fz16, self.dn, self.ah, self.fiz = rmode, fz, fz16, dn, ah, fiz
        self.flags = 0

    def quiet(self):
        """Estimates and their steps, BFMulAddH, FPConvertBF with AH: a mode of their own, no exceptions."""
        return Fpcr(0, 1, self.fz16, self.dn, 1, 1) if self.ah else self

    def exc(self, flag):
        self.flags |= flag


def inf(n, sign):
    e, f = FORMATS[n]
    return sign << (n - 1) | ((1 << e) - 1) << f


def zero(n, sign):
    return sign << (n - 1)


def max_normal(n, sign):
    return inf(n, sign) - 1


def default_nan(n, fpcr):
    return inf(n, fpcr.ah) | 1 << (FORMATS[n][1] - 1)


def unpack(n, v, fpcr, fpexc=True):
    e, f = FORMATS[n]
    bias = (1 << (e - 1)) - 1
    sign, exp, frac = v >> (n - 1) & 1, v >> f & ((1 << e) - 1), v & ((1 << f) - 1)
    kind, value = NONZERO, Fraction(0)
    if exp == 0:
        fz = fpcr.fz and not fpcr.ah
        if frac == 0:
            kind = ZERO
        elif (n == 16 and fpcr.fz16) or (n != 16 and (fz or fpcr.fiz)):
            kind = ZERO
            if n != 16 and fz and fpexc:
                fpcr.exc(IDC)
        else:
            kind, value = DENORMAL, Fraction(frac, 1 << f) * Fraction(2) ** (1 - bias)
    elif exp == (1 << e) - 1:
        kind = INFINITY if frac == 0 else QNAN if frac >> (f - 1) else SNAN
    else:
        value = (1 + Fraction(frac, 1 << f)) * Fraction(2) ** (exp - bias)
    return kind, sign, -value if sign else value


def round_base(n, op, fpcr, rounding, bf16=False):
    assert op != 0
    e, f = (8, 7) if bf16 else FORMATS[n]
    minimum = 2 - (1 << (e - 1))
    sign, mantissa, exponent = int(op < 0), abs(op), 0
    exponent = math.floor(math.log2(mantissa.numerator)) - math.floor(math.log2(mantissa.denominator))
    while Fraction(2) ** exponent > mantissa:
        exponent -= 1
    while Fraction(2) ** (exponent + 1) <= mantissa:
        exponent += 1
    mantissa /= Fraction(2) ** exponent
    flush = fpcr.fz16 if n == 16 else fpcr.fz
    if not fpcr.ah and flush and exponent < minimum:
        fpcr.exc(UFC)
        return zero(n, sign)

    def up(int_mant, error):
        return {TIEEVEN: error > Fraction(1, 2) or (error == Fraction(1, 2) and int_mant & 1), POSINF: error != 0 and not sign,
                NEGINF: error != 0 and sign, RZ: False, ODD: False}[rounding]

    biased_u = exponent - minimum + 1
    mant_u = math.floor(mantissa * (1 << f))
    error_u = mantissa * (1 << f) - mant_u
    biased = max(biased_u, 0)
    if biased == 0:
        mantissa /= Fraction(2) ** (minimum - exponent)
    int_mant = math.floor(mantissa * (1 << f))
    error = mantissa * (1 << f) - int_mant
    if not fpcr.ah and biased == 0 and error != 0:
        fpcr.exc(UFC)
    if fpcr.ah:
        if up(mant_u, error_u):
            mant_u += 1
            if mant_u == 1 << (f + 1):
                biased_u, mant_u = biased_u + 1, mant_u // 2
        if biased_u < 1 and mant_u != 0:
            if flush:
                fpcr.exc(UFC | IXC)
                return zero(n, sign)
            if error != 0:
                fpcr.exc(UFC)
    to_inf = {TIEEVEN: True, POSINF: not sign, NEGINF: sign, RZ: False, ODD: False}[rounding]
    if up(int_mant, error):
        int_mant += 1
        if int_mant == 1 << f:
            biased = 1
        if int_mant == 1 << (f + 1):
            biased, int_mant = biased + 1, int_mant // 2
    if error != 0 and rounding == ODD:
        int_mant |= 1
    if biased >= (1 << e) - 1:
        fpcr.exc(OFC | IXC)
        return inf(n, sign) if to_inf else max_normal(n, sign)
    if error != 0:
        fpcr.exc(IXC)
    return (sign << (n - 1) | biased << (n - 1 - e) | (int_mant & ((1 << f) - 1)) << (n - 1 - e - f))


def fpround(n, op, fpcr):
    return round_base(n, op, fpcr, fpcr.rmode)


def exact_zero(n, fpcr):
    return zero(n, int(fpcr.rmode == NEGINF))


def process_nan(n, kind, op, fpcr):
    if kind == SNAN:
        op |= 1 << (FORMATS[n][1] - 1)
        fpcr.exc(IOC)
    return default_nan(n, fpcr) if fpcr.dn else op


def process_nans(n, kinds, ops, fpcr):
    """FPProcessNaNs, FPProcessNaNs3: None or the result."""
    nans = [i for i, k in enumerate(kinds) if k in NANS]
    if not nans:
        return None
    if fpcr.ah and len(nans) > 1:
        first = nans[0] if len(ops) == 2 else 1 if 1 in nans else 2
        return process_nan(n, SNAN if SNAN in kinds else QNAN, ops[first], fpcr)
    for kind in (SNAN, QNAN):
        for i, k in enumerate(kinds):
            if k == kind:
                return process_nan(n, kind, ops[i], fpcr)


def denorms(n, kinds, fpcr):
    if fpcr.ah and n != 16 and DENORMAL in kinds:
        fpcr.exc(IDC)


def add(n, a, b, fpcr, sub=False):
    (ka, sa, va), (kb, sb, vb) = unpack(n, a, fpcr), unpack(n, b, fpcr)
    res = process_nans(n, (ka, kb), (a, b), fpcr)
    if res is not None:
        return res
    if sub:
        sb, vb = 1 - sb, -vb
    if ka == kb == INFINITY and sa != sb:
        res = default_nan(n, fpcr)
        fpcr.exc(IOC)
    elif INFINITY in (ka, kb):
        res = inf(n, sa if ka == INFINITY else sb)
    elif ka == kb == ZERO and sa == sb:
        res = zero(n, sa)
    else:
        res = fpround(n, va + vb, fpcr) if va + vb else exact_zero(n, fpcr)
    denorms(n, (ka, kb), fpcr)
    return res


def mul(n, a, b, fpcr, mulx=False):
    (ka, sa, va), (kb, sb, vb) = unpack(n, a, fpcr), unpack(n, b, fpcr)
    res = process_nans(n, (ka, kb), (a, b), fpcr)
    if res is not None:
        return res
    if INFINITY in (ka, kb) and ZERO in (ka, kb):
        if mulx:
            res = fpround(n, Fraction(-2 if sa ^ sb else 2), fpcr)
        else:
            res = default_nan(n, fpcr)
            fpcr.exc(IOC)
    elif INFINITY in (ka, kb):
        res = inf(n, sa ^ sb)
    elif ZERO in (ka, kb):
        res = zero(n, sa ^ sb)
    else:
        res = fpround(n, va * vb, fpcr)
    denorms(n, (ka, kb), fpcr)
    return res


def div(n, a, b, fpcr):
    (ka, sa, va), (kb, sb, vb) = unpack(n, a, fpcr), unpack(n, b, fpcr)
    res = process_nans(n, (ka, kb), (a, b), fpcr)
    if res is not None:
        return res
    if ka == kb and ka in (INFINITY, ZERO):
        res = default_nan(n, fpcr)
        fpcr.exc(IOC)
    elif ka == INFINITY or kb == ZERO:
        res = inf(n, sa ^ sb)
        fpcr.exc(0 if ka == INFINITY else DZC)
    elif ka == ZERO or kb == INFINITY:
        res = zero(n, sa ^ sb)
    else:
        res = fpround(n, va / vb, fpcr)
    if kb != ZERO:
        denorms(n, (ka, kb), fpcr)
    return res


def root(value):
    """A fraction that rounds as the square root does."""
    scaled = value * 4 ** 1200
    r = math.isqrt(scaled.numerator // scaled.denominator)
    return Fraction(2 * r + (r * r != scaled), 2 * 2 ** 1200)


def sqrt(n, a, fpcr):
    k, s, v = unpack(n, a, fpcr)
    if k in NANS:
        return process_nan(n, k, a, fpcr)
    if k == ZERO:
        return zero(n, s)
    if s:
        fpcr.exc(IOC)
        return default_nan(n, fpcr)
    if k == INFINITY:
        return a
    res = fpround(n, root(v), fpcr)
    denorms(n, (k,), fpcr)
    return res


def fma(n, c, a, b, fpcr):
    (kc, sc, vc), (ka, sa, va), (kb, sb, vb) = (unpack(n, x, fpcr) for x in (c, a, b))
    inf_zero = INFINITY in (ka, kb) and ZERO in (ka, kb)
    res = process_nans(n, (kc, ka, kb), (c, a, b), fpcr)
    if not fpcr.ah and kc == QNAN and inf_zero:
        fpcr.exc(IOC)
        return default_nan(n, fpcr)
    if res is not None:
        return res
    sp, inf_p, zero_p = sa ^ sb, INFINITY in (ka, kb), ZERO in (ka, kb)
    if inf_zero or (kc == INFINITY and inf_p and sc != sp):
        fpcr.exc(IOC)
        return default_nan(n, fpcr)
    if kc == INFINITY or inf_p:
        res = inf(n, sc if kc == INFINITY else sp)
    elif kc == ZERO and zero_p and sc == sp:
        res = zero(n, sc)
    else:
        value = vc + va * vb
        res = fpround(n, value, fpcr) if value else exact_zero(n, fpcr)
    denorms(n, (kc, ka, kb), fpcr)
    return res


def extreme(n, a, b, fpcr, is_min, altfp=None):
    altfp = fpcr.ah if altfp is None else altfp
    (ka, sa, va), (kb, sb, vb) = unpack(n, a, fpcr), unpack(n, b, fpcr)
    if altfp and ka == kb == ZERO and sa != sb:
        return zero(n, sb)
    if altfp and (ka in NANS or kb in NANS):
        fpcr.exc(IOC)
        return zero(n, sb) if kb == ZERO else b
    res = process_nans(n, (ka, kb), (a, b), fpcr)
    if res is not None:
        return res
    order_a = va + (-1 if sa else 1) * Fraction(2) ** 3000 if ka == INFINITY else va
    order_b = vb + (-1 if sb else 1) * Fraction(2) ** 3000 if kb == INFINITY else vb
    take_a = order_a < order_b if is_min else order_a > order_b
    kind, sign, value = (ka, sa, va) if take_a else (kb, sb, vb)
    if kind == INFINITY:
        res = inf(n, sign)
    elif kind == ZERO:
        res = zero(n, sa | sb if is_min else sa & sb)
    else:
        mode = Fpcr(fpcr.rmode, 0 if altfp else fpcr.fz, 0 if altfp else fpcr.fz16, fpcr.dn, fpcr.ah, fpcr.fiz)
        res = fpround(n, value, mode)
        fpcr.exc(mode.flags)
    denorms(n, (ka, kb), fpcr)
    return res


def extreme_num(n, a, b, fpcr, is_min):
    ka, kb = unpack(n, a, fpcr)[0], unpack(n, b, fpcr)[0]
    if not (fpcr.ah and ka in NANS and kb in NANS):
        if ka == QNAN and kb != QNAN:
            a = inf(n, int(not is_min))
        elif ka != QNAN and kb == QNAN:
            b = inf(n, int(not is_min))
    return extreme(n, a, b, fpcr, is_min, False)


def compare(n, a, b, fpcr, signal):
    (ka, sa, va), (kb, sb, vb) = unpack(n, a, fpcr), unpack(n, b, fpcr)
    if ka in NANS or kb in NANS:
        if SNAN in (ka, kb) or signal:
            fpcr.exc(IOC)
        return 3
    va, vb = (v + (-1 if s else 1) * Fraction(2) ** 3000 if k == INFINITY else v for k, s, v in ((ka, sa, va), (kb, sb, vb)))
    denorms(n, (ka, kb), fpcr)
    return 1 if va == vb else 0 if va < vb else 2


def step(n, a, b, fpcr, rsqrt):
    fpcr = fpcr.quiet()
    if not (fpcr.ah and unpack(n, a, fpcr, False)[0] in NANS):
        a ^= 1 << (n - 1)
    (ka, sa, va), (kb, sb, vb) = unpack(n, a, fpcr), unpack(n, b, fpcr)
    res = process_nans(n, (ka, kb), (a, b), fpcr)
    if res is not None:
        return res
    if INFINITY in (ka, kb):
        if ZERO in (ka, kb):
            return fpround(n, Fraction(3, 2) if rsqrt else Fraction(2), fpcr)
        return inf(n, sa ^ sb)
    value = (3 + va * vb) / 2 if rsqrt else 2 + va * vb
    return fpround(n, value, fpcr) if value else exact_zero(n, fpcr)


def recip_estimate(a, increased):
    if not increased:
        return ((1 << 19) // (a * 2 + 1) + 1) // 2
    return math.floor(Fraction(1 << 25, a * 2 + 1) + Fraction(1, 2))


def rsqrt_estimate(a, increased):
    if not increased:
        a = a * 2 + 1 if a < 256 else ((a >> 1 << 1) + 1) * 2
        b = 512
        while a * (b + 1) * (b + 1) < 1 << 28:
            b += 1
        return (b + 1) // 2
    value = Fraction(a * 2 + 1, 2) if a < 2048 else Fraction((a >> 1 << 1) + 1)
    scaled = value * 2 ** 94
    assert scaled.denominator == 1
    r = math.isqrt(scaled.numerator)
    r += Fraction(scaled) > (r + Fraction(1, 2)) ** 2
    q = Fraction(1 << 65, r)
    whole, rest = math.floor(q), q - math.floor(q)
    return whole + (rest > Fraction(1, 2) or (rest == Fraction(1, 2) and whole & 1))


def recpe(n, a, fpcr):
    fpcr = fpcr.quiet()
    k, s, v = unpack(n, a, fpcr)
    e, f = FORMATS[n]
    bias = (1 << (e - 1)) - 1
    if k in NANS:
        return process_nan(n, k, a, fpcr)
    if k == INFINITY:
        return zero(n, s)
    if k == ZERO:
        fpcr.exc(DZC)
        return inf(n, s)
    if abs(v) < Fraction(2) ** (-bias - 1):
        fpcr.exc(OFC | IXC)
        return inf(n, s) if {TIEEVEN: True, POSINF: not s, NEGINF: s, RZ: False}[fpcr.rmode] else max_normal(n, s)
    if (fpcr.fz16 if n == 16 else fpcr.fz) and abs(v) >= Fraction(2) ** (bias - 1):
        fpcr.exc(UFC)
        return zero(n, s)
    exp, frac = a >> f & ((1 << e) - 1), (a & ((1 << f) - 1)) << (52 - f)
    if exp == 0:
        if not frac >> 51:
            exp, frac = -1, (frac & ((1 << 50) - 1)) << 2
        else:
            frac = (frac & ((1 << 51) - 1)) << 1
    increased = n == 32 and fpcr.ah
    estimate = recip_estimate(0x800 | frac >> 41, True) if increased else recip_estimate(0x100 | frac >> 44, False)
    result_exp = 2 * bias - 1 - exp
    frac = (estimate & 0xfff) << 40 if increased else (estimate & 0xff) << 44
    if result_exp == 0:
        frac = 1 << 51 | frac >> 1
    elif result_exp == -1:
        frac, result_exp = 1 << 50 | frac >> 2, 0
    return s << (n - 1) | result_exp << f | frac >> (52 - f)


def rsqrte(n, a, fpcr):
    fpcr = fpcr.quiet()
    k, s, v = unpack(n, a, fpcr)
    e, f = FORMATS[n]
    bias = (1 << (e - 1)) - 1
    if k in NANS:
        return process_nan(n, k, a, fpcr)
    if k == ZERO:
        fpcr.exc(DZC)
        return inf(n, s)
    if s:
        fpcr.exc(IOC)
        return default_nan(n, fpcr)
    if k == INFINITY:
        return zero(n, 0)
    exp, frac = a >> f & ((1 << e) - 1), (a & ((1 << f) - 1)) << (52 - f)
    if exp == 0:
        while not frac >> 51:
            frac, exp = frac << 1 & ((1 << 52) - 1), exp - 1
        frac = frac << 1 & ((1 << 52) - 1)
    increased = n == 32 and fpcr.ah
    if increased:
        scaled = 0x400 | frac >> 42 if exp & 1 else 0x800 | frac >> 41
    else:
        scaled = 0x80 | frac >> 45 if exp & 1 else 0x100 | frac >> 44
    estimate = rsqrt_estimate(scaled, increased)
    result_exp = (3 * bias - 1 - exp) // 2
    bits = (estimate & 0xfff) << 40 if increased else (estimate & 0xff) << 44
    return result_exp << f | bits >> (52 - f)


def convert(to, n, a, fpcr):
    saved, fpcr.fz16 = fpcr.fz16, 0
    k, s, v = unpack(n, a, fpcr)
    if k in NANS:
        frac = (a & ((1 << FORMATS[n][1]) - 1)) << (52 - FORMATS[n][1])
        res = inf(to, s) | (frac | 1 << 51) >> (52 - FORMATS[to][1])
        fpcr.exc(IOC if k == SNAN else 0)
        res = default_nan(to, fpcr) if fpcr.dn else res
    elif k == INFINITY:
        res = inf(to, s)
    elif k == ZERO:
        res = zero(to, s)
    else:
        res = fpround(to, v, fpcr)
        denorms(n, (k,), fpcr)
    fpcr.fz16 = saved
    return res


def bf_convert(a, fpcr):
    fpcr = fpcr.quiet()
    k, s, v = unpack(32, a, fpcr)
    if k in NANS:
        fpcr.exc(IOC if k == SNAN else 0)
        return (default_nan(32, fpcr) if fpcr.dn else a | 1 << 22) >> 16
    if k == INFINITY:
        return a >> 16
    return (zero(32, s) if k == ZERO else round_base(32, v, fpcr, fpcr.rmode, True)) >> 16


def bf_dot(c, pairs, fpcr, extended):
    """BFDotAdd; pairs: two of (a, b), as singles."""
    if extended:
        fpcr = Fpcr(fpcr.rmode, fpcr.fz, fpcr.fz16, 1, fpcr.ah, fpcr.fiz)
        kinds = [[unpack(32, x, fpcr) for x in p] for p in pairs]
        infp = [INFINITY in (p[0][0], p[1][0]) for p in kinds]
        zerop = [ZERO in (p[0][0], p[1][0]) for p in kinds]
        sign = [p[0][1] ^ p[1][1] for p in kinds]
        if any(x[0] in NANS for p in kinds for x in p) or any(i and z for i, z in zip(infp, zerop)):
            prod = default_nan(32, fpcr)
        elif infp[0] and infp[1] and sign[0] != sign[1]:
            prod = default_nan(32, fpcr)
        elif any(infp):
            prod = inf(32, sign[0] if infp[0] else sign[1])
        elif zerop[0] and zerop[1] and sign[0] == sign[1]:
            prod = zero(32, sign[0])
        else:
            value = sum(p[0][2] * p[1][2] for p in kinds)
            prod = fpround(32, value, fpcr) if value else exact_zero(32, fpcr)
        return add(32, c, prod, fpcr)
    flushing = Fpcr(fz=1)

    def bf_round(value):
        if abs(value) < Fraction(2) ** -126:
            return zero(32, int(value < 0))
        res = round_base(32, value, Fpcr(), ODD)
        return inf(32, int(value < 0)) if abs(value) >= Fraction(2) ** 128 else res

    def bf_mul(a, b):
        (ka, sa, va), (kb, sb, vb) = unpack(32, a, flushing), unpack(32, b, flushing)
        if ka in NANS or kb in NANS or (INFINITY in (ka, kb) and ZERO in (ka, kb)):
            return default_nan(32, fpcr)
        if INFINITY in (ka, kb):
            return inf(32, sa ^ sb)
        return zero(32, sa ^ sb) if ZERO in (ka, kb) else bf_round(va * vb)

    def bf_add(a, b):
        (ka, sa, va), (kb, sb, vb) = unpack(32, a, flushing), unpack(32, b, flushing)
        if ka in NANS or kb in NANS or (ka == kb == INFINITY and sa != sb):
            return default_nan(32, fpcr)
        if INFINITY in (ka, kb):
            return inf(32, sa if ka == INFINITY else sb)
        if ka == kb == ZERO and sa == sb:
            return zero(32, sa)
        return bf_round(va + vb) if va + vb else zero(32, 0)

    return bf_add(c, bf_add(bf_mul(*pairs[0]), bf_mul(*pairs[1])))


def bf_fma(c, a, b, fpcr):
    return fma(32, c, a, b, fpcr.quiet())


# -- Operands --

def interesting(rng, n):
    e, f = FORMATS[n]
    bias, ones = (1 << (e - 1)) - 1, (1 << e) - 1
    exp = rng.choice((0, 0, 0, 1, 1, 2, bias - 1, bias, bias, bias + 1, ones - 1, ones - 2, ones, ones, rng.randrange(ones),
                      bias + f, max(bias - f, 0), bias // 2, bias // 2 + 1))
    frac = rng.choice((0, 0, 1, 2, (1 << f) - 1, (1 << f) - 2, 1 << (f - 1), (1 << (f - 1)) - 1, (1 << (f - 1)) | 1, rng.getrandbits(f),
                       rng.getrandbits(f), 1 << rng.randrange(f)))
    return rng.getrandbits(1) << (n - 1) | exp << f | frac


def near_tiny(rng, n, op):
    """Operands whose product, quotient or sum lies about the smallest normal number."""
    e, f = FORMATS[n]
    bias = (1 << (e - 1)) - 1
    x = rng.randrange(1, 2 * bias)
    y = bias + 1 - x if op == 'mul' else x + bias - 1
    y += rng.choice((-2, -1, -1, 0, 0, 1))
    if not 1 <= y <= 2 * bias:
        return interesting(rng, n), interesting(rng, n)
    fracs = [rng.choice(((1 << f) - 1, rng.getrandbits(f), (1 << f) - 1 - rng.getrandbits(3), rng.getrandbits(2))) for _ in range(2)]
    a, b = (rng.getrandbits(1) << (n - 1) | ex << f | fr for ex, fr in zip((x, y), fracs))
    return (a, b) if op == 'mul' else (b, a)


def bf(rng):
    return interesting(rng, 32) & 0xffff0000


BINARY = {
    'ADD': add, 'SUB': lambda n, a, b, m: add(n, a, b, m, True), 'MUL': mul, 'MULX': lambda n, a, b, m: mul(n, a, b, m, True), 'DIV': div,
    'MAX': lambda n, a, b, m: extreme(n, a, b, m, False), 'MIN': lambda n, a, b, m: extreme(n, a, b, m, True),
    'MAXNM': lambda n, a, b, m: extreme_num(n, a, b, m, False), 'MINNM': lambda n, a, b, m: extreme_num(n, a, b, m, True),
    'CMP': lambda n, a, b, m: compare(n, a, b, m, False), 'CMPE': lambda n, a, b, m: compare(n, a, b, m, True),
    'RECPS': lambda n, a, b, m: step(n, a, b, m, False), 'RSQRTS': lambda n, a, b, m: step(n, a, b, m, True),
}
UNARY = {
    'SQRT': sqrt, 'RECPE': recpe, 'RSQRTE': rsqrte, 'TO16': lambda n, a, m: convert(16, n, a, m), 'TO32': lambda n, a, m: convert(32, n, a, m),
    'TO64': lambda n, a, m: convert(64, n, a, m),
}


def main():
    rng = random.Random(1)
    print('/* Made by make-afp-vectors.py: operation, format, mode, operands, result, flags. */')
    print('/* mode: FpuRound, then fz 8, fz16 16, dn 32, ah 64, fiz 128 */')

    def mode():
        ah = rng.random() < 0.8
        return Fpcr(rng.choice((0, 0, 0, 1, 2, 3)), int(rng.random() < 0.4), int(rng.random() < 0.3), int(rng.random() < 0.25), int(ah),
                    int(ah and rng.random() < 0.35))

    def row(name, n, m, ops, res):
        ops = list(ops) + [0] * (5 - len(ops))
        bits = m.rmode | m.fz << 3 | m.fz16 << 4 | m.dn << 5 | m.ah << 6 | m.fiz << 7
        print(f'{{ {name}, {n}, {bits:#x}, {{ {", ".join(hex(v) for v in ops)} }}, {res:#x}, {m.flags:#x} }},')

    for n, fmt in ((16, 'FPU_F16'), (32, 'FPU_F32'), (64, 'FPU_F64')):
        for name, fn in BINARY.items():
            for i in range(90):
                m = mode()
                a, b = interesting(rng, n), interesting(rng, n)
                if name in ('MUL', 'MULX', 'DIV') and i % 2:
                    a, b = near_tiny(rng, n, 'mul' if name != 'DIV' else 'div')
                elif i % 7 == 0:
                    b = a ^ rng.choice((0, 1 << (n - 1), 1))
                row(name, fmt, m, (a, b), fn(n, a, b, m))
        for name, fn in UNARY.items():
            if name == f'TO{n}':
                continue
            for _ in range(60):
                m, a = mode(), interesting(rng, n)
                row(name, fmt, m, (a,), fn(n, a, m))
        for i in range(200):
            m = mode()
            c, a, b = (interesting(rng, n) for _ in range(3))
            if i % 2:
                a, b = near_tiny(rng, n, 'mul')
                c = rng.choice((c, c & ~(((1 << FORMATS[n][0]) - 1) << FORMATS[n][1]), 0))
            row('FMA', fmt, m, (c, a, b), fma(n, c, a, b, m))
    for _ in range(80):
        m, a = mode(), interesting(rng, 32)
        row('BFCVT', 'FPU_F32', m, (a,), bf_convert(a, m))
    for _ in range(120):
        m, c, a, b = mode(), interesting(rng, 32), bf(rng), bf(rng)
        row('BFMLA', 'FPU_F32', m, (c, a >> 16, b >> 16), bf_fma(c, a, b, m))
    for name in ('BFDOT', 'EBFDOT'):
        for _ in range(150):
            m, c, v = mode(), interesting(rng, 32), [bf(rng) for _ in range(4)]
            if rng.random() < 0.5:                 # exponents that meet
                v = [x & 0x80ff0000 | rng.randrange(120, 135) << 23 for x in v]
                c = c & 0x807fffff | rng.randrange(118, 135) << 23
            res = bf_dot(c, ((v[0], v[2]), (v[1], v[3])), m, name == 'EBFDOT')
            m.flags = 0
            row(name, 'FPU_F32', m, [c] + [x >> 16 for x in v], res)


if __name__ == '__main__':
    main()
