/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Encodings: unpacking, NaN rules, rounding. Names in comments are the Arm ARM's functions. */
#include "fpu/fpu_internal.h"

static inline uint64_t frac_mask(const FpuFormatInfo *i)
{
    return (UINT64_C(1) << i->frac_bits) - 1;
}

static inline unsigned exp_ones(const FpuFormatInfo *i)
{
    return (1u << i->exp_bits) - 1;
}

static inline uint64_t pack(const FpuFormatInfo *i, bool sign, unsigned exp, uint64_t frac)
{
    return (uint64_t)sign << (i->bits - 1) | (uint64_t)exp << i->frac_bits | frac;
}

/* @flush: denormals are zero, @idc: and set IDC. @alt: exponent of all ones is an ordinary one. */
static inline FpuNum unpack(FpuFormat f, uint64_t a, bool flush, bool idc, bool alt,
                            uint32_t *flags)
{
    const FpuFormatInfo *i = &fpu_formats[f];
    unsigned exp = a >> i->frac_bits & exp_ones(i);
    uint64_t frac = a & frac_mask(i);
    FpuNum n = { .cls = FPC_FINITE, .sign = a >> (i->bits - 1) & 1 };

    if (exp == 0) {
        if (frac == 0 || flush) {
            *flags |= frac != 0 && idc ? FPU_IDC : 0;
            n.cls = FPC_ZERO;
            return n;
        }
        unsigned lz = __builtin_clzll(frac);
        n.denormal = true;
        n.sig = frac << lz;
        n.exp = 1 - i->bias - ((int)lz - (63 - i->frac_bits));
        return n;
    }
    if (exp == exp_ones(i) && !alt) {
        n.cls = frac == 0 ? FPC_INF : frac >> (i->frac_bits - 1) ? FPC_QNAN : FPC_SNAN;
        return n;
    }
    n.sig = (frac | UINT64_C(1) << i->frac_bits) << (63 - i->frac_bits);
    n.exp = (int)exp - i->bias;
    return n;
}

FpuNum fpu_unpack(FpuFormat f, uint64_t a, FpuMode mode, uint32_t *flags)
{
    bool fz = mode.fz && !mode.ah;

    /* Flushing halves does not count as input denormal. */
    return f == FPU_F16 ? unpack(f, a, mode.fz16, false, false, flags)
                        : unpack(f, a, fz || mode.fiz, fz, false, flags);
}

FpuNum fpu_unpack_cv(FpuFormat f, uint64_t a, FpuMode mode, uint32_t *flags)
{
    bool fz = mode.fz && !mode.ah;

    return f == FPU_F16 ? unpack(f, a, false, false, mode.ahp, flags)
                        : unpack(f, a, fz || mode.fiz, fz, false, flags);
}

uint64_t fpu_pack_zero(FpuFormat f, bool sign) { return pack(&fpu_formats[f], sign, 0, 0); }

uint64_t fpu_pack_inf(FpuFormat f, bool sign)
{
    const FpuFormatInfo *i = &fpu_formats[f];

    return pack(i, sign, exp_ones(i), 0);
}

uint64_t fpu_pack_max(FpuFormat f, bool sign)
{
    const FpuFormatInfo *i = &fpu_formats[f];

    return pack(i, sign, exp_ones(i) - 1, frac_mask(i));
}

uint64_t fpu_default_nan(FpuFormat f, FpuMode mode)
{
    const FpuFormatInfo *i = &fpu_formats[f];

    return pack(i, mode.ah, exp_ones(i), UINT64_C(1) << (i->frac_bits - 1));
}

uint64_t fpu_invalid(FpuFormat f, FpuMode mode, uint32_t *flags)
{
    *flags |= FPU_IOC;
    return fpu_default_nan(f, mode);
}

uint64_t fpu_process_nan(FpuFormat f, FpuClass cls, uint64_t a, FpuMode mode, uint32_t *flags)
{
    if (cls == FPC_SNAN) {
        *flags |= FPU_IOC;
    }
    return mode.dn ? fpu_default_nan(f, mode) : a | UINT64_C(1) << (fpu_formats[f].frac_bits - 1);
}

