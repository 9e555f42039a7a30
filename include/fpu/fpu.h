/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IEEE 754 binary arithmetic with the choices of the Arm architecture (DDI 0487, shared/functions/
 * float): pure functions of (operands, mode) -> (result, flags).
 *
 * Model. A number is its encoding in the low bits of a uint64_t; the format is a parameter. Bits
 * above the format must be 0 on entry and are 0 in results. Flags are ORed into *flags (never
 * cleared), at the places of FPSR. Tininess is detected before rounding. NaNs propagate as
 * FPProcessNaNs says: the first signaling operand, else the first quiet one, made quiet; with
 * mode.dn the default NaN.
 *
 * mode.ah is FEAT_AFP's alternative handling: tininess is detected after rounding, flushing of
 * results is inexact, operands are flushed by mode.fiz alone, which sets no flag, and a denormal
 * operand that is used sets IDC; the default NaN is negative; of two NaNs the first is taken (of a
 * fused operation's the first factor, then the second); maximum and minimum are those of x86;
 * estimates and Newton steps flush, round to nearest and raise nothing, and estimates of F32 have
 * 12 bits (FEAT_RPRES comes with it); the sign of a NaN is not changed.
 *
 * Two implementations stand behind each operation: the host's FPU where operands and result are
 * ordinary and rounding is to nearest, and the exact integer one for everything else. The first
 * expects the thread's floating-point environment to be C's default (round to nearest, no traps).
 *
 * Threads: no state. Errors: none; every bit pattern is a valid operand.
 */
#ifndef FPU_FPU_H
#define FPU_FPU_H

#include <stdbool.h>
#include <stdint.h>

typedef enum FpuFormat { FPU_F16, FPU_F32, FPU_F64 } FpuFormat;

/* The first four are FPCR.RMode. */
typedef enum FpuRound {
    FPU_NEAREST, FPU_UP, FPU_DOWN, FPU_ZERO,
    FPU_AWAY,             /* to nearest, ties away from zero */
    FPU_ODD,              /* truncate, and make an inexact result odd (FCVTXN) */
} FpuRound;

typedef struct FpuMode {
    uint8_t round;        /* FpuRound */
    bool fz;              /* flush denormal inputs and results (F32, F64) */
    bool fz16;            /* the same for F16 arithmetic; conversions ignore it */
    bool dn;              /* default NaN */
    bool ahp;             /* conversions: F16 is the alternative format, without NaN and infinity */
    bool ah;              /* alternative handling */
    bool fiz;             /* flush denormal inputs, no flag (F32, F64) */
    bool reserved;        /* false: makes it 8 bytes, one register */
} FpuMode;

enum {                    /* FPSR's cumulative bits */
    FPU_IOC = 1 << 0,     /* invalid operation */
    FPU_DZC = 1 << 1,     /* division by zero */
    FPU_OFC = 1 << 2,     /* overflow */
    FPU_UFC = 1 << 3,     /* underflow */
    FPU_IXC = 1 << 4,     /* inexact */
    FPU_IDC = 1 << 7,     /* input denormal flushed */
};

/* -- Arithmetic -- */

uint64_t fpu_add(FpuFormat f, uint64_t a, uint64_t b, FpuMode mode, uint32_t *flags);
uint64_t fpu_sub(FpuFormat f, uint64_t a, uint64_t b, FpuMode mode, uint32_t *flags);
uint64_t fpu_mul(FpuFormat f, uint64_t a, uint64_t b, FpuMode mode, uint32_t *flags);
/* FMULX: as fpu_mul, but infinity times zero is 2.0 with the product's sign. */
uint64_t fpu_mulx(FpuFormat f, uint64_t a, uint64_t b, FpuMode mode, uint32_t *flags);
uint64_t fpu_div(FpuFormat f, uint64_t a, uint64_t b, FpuMode mode, uint32_t *flags);
uint64_t fpu_sqrt(FpuFormat f, uint64_t a, FpuMode mode, uint32_t *flags);
/* @c + @a * @b with one rounding (FPMulAdd). Infinity times zero is invalid even with a NaN @c. */
uint64_t fpu_fma(FpuFormat f, uint64_t c, uint64_t a, uint64_t b, FpuMode mode, uint32_t *flags);
/* The same of a single @c and halves @a, @b, giving a single (FPMulAddH). */
uint64_t fpu_fma_half(uint64_t c, uint64_t a, uint64_t b, FpuMode mode, uint32_t *flags);

uint64_t fpu_max(FpuFormat f, uint64_t a, uint64_t b, FpuMode mode, uint32_t *flags);
uint64_t fpu_min(FpuFormat f, uint64_t a, uint64_t b, FpuMode mode, uint32_t *flags);
/* maxNum and minNum: a quiet NaN loses against a number. */
uint64_t fpu_maxnm(FpuFormat f, uint64_t a, uint64_t b, FpuMode mode, uint32_t *flags);
uint64_t fpu_minnm(FpuFormat f, uint64_t a, uint64_t b, FpuMode mode, uint32_t *flags);

/* Estimates and their Newton steps: 2 - a * b, (3 - a * b) / 2; FRECPX's exponent. */
uint64_t fpu_recip_estimate(FpuFormat f, uint64_t a, FpuMode mode, uint32_t *flags);
uint64_t fpu_rsqrt_estimate(FpuFormat f, uint64_t a, FpuMode mode, uint32_t *flags);
/* Those (@root: of the square root) of all numbers in the low @bytes of @v, the rest 0. */
uint64_t fpu_estimates(FpuFormat f, bool root, uint64_t v, unsigned bytes, FpuMode mode,
                       uint32_t *flags);
uint64_t fpu_recip_step(FpuFormat f, uint64_t a, uint64_t b, FpuMode mode, uint32_t *flags);
uint64_t fpu_rsqrt_step(FpuFormat f, uint64_t a, uint64_t b, FpuMode mode, uint32_t *flags);
uint64_t fpu_recpx(FpuFormat f, uint64_t a, FpuMode mode, uint32_t *flags);
/* URECPE, URSQRTE: unsigned fixed point with 32 fraction bits. */
uint32_t fpu_recip_estimate_u32(uint32_t a);
uint32_t fpu_rsqrt_estimate_u32(uint32_t a);

/* -- Sign bit: no flags -- */

static inline uint64_t fpu_sign_bit(FpuFormat f)
{
    return UINT64_C(1) << ((16u << f) - 1);
}
static inline uint64_t fpu_neg(FpuFormat f, uint64_t a) { return a ^ fpu_sign_bit(f); }
static inline uint64_t fpu_abs(FpuFormat f, uint64_t a) { return a & ~fpu_sign_bit(f); }

/* +infinity: larger magnitudes are NaNs. */
static inline uint64_t fpu_inf_bits(FpuFormat f)
{
    return f == FPU_F16 ? 0x7c00 : f == FPU_F32 ? 0x7f800000 : UINT64_C(0x7ff0) << 48;
}
static inline bool fpu_keeps_sign(FpuFormat f, uint64_t a, FpuMode mode)
{
    return mode.ah && (a & ~fpu_sign_bit(f)) > fpu_inf_bits(f);
}
/* FPNeg, FPAbs */
static inline uint64_t fpu_negate(FpuFormat f, uint64_t a, FpuMode mode)
{
    return fpu_keeps_sign(f, a, mode) ? a : fpu_neg(f, a);
}
static inline uint64_t fpu_absolute(FpuFormat f, uint64_t a, FpuMode mode)
{
    return fpu_keeps_sign(f, a, mode) ? a : fpu_abs(f, a);
}

/* -- bfloat16: numbers of 16 bits, sums and results in F32 (bfloat16.c) -- */

/*
 * BFDotAdd: @c + a[0] * b[0] + a[1] * b[1]. Each step rounds to odd and flushes whatever the mode;
 * @extended (FPCR.EBF): the two products are summed with one rounding, in mode. No flags.
 */
uint64_t fpu_bf16_dot(uint64_t c, const uint16_t *a, const uint16_t *b, bool extended,
                      FpuMode mode);
/* The same, not extended, of four: @c is overwritten. False: nothing is; some number is special,
   or the host has no way to do it quickly. Any floating-point environment will do, and stays as it
   is. @host: what to use at most. */
typedef enum FpuHost { FPU_HOST_AVX2, FPU_HOST_AVX512 } FpuHost;
bool fpu_bf16_dot4(FpuHost host, uint32_t c[4], const uint16_t a[8], const uint16_t b[8]);
/* BFMulAddH: an ordinary fused multiply-add of F32; under mode.ah as an estimate. */
uint64_t fpu_bf16_fma(uint64_t c, uint64_t a, uint64_t b, FpuMode mode, uint32_t *flags);
/* FPConvertBF: F32 to bfloat16. */
uint64_t fpu_bf16_convert(uint64_t a, FpuMode mode, uint32_t *flags);

/* -- Comparisons -- */

typedef enum FpuOrder { FPU_LESS, FPU_EQUAL, FPU_GREATER, FPU_UNORDERED } FpuOrder;
/* @signal_all: a quiet NaN is invalid too. */
FpuOrder fpu_compare(FpuFormat f, uint64_t a, uint64_t b, bool signal_all, FpuMode mode,
                     uint32_t *flags);

/* -- Conversions; rounding comes from mode.round -- */

uint64_t fpu_convert(FpuFormat to, FpuFormat from, uint64_t a, FpuMode mode, uint32_t *flags);
/* To an integral value of the same format. @exact: report inexact (FRINTX). */
uint64_t fpu_round_int(FpuFormat f, uint64_t a, bool exact, FpuMode mode, uint32_t *flags);
/*
 * To an integral value that an integer of @bits (32, 64) holds, inexact being reported
 * (FPRoundIntN). What does not fit, infinities and NaNs give the most negative such integer.
 */
uint64_t fpu_round_int_n(FpuFormat f, uint64_t a, unsigned bits, FpuMode mode, uint32_t *flags);
/*
 * Double to integer modulo 2^32, towards zero (FPToFixedJS). *exact: the conversion lost nothing,
 * not even the sign of zero.
 */
uint32_t fpu_to_int_js(uint64_t a, bool *exact, FpuMode mode, uint32_t *flags);
/*
 * a * 2^fbits to an integer of @bits (16, 32, 64), saturating. A NaN gives 0. The result is
 * truncated to @bits.
 */
uint64_t fpu_to_int(FpuFormat f, uint64_t a, unsigned fbits, unsigned bits, bool is_signed,
                    FpuMode mode, uint32_t *flags);
/* v / 2^fbits; @v is sign- or zero-extended to 64 bits by the caller. */
uint64_t fpu_from_int(FpuFormat f, uint64_t v, unsigned fbits, bool is_signed, FpuMode mode,
                      uint32_t *flags);

#endif
