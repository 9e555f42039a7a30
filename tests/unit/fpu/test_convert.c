/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Conversions of fpu/ against the host's, and halves by search. */
#include "reference.h"

#include "fpu/fpu_internal.h"

/* -- Between formats -- */

/* Widening is exact. */
static void test_widen(void)
{
    for (unsigned v = 0; v < 65536; v++) {
        uint64_t in = v;
        for (unsigned alt = 0; alt < 2; alt++) {
            FpuMode mode = { .ahp = alt, .fz = true, .fz16 = true };
            uint32_t flags = 0, want_flags = 0;
            bool nan = !alt && is_nan(FPU_F16, v);
            uint64_t want64 = bits64(f16_value(v, alt)), want32 = bits32(f16_value(v, alt));
            if (nan) {
                uint64_t sign = v >> 15, frac = v & 0x1ff;
                want64 = sign << 63 | 0x7ff8000000000000 | frac << 42;
                want32 = sign << 31 | 0x7fc00000 | frac << 13;
                want_flags = is_snan(FPU_F16, v) ? FPU_IOC : 0;
            }
            check("f16->f64", &in, 1, mode, fpu_convert(FPU_F64, FPU_F16, v, mode, &flags), &flags,
                  want64, want_flags);
            flags = 0;
            check("f16->f64", &in, 1, mode,
                  fpu_soft_convert(FPU_F64, FPU_F16, v, mode, &flags), &flags,
                  want64, want_flags);
            flags = 0;
            check("f16->f32", &in, 1, mode, fpu_convert(FPU_F32, FPU_F16, v, mode, &flags), &flags,
                  want32, want_flags);
            flags = 0;
            check("f16->f32", &in, 1, mode,
                  fpu_soft_convert(FPU_F32, FPU_F16, v, mode, &flags), &flags,
                  want32, want_flags);
        }
    }
}

static uint64_t reference_to_f16(FpuFormat from, uint64_t v, FpuMode mode, uint32_t *flags)
{
    uint64_t sign = fpu_neg(from, v) < v ? 0x8000 : 0;

    if (is_nan(from, v)) {
        *flags |= is_snan(from, v) || mode.ahp ? FPU_IOC : 0;
        return mode.ahp ? sign : mode.dn ? 0x7e00
             : sign | 0x7e00 | (v >> (frac_bits(from) - 10) & 0x1ff);
    }
    if (mode.ahp && fpu_abs(from, v) == inf_of(from)) {
        *flags |= FPU_IOC;
        return sign | 0x7fff;
    }
    v = flush_input(from, v, mode.fz, flags);
    return f16_round(from == FPU_F64 ? f64_of(v) : f32_of(v), mode, mode.ahp, flags);
}

static void compare_to_f16(FpuFormat from, uint64_t v)
{
    for (unsigned i = 0; i < 32; i++) {
        FpuMode mode = { .round = i % 4, .fz = i >> 2 & 1, .dn = i >> 3 & 1, .ahp = i >> 4 };
        uint32_t flags = 0, want_flags = 0;
        uint64_t want = reference_to_f16(from, v, mode, &want_flags);
        check("->f16", &v, 1, mode, fpu_convert(FPU_F16, from, v, mode, &flags), &flags, want,
              want_flags);
        flags = 0;
        check("->f16", &v, 1, mode, fpu_soft_convert(FPU_F16, from, v, mode, &flags), &flags, want,
              want_flags);
    }
}

static void test_to_half(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(values64); i++) {
        compare_to_f16(FPU_F64, values64[i]);
        compare_to_f16(FPU_F32, values32[i]);
    }
    /* Each half, its neighbours in single and double, and the middles. */
    for (unsigned v = 0; v < 0x7fff; v += 3) {
        double x = f16_value(v, true), y = f16_value(v + 1, true), mid = (x + y) / 2;
        const double near[] = { x, mid, nextafter(mid, 0), nextafter(mid, INFINITY),
                                nextafter(y, 0) };
        for (unsigned i = 0; i < G_N_ELEMENTS(near); i++) {
            compare_to_f16(FPU_F64, bits64(i & 1 ? -near[i] : near[i]));
            compare_to_f16(FPU_F32, bits32(near[i]));
        }
    }
}

