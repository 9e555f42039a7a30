/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reciprocal and reciprocal square root estimates (FPRecipEstimate, FPRSqrtEstimate, FPRecpX). */
#include "fpu/fpu_internal.h"

/* RecipEstimate: @a in 256..511, fixed point 0.5 <= a < 1; the result likewise for 1..2. */
static unsigned recip_estimate(unsigned a)
{
    unsigned b = (1u << 19) / (a * 2 + 1);

    return (b + 1) / 2;
}

/* RecipSqrtEstimate: @a in 128..511 for 0.25 <= a < 1; result 256..511. */
static unsigned rsqrt_estimate(unsigned a)
{
    unsigned lo = 512, hi = 1024;

    a = a < 256 ? a * 2 + 1 : ((a >> 1 << 1) + 1) * 2;
    while (hi - lo > 1) {                 /* the largest b with a * b^2 < 2^28 */
        unsigned mid = (lo + hi) / 2;
        if ((uint64_t)a * mid * mid < 1u << 28) {
            lo = mid;
        } else {
            hi = mid;
        }
    }
    return (lo + 1) / 2;
}

/* The same with 12 bits (FEAT_RPRES): @a in 2048..4095; the result in 4096..8191. */
static unsigned recip_estimate12(unsigned a)
{
    unsigned d = 2 * a + 1, q = (1u << 25) / d, rest = (1u << 25) % d;

    return q + (2 * rest > d);
}

/* floor(sqrt(v)), v < 2^108 */
static uint64_t isqrt(u128 v)
{
    uint64_t r = 0;

    for (int bit = 53; bit >= 0; bit--) {
        uint64_t t = r | UINT64_C(1) << bit;
        if ((u128)t * t <= v) {
            r = t;
        }
    }
    return r;
}

/*
 * @a in 1024..4095 for 0.25 <= a < 1; result 4096..8191. The root, of a number between 1024 and
 * 4096, is rounded to 53 bits before 2^18 is divided by it.
 */
static unsigned rsqrt_estimate12(unsigned a)
{
    unsigned twice = a < 2048 ? 2 * a + 1 : 2 * ((a >> 1 << 1) + 1);
    u128 v = (u128)twice << 93;                        /* (root * 2^47)^2 */
    uint64_t root = isqrt(v);

    root += v - (u128)root * root > root;
    u128 n = (u128)1 << 65;
    uint64_t q = n / root, rest = n % root;
    return q + (2 * rest > root || (2 * rest == root && q & 1));
}

uint32_t fpu_recip_estimate_u32(uint32_t a)
{
    return a >> 31 ? recip_estimate(a >> 23) << 23 : UINT32_MAX;
}

uint32_t fpu_rsqrt_estimate_u32(uint32_t a)
{
    return a >> 30 ? rsqrt_estimate(a >> 23) << 23 : UINT32_MAX;
}

/* The fraction of an estimate (12 bits of it) into place, for a biased exponent >= -1. */
static uint64_t pack_estimate(FpuFormat f, bool sign, int biased, unsigned estimate)
{
    const FpuFormatInfo *i = &fpu_formats[f];
    uint64_t frac = (uint64_t)(estimate & 0xfff) << 40;        /* of 52 bits */

    if (biased <= 0) {
        frac = (frac | UINT64_C(1) << 52) >> (1 - biased);
        biased = 0;
    }
    return (uint64_t)sign << (i->bits - 1) | (uint64_t)biased << i->frac_bits
         | frac >> (52 - i->frac_bits);
}

uint64_t fpu_recip_estimate(FpuFormat f, uint64_t a, FpuMode mode, uint32_t *flags)
{
    const FpuFormatInfo *i = &fpu_formats[f];
    uint32_t scratch = 0;

    flags = fpu_quiet_flags(mode, flags, &scratch);
    mode = fpu_quiet_mode(mode);
    FpuNum n = fpu_unpack(f, a, mode, flags);

    if (fpu_is_nan(&n)) {
        return fpu_process_nan(f, n.cls, a, mode, flags);
    }
    if (n.cls == FPC_INF) {
        return fpu_pack_zero(f, n.sign);
    }
    if (n.cls == FPC_ZERO) {
        *flags |= FPU_DZC;
        return fpu_pack_inf(f, n.sign);
    }
    if (n.exp < -i->bias - 1) {
        *flags |= FPU_OFC | FPU_IXC;
        return fpu_overflow_to_inf(mode, n.sign) ? fpu_pack_inf(f, n.sign)
                                                 : fpu_pack_max(f, n.sign);
    }
    if ((f == FPU_F16 ? mode.fz16 : mode.fz) && n.exp >= i->bias - 1) {
        *flags |= FPU_UFC;
        return fpu_pack_zero(f, n.sign);
    }
    /* 2 * bias - 1 - biased exponent, where the biased exponent is n.exp + bias. */
    unsigned estimate = mode.ah && f == FPU_F32 ? recip_estimate12(n.sig >> 52)
                                                : recip_estimate(n.sig >> 55) << 4;
    return pack_estimate(f, n.sign, i->bias - 1 - n.exp, estimate);
}

uint64_t fpu_rsqrt_estimate(FpuFormat f, uint64_t a, FpuMode mode, uint32_t *flags)
{
    const FpuFormatInfo *i = &fpu_formats[f];
    uint32_t scratch = 0;

    flags = fpu_quiet_flags(mode, flags, &scratch);
    mode = fpu_quiet_mode(mode);
    FpuNum n = fpu_unpack(f, a, mode, flags);

    if (fpu_is_nan(&n)) {
        return fpu_process_nan(f, n.cls, a, mode, flags);
    }
    if (n.cls == FPC_ZERO) {
        *flags |= FPU_DZC;
        return fpu_pack_inf(f, n.sign);
    }
    if (n.sign) {
        return fpu_invalid(f, mode, flags);
    }
    if (n.cls == FPC_INF) {
        return fpu_pack_zero(f, false);
    }
    int biased = n.exp + i->bias;
    bool odd = biased & 1;
    unsigned estimate = mode.ah && f == FPU_F32 ? rsqrt_estimate12(n.sig >> (52 + odd))
                                                : rsqrt_estimate(n.sig >> (55 + odd)) << 4;
    /* (3 * bias - 1 - biased) / 2, rounded down: never negative. */
    return pack_estimate(f, false, (3 * i->bias - 1 - biased) >> 1, estimate);
}

uint64_t fpu_recpx(FpuFormat f, uint64_t a, FpuMode mode, uint32_t *flags)
{
    const FpuFormatInfo *i = &fpu_formats[f];
    uint32_t scratch = 0;

    flags = fpu_quiet_flags(mode, flags, &scratch);
    mode = fpu_quiet_mode(mode);
    FpuNum n = fpu_unpack(f, a, mode, flags);
    uint64_t ones = (UINT64_C(1) << i->exp_bits) - 1;
    uint64_t exp = a >> i->frac_bits & ones;

    if (fpu_is_nan(&n)) {
        return fpu_process_nan(f, n.cls, a, mode, flags);
    }
    return (a & fpu_sign_bit(f)) | (exp == 0 ? ones - 1 : exp ^ ones) << i->frac_bits;
}