bool fpu_process_nans(FpuFormat f, const FpuNum *na, const FpuNum *nb, uint64_t a, uint64_t b,
                      FpuMode mode, uint32_t *flags, uint64_t *res)
{
    if (!fpu_is_nan(na) && !fpu_is_nan(nb)) {
        return false;
    }
    if (mode.ah && fpu_is_nan(na) && fpu_is_nan(nb)) {
        bool signaling = na->cls == FPC_SNAN || nb->cls == FPC_SNAN;
        *res = fpu_process_nan(f, signaling ? FPC_SNAN : FPC_QNAN, a, mode, flags);
        return true;
    }
    bool first = na->cls == FPC_SNAN || (na->cls == FPC_QNAN && nb->cls != FPC_SNAN);
    *res = fpu_process_nan(f, first ? na->cls : nb->cls, first ? a : b, mode, flags);
    return true;
}

bool fpu_overflow_to_inf(FpuMode mode, bool sign)
{
    switch (mode.round) {
    case FPU_NEAREST: case FPU_AWAY: return true;
    case FPU_UP: return !sign;
    case FPU_DOWN: return sign;
    default: return false;
    }
}

static uint64_t overflow(FpuFormat f, bool sign, bool alt, FpuMode mode, uint32_t *flags)
{
    if (alt) {
        *flags |= FPU_IOC;
        return pack(&fpu_formats[f], sign, exp_ones(&fpu_formats[f]), frac_mask(&fpu_formats[f]));
    }
    *flags |= FPU_OFC | FPU_IXC;
    return fpu_overflow_to_inf(mode, sign) ? fpu_pack_inf(f, sign) : fpu_pack_max(f, sign);
}

/*
 * Alternative handling: is the value still tiny when it is rounded as if its exponent @biased <= 0
 * were allowed?
 */
static bool tiny_after_rounding(const FpuFormatInfo *i, FpuRound round, bool sign, int biased,
                                uint64_t sig)
{
    unsigned drop = 63 - i->frac_bits;
    uint64_t lost = sig & ((UINT64_C(1) << drop) - 1), half = UINT64_C(1) << (drop - 1);
    uint64_t mant = sig >> drop;
    bool up = fpu_rounds_up(round, sign, mant & 1, lost & half, lost & (half - 1));

    return biased + (mant + up == UINT64_C(1) << (i->frac_bits + 1)) < 1;
}

static uint64_t round_pack(FpuFormat f, bool sign, int exp, uint64_t sig, bool flush, bool alt,
                           FpuMode mode, uint32_t *flags)
{
    const FpuFormatInfo *i = &fpu_formats[f];
    unsigned drop = 63 - i->frac_bits;
    int biased = exp + i->bias;
    bool tiny = biased <= 0;

    if (biased <= 0) {
        tiny = !mode.ah || tiny_after_rounding(i, mode.round, sign, biased, sig);
        if (flush && tiny) {
            *flags |= FPU_UFC | (mode.ah ? FPU_IXC : 0);
            return fpu_pack_zero(f, sign);
        }
        sig = fpu_shr_jam64(sig, biased < -63 ? 64 : 1 - biased);
        biased = 0;
    }
    uint64_t lost = sig & ((UINT64_C(1) << drop) - 1);
    uint64_t half = UINT64_C(1) << (drop - 1);
    uint64_t mant = sig >> drop;
    if (lost) {
        *flags |= tiny ? FPU_UFC : 0;
        if (mode.round == FPU_ODD) {
            mant |= 1;
        }
        mant += fpu_rounds_up(mode.round, sign, mant & 1, lost & half, lost & (half - 1));
    }
    /* The implicit bit, and a carry out of the fraction, both count one in the exponent. */
    uint64_t mag = biased == 0 ? mant : ((uint64_t)(biased - 1) << i->frac_bits) + mant;
    if (mag >> i->frac_bits >= exp_ones(i) + (uint64_t)alt) {
        return overflow(f, sign, alt, mode, flags);
    }
    *flags |= lost ? FPU_IXC : 0;
    return (uint64_t)sign << (i->bits - 1) | mag;
}

uint64_t fpu_round_pack(FpuFormat f, bool sign, int exp, uint64_t sig, FpuMode mode,
                        uint32_t *flags)
{
    return round_pack(f, sign, exp, sig, f == FPU_F16 ? mode.fz16 : mode.fz, false, mode, flags);
}

uint64_t fpu_round_pack_cv(FpuFormat f, bool sign, int exp, uint64_t sig, FpuMode mode,
                           uint32_t *flags)
{
    return round_pack(f, sign, exp, sig, f != FPU_F16 && mode.fz, f == FPU_F16 && mode.ahp, mode,
                      flags);
}
