/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entry points: the host's FPU when it must give Arm's result, else the integer implementation.
 *
 * The host is right when rounding is to nearest, the operands are normal numbers (or zeros that
 * make the result exact), and the result is a normal number whose exponent is not the smallest
 * (where "tiny before rounding" could differ, or flushing apply). The only flag such an operation
 * raises is inexact; whether it does is found by an exact computation of the remainder, skipped
 * when the caller has the flag already. Halves: fast_half.h.
 */
#include <math.h>
#include <string.h>

#include "fpu/fast_half.h"
#include "fpu/fpu_internal.h"

static inline double as_f64(uint64_t v) { double d; memcpy(&d, &v, 8); return d; }
static inline uint64_t of_f64(double d) { uint64_t v; memcpy(&v, &d, 8); return v; }
static inline float as_f32(uint64_t v) { uint32_t w = v; float d; memcpy(&d, &w, 4); return d; }
static inline uint64_t of_f32(float d) { uint32_t v; memcpy(&v, &d, 4); return v; }

static inline bool is_normal64(uint64_t v) { return ((v >> 52 & 0x7ff) - 1) < 0x7fe; }
static inline bool is_normal32(uint64_t v) { return ((v >> 23 & 0xff) - 1) < 0xfe; }
static inline bool is_zero64(uint64_t v) { return v << 1 == 0; }
static inline bool is_zero32(uint64_t v) { return (uint32_t)v << 1 == 0; }
static inline bool is_easy64(uint64_t v) { return is_normal64(v) || is_zero64(v); }
static inline bool is_easy32(uint64_t v) { return is_normal32(v) || is_zero32(v); }
/* A result that cannot have been tiny before rounding. */
static inline bool is_safe64(uint64_t v) { return ((v >> 52 & 0x7ff) - 2) < 0x7fd; }
static inline bool is_safe32(uint64_t v) { return ((v >> 23 & 0xff) - 2) < 0xfd; }

/* Significand with the implicit bit, of a normal number. */
static inline uint64_t sig64(uint64_t v)
{
    return (v & ((UINT64_C(1) << 52) - 1)) | UINT64_C(1) << 52;
}
static inline int exp64(uint64_t v) { return v >> 52 & 0x7ff; }

static inline bool to_nearest(FpuMode mode) { return mode.round == FPU_NEAREST; }

/* Two halves that are normal numbers or zeros. */
static inline bool easy_halves(FpuFormat f, uint64_t a, uint64_t b, FpuMode mode, double *x,
                               double *y)
{
    if (f != FPU_F16 || !to_nearest(mode) || !is_easy16(a) || !is_easy16(b)) {
        return false;
    }
    *x = half_value(a);
    *y = half_value(b);
    return true;
}

/* -- Addition: the rounding error of a sum is itself representable (TwoSum) -- */

static inline bool add64(uint64_t a, uint64_t b, uint64_t *res, uint32_t *flags)
{
    double x = as_f64(a), y = as_f64(b), s = x + y;
    uint64_t r = of_f64(s);

    if (!is_easy64(a) || !is_easy64(b) || !(is_safe64(r) || is_zero64(r))) {
        return false;
    }
    if (!(*flags & FPU_IXC)) {
        double t = s - x;
        *flags |= (x - (s - t)) + (y - t) != 0 ? FPU_IXC : 0;
    }
    *res = r;
    return true;
}

static inline bool add32(uint64_t a, uint64_t b, uint64_t *res, uint32_t *flags)
{
    float x = as_f32(a), y = as_f32(b), s = x + y;
    uint64_t r = of_f32(s);

    if (!is_easy32(a) || !is_easy32(b) || !(is_safe32(r) || is_zero32(r))) {
        return false;
    }
    if (!(*flags & FPU_IXC)) {
        float t = s - x;
        *flags |= (x - (s - t)) + (y - t) != 0 ? FPU_IXC : 0;
    }
    *res = r;
    return true;
}

