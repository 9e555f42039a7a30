/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the tests of fpu/ compare with: the host's FPU for values and IEEE flags in the four
 * rounding modes of IEEE 754, and the few rules in which Arm differs, written for the tests.
 */
#ifndef TESTS_FPU_REFERENCE_H
#define TESTS_FPU_REFERENCE_H

#include <fenv.h>
#include <glib.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "fpu/fpu.h"

static const uint64_t values64[] = {
    0, 0x8000000000000000, 1, 0x8000000000000001, 2, 0x000fffffffffffff, 0x0010000000000000,
    0x8010000000000000, 0x0010000000000001, 0x0020000000000000, 0x0008000000000000,
    0x3ff0000000000000, 0xbff0000000000000, 0x3ff0000000000001, 0x3ff8000000000000,
    0x4000000000000000, 0x4008000000000000, 0x3fe0000000000000, 0x3fdfffffffffffff,
    0x3fefffffffffffff, 0x3fd5555555555555, 0x3c90000000000000, 0x3ca0000000000000,
    0x4330000000000000, 0x4330000000000001, 0x4340000000000000, 0xc340000000000001,
    0x1e60000000000000, 0x2000000000000000, 0x20000000000fffff, 0x5fe0000000000000,
    0x6000000000000001, 0x7fd0000000000000, 0x7fefffffffffffff, 0xffefffffffffffff,
    0x7ff0000000000000, 0xfff0000000000000, 0x7ff0000000000001, 0xfff4000000000000,
    0x7ff8000000000000, 0xfff8000000000123, 0x7fffffffffffffff, 0xc0239c0ebedfa43f,
    0x400921fb54442d18,
};
static const uint32_t values32[] = {
    0, 0x80000000, 1, 0x80000001, 2, 0x007fffff, 0x00800000, 0x80800000, 0x00800001, 0x01000000,
    0x00400000, 0x3f800000, 0xbf800000, 0x3f800001, 0x3fc00000, 0x40000000, 0x40400000, 0x3f000000,
    0x3effffff, 0x3f7fffff, 0x3eaaaaab, 0x33000000, 0x33800000, 0x4b000000, 0x4b000001, 0x4b800000,
    0xcb800001, 0x1f800000, 0x20000000, 0x20000fff, 0x5f000000, 0x60000001, 0x7e800000, 0x7f7fffff,
    0xff7fffff, 0x7f800000, 0xff800000, 0x7f800001, 0xffa00000, 0x7fc00000, 0xffc00123, 0x7fffffff,
    0xc11ce076, 0x40490fdb,
};

/* -- Encodings -- */

static inline double f64_of(uint64_t v) { double d; memcpy(&d, &v, 8); return d; }
static inline uint64_t bits64(double d) { uint64_t v; memcpy(&v, &d, 8); return v; }
static inline float f32_of(uint64_t v) { uint32_t w = v; float d; memcpy(&d, &w, 4); return d; }
static inline uint64_t bits32(float d) { uint32_t v; memcpy(&v, &d, 4); return v; }

static inline unsigned frac_bits(FpuFormat f) { return f == FPU_F64 ? 52 : f == FPU_F32 ? 23 : 10; }
static inline uint64_t inf_of(FpuFormat f)
{
    return f == FPU_F64 ? 0x7ff0000000000000 : f == FPU_F32 ? 0x7f800000 : 0x7c00;
}
static inline uint64_t quiet_bit(FpuFormat f) { return UINT64_C(1) << (frac_bits(f) - 1); }
static inline bool is_nan(FpuFormat f, uint64_t v) { return fpu_abs(f, v) > inf_of(f); }
static inline bool is_snan(FpuFormat f, uint64_t v) { return is_nan(f, v) && !(v & quiet_bit(f)); }
static inline bool is_denormal(FpuFormat f, uint64_t v)
{
    return fpu_abs(f, v) && !(fpu_abs(f, v) >> frac_bits(f));
}

/* An input as the operation sees it with flushing. */
static inline uint64_t flush_input(FpuFormat f, uint64_t v, bool fz, uint32_t *flags)
{
    if (fz && is_denormal(f, v)) {
        *flags |= f == FPU_F16 ? 0 : FPU_IDC;
        return v & fpu_sign_bit(f);
    }
    return v;
}

