/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arithmetic of fpu/ against the host's FPU: dense cross products of special values in all modes,
 * then random ones; each also with the exact integer implementation alone.
 */
#include "reference.h"

#include "fpu/fpu_internal.h"

typedef enum Op { ADD, SUB, MUL, DIV, SQRT, FMA, OPS } Op;
static const char *const names[] = { "add", "sub", "mul", "div", "sqrt", "fma" };
static unsigned operands(Op op) { return op == SQRT ? 1 : op == FMA ? 3 : 2; }

/* -- Reference -- */

/* fma: v[0] is the addend. */
static double host64(Op op, const uint64_t *v)
{
    volatile double a = f64_of(v[0]), b = f64_of(v[1]), c = f64_of(v[2]), r;

    switch (op) {
    case ADD: r = a + b; break;
    case SUB: r = a - b; break;
    case MUL: r = a * b; break;
    case DIV: r = a / b; break;
    case SQRT: r = sqrt(a); break;
    default: r = fma(b, c, a); break;
    }
    return r;
}

static float host32(Op op, const uint64_t *v)
{
    volatile float a = f32_of(v[0]), b = f32_of(v[1]), c = f32_of(v[2]), r;

    switch (op) {
    case ADD: r = a + b; break;
    case SUB: r = a - b; break;
    case MUL: r = a * b; break;
    case DIV: r = a / b; break;
    case SQRT: r = sqrtf(a); break;
    default: r = fmaf(b, c, a); break;
    }
    return r;
}

static uint64_t host(FpuFormat f, Op op, const uint64_t *v, unsigned round, uint32_t *flags)
{
    fesetround(host_rounds[round]);
    feclearexcept(FE_ALL_EXCEPT);
    uint64_t r = f == FPU_F64 ? bits64(host64(op, v)) : bits32(host32(op, v));
    *flags = host_flags();
    fesetround(FE_TONEAREST);
    return r;
}

static bool is_zero(FpuFormat f, uint64_t v) { return fpu_abs(f, v) == 0; }

static uint64_t reference(FpuFormat f, Op op, const uint64_t *operand, FpuMode mode,
                          uint32_t *flags)
{
    uint64_t v[3] = { 0 }, r;
    uint32_t host_f, unused;
    unsigned n = operands(op);

    for (unsigned i = 0; i < n; i++) {
        v[i] = flush_input(f, operand[i], mode.fz, flags);
    }
    bool inf_zero = op == FMA && ((is_zero(f, v[1]) && fpu_abs(f, v[2]) == inf_of(f))
                                  || (is_zero(f, v[2]) && fpu_abs(f, v[1]) == inf_of(f)));
    if (propagate(f, v, n, mode.dn, &r, flags)) {
        if (inf_zero && is_nan(f, v[0]) && !is_snan(f, v[0])) {
            *flags |= FPU_IOC;
            return inf_of(f) | quiet_bit(f);
        }
        return r;
    }
    r = host(f, op, v, mode.round, &host_f);
    if (is_nan(f, r)) {
        *flags |= host_f;
        return inf_of(f) | quiet_bit(f);
    }
    /* Tiny before rounding: tiny when truncated, and something non-zero was there. */
    uint64_t truncated = fpu_abs(f, host(f, op, v, FPU_ZERO, &unused));
    bool tiny = truncated >> frac_bits(f) == 0 && (truncated != 0 || host_f & FPU_IXC);
    if (tiny && mode.fz) {
        *flags |= FPU_UFC;
        /* The sign of the exact value. */
        return host(f, op, v, FPU_ZERO, &unused) & fpu_sign_bit(f);
    }
    *flags |= host_f | (tiny && host_f & FPU_IXC ? FPU_UFC : 0);
    return r;
}

/* -- What is tested -- */

static uint64_t ours(FpuFormat f, Op op, const uint64_t *v, FpuMode mode, uint32_t *flags)
{
    switch (op) {
    case ADD: return fpu_add(f, v[0], v[1], mode, flags);
    case SUB: return fpu_sub(f, v[0], v[1], mode, flags);
    case MUL: return fpu_mul(f, v[0], v[1], mode, flags);
    case DIV: return fpu_div(f, v[0], v[1], mode, flags);
    case SQRT: return fpu_sqrt(f, v[0], mode, flags);
    default: return fpu_fma(f, v[0], v[1], v[2], mode, flags);
    }
}