/* a + b where the host's unit gives it; false: nothing is set. */
static inline bool fast_sum(FpuFormat f, uint64_t a, uint64_t b, FpuMode mode, uint64_t *res,
                            uint32_t *flags)
{
    double x, y;

    return (to_nearest(mode) && ((f == FPU_F64 && add64(a, b, res, flags))
                                 || (f == FPU_F32 && add32(a, b, res, flags))))
        || (easy_halves(f, a, b, mode, &x, &y) && half_of(x + y, res, flags));
}

uint64_t fpu_add(FpuFormat f, uint64_t a, uint64_t b, FpuMode mode, uint32_t *flags)
{
    uint64_t r;

    return fast_sum(f, a, b, mode, &r, flags) ? r : fpu_soft_add(f, a, b, false, mode, flags);
}

uint64_t fpu_sub(FpuFormat f, uint64_t a, uint64_t b, FpuMode mode, uint32_t *flags)
{
    uint64_t r;

    return fast_sum(f, a, fpu_neg(f, b), mode, &r, flags)
        ? r : fpu_soft_add(f, a, b, true, mode, flags);
}

/* -- Multiplication -- */

/*
 * A product of two 53-bit significands has 105 or 106 bits (the latter when the exponent went up);
 * it is exact when all but 53 of them are trailing zeros. A carry out of rounding may make 105
 * look like 106, but only where the product was inexact anyway.
 */
static inline bool mul64(uint64_t a, uint64_t b, uint64_t *res, uint32_t *flags)
{
    uint64_t r = of_f64(as_f64(a) * as_f64(b));

    if (is_normal64(a) && is_normal64(b) && is_safe64(r)) {
        if (!(*flags & FPU_IXC)) {
            int zeros = __builtin_ctzll(sig64(a)) + __builtin_ctzll(sig64(b));
            int bits = 105 + (exp64(r) != exp64(a) + exp64(b) - 1023);
            *flags |= bits - zeros > 53 ? FPU_IXC : 0;
        }
        *res = r;
        return true;
    }
    *res = r;
    return (is_zero64(a) && is_easy64(b)) || (is_zero64(b) && is_easy64(a));
}

static inline bool mul32(uint64_t a, uint64_t b, uint64_t *res, uint32_t *flags)
{
    double p = (double)as_f32(a) * as_f32(b);             /* exact */
    float s = p;
    uint64_t r = of_f32(s);

    if (is_normal32(a) && is_normal32(b) && is_safe32(r)) {
        *flags |= s != p ? FPU_IXC : 0;
        *res = r;
        return true;
    }
    *res = r;
    return (is_zero32(a) && is_easy32(b)) || (is_zero32(b) && is_easy32(a));
}

uint64_t fpu_mul(FpuFormat f, uint64_t a, uint64_t b, FpuMode mode, uint32_t *flags)
{
    uint64_t r;
    double x, y;

    if (to_nearest(mode) && ((f == FPU_F64 && mul64(a, b, &r, flags))
                             || (f == FPU_F32 && mul32(a, b, &r, flags)))) {
        return r;
    }
    if (easy_halves(f, a, b, mode, &x, &y) && half_of(x * y, &r, flags)) {
        return r;
    }
    return fpu_soft_mul(f, a, b, false, mode, flags);
}

uint64_t fpu_mulx(FpuFormat f, uint64_t a, uint64_t b, FpuMode mode, uint32_t *flags)
{
    uint64_t r;
    double x, y;

    if (to_nearest(mode) && ((f == FPU_F64 && mul64(a, b, &r, flags))
                             || (f == FPU_F32 && mul32(a, b, &r, flags)))) {
        return r;
    }
    if (easy_halves(f, a, b, mode, &x, &y) && half_of(x * y, &r, flags)) {
        return r;
    }
    return fpu_soft_mul(f, a, b, true, mode, flags);
}

/* -- Division and square root: multiply back; the low 64 bits decide, the rest being equal -- */

