/* SPDX-License-Identifier: GPL-2.0-or-later */
/* FEAT_AFP's alternative handling, bfloat16, against a model on fractions (make-afp-vectors.py). */
#include <fenv.h>
#include <glib.h>
#include <inttypes.h>

#include "fpu/fpu.h"

typedef enum Op {
    ADD, SUB, MUL, MULX, DIV, MAX, MIN, MAXNM, MINNM, CMP, CMPE, RECPS, RSQRTS, SQRT, RECPE, RSQRTE,
    TO16, TO32, TO64, FMA, BFCVT, BFMLA, BFDOT, EBFDOT,
} Op;

static const char *const op_names[] = {
    "ADD", "SUB", "MUL", "MULX", "DIV", "MAX", "MIN", "MAXNM", "MINNM", "CMP", "CMPE", "RECPS",
    "RSQRTS", "SQRT", "RECPE", "RSQRTE", "TO16", "TO32", "TO64", "FMA", "BFCVT", "BFMLA", "BFDOT",
    "EBFDOT",
};

typedef struct Row {
    Op op;
    FpuFormat f;
    unsigned mode;
    uint64_t v[5];
    uint64_t want;
    uint32_t flags;
} Row;

static const Row rows[] = {
#include "afp_vectors.inc"
};

static FpuMode mode_of(unsigned bits)
{
    return (FpuMode){
        .round = bits & 7, .fz = bits & 8, .fz16 = bits & 16, .dn = bits & 32, .ah = bits & 64,
        .fiz = bits & 128,
    };
}

static uint64_t dot(const Row *r, FpuMode mode)
{
    const uint16_t a[2] = { r->v[1], r->v[2] }, b[2] = { r->v[3], r->v[4] };

    return fpu_bf16_dot(r->v[0], a, b, r->op == EBFDOT, mode);
}

static uint64_t run(const Row *r, FpuMode mode, uint32_t *flags)
{
    const uint64_t *v = r->v;

    switch (r->op) {
    case ADD: return fpu_add(r->f, v[0], v[1], mode, flags);
    case SUB: return fpu_sub(r->f, v[0], v[1], mode, flags);
    case MUL: return fpu_mul(r->f, v[0], v[1], mode, flags);
    case MULX: return fpu_mulx(r->f, v[0], v[1], mode, flags);
    case DIV: return fpu_div(r->f, v[0], v[1], mode, flags);
    case MAX: return fpu_max(r->f, v[0], v[1], mode, flags);
    case MIN: return fpu_min(r->f, v[0], v[1], mode, flags);
    case MAXNM: return fpu_maxnm(r->f, v[0], v[1], mode, flags);
    case MINNM: return fpu_minnm(r->f, v[0], v[1], mode, flags);
    case CMP: return fpu_compare(r->f, v[0], v[1], false, mode, flags);
    case CMPE: return fpu_compare(r->f, v[0], v[1], true, mode, flags);
    case RECPS: return fpu_recip_step(r->f, v[0], v[1], mode, flags);
    case RSQRTS: return fpu_rsqrt_step(r->f, v[0], v[1], mode, flags);
    case SQRT: return fpu_sqrt(r->f, v[0], mode, flags);
    case RECPE: return fpu_recip_estimate(r->f, v[0], mode, flags);
    case RSQRTE: return fpu_rsqrt_estimate(r->f, v[0], mode, flags);
    case TO16: case TO32: case TO64:
        return fpu_convert(FPU_F16 + (r->op - TO16), r->f, v[0], mode, flags);
    case FMA: return fpu_fma(r->f, v[0], v[1], v[2], mode, flags);
    case BFCVT: return fpu_bf16_convert(v[0], mode, flags);
    case BFMLA: return fpu_bf16_fma(v[0], v[1], v[2], mode, flags);
    default: return dot(r, mode);
    }
}

static void test_vectors(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        const Row *r = &rows[i];
        uint32_t flags = 0;
        uint64_t got = run(r, mode_of(r->mode), &flags);

        if (got != r->want || flags != r->flags) {
            g_test_message("row %u: %s f%u mode %02x (%" PRIx64 ", %" PRIx64 ", %" PRIx64
                           ", %" PRIx64 ", %" PRIx64 "): %" PRIx64 " flags %x, expected %" PRIx64
                           " flags %x", i,
                           op_names[r->op], 16u << r->f, r->mode, r->v[0], r->v[1], r->v[2],
                           r->v[3], r->v[4], got, flags, r->want, r->flags);
            g_test_fail();
        }
    }
}

/* FRINT*, conversions to integers: FIZ flushes without a flag, AH alone does neither. */
static void test_round_and_to_int(void)
{
    static const struct {
        FpuMode mode; uint64_t rounded; uint64_t integer; uint32_t flags;
    } t[] = {
        { { .round = FPU_UP }, 0x3f800000, 1, FPU_IXC },
        { { .round = FPU_UP, .fz = true }, 0, 0, FPU_IDC },
        { { .round = FPU_UP, .ah = true }, 0x3f800000, 1, FPU_IXC },
        { { .round = FPU_UP, .ah = true, .fz = true }, 0x3f800000, 1, FPU_IXC },
        { { .round = FPU_UP, .ah = true, .fz = true, .fiz = true }, 0, 0, 0 },
        { { .round = FPU_UP, .fz = true, .fiz = true }, 0, 0, FPU_IDC },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(t); i++) {
        uint32_t flags = 0;
        g_assert_cmphex(fpu_round_int(FPU_F32, 1, true, t[i].mode, &flags), ==, t[i].rounded);
        g_assert_cmphex(flags, ==, t[i].flags);
        flags = 0;
        g_assert_cmphex(fpu_round_int_n(FPU_F32, 1, 32, t[i].mode, &flags), ==, t[i].rounded);
        g_assert_cmphex(flags, ==, t[i].flags);
        flags = 0;
        g_assert_cmphex(fpu_to_int(FPU_F32, 1, 0, 32, true, t[i].mode, &flags), ==, t[i].integer);
        g_assert_cmphex(flags, ==, t[i].flags);
    }
}

