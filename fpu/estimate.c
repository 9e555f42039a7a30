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

uint32_t fpu_recip_estimate_u32(uint32_t a)
{
    return a >> 31 ? recip_estimate(a >> 23) << 23 : UINT32_MAX;
}

uint32_t fpu_rsqrt_estimate_u32(uint32_t a)
{
    return a >> 30 ? rsqrt_estimate(a >> 23) << 23 : UINT32_MAX;
}

/* The 8-bit fraction of an estimate into place, for a biased exponent >= -1. */
static uint64_t pack_estimate(FpuFormat f, bool sign, int biased, unsigned estimate)
{
    const FpuFormatInfo *i = &fpu_formats[f];
    uint64_t frac = (uint64_t)(estimate & 0xff) << 44;         /* of 52 bits */

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
    return pack_estimate(f, n.sign, i->bias - 1 - n.exp, recip_estimate(n.sig >> 55));
}

uint64_t fpu_rsqrt_estimate(FpuFormat f, uint64_t a, FpuMode mode, uint32_t *flags)
{
    const FpuFormatInfo *i = &fpu_formats[f];
    FpuNum n = fpu_unpack(f, a, mode, flags);

    if (fpu_is_nan(&n)) {
        return fpu_process_nan(f, n.cls, a, mode, flags);
    }
    if (n.cls == FPC_ZERO) {
        *flags |= FPU_DZC;
        return fpu_pack_inf(f, n.sign);
    }
    if (n.sign) {
        return fpu_invalid(f, flags);
    }
    if (n.cls == FPC_INF) {
        return fpu_pack_zero(f, false);
    }
    int biased = n.exp + i->bias;
    unsigned scaled = n.sig >> (biased & 1 ? 56 : 55);
    /* (3 * bias - 1 - biased) / 2, rounded down: never negative. */
    return pack_estimate(f, false, (3 * i->bias - 1 - biased) >> 1, rsqrt_estimate(scaled));
}

uint64_t fpu_recpx(FpuFormat f, uint64_t a, FpuMode mode, uint32_t *flags)
{
    const FpuFormatInfo *i = &fpu_formats[f];
    FpuNum n = fpu_unpack(f, a, mode, flags);
    uint64_t ones = (UINT64_C(1) << i->exp_bits) - 1;
    uint64_t exp = a >> i->frac_bits & ones;

    if (fpu_is_nan(&n)) {
        return fpu_process_nan(f, n.cls, a, mode, flags);
    }
    return (a & fpu_sign_bit(f)) | (exp == 0 ? ones - 1 : exp ^ ones) << i->frac_bits;
}