static inline bool div64(uint64_t a, uint64_t b, uint64_t *res, uint32_t *flags)
{
    if (!is_normal64(a) || !is_normal64(b)) {
        return false;
    }
    uint64_t r = of_f64(as_f64(a) / as_f64(b));
    if (!is_safe64(r)) {
        return false;
    }
    if (!(*flags & FPU_IXC)) {
        int up = exp64(a) - exp64(b) + 1023 - exp64(r);   /* 1: quotient below 1 */
        *flags |= sig64(r) * sig64(b) != sig64(a) << (52 + up) ? FPU_IXC : 0;
    }
    *res = r;
    return true;
}

static inline bool div32(uint64_t a, uint64_t b, uint64_t *res, uint32_t *flags)
{
    if (!is_normal32(a) || !is_normal32(b)) {
        return false;
    }
    float s = as_f32(a) / as_f32(b);
    uint64_t r = of_f32(s);
    if (!is_safe32(r)) {
        return false;
    }
    *flags |= (double)s * as_f32(b) != as_f32(a) ? FPU_IXC : 0;
    *res = r;
    return true;
}

uint64_t fpu_div(FpuFormat f, uint64_t a, uint64_t b, FpuMode mode, uint32_t *flags)
{
    uint64_t r;
    double x, y;

    if (to_nearest(mode) && ((f == FPU_F64 && div64(a, b, &r, flags))
                             || (f == FPU_F32 && div32(a, b, &r, flags)))) {
        return r;
    }
    if (easy_halves(f, a, b, mode, &x, &y) && half_of(x / y, &r, flags)) {
        return r;
    }
    return fpu_soft_div(f, a, b, mode, flags);
}

uint64_t fpu_sqrt(FpuFormat f, uint64_t a, FpuMode mode, uint32_t *flags)
{
    if (to_nearest(mode) && f == FPU_F64 && is_normal64(a) && !(a >> 63)) {
        uint64_t r = of_f64(__builtin_sqrt(as_f64(a)));
        bool even = exp64(a) & 1;                         /* the bias is odd */
        *flags |= sig64(r) * sig64(r) != sig64(a) << (52 + !even) ? FPU_IXC : 0;
        return r;
    }
    if (to_nearest(mode) && f == FPU_F32 && is_normal32(a) && !(a >> 31)) {
        float s = __builtin_sqrtf(as_f32(a));
        *flags |= (double)s * s != as_f32(a) ? FPU_IXC : 0;
        return of_f32(s);
    }
    uint64_t r;
    if (to_nearest(mode) && f == FPU_F16 && is_easy16(a) && !(a >> 15)
        && half_of(__builtin_sqrt(half_value(a)), &r, flags)) {
        return r;
    }
    return fpu_soft_sqrt(f, a, mode, flags);
}

/* -- Fused multiply-add -- */

#ifdef __x86_64__
__attribute__((target("fma"))) static double host_fma(double a, double b, double c)
{
    return __builtin_fma(a, b, c);
}

__attribute__((target("fma"))) static float host_fmaf(float a, float b, float c)
{
    return __builtin_fmaf(a, b, c);
}

static inline bool has_fma(void) { return __builtin_cpu_supports("fma"); }
#else
static inline double host_fma(double a, double b, double c) { return fma(a, b, c); }
static inline float host_fmaf(float a, float b, float c) { return fmaf(a, b, c); }
static inline bool has_fma(void) { return true; }
#endif

static inline bool fma64(uint64_t c, uint64_t a, uint64_t b, uint64_t *res, uint32_t *flags)
{
    if (!(*flags & FPU_IXC) || !is_normal64(a) || !is_normal64(b) || !is_easy64(c)) {
        return false;                        /* exactness is as dear as the integer way */
    }
    *res = of_f64(host_fma(as_f64(a), as_f64(b), as_f64(c)));
    return is_safe64(*res);
}

static inline bool fma32(uint64_t c, uint64_t a, uint64_t b, uint64_t *res, uint32_t *flags)
{
    if (!is_normal32(a) || !is_normal32(b) || !is_easy32(c)) {
        return false;
    }
    float s = host_fmaf(as_f32(a), as_f32(b), as_f32(c));
    *res = of_f32(s);
    if (!is_safe32(*res)) {
        return false;
    }
    if (!(*flags & FPU_IXC)) {
        double x = (double)as_f32(a) * as_f32(b), y = as_f32(c), d = x + y, t = d - x;
        bool exact = (x - (d - t)) + (y - t) == 0 && d == s;
        *flags |= exact ? 0 : FPU_IXC;
    }
    return true;
}