static uint64_t soft(FpuFormat f, Op op, const uint64_t *v, FpuMode mode, uint32_t *flags)
{
    switch (op) {
    case ADD: return fpu_soft_add(f, v[0], v[1], false, mode, flags);
    case SUB: return fpu_soft_add(f, v[0], v[1], true, mode, flags);
    case MUL: return fpu_soft_mul(f, v[0], v[1], false, mode, flags);
    case DIV: return fpu_soft_div(f, v[0], v[1], mode, flags);
    case SQRT: return fpu_soft_sqrt(f, v[0], mode, flags);
    default: return fpu_soft_fma(f, v[0], v[1], v[2], mode, flags);
    }
}

static void compare_one(FpuFormat f, Op op, const uint64_t *v, FpuMode mode)
{
    uint32_t want_flags = 0, flags = 0;
    uint64_t want = reference(f, op, v, mode, &want_flags), got;

    got = ours(f, op, v, mode, &flags);
    check(names[op], v, operands(op), mode, got, &flags, want, want_flags);
    /* Flags accumulate; with inexact set the host path skips its test for it. */
    flags = FPU_IXC | FPU_DZC;
    got = ours(f, op, v, mode, &flags);
    check(names[op], v, operands(op), mode, got, &flags, want, want_flags | FPU_IXC | FPU_DZC);
    flags = 0;
    got = soft(f, op, v, mode, &flags);
    check(names[op], v, operands(op), mode, got, &flags, want, want_flags);
}

static uint64_t pick(FpuFormat f, unsigned i)
{
    return f == FPU_F64 ? values64[i] : values32[i];
}

static void cross(FpuFormat f, unsigned n_values)
{
    for (Op op = 0; op < OPS; op++) {
        unsigned n = operands(op), total = n_values * (n > 1 ? n_values : 1);
        total *= n > 2 ? n_values : 1;
        for (unsigned i = 0; i < total; i++) {
            uint64_t v[3] = { pick(f, i % n_values), pick(f, i / n_values % n_values),
                              pick(f, i / n_values / n_values) };
            FOR_MODES(mode) {
                compare_one(f, op, v, mode);
            }
        }
    }
}

static void test_cross32(void) { cross(FPU_F32, G_N_ELEMENTS(values32)); }
static void test_cross64(void) { cross(FPU_F64, G_N_ELEMENTS(values64)); }

/* Random operands: any, or with exponents so close that sums cancel and products are exact. */
static void test_random(void)
{
    GRand *rand = g_rand_new_with_seed(1);

    for (unsigned i = 0; i < 300000; i++) {
        FpuFormat f = i & 1 ? FPU_F64 : FPU_F32;
        uint64_t v[3];
        unsigned exp = g_rand_int(rand);
        for (unsigned k = 0; k < 3; k++) {
            uint64_t x = (uint64_t)g_rand_int(rand) << 32 | g_rand_int(rand);
            if (i & 2) {                           /* trailing zeros */
                x &= ~UINT64_C(0) << g_rand_int_range(rand, 0, 60);
            }
            if (f == FPU_F32) {
                x = (x >> 32) & (i & 4 ? 0x807fffff : 0xffffffff);
                x |= i & 4 ? (uint32_t)((exp + k) & 0xff) << 23 : 0;
            } else if (i & 4) {
                x = (x & 0x800fffffffffffff) | (uint64_t)((exp + k) & 0x7ff) << 52;
            }
            v[k] = x;
        }
        FpuMode mode = { .round = i / 8 % 4, .fz = i / 32 % 4 == 0, .dn = i / 128 % 4 == 0 };
        for (Op op = 0; op < OPS; op++) {
            compare_one(f, op, v, mode);
        }
    }
    g_rand_free(rand);
}

