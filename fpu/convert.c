/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Conversions between formats and integers. Names in comments are the Arm ARM's functions. */
#include "fpu/fpu_internal.h"

uint64_t fpu_convert_nan(FpuFormat to, FpuFormat from, uint64_t a)
{
    const FpuFormatInfo *src = &fpu_formats[from], *dst = &fpu_formats[to];
    uint64_t sign = a >> (src->bits - 1) & 1;
    uint64_t frac = a << (64 - src->frac_bits);           /* left-aligned, quiet bit on top */

    return sign << (dst->bits - 1) | fpu_default_nan(to, (FpuMode){ 0 })
         | frac >> (64 - dst->frac_bits);
}

/* FPConvert */
uint64_t fpu_soft_convert(FpuFormat to, FpuFormat from, uint64_t a, FpuMode mode,
                          uint32_t *flags)
{
    FpuNum n = fpu_unpack_cv(from, a, mode, flags);
    bool alt = to == FPU_F16 && mode.ahp;

    switch (n.cls) {
    case FPC_QNAN: case FPC_SNAN:
        *flags |= n.cls == FPC_SNAN || alt ? FPU_IOC : 0;
        return alt ? fpu_pack_zero(to, n.sign)
             : mode.dn ? fpu_default_nan(to, mode) : fpu_convert_nan(to, from, a);
    case FPC_INF:
        if (alt) {
            *flags |= FPU_IOC;
            return n.sign ? 0xffff : 0x7fff;
        }
        return fpu_pack_inf(to, n.sign);
    case FPC_ZERO:
        return fpu_pack_zero(to, n.sign);
    default:
        fpu_process_denorms(from, n.denormal, mode, flags);
        return fpu_round_pack_cv(to, n.sign, n.exp, n.sig, mode, flags);
    }
}

/*
 * Magnitude of @n rounded to an integer; n.exp must be below 64 (the caller's overflow). *inexact
 * tells whether something was lost. The result may be 2^64, hence its type.
 */
static u128 round_magnitude(const FpuNum *n, FpuRound round, bool *inexact)
{
    if (n->exp >= 63) {
        *inexact = false;
        return (u128)n->sig << (n->exp - 63);
    }
    /* 64 integer bits above 64 fraction bits. */
    u128 v = fpu_shr_jam128((u128)n->sig << 64, 63 - n->exp);
    uint64_t whole = v >> 64, frac = v, half = UINT64_C(1) << 63;
    *inexact = frac != 0;
    return (u128)whole + fpu_rounds_up(round, n->sign, whole & 1, frac & half, frac & (half - 1));
}

/* FPRoundInt */
uint64_t fpu_soft_round_int(FpuFormat f, uint64_t a, bool exact, FpuMode mode, uint32_t *flags)
{
    const FpuFormatInfo *i = &fpu_formats[f];
    FpuNum n = fpu_unpack(f, a, mode, flags);
    bool inexact;

    if (fpu_is_nan(&n)) {
        return fpu_process_nan(f, n.cls, a, mode, flags);
    }
    if (n.cls == FPC_ZERO) {
        return fpu_pack_zero(f, n.sign);
    }
    if (n.cls == FPC_INF || n.exp >= i->frac_bits) {
        return a;
    }
    uint64_t v = round_magnitude(&n, mode.round, &inexact);
    *flags |= exact && inexact ? FPU_IXC : 0;
    if (v == 0) {
        return fpu_pack_zero(f, n.sign);
    }
    unsigned lz = __builtin_clzll(v);
    return fpu_round_pack(f, n.sign, 63 - (int)lz, v << lz, mode, flags);
}

/* FPRoundIntN */
uint64_t fpu_round_int_n(FpuFormat f, uint64_t a, unsigned bits, FpuMode mode, uint32_t *flags)
{
    const FpuFormatInfo *i = &fpu_formats[f];
    FpuNum n = fpu_unpack(f, a, mode, flags);
    bool inexact = false, fits = false;
    u128 v = 0;

    if (n.cls == FPC_ZERO) {
        return fpu_pack_zero(f, n.sign);
    }
    if (n.cls == FPC_FINITE && n.exp < (int)bits) {
        v = round_magnitude(&n, mode.round, &inexact);
        fits = v < (UINT64_C(1) << (bits - 1)) + (uint64_t)n.sign;
    }
    if (!fits) {
        *flags |= FPU_IOC;
        return fpu_sign_bit(f) | (uint64_t)(i->bias + (int)bits - 1) << i->frac_bits;
    }
    *flags |= inexact ? FPU_IXC : 0;
    if (v == 0) {
        return fpu_pack_zero(f, n.sign);
    }
    unsigned lz = __builtin_clzll((uint64_t)v);
    return fpu_round_pack(f, n.sign, 63 - (int)lz, (uint64_t)v << lz, mode, flags);
}

/* FPToFixedJS */
uint32_t fpu_to_int_js(uint64_t a, bool *exact, FpuMode mode, uint32_t *flags)
{
    FpuNum n = fpu_unpack(FPU_F64, a, mode, flags);

    *exact = false;
    if (n.cls == FPC_ZERO) {
        *exact = a == 0;
        return 0;
    }
    if (n.cls != FPC_FINITE) {
        *flags |= FPU_IOC;
        return 0;
    }
    if (n.exp >= 63) {                     /* the significand is an integer of 53 bits */
        *flags |= FPU_IOC;
        uint32_t low = n.exp < 95 ? n.sig << (n.exp - 63) : 0;
        return n.sign ? 0 - low : low;
    }
    uint64_t whole = n.exp < 0 ? 0 : n.sig >> (63 - n.exp);
    bool fits = whole < (UINT64_C(1) << 31) + (uint64_t)n.sign;
    *exact = fits && n.exp >= 0 && whole << (63 - n.exp) == n.sig;
    *flags |= !fits ? FPU_IOC : *exact ? 0 : FPU_IXC;
    return n.sign ? 0 - whole : whole;
}

/* FPToFixed */
uint64_t fpu_soft_to_int(FpuFormat f, uint64_t a, unsigned fbits, unsigned bits, bool is_signed,
                         FpuMode mode, uint32_t *flags)
{
    FpuNum n = fpu_unpack(f, a, mode, flags);
    uint64_t ones = ~UINT64_C(0) >> (64 - bits);
    bool inexact = false;
    u128 v = 0;

    if (fpu_is_nan(&n)) {
        *flags |= FPU_IOC;
        return 0;
    }
    if (n.cls == FPC_ZERO) {
        return 0;
    }
    u128 limit = is_signed ? (ones >> 1) + (uint64_t)n.sign : n.sign ? 0 : ones;
    n.exp += n.cls == FPC_FINITE ? (int)fbits : 0;
    bool overflow = n.cls == FPC_INF || n.exp >= 64;
    if (!overflow) {
        v = round_magnitude(&n, mode.round, &inexact);
        overflow = v > limit;
    }
    if (overflow) {
        *flags |= FPU_IOC;
        v = limit;
    } else if (inexact) {
        *flags |= FPU_IXC;
    }
    return (n.sign ? 0 - (uint64_t)v : (uint64_t)v) & ones;
}

/* FixedToFP */
uint64_t fpu_soft_from_int(FpuFormat f, uint64_t v, unsigned fbits, bool is_signed, FpuMode mode,
                           uint32_t *flags)
{
    bool sign = is_signed && v >> 63;

    if (v == 0) {
        return 0;
    }
    v = sign ? 0 - v : v;
    unsigned lz = __builtin_clzll(v);
    return fpu_round_pack(f, sign, 63 - (int)lz - (int)fbits, v << lz, mode, flags);
}