static uint64_t reference_narrow(uint64_t v, FpuMode mode, uint32_t *flags)
{
    volatile float r, truncated;

    if (is_nan(FPU_F64, v)) {
        *flags |= is_snan(FPU_F64, v) ? FPU_IOC : 0;
        return mode.dn ? 0x7fc00000 : v >> 63 << 31 | 0x7fc00000 | (v >> 29 & 0x3fffff);
    }
    volatile double x = f64_of(flush_input(FPU_F64, v, mode.fz, flags));
    fesetround(FE_TOWARDZERO);
    truncated = x;
    fesetround(host_rounds[mode.round]);
    feclearexcept(FE_ALL_EXCEPT);
    r = x;
    uint32_t f = host_flags();
    fesetround(FE_TONEAREST);
    bool tiny = x != 0 && fabsf(truncated) < 0x1p-126f;
    if (tiny && mode.fz) {
        *flags |= FPU_UFC;
        return bits32(truncated) & 0x80000000;
    }
    *flags |= f | (tiny && f & FPU_IXC ? FPU_UFC : 0);
    return bits32(r);
}

static void test_narrow(void)
{
    GRand *rand = g_rand_new_with_seed(2);

    for (unsigned i = 0; i < 20000; i++) {
        uint64_t v = (uint64_t)g_rand_int(rand) << 32 | g_rand_int(rand);
        v = i < G_N_ELEMENTS(values64) ? values64[i]
          : (v & 0x800fffffffffffff) | (uint64_t)(1023 - 160 + v % 300) << 52;
        FOR_MODES(mode) {
            uint32_t flags = 0, want_flags = 0;
            uint64_t want = reference_narrow(v, mode, &want_flags);
            check("f64->f32", &v, 1, mode, fpu_convert(FPU_F32, FPU_F64, v, mode, &flags), &flags,
                  want, want_flags);
            flags = 0;
            check("f64->f32", &v, 1, mode,
                  fpu_soft_convert(FPU_F32, FPU_F64, v, mode, &flags), &flags,
                  want, want_flags);
        }
        /* To odd: truncated, and odd when inexact; then any narrower rounding is right. */
        FpuMode odd = { .round = FPU_ODD };
        uint32_t flags = 0, want_flags = 0;
        uint64_t want = reference_narrow(v, (FpuMode){ .round = FPU_ZERO }, &want_flags);
        want |= want_flags & FPU_IXC && !(want_flags & FPU_OFC) ? 1 : 0;
        check("f64->f32 odd", &v, 1, odd, fpu_convert(FPU_F32, FPU_F64, v, odd, &flags), &flags,
              want, want_flags);
        flags = 0;
        check("f64->f32 odd", &v, 1, odd,
              fpu_soft_convert(FPU_F32, FPU_F64, v, odd, &flags), &flags,
              want, want_flags);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(values32); i++) {
        uint64_t v = values32[i];
        uint32_t flags = 0;
        if (!is_nan(FPU_F32, v)) {
            g_assert_cmphex(fpu_convert(FPU_F64, FPU_F32, v, (FpuMode){ 0 }, &flags), ==,
                            bits64(f32_of(v)));
            g_assert_cmphex(flags, ==, 0);
        }
    }
    g_rand_free(rand);
}

/* -- Integers; long double holds 64 bits -- */

static long double round_to(long double x, unsigned round)
{
    if (round == FPU_AWAY) {
        return roundl(x);
    }
    fesetround(host_rounds[round]);
    volatile long double r = rintl(x);
    fesetround(FE_TONEAREST);
    return r;
}