uint64_t fpu_fma(FpuFormat f, uint64_t c, uint64_t a, uint64_t b, FpuMode mode, uint32_t *flags)
{
    uint64_t r;

    if (to_nearest(mode) && has_fma() && ((f == FPU_F64 && fma64(c, a, b, &r, flags))
                                          || (f == FPU_F32 && fma32(c, a, b, &r, flags)))) {
        return r;
    }
    if (to_nearest(mode) && f == FPU_F16 && fma_halves(c, a, b, &r, flags)) {
        return r;
    }
    return fpu_soft_fma(f, c, a, b, mode, flags);
}

/* -- Comparison -- */

FpuOrder fpu_compare(FpuFormat f, uint64_t a, uint64_t b, bool signal_all, FpuMode mode,
                     uint32_t *flags)
{
    if (f == FPU_F64 && is_easy64(a) && is_easy64(b)) {
        double x = as_f64(a), y = as_f64(b);
        return x < y ? FPU_LESS : x > y ? FPU_GREATER : FPU_EQUAL;
    }
    if (f == FPU_F32 && is_easy32(a) && is_easy32(b)) {
        float x = as_f32(a), y = as_f32(b);
        return x < y ? FPU_LESS : x > y ? FPU_GREATER : FPU_EQUAL;
    }
    if (f == FPU_F16 && is_easy16(a) && is_easy16(b)) {
        double x = half_value(a), y = half_value(b);
        return x < y ? FPU_LESS : x > y ? FPU_GREATER : FPU_EQUAL;
    }
    return fpu_soft_compare(f, a, b, signal_all, mode, flags);
}

/* -- Maximum, minimum: of different normal numbers, or a zero and another number -- */

static inline bool easy_value(FpuFormat f, uint64_t a, double *x)
{
    if (f == FPU_F64 && is_easy64(a)) {
        *x = as_f64(a);
        return true;
    }
    if (f == FPU_F32 && is_easy32(a)) {
        *x = as_f32(a);
        return true;
    }
    if (f == FPU_F16 && is_easy16(a)) {
        *x = half_value(a);
        return true;
    }
    return false;
}

static inline bool extreme(FpuFormat f, uint64_t a, uint64_t b, bool min, uint64_t *res)
{
    double x, y;

    if (!easy_value(f, a, &x) || !easy_value(f, b, &y) || x == y) {
        return false;
    }
    *res = (x < y) == min ? a : b;
    return true;
}

uint64_t fpu_max(FpuFormat f, uint64_t a, uint64_t b, FpuMode mode, uint32_t *flags)
{
    uint64_t r;

    return extreme(f, a, b, false, &r) ? r : fpu_soft_extreme(f, a, b, false, mode, flags);
}

uint64_t fpu_min(FpuFormat f, uint64_t a, uint64_t b, FpuMode mode, uint32_t *flags)
{
    uint64_t r;

    return extreme(f, a, b, true, &r) ? r : fpu_soft_extreme(f, a, b, true, mode, flags);
}

uint64_t fpu_maxnm(FpuFormat f, uint64_t a, uint64_t b, FpuMode mode, uint32_t *flags)
{
    uint64_t r;

    return extreme(f, a, b, false, &r) ? r : fpu_soft_extreme_num(f, a, b, false, mode, flags);
}

uint64_t fpu_minnm(FpuFormat f, uint64_t a, uint64_t b, FpuMode mode, uint32_t *flags)
{
    uint64_t r;

    return extreme(f, a, b, true, &r) ? r : fpu_soft_extreme_num(f, a, b, true, mode, flags);
}

/* -- Conversions -- */