/* Halves: the host path against the integer one, whose results test_simd.c has seen confirmed. */
static void test_halves(void)
{
    GRand *rand = g_rand_new_with_seed(5);

    for (unsigned i = 0; i < 600000; i++) {
        uint32_t x = g_rand_int(rand), near = (15 + x % 3 - 1) << 10;
        uint64_t v[3] = { x & 0xffff, x >> 16, g_rand_int(rand) & 0xffff };
        for (unsigned k = 0; i & 1 && k < 3; k++) {
            v[k] = (v[k] & 0x83ff) | near;
        }
        FpuMode mode = { .round = i / 2 % 16 ? 0 : i / 32 % 4, .fz16 = i % 5 == 0,
                         .ah = i % 3 == 0 };
        for (Op op = 0; op < OPS; op++) {
            uint32_t want_flags = 0, flags = 0;
            uint64_t want = soft(FPU_F16, op, v, mode, &want_flags);
            uint64_t got = ours(FPU_F16, op, v, mode, &flags);
            check(names[op], v, operands(op), mode, got, &flags, want, want_flags);
        }
        uint32_t flags = 0, want_flags = 0;
        g_assert_cmpint(fpu_compare(FPU_F16, v[0], v[1], false, mode, &flags), ==,
                        fpu_soft_compare(FPU_F16, v[0], v[1], false, mode, &want_flags));
        g_assert_cmphex(flags, ==, want_flags);
        g_assert_cmphex(fpu_max(FPU_F16, v[0], v[1], mode, &flags), ==,
                        fpu_soft_extreme(FPU_F16, v[0], v[1], false, mode, &want_flags));
        g_assert_cmphex(flags, ==, want_flags);
    }
    g_rand_free(rand);
}

/* Products that just fit, taken apart again: exact, and inexact by the last bit. */
static void test_exact(void)
{
    GRand *rand = g_rand_new_with_seed(3);

    for (unsigned i = 0; i < 20000; i++) {
        double x = g_rand_int_range(rand, 1, 1 << 26), y = g_rand_int_range(rand, 1, 1 << 26);
        double scale = ldexp(1, g_rand_int_range(rand, -40, 40));
        const uint64_t cases[][2] = {
            { bits64(x * scale), bits64(y) }, { bits64(x * y * scale), bits64(y) },
            { bits64(x * x * scale), bits64(x) }, { bits64(x * y + 1), bits64(x) },
        };
        for (unsigned k = 0; k < G_N_ELEMENTS(cases); k++) {
            uint64_t v[3] = { cases[k][0], cases[k][1], cases[k][1] };
            for (Op op = 0; op < OPS; op++) {
                compare_one(FPU_F64, op, v, (FpuMode){ .round = i / 4 % 2 * (i % 4) });
            }
        }
        x = g_rand_int_range(rand, 1, 1 << 12);
        y = g_rand_int_range(rand, 1, 1 << 12);
        uint64_t single[3] = { bits32(x * y * scale), bits32(y), bits32(x) };
        for (Op op = 0; op < OPS; op++) {
            compare_one(FPU_F32, op, single, (FpuMode){ .round = i / 4 % 2 * (i % 4) });
        }
    }
    g_rand_free(rand);
}

/* -- Halves: exact in double, or so nearly that the second rounding cannot err -- */

static uint64_t reference16(Op op, const uint64_t *operand, FpuMode mode, uint32_t *flags)
{
    uint64_t v[2], r;
    unsigned n = operands(op);

    for (unsigned i = 0; i < n; i++) {
        v[i] = flush_input(FPU_F16, operand[i], mode.fz16, flags);
    }
    if (propagate(FPU_F16, v, n, mode.dn, &r, flags)) {
        return r;
    }
    double a = f16_value(v[0], false), b = n > 1 ? f16_value(v[1], false) : 0, x;
    x = op == ADD ? a + b : op == SUB ? a - b : op == MUL ? a * b : op == DIV ? a / b : sqrt(a);
    if (isnan(x)) {
        *flags |= FPU_IOC;
        return 0x7e00;
    }
    if (op == DIV && b == 0 && !isinf(a)) {
        *flags |= FPU_DZC;
    }
    if (x == 0 && (op == ADD || op == SUB) && !(a == 0 && b == 0 && signbit(x))) {
        bool same = a == 0 && b == 0 && signbit(a) == (signbit(b) ^ (op == SUB));
        return same ? v[0] & 0x8000 : mode.round == FPU_DOWN ? 0x8000 : 0;
    }
    if (mode.fz16 && x != 0 && fabs(x) < 0x1p-14) {
        *flags |= FPU_UFC;
        return signbit(x) ? 0x8000 : 0;
    }
    return f16_round(x, mode, false, flags);
}