/* FPProcessNaNs on the operands in the order of the manual; false: none is a NaN. */
static inline bool propagate(FpuFormat f, const uint64_t *v, unsigned n, bool dn, uint64_t *res,
                             uint32_t *flags)
{
    for (int quiet = 0; quiet < 2; quiet++) {
        for (unsigned i = 0; i < n; i++) {
            if (is_nan(f, v[i]) && is_snan(f, v[i]) == !quiet) {
                *flags |= quiet ? 0 : FPU_IOC;
                *res = dn ? inf_of(f) | quiet_bit(f) : v[i] | quiet_bit(f);
                return true;
            }
        }
    }
    return false;
}

/* -- The host in a rounding mode -- */

static const int host_rounds[] = { FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO };

static inline uint32_t host_flags(void)
{
    int e = fetestexcept(FE_ALL_EXCEPT);

    return (e & FE_INVALID ? FPU_IOC : 0) | (e & FE_DIVBYZERO ? FPU_DZC : 0)
         | (e & FE_OVERFLOW ? FPU_OFC : 0) | (e & FE_INEXACT ? FPU_IXC : 0);
}

/* -- Halves by search: the 31744 finite non-negative ones are in order -- */

static inline double f16_value(unsigned v, bool alt)
{
    unsigned exp = v >> 10 & 31, frac = v & 0x3ff;
    double m = exp == 0 ? ldexp(frac, -24)
             : exp == 31 && !alt ? (frac ? NAN : INFINITY) : ldexp(1024 + frac, (int)exp - 25);

    return v & 0x8000 ? -m : m;
}

/* @x (no NaN; exact, or known to be on the right side of every half) rounded; flags as Arm. */
static inline uint64_t f16_round(double x, FpuMode mode, bool alt, uint32_t *flags)
{
    unsigned sign = signbit(x) ? 0x8000 : 0, last = alt ? 0x7fff : 0x7bff, lo = 0, hi = last;
    double m = fabs(x), step = alt ? 64 : 32;
    bool away = mode.round == FPU_UP ? !sign : mode.round == FPU_DOWN ? sign : false;
    bool nearest = mode.round == FPU_NEAREST || mode.round == FPU_AWAY;

    if (isinf(m) && !alt) {
        return sign | 0x7c00;
    }
    while (lo < hi) {                                /* the largest not above m */
        unsigned mid = (lo + hi + 1) / 2;
        if (f16_value(mid, alt) <= m) {
            lo = mid;
        } else {
            hi = mid - 1;
        }
    }
    double below = f16_value(lo, alt), above = lo < last ? f16_value(lo + 1, alt) : below + step;
    if (below == m) {
        return sign | lo;
    }
    double middle = (below + above) / 2;
    bool up = nearest ? m > middle || (m == middle && (lo & 1 || mode.round == FPU_AWAY)) : away;
    if (lo == last && (up || m >= above)) {
        if (alt) {
            *flags |= FPU_IOC;
            return sign | 0x7fff;
        }
        *flags |= FPU_OFC | FPU_IXC;
        return sign | (nearest || away ? 0x7c00 : 0x7bff);
    }
    *flags |= FPU_IXC | (m < 0x1p-14 ? FPU_UFC : 0);
    return sign | (lo + up);
}

/* -- Reports; flags by pointer, as they are written while the arguments are evaluated -- */

static inline void check(const char *what, const uint64_t *in, unsigned n, FpuMode mode,
                         uint64_t got, const uint32_t *got_flags, uint64_t want,
                         uint32_t want_flags)
{
    if (got == want && *got_flags == want_flags) {
        return;
    }
    g_test_message("%s(%" PRIx64 ", %" PRIx64 ", %" PRIx64 ") round %u fz %d dn %d ahp %d: "
                   "%" PRIx64 " flags %02x, expected %" PRIx64 " flags %02x", what, in[0],
                   n > 1 ? in[1] : 0, n > 2 ? in[2] : 0, mode.round, mode.fz, mode.dn, mode.ahp,
                   got, *got_flags, want, want_flags);
    g_test_fail();
}

/* Every mode: rounding x flushing x default NaN. */
#define FOR_MODES(mode)                                                                            \
    for (unsigned mode##_i = 0; mode##_i < 16; mode##_i++)                                         \
        for (FpuMode mode = { .round = mode##_i & 3, .fz = mode##_i >> 2 & 1,                      \
                              .fz16 = mode##_i >> 2 & 1, .dn = mode##_i >> 3 }, *mode##_p = &mode; \
             mode##_p; mode##_p = NULL)

#endif
