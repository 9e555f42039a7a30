/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reciprocal and reciprocal square root estimates (FPRecipEstimate, FPRSqrtEstimate, FPRecpX). */
#include "fpu/fpu_internal.h"

/* RecipEstimate less 256, of 256 .. 511: the manual's formula. */
#define RECIP(a)    (((1u << 19) / ((a) * 2 + 1) + 1) / 2 - 256)
#define RECIP_4(a)  RECIP(a), RECIP(a + 1), RECIP(a + 2), RECIP(a + 3)
#define RECIP_16(a) RECIP_4(a), RECIP_4(a + 4), RECIP_4(a + 8), RECIP_4(a + 12)
#define RECIP_64(a) RECIP_16(a), RECIP_16(a + 16), RECIP_16(a + 32), RECIP_16(a + 48)

static const uint8_t recip_table[256] = {
    RECIP_64(256), RECIP_64(320), RECIP_64(384), RECIP_64(448)
};

/* @a in 256..511, fixed point 0.5 <= a < 1; the result likewise for 1..2. */
static unsigned recip_estimate(unsigned a) { return 256u + recip_table[a - 256]; }

/* RecipSqrtEstimate less 256, of 128 .. 255, then of every second number of 256 .. 511. */
static const uint8_t rsqrt_table[256] = {
    0xff, 0xfd, 0xfb, 0xf9, 0xf7, 0xf5, 0xf3, 0xf2, 0xf0, 0xee, 0xec, 0xea, 0xe9, 0xe7, 0xe5, 0xe4,
    0xe2, 0xe0, 0xdf, 0xdd, 0xdb, 0xda, 0xd8, 0xd7, 0xd5, 0xd4, 0xd2, 0xd1, 0xcf, 0xce, 0xcc, 0xcb,
    0xc9, 0xc8, 0xc6, 0xc5, 0xc4, 0xc2, 0xc1, 0xc0, 0xbe, 0xbd, 0xbc, 0xba, 0xb9, 0xb8, 0xb7, 0xb5,
    0xb4, 0xb3, 0xb2, 0xb0, 0xaf, 0xae, 0xad, 0xac, 0xaa, 0xa9, 0xa8, 0xa7, 0xa6, 0xa5, 0xa4, 0xa3,
    0xa2, 0xa0, 0x9f, 0x9e, 0x9d, 0x9c, 0x9b, 0x9a, 0x99, 0x98, 0x97, 0x96, 0x95, 0x94, 0x93, 0x92,
    0x91, 0x90, 0x8f, 0x8e, 0x8d, 0x8c, 0x8c, 0x8b, 0x8a, 0x89, 0x88, 0x87, 0x86, 0x85, 0x84, 0x83,
    0x83, 0x82, 0x81, 0x80, 0x7f, 0x7e, 0x7e, 0x7d, 0x7c, 0x7b, 0x7a, 0x79, 0x79, 0x78, 0x77, 0x76,
    0x76, 0x75, 0x74, 0x73, 0x72, 0x72, 0x71, 0x70, 0x6f, 0x6f, 0x6e, 0x6d, 0x6d, 0x6c, 0x6b, 0x6a,
    0x69, 0x68, 0x67, 0x65, 0x64, 0x63, 0x61, 0x60, 0x5f, 0x5d, 0x5c, 0x5b, 0x5a, 0x58, 0x57, 0x56,
    0x55, 0x54, 0x52, 0x51, 0x50, 0x4f, 0x4e, 0x4d, 0x4c, 0x4b, 0x4a, 0x48, 0x47, 0x46, 0x45, 0x44,
    0x43, 0x42, 0x41, 0x40, 0x3f, 0x3e, 0x3d, 0x3c, 0x3c, 0x3b, 0x3a, 0x39, 0x38, 0x37, 0x36, 0x35,
    0x34, 0x33, 0x33, 0x32, 0x31, 0x30, 0x2f, 0x2e, 0x2e, 0x2d, 0x2c, 0x2b, 0x2a, 0x2a, 0x29, 0x28,
    0x27, 0x26, 0x26, 0x25, 0x24, 0x23, 0x23, 0x22, 0x21, 0x21, 0x20, 0x1f, 0x1e, 0x1e, 0x1d, 0x1c,
    0x1c, 0x1b, 0x1a, 0x1a, 0x19, 0x18, 0x18, 0x17, 0x16, 0x16, 0x15, 0x14, 0x14, 0x13, 0x13, 0x12,
    0x11, 0x11, 0x10, 0x10, 0x0f, 0x0e, 0x0e, 0x0d, 0x0d, 0x0c, 0x0b, 0x0b, 0x0a, 0x0a, 0x09, 0x09,
    0x08, 0x08, 0x07, 0x06, 0x06, 0x05, 0x05, 0x04, 0x04, 0x03, 0x03, 0x02, 0x02, 0x01, 0x01, 0x00,
};

