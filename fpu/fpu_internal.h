/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The exact integer implementation: unpacked numbers, and the one place that rounds. */
#ifndef FPU_FPU_INTERNAL_H
#define FPU_FPU_INTERNAL_H

#include "fpu/fpu.h"

typedef unsigned __int128 u128;

typedef struct FpuFormatInfo {
    uint8_t bits, frac_bits, exp_bits;
    int16_t bias;                    /* also the largest exponent; the smallest is 1 - bias */
} FpuFormatInfo;

#define FPU_BF16 ((FpuFormat)(FPU_F64 + 1))      /* results of rounding only */

static const FpuFormatInfo fpu_formats[] = {
    [FPU_F16] = { 16, 10, 5, 15 },
    [FPU_F32] = { 32, 23, 8, 127 },
    [FPU_F64] = { 64, 52, 11, 1023 },
    [FPU_BF16] = { 16, 7, 8, 127 },
};

typedef enum FpuClass { FPC_ZERO, FPC_FINITE, FPC_INF, FPC_QNAN, FPC_SNAN } FpuClass;

/* FINITE: (-1)^sign * sig * 2^(exp - 63), bit 63 of sig set. */
typedef struct FpuNum {
    FpuClass cls;
    bool sign;
    bool denormal;                   /* of FINITE: not flushed */
    int exp;
    uint64_t sig;
} FpuNum;

static inline bool fpu_is_nan(const FpuNum *n) { return n->cls >= FPC_QNAN; }

/* FPUnpack: flushes denormals (and reports that) as the mode says. */
FpuNum fpu_unpack(FpuFormat f, uint64_t a, FpuMode mode, uint32_t *flags);
/* FPUnpackCV: source of a conversion; @a of F16 keeps its denormals and may be alternative. */
FpuNum fpu_unpack_cv(FpuFormat f, uint64_t a, FpuMode mode, uint32_t *flags);

uint64_t fpu_pack_zero(FpuFormat f, bool sign);
uint64_t fpu_pack_inf(FpuFormat f, bool sign);
uint64_t fpu_pack_max(FpuFormat f, bool sign);
uint64_t fpu_default_nan(FpuFormat f, FpuMode mode);
/* An invalid operation: sets IOC, gives the default NaN. */
uint64_t fpu_invalid(FpuFormat f, FpuMode mode, uint32_t *flags);
/* FPProcessNaN: @a is a NaN of class @cls. */
uint64_t fpu_process_nan(FpuFormat f, FpuClass cls, uint64_t a, FpuMode mode, uint32_t *flags);
/* FPProcessNaNs: true when an operand is a NaN; *res is then the result. */
bool fpu_process_nans(FpuFormat f, const FpuNum *na, const FpuNum *nb, uint64_t a, uint64_t b,
                      FpuMode mode, uint32_t *flags, uint64_t *res);

/* FPProcessDenorms: denormal operands that took part set IDC under alternative handling. */
static inline void fpu_process_denorms(FpuFormat f, bool denormal, FpuMode mode, uint32_t *flags)
{
    *flags |= mode.ah && denormal && f != FPU_F16 ? FPU_IDC : 0;
}

/* Alternatively estimates, their steps and some of bfloat16 have a mode of their own ... */
static inline FpuMode fpu_quiet_mode(FpuMode mode)
{
    if (mode.ah) {
        mode.fz = mode.fiz = true;
        mode.round = FPU_NEAREST;
    }
    return mode;
}

/* ... and raise nothing. */
static inline uint32_t *fpu_quiet_flags(FpuMode mode, uint32_t *flags, uint32_t *scratch)
{
    return mode.ah ? scratch : flags;
}

/*
 * Sum of two non-zero values v * 2^(exp - 126), each below 2^127: enough zero bits lie below the
 * significands that the sticky bit of the smaller cannot be mistaken. ZERO when they cancel.
 */
FpuNum fpu_sum(bool sign_a, int exp_a, u128 va, bool sign_b, int exp_b, u128 vb);

/* FPConvertNaN: sign and the fraction's high bits survive, made quiet. */
uint64_t fpu_convert_nan(FpuFormat to, FpuFormat from, uint64_t a);