static uint64_t reference_to_int(FpuFormat f, uint64_t v, unsigned fbits, unsigned bits,
                                 bool is_signed, FpuMode mode, uint32_t *flags)
{
    uint64_t ones = ~UINT64_C(0) >> (64 - bits), w = flush_input(f, v, mode.fz, flags);
    long double x = ldexpl(f == FPU_F64 ? f64_of(w) : f32_of(w), (int)fbits);
    long double max = is_signed ? ones >> 1 : ones;
    long double min = is_signed ? -(long double)(ones >> 1) - 1 : 0;

    if (is_nan(f, v)) {
        *flags |= FPU_IOC;
        return 0;
    }
    long double r = round_to(x, mode.round);
    if (r > max || r < min) {
        *flags |= FPU_IOC;
        return (r > 0 ? (uint64_t)max : is_signed ? (ones >> 1) + 1 : 0) & ones;
    }
    *flags |= r != x ? FPU_IXC : 0;
    return (r < 0 ? 0 - (uint64_t)-r : (uint64_t)r) & ones;
}

static void compare_to_int(FpuFormat f, uint64_t v)
{
    for (unsigned i = 0; i < 5 * 2 * 2 * 2 * 4; i++) {
        static const uint8_t fractions[] = { 0, 1, 31, 32 };
        FpuMode mode = { .round = i % 5, .fz = i / 5 % 2 };
        unsigned bits = i / 10 % 2 ? 64 : 32, fbits = fractions[i / 40];
        bool is_signed = i / 20 % 2;
        uint32_t flags = 0, want_flags = 0;
        uint64_t want = reference_to_int(f, v, fbits, bits, is_signed, mode, &want_flags);
        check(is_signed ? "to signed" : "to unsigned", (uint64_t[]){ v, fbits, bits }, 3, mode,
              fpu_to_int(f, v, fbits, bits, is_signed, mode, &flags), &flags, want, want_flags);
        flags = 0;
        check(is_signed ? "to signed" : "to unsigned", (uint64_t[]){ v, fbits, bits }, 3, mode,
              fpu_soft_to_int(f, v, fbits, bits, is_signed, mode, &flags), &flags, want,
              want_flags);
    }
}

static void compare_round_int(FpuFormat f, uint64_t v)
{
    for (unsigned i = 0; i < 20; i++) {
        FpuMode mode = { .round = i % 5, .fz = i / 5 % 2 };
        uint32_t flags = 0, want_flags = 0;
        uint64_t want;
        if (!propagate(f, &v, 1, false, &want, &want_flags)) {
            uint64_t w = flush_input(f, v, mode.fz, &want_flags);
            long double x = f == FPU_F64 ? f64_of(w) : f32_of(w), r = round_to(x, mode.round);
            want = f == FPU_F64 ? bits64(r) : bits32(r);
            want_flags |= i >= 10 && r != x ? FPU_IXC : 0;
        }
        check("round to integral", &v, 1, mode, fpu_round_int(f, v, i >= 10, mode, &flags), &flags,
              want, want_flags);
        flags = 0;
        check("round to integral", &v, 1, mode,
              fpu_soft_round_int(f, v, i >= 10, mode, &flags), &flags,
              want, want_flags);
    }
}

static void test_to_int(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(values64); i++) {
        compare_to_int(FPU_F64, values64[i]);
        compare_to_int(FPU_F32, values32[i]);
        compare_round_int(FPU_F64, values64[i]);
        compare_round_int(FPU_F32, values32[i]);
    }
    for (int e = -3; e < 66; e++) {                /* around powers of two and halves */
        for (int k = -6; k <= 6; k++) {
            double x = ldexp(1, e) + k * 0.25;
            compare_to_int(FPU_F64, bits64(x));
            compare_to_int(FPU_F64, bits64(-x));
            compare_to_int(FPU_F32, bits32(x));
            compare_round_int(FPU_F64, bits64(x));
            compare_round_int(FPU_F32, bits32(-x));
        }
        compare_to_int(FPU_F64, bits64(nextafter(ldexp(1, e), 0)));
        compare_to_int(FPU_F64, bits64(nextafter(-ldexp(1, e), -INFINITY)));
    }
}