static void test_half(void)
{
    for (Op op = 0; op < FMA; op++) {
        for (unsigned i = 0; i < 65536; i += op == SQRT ? 1 : 97) {
            for (unsigned k = 0; k < (op == SQRT ? 1u : 65536u); k += 509) {
                uint64_t v[2] = { i, k };
                FpuMode mode = { .round = (i + k / 509) % 4, .fz16 = i / 4 % 2, .dn = i / 8 % 2 };
                uint32_t want_flags = 0, flags = 0;
                uint64_t want = reference16(op, v, mode, &want_flags);
                uint64_t got = ours(FPU_F16, op, v, mode, &flags);
                check(names[op], v, operands(op), mode, got, &flags, want, want_flags);
            }
        }
    }
}

/* -- Comparison, minimum and maximum -- */

static uint64_t reference_max(FpuFormat f, uint64_t a, uint64_t b, bool min, bool num,
                              FpuMode mode, uint32_t *flags)
{
    uint64_t v[2] = { flush_input(f, a, mode.fz, flags), flush_input(f, b, mode.fz, flags) }, r;

    if (num && is_nan(f, a) && !is_snan(f, a) && !is_nan(f, b)) {
        return v[1];
    }
    if (num && is_nan(f, b) && !is_snan(f, b) && !is_nan(f, a)) {
        return v[0];
    }
    if (propagate(f, v, 2, mode.dn, &r, flags)) {
        return r;
    }
    double x = f == FPU_F64 ? f64_of(v[0]) : f32_of(v[0]);
    double y = f == FPU_F64 ? f64_of(v[1]) : f32_of(v[1]);
    if (x == y) {
        return min ? v[0] | v[1] : v[0] & v[1];
    }
    return (x < y) == min ? v[0] : v[1];
}

static void compare_max(FpuFormat f, uint64_t a, uint64_t b, FpuMode mode)
{
    typedef uint64_t Fn(FpuFormat, uint64_t, uint64_t, FpuMode, uint32_t *);
    static Fn *const fns[] = { fpu_max, fpu_min, fpu_maxnm, fpu_minnm };
    uint64_t v[2] = { a, b };

    for (unsigned i = 0; i < 4; i++) {
        uint32_t flags = 0, want_flags = 0;
        uint64_t got = fns[i](f, a, b, mode, &flags);
        uint64_t want = reference_max(f, a, b, i & 1, i & 2, mode, &want_flags);
        check("max/min", v, 2, mode, got, &flags, want, want_flags);
    }
    for (unsigned all = 0; all < 2; all++) {
        uint32_t flags = 0, want_flags = 0;
        double x, y;
        FpuOrder got = fpu_compare(f, a, b, all, mode, &flags), want;
        v[0] = flush_input(f, a, mode.fz, &want_flags);
        v[1] = flush_input(f, b, mode.fz, &want_flags);
        x = f == FPU_F64 ? f64_of(v[0]) : f32_of(v[0]);
        y = f == FPU_F64 ? f64_of(v[1]) : f32_of(v[1]);
        want = is_nan(f, a) || is_nan(f, b) ? FPU_UNORDERED
             : x < y ? FPU_LESS : x > y ? FPU_GREATER : FPU_EQUAL;
        if (want == FPU_UNORDERED && (all || is_snan(f, a) || is_snan(f, b))) {
            want_flags |= FPU_IOC;
        }
        check("compare", v, 2, mode, got, &flags, want, want_flags);
    }
}