/* RecipSqrtEstimate: @a in 128..511 for 0.25 <= a < 1; result 256..511. */
static unsigned rsqrt_estimate(unsigned a)
{
    return 256u + rsqrt_table[a < 256 ? a - 128 : a / 2];
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

/* The exponent and the first 8 bits of the fraction of @a. */
static unsigned exponent_of(const FpuFormatInfo *i, uint64_t a)
{
    return a >> i->frac_bits & ((1u << i->exp_bits) - 1);
}

static unsigned fraction_of(const FpuFormatInfo *i, uint64_t a)
{
    return a >> (i->frac_bits - 8) & 0xff;
}

/* With the sign of @a. */
static uint64_t quick_estimate(const FpuFormatInfo *i, uint64_t a, unsigned exponent,
                               unsigned estimate)
{
    return (a & UINT64_C(1) << (i->bits - 1)) | (uint64_t)exponent << i->frac_bits
         | (uint64_t)(estimate & 0xff) << (i->frac_bits - 8);
}

static uint64_t recip_any(FpuFormat f, uint64_t a, FpuMode mode, uint32_t *flags)
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

static uint64_t rsqrt_any(FpuFormat f, uint64_t a, FpuMode mode, uint32_t *flags)
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

/* Numbers whose estimates are normal like themselves, before the others. */

static inline uint64_t recip(FpuFormat f, uint64_t a, FpuMode mode, uint32_t *flags)
{
    const FpuFormatInfo *i = &fpu_formats[f];
    unsigned exponent = exponent_of(i, a), top = 2u * (unsigned)i->bias - 1;

    if (!mode.ah && exponent && exponent < top) {
        return quick_estimate(i, a, top - exponent, recip_estimate(256 | fraction_of(i, a)));
    }
    return recip_any(f, a, mode, flags);
}

static inline uint64_t rsqrt(FpuFormat f, uint64_t a, FpuMode mode, uint32_t *flags)
{
    const FpuFormatInfo *i = &fpu_formats[f];
    unsigned exponent = exponent_of(i, a);

    if (!mode.ah && exponent && exponent <= 2u * (unsigned)i->bias && !(a & fpu_sign_bit(f))) {
        unsigned frac = 256 | fraction_of(i, a);
        return quick_estimate(i, a, (3u * (unsigned)i->bias - 1 - exponent) >> 1,
                              rsqrt_estimate(frac >> (exponent & 1)));
    }
    return rsqrt_any(f, a, mode, flags);
}

uint64_t fpu_recip_estimate(FpuFormat f, uint64_t a, FpuMode mode, uint32_t *flags)
{
    return recip(f, a, mode, flags);
}

uint64_t fpu_rsqrt_estimate(FpuFormat f, uint64_t a, FpuMode mode, uint32_t *flags)
{
    return rsqrt(f, a, mode, flags);
}

/* Of constant format. */
static inline __attribute__((always_inline)) uint64_t
estimates(FpuFormat f, unsigned bits, bool root, uint64_t v, unsigned bytes, FpuMode mode,
          uint32_t *flags)
{
    uint64_t r = 0;

    for (unsigned at = 0; at < 64 && at < 8 * bytes; at += bits) {
        uint64_t x = v >> at & ~UINT64_C(0) >> (64 - bits);
        r |= (root ? rsqrt(f, x, mode, flags) : recip(f, x, mode, flags)) << at;
    }
    return r;
}

uint64_t fpu_estimates(FpuFormat f, bool root, uint64_t v, unsigned bytes, FpuMode mode,
                       uint32_t *flags)
{
    switch (f) {
    case FPU_F16: return estimates(FPU_F16, 16, root, v, bytes, mode, flags);
    case FPU_F32: return estimates(FPU_F32, 32, root, v, bytes, mode, flags);
    default:      return estimates(FPU_F64, 64, root, v, bytes, mode, flags);
    }
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