static void compare_from_int(uint64_t v, unsigned fbits, bool is_signed, unsigned round)
{
    FpuMode mode = { .round = round };
    volatile long double x = ldexpl(is_signed ? (long double)(int64_t)v : (long double)v,
                                    -(int)fbits);
    uint32_t flags = 0, f64_flags, f32_flags;
    volatile double d;
    volatile float s;

    fesetround(host_rounds[round]);
    feclearexcept(FE_ALL_EXCEPT);
    d = x;
    f64_flags = host_flags();
    feclearexcept(FE_ALL_EXCEPT);
    s = x;
    f32_flags = host_flags();
    fesetround(FE_TONEAREST);
    uint64_t in[] = { v, fbits, is_signed };
    check("int->f64", in, 3, mode, fpu_from_int(FPU_F64, v, fbits, is_signed, mode, &flags), &flags,
          bits64(d), f64_flags);
    flags = 0;
    check("int->f64", in, 3, mode,
          fpu_soft_from_int(FPU_F64, v, fbits, is_signed, mode, &flags), &flags,
          bits64(d), f64_flags);
    flags = 0;
    check("int->f32", in, 3, mode, fpu_from_int(FPU_F32, v, fbits, is_signed, mode, &flags), &flags,
          bits32(s), f32_flags);
    flags = 0;
    check("int->f32", in, 3, mode,
          fpu_soft_from_int(FPU_F32, v, fbits, is_signed, mode, &flags), &flags,
          bits32(s), f32_flags);
}

static void test_from_int(void)
{
    for (unsigned e = 0; e < 64; e++) {
        for (int k = -3; k <= 3; k++) {
            for (unsigned i = 0; i < 4 * 2 * 3; i++) {
                compare_from_int((UINT64_C(1) << e) + k, i / 8 * 30, i / 4 % 2, i % 4);
                compare_from_int((UINT64_C(0x1000003) << e) + k, i / 8, i / 4 % 2, i % 4);
            }
        }
    }
}

/* Every half to integers and integral halves, and back: both paths. */
static void test_half_integers(void)
{
    for (unsigned v = 0; v < 65536; v++) {
        uint64_t in = v;
        for (unsigned round = 0; round < 5; round++) {
            FpuMode mode = { .round = round };
            uint32_t flags = 0, want_flags = 0;
            uint64_t want = fpu_soft_round_int(FPU_F16, v, true, mode, &want_flags);
            check("frintx f16", &in, 1, mode, fpu_round_int(FPU_F16, v, true, mode, &flags), &flags,
                  want, want_flags);
            for (unsigned bits = 16; bits <= 64; bits *= 2) {
                flags = want_flags = 0;
                want = fpu_soft_to_int(FPU_F16, v, 0, bits, bits & 48, mode, &want_flags);
                check("f16 to int", &in, 1, mode,
                      fpu_to_int(FPU_F16, v, 0, bits, bits & 48, mode, &flags), &flags, want,
                      want_flags);
            }
        }
        FpuMode mode = { 0 };
        uint32_t flags = 0, want_flags = 0;
        in = (uint64_t)(int16_t)v;
        uint64_t want = fpu_soft_from_int(FPU_F16, in, 0, true, mode, &want_flags);
        check("int to f16", &in, 1, mode, fpu_from_int(FPU_F16, in, 0, true, mode, &flags), &flags,
              want, want_flags);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/fpu/convert/widen", test_widen);
    g_test_add_func("/fpu/convert/to_half", test_to_half);
    g_test_add_func("/fpu/convert/narrow", test_narrow);
    g_test_add_func("/fpu/convert/to_int", test_to_int);
    g_test_add_func("/fpu/convert/from_int", test_from_int);
    g_test_add_func("/fpu/convert/half_integers", test_half_integers);
    return g_test_run();
}