/* Does overflow of this sign go to infinity (else to the largest number)? */
bool fpu_overflow_to_inf(FpuMode mode, bool sign);

/* FPRound: sig's bit 63 is set, its bit 0 also stands for all bits lost below it. */
uint64_t fpu_round_pack(FpuFormat f, bool sign, int exp, uint64_t sig, FpuMode mode,
                        uint32_t *flags);
/* FPRoundCV: destination of a conversion. */
uint64_t fpu_round_pack_cv(FpuFormat f, bool sign, int exp, uint64_t sig, FpuMode mode,
                           uint32_t *flags);

/* v >> n with every lost bit ORed into bit 0; any n. */
static inline uint64_t fpu_shr_jam64(uint64_t v, unsigned n)
{
    if (n == 0) {
        return v;
    }
    return n < 64 ? v >> n | (v << (64 - n) != 0) : v != 0;
}

static inline u128 fpu_shr_jam128(u128 v, unsigned n)
{
    if (n == 0) {
        return v;
    }
    return n < 128 ? v >> n | (v << (128 - n) != 0) : v != 0;
}

/* Normalise v != 0, worth v * 2^(exp - 126), to (*exp, sig) as fpu_round_pack() wants. */
static inline uint64_t fpu_normalise128(u128 v, int *exp)
{
    uint64_t hi = v >> 64;
    unsigned lz = hi ? __builtin_clzll(hi) : 64 + __builtin_clzll((uint64_t)v);

    v <<= lz;
    *exp += 1 - (int)lz;
    return (uint64_t)(v >> 64) | ((uint64_t)v != 0);
}

/* Should a magnitude be rounded up? @half: first lost bit, @rest: the others, @odd: kept lsb. */
static inline bool fpu_rounds_up(FpuRound round, bool sign, bool odd, bool half, bool rest)
{
    switch (round) {
    case FPU_NEAREST: return half && (rest || odd);
    case FPU_UP: return !sign && (half || rest);
    case FPU_DOWN: return sign && (half || rest);
    case FPU_AWAY: return half;
    default: return false;
    }
}

/* The integer implementations the entry points of fast.c fall back to. */
uint64_t fpu_soft_add(FpuFormat f, uint64_t a, uint64_t b, bool sub, FpuMode mode,
                      uint32_t *flags);
uint64_t fpu_soft_mul(FpuFormat f, uint64_t a, uint64_t b, bool mulx, FpuMode mode,
                      uint32_t *flags);
uint64_t fpu_soft_div(FpuFormat f, uint64_t a, uint64_t b, FpuMode mode, uint32_t *flags);
uint64_t fpu_soft_sqrt(FpuFormat f, uint64_t a, FpuMode mode, uint32_t *flags);
uint64_t fpu_soft_fma(FpuFormat f, uint64_t c, uint64_t a, uint64_t b, FpuMode mode,
                      uint32_t *flags);
FpuOrder fpu_soft_compare(FpuFormat f, uint64_t a, uint64_t b, bool signal_all, FpuMode mode,
                          uint32_t *flags);
uint64_t fpu_soft_extreme(FpuFormat f, uint64_t a, uint64_t b, bool min, FpuMode mode,
                          uint32_t *flags);
uint64_t fpu_soft_extreme_num(FpuFormat f, uint64_t a, uint64_t b, bool min, FpuMode mode,
                              uint32_t *flags);
uint64_t fpu_soft_convert(FpuFormat to, FpuFormat from, uint64_t a, FpuMode mode,
                          uint32_t *flags);
uint64_t fpu_soft_round_int(FpuFormat f, uint64_t a, bool exact, FpuMode mode, uint32_t *flags);
uint64_t fpu_soft_to_int(FpuFormat f, uint64_t a, unsigned fbits, unsigned bits, bool is_signed,
                         FpuMode mode, uint32_t *flags);
uint64_t fpu_soft_from_int(FpuFormat f, uint64_t v, unsigned fbits, bool is_signed, FpuMode mode,
                           uint32_t *flags);

#endif