static void test_compare(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(values64); i++) {
        for (unsigned k = 0; k < G_N_ELEMENTS(values64); k++) {
            FOR_MODES(mode) {
                compare_max(FPU_F64, values64[i], values64[k], mode);
                compare_max(FPU_F32, values32[i], values32[k], mode);
            }
        }
    }
}

G_STATIC_ASSERT(G_N_ELEMENTS(values64) == G_N_ELEMENTS(values32));

/* -- Estimates: within 2^-8 of the truth for every significand; special values by hand -- */

static void test_estimates(void)
{
    uint32_t flags = 0;

    for (unsigned i = 0; i < 1 << 16; i++) {
        uint64_t v = 0x3f000000 + ((uint64_t)i << 8);           /* 0.5 .. 2 and beyond */
        double x = f32_of(v);
        double r = f32_of(fpu_recip_estimate(FPU_F32, v, (FpuMode){ 0 }, &flags));
        double q = f32_of(fpu_rsqrt_estimate(FPU_F32, v, (FpuMode){ 0 }, &flags));
        if (fabs(r * x - 1) > 0x1p-8 || fabs(q * sqrt(x) - 1) > 0x1p-8) {
            g_test_message("%g: reciprocal %g, root %g", x, r, q);
            g_test_fail();
        }
        g_assert_cmphex(fpu_recip_estimate_u32(0x80000000 + ((uint32_t)i << 15)) >> 31, ==, 1);
    }
    g_assert_cmphex(flags, ==, 0);
    g_assert_cmphex(fpu_recip_estimate_u32(0x7fffffff), ==, 0xffffffff);
    g_assert_cmphex(fpu_recip_estimate_u32(0x80000000), ==, 0xff800000);
    g_assert_cmphex(fpu_rsqrt_estimate_u32(0x3fffffff), ==, 0xffffffff);
    g_assert_cmphex(fpu_rsqrt_estimate_u32(0x40000000), ==, 0xff800000);
    g_assert_cmphex(fpu_recip_estimate(FPU_F32, 0, (FpuMode){ 0 }, &flags), ==, 0x7f800000);
    g_assert_cmphex(flags, ==, FPU_DZC);
    flags = 0;
    g_assert_cmphex(fpu_recip_estimate(FPU_F32, 1, (FpuMode){ .round = FPU_ZERO }, &flags), ==,
                    0x7f7fffff);
    g_assert_cmphex(flags, ==, FPU_OFC | FPU_IXC);
    flags = 0;
    g_assert_cmphex(fpu_rsqrt_estimate(FPU_F64, bits64(-1), (FpuMode){ 0 }, &flags), ==,
                    0x7ff8000000000000);
    g_assert_cmphex(flags, ==, FPU_IOC);
    flags = 0;
    /* 2 - inf * 0 and (3 - inf * 0) / 2 are not invalid. */
    g_assert_cmphex(fpu_recip_step(FPU_F32, 0x7f800000, 0, (FpuMode){ 0 }, &flags), ==, 0x40000000);
    g_assert_cmphex(fpu_rsqrt_step(FPU_F32, 0x7f800000, 0, (FpuMode){ 0 }, &flags), ==, 0x3fc00000);
    g_assert_cmphex(fpu_mulx(FPU_F64, inf_of(FPU_F64), bits64(-0.0), (FpuMode){ 0 }, &flags), ==,
                    bits64(-2));
    g_assert_cmphex(fpu_recpx(FPU_F32, 0x3f8abcde, (FpuMode){ 0 }, &flags), ==, 0x40000000);
    g_assert_cmphex(flags, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/fpu/arith/cross32", test_cross32);
    g_test_add_func("/fpu/arith/cross64", test_cross64);
    g_test_add_func("/fpu/arith/random", test_random);
    g_test_add_func("/fpu/arith/exact", test_exact);
    g_test_add_func("/fpu/arith/halves", test_halves);
    g_test_add_func("/fpu/arith/half", test_half);
    g_test_add_func("/fpu/arith/compare", test_compare);
    g_test_add_func("/fpu/arith/estimates", test_estimates);
    return g_test_run();
}