static void test_sign(void)
{
    static const FpuMode plain = { 0 }, ah = { .ah = true };

    g_assert_cmphex(fpu_negate(FPU_F16, 0x7e01, plain), ==, 0xfe01);
    g_assert_cmphex(fpu_negate(FPU_F16, 0x7e01, ah), ==, 0x7e01);
    g_assert_cmphex(fpu_negate(FPU_F16, 0x7c00, ah), ==, 0xfc00);
    g_assert_cmphex(fpu_absolute(FPU_F32, 0xff800001, ah), ==, 0xff800001);
    g_assert_cmphex(fpu_absolute(FPU_F32, 0xff800000, ah), ==, 0x7f800000);
    g_assert_cmphex(fpu_absolute(FPU_F64, UINT64_C(0xfff8000000000000), plain), ==,
                    UINT64_C(0x7ff8000000000000));
    g_assert_cmphex(fpu_absolute(FPU_F64, UINT64_C(0xfff8000000000000), ah), ==,
                    UINT64_C(0xfff8000000000000));
}

/* A number whose exponent is near that of 1, or near the limits; @special: anything at times. */
static uint16_t random_bf16(bool special)
{
    uint16_t v = (uint16_t)g_random_int();
    unsigned kind = (unsigned)g_random_int_range(0, 16);
    unsigned base = kind < 12 ? 0x70 : kind < 14 ? 0x38 : 0xb8;

    if (special && g_random_int_range(0, 40) == 0) {
        return (v & 0x8000) | (kind < 8 ? 0 : v & 0x7f);
    }
    return special && kind == 15 ? v : (v & 0x807f) | (base + (v >> 7 & 0x1f)) << 7;
}

/* At the edges of what there is, and of what is done otherwise. */
static uint16_t edge_bf16(void)
{
    static const uint16_t edges[] = {
        0, 1, 0x40, 0x7f, 0x80, 0x81, 0xff, 0x100, 0x17f, 0x1f7f, 0x1f80, 0x1fff, 0x2000, 0x2001,
        0x207f, 0x3f7f, 0x3f80, 0x3f81, 0x3fff, 0x4000, 0x5f7f, 0x5f80, 0x5fff, 0x7eff, 0x7f00,
        0x7f7e, 0x7f7f, 0x7f80, 0x7f81, 0x7fc0, 0x7fff,
    };

    return edges[g_random_int_range(0, G_N_ELEMENTS(edges))] | (g_random_int() & 0x8000);
}

/* Sum @kind for the pairs @a, @b: any, one that cancels or nearly, at the edges. */
static uint32_t addend(unsigned kind, const uint16_t a[2], const uint16_t b[2])
{
    if (kind < 2) {
        return (uint32_t)random_bf16(kind & 1) << 16 | (g_random_int() & 0xffff);
    }
    if (kind == 2) {
        uint32_t edge = (uint32_t)edge_bf16() << 16;
        return edge + (uint32_t)g_random_int_range(-2, 3);
    }
    uint32_t dot = (uint32_t)fpu_bf16_dot(0, a, b, false, (FpuMode){ 0 });
    return (dot ^ 0x80000000) + (uint32_t)g_random_int_range(-3, 4);
}

/* Four dot products at once against one at a time, in any rounding mode of the host. */
static void test_dot4(gconstpointer host)
{
    static const int modes[] = { FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO };
    const unsigned n_runs = 1000000;
    unsigned quick = 0;

    for (unsigned n = 0; n < n_runs; n++) {
        unsigned kind = n & 3;
        bool done;
        uint16_t a[8], b[8];
        uint32_t c[4], want[4];

        for (unsigned i = 0; i < 8; i++) {
            a[i] = kind == 2 ? edge_bf16() : random_bf16(kind & 1);
            b[i] = kind == 2 ? edge_bf16() : random_bf16(kind & 1);
        }
        for (unsigned i = 0; i < 4; i++) {
            c[i] = addend(kind, a + 2 * i, b + 2 * i);
            want[i] = (uint32_t)fpu_bf16_dot(c[i], a + 2 * i, b + 2 * i, false, (FpuMode){ 0 });
        }
        feclearexcept(FE_ALL_EXCEPT);
        fesetround(modes[n >> 2 & 3]);
        done = fpu_bf16_dot4(GPOINTER_TO_UINT(host), c, a, b);
        g_assert_cmpint(fetestexcept(FE_ALL_EXCEPT), ==, 0);
        fesetround(FE_TONEAREST);
        if (done) {
            quick++;
            for (unsigned i = 0; i < 4; i++) {
                g_assert_cmphex(c[i], ==, want[i]);
            }
        }
    }
    g_test_message("%u of %u the quick way", quick, n_runs);
    g_assert_cmpuint(quick, >=, __builtin_cpu_supports("avx2") ? n_runs / 2 : 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/fpu/afp/vectors", test_vectors);
    g_test_add_func("/fpu/afp/round_and_to_int", test_round_and_to_int);
    g_test_add_func("/fpu/afp/sign", test_sign);
    g_test_add_data_func("/fpu/bf16/dot4/avx2", GUINT_TO_POINTER(FPU_HOST_AVX2), test_dot4);
    g_test_add_data_func("/fpu/bf16/dot4/avx512", GUINT_TO_POINTER(FPU_HOST_AVX512), test_dot4);
    return g_test_run();
}