uint64_t fpu_convert(FpuFormat to, FpuFormat from, uint64_t a, FpuMode mode, uint32_t *flags)
{
    if (to == FPU_F64 && from == FPU_F32 && is_easy32(a)) {
        return of_f64(as_f32(a));
    }
    if (to == FPU_F32 && from == FPU_F64 && is_normal64(a) && to_nearest(mode)) {
        double x = as_f64(a);
        float s = x;
        if (is_safe32(of_f32(s))) {
            *flags |= s != x ? FPU_IXC : 0;
            return of_f32(s);
        }
    }
    if (from == FPU_F16 && is_easy16(a)) {
        return to == FPU_F64 ? of_f64(half_value(a)) : of_f32(half_value(a));
    }
    if (to == FPU_F16 && to_nearest(mode)) {
        double x = from == FPU_F64 ? as_f64(a) : as_f32(a);
        uint64_t r;
        if (half_of(x, &r, flags)) {
            return r;
        }
    }
    return fpu_soft_convert(to, from, a, mode, flags);
}

/* An integral value that a half holds. */
static inline uint64_t half_of_integer(double x)
{
    uint32_t unused = 0;
    uint64_t r = signbit(x) ? 0x8000 : 0;

    half_of(x, &r, &unused);
    return r;
}

/* @x, below 2^62 in magnitude, to an integer. */
static inline int64_t round_value(double x, FpuRound round, bool *inexact)
{
    int64_t t = x;
    double rest = x - t;                     /* exact, as is the conversion back */

    *inexact = rest != 0;
    switch (round) {
    case FPU_NEAREST:
        return rest > 0.5 || (rest == 0.5 && t & 1) ? t + 1
             : rest < -0.5 || (rest == -0.5 && t & 1) ? t - 1 : t;
    case FPU_UP: return t + (rest > 0);
    case FPU_DOWN: return t - (rest < 0);
    case FPU_AWAY: return rest >= 0.5 ? t + 1 : rest <= -0.5 ? t - 1 : t;
    default: return t;
    }
}

uint64_t fpu_round_int(FpuFormat f, uint64_t a, bool exact, FpuMode mode, uint32_t *flags)
{
    bool inexact;
    double x;

    if (!easy_value(f, a, &x) || !(fabs(x) < 0x1p62)) {
        return fpu_soft_round_int(f, a, exact, mode, flags);
    }
    double r = copysign(round_value(x, mode.round, &inexact), x);
    *flags |= exact && inexact ? FPU_IXC : 0;
    return f == FPU_F64 ? of_f64(r) : f == FPU_F32 ? of_f32(r) : half_of_integer(r);
}

uint64_t fpu_to_int(FpuFormat f, uint64_t a, unsigned fbits, unsigned bits, bool is_signed,
                    FpuMode mode, uint32_t *flags)
{
    bool inexact;
    double x;

    if (fbits == 0 && easy_value(f, a, &x) && fabs(x) < 0x1p62) {
        int64_t v = round_value(x, mode.round, &inexact);
        int64_t quarter = INT64_C(1) << (bits - 2), min = is_signed ? -2 * quarter : 0;
        if (v >= min && v / (is_signed ? 2 : 4) < quarter) {
            *flags |= inexact ? FPU_IXC : 0;
            return v & (~UINT64_C(0) >> (64 - bits));
        }
    }
    return fpu_soft_to_int(f, a, fbits, bits, is_signed, mode, flags);
}

/* Integers that the format holds exactly need no rounding. */
uint64_t fpu_from_int(FpuFormat f, uint64_t v, unsigned fbits, bool is_signed, FpuMode mode,
                      uint32_t *flags)
{
    if (fbits == 0 && (is_signed || !(v >> 63))) {
        int64_t w = v;
        int64_t limit = INT64_C(1) << (f == FPU_F64 ? 53 : f == FPU_F32 ? 24 : 11);
        if (w >= -limit && w <= limit) {
            return f == FPU_F64 ? of_f64(w) : f == FPU_F32 ? of_f32(w) : half_of_integer(w);
        }
    }
    return fpu_soft_from_int(f, v, fbits, is_signed, mode, flags);
}
