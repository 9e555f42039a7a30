/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows of single instructions that few programs live by: half precision, bfloat16, FPCR's modes,
 * estimates, fixed point, and the cryptography of Armv8.2. A row is a loop over few of them, so
 * that one which is slow shows. They need a CPU that has them all (-cpu max).
 */
#pragma GCC target("arch=armv8.6-a+crypto+sha3+sm4+fp16+bf16+i8mm")
#include <arm_acle.h>
#include <arm_neon.h>
#include <string.h>

#include "guestbench.h"

/* As OPAQUE(), of a vector or floating-point register. */
#define OPAQUE_V(x) __asm__ volatile("" : "+w"(x))

#define LOOP(i, n) for (unsigned i = 0; i < (n) * scale; i++)

static uint64_t fold(const void *p, unsigned bytes)
{
    const uint8_t *b = p;
    uint64_t sum = 0;

    for (unsigned i = 0; i < bytes; i++) {
        sum = sum * 31 + b[i];
    }
    return sum;
}
#define FOLD(v) fold(&(v), sizeof(v))

/* -- Half precision -- */

static uint64_t row_half_scalar(unsigned scale)
{
    float16_t a = 0.5f, b = 1.25f, k = 0.875f, c = 3, sum = 0;

    OPAQUE_V(b);
    OPAQUE_V(k);
    LOOP(i, 3000000) {
        a = a * k + b;
        OPAQUE_V(a);
        c = c * k - b / a;
        c = c > a ? a - c : c + k;
        sum = sum * k + c;
    }
    return FOLD(a) + FOLD(c) + FOLD(sum);
}

static uint64_t row_half_vector(unsigned scale)
{
    float16x8_t a = vdupq_n_f16(0.5f), b = vdupq_n_f16(1.25f), k = vdupq_n_f16(0.875f), c = a;

    LOOP(i, 1500000) {
        a = vaddq_f16(vmulq_f16(a, k), b);
        c = vsubq_f16(vmulq_f16(c, k), b);
        a = vaddq_f16(a, c);
        c = vmaxq_f16(c, vminq_f16(a, k));
    }
    return FOLD(a) + FOLD(c);
}

static uint64_t row_half_fma(unsigned scale)
{
    float16x8_t a = vdupq_n_f16(0.3f), b = vdupq_n_f16(0.7f), k = vdupq_n_f16(0.8125f), c = a;

    LOOP(i, 2000000) {
        a = vfmaq_f16(b, a, k);
        c = vfmsq_f16(a, c, k);
        a = vfmaq_lane_f16(b, a, vget_low_f16(k), 1);
    }
    return FOLD(a) + FOLD(c);
}

static uint64_t row_half_div(unsigned scale)
{
    float16x8_t a = vdupq_n_f16(3), b = vdupq_n_f16(0.7f), k = vdupq_n_f16(1.5f);

    LOOP(i, 1000000) {
        a = vaddq_f16(vdivq_f16(a, k), b);
        b = vsqrtq_f16(vaddq_f16(a, k));
    }
    return FOLD(a) + FOLD(b);
}

static uint64_t row_half_compare(unsigned scale)
{
    float16x8_t a = vdupq_n_f16(0.5f), k = vdupq_n_f16(0.875f);
    uint16x8_t sum = vdupq_n_u16(0);

    LOOP(i, 3000000) {
        sum = vaddq_u16(sum, vandq_u16(vcgtq_f16(a, k), vcltzq_f16(a)));
        sum = vsubq_u16(sum, vcageq_f16(k, a));
        a = vreinterpretq_f16_u16(vaddq_u16(vreinterpretq_u16_f16(a), vdupq_n_u16(1 + (i & 1))));
        a = vreinterpretq_f16_u16(vandq_u16(vreinterpretq_u16_f16(a), vdupq_n_u16(0xbbff)));
    }
    return FOLD(sum);
}

/* Between halves, singles, doubles and integers. */
static uint64_t row_half_convert(unsigned scale)
{
    float16x8_t a = vdupq_n_f16(0.5f);
    float32x4_t s = vdupq_n_f32(0.3f), k = vdupq_n_f32(0.9f);
    uint64_t sum = 0;

    LOOP(i, 3000000) {
        s = vaddq_f32(vmulq_f32(s, k), vcvt_f32_f16(vget_low_f16(a)));
        a = vcombine_f16(vcvt_f16_f32(s), vget_low_f16(a));
        s = vsubq_f32(s, vcvt_high_f32_f16(a));
    }
    for (unsigned i = 0; i < 1000000 * scale; i++) {
        float16_t h = vgetq_lane_f16(a, 0);
        OPAQUE_V(h);
        double d = (double)h + 1.5;
        OPAQUE_V(d);
        h = (float16_t)d;
        sum += (uint64_t)vcvth_s32_f16(h) + FOLD(h);
        sum += (uint64_t)(double)vcvth_f16_s32((int)i & 1023);
    }
    return FOLD(a) + FOLD(s) + sum;
}

/* -- FPCR's modes -- */

static uint64_t in_mode(uint64_t fpcr, unsigned rounds)
{
    uint64_t old;
    double a = 0.5, b = 0.25;
    float c = 1.5f;
    float32x4_t v = vdupq_n_f32(0.5f), w = vdupq_n_f32(0.25f), k = vdupq_n_f32(0.9999f);

    __asm__ volatile("mrs %0, fpcr\n\tmsr fpcr, %1" : "=&r"(old) : "r"(fpcr));
    for (unsigned i = 0; i < rounds; i++) {
        a = a * 0.999 + b;
        b = b * 0.5 + 0.001;
        c = c * 0.999f + (float)a;
        v = vfmaq_f32(w, v, k);
        w = vsubq_f32(vmulq_f32(w, k), vmulq_f32(v, vdupq_n_f32(0.00001f)));
        OPAQUE_V(a);
    }
    __asm__ volatile("msr fpcr, %0" : : "r"(old), "w"(a), "w"(b), "w"(c), "w"(v), "w"(w));
    return FOLD(a) + FOLD(b) + FOLD(c) + FOLD(v) + FOLD(w);
}

static uint64_t row_fp_fz(unsigned scale) { return in_mode(1 << 24, 3000000 * scale); }
static uint64_t row_fp_rz(unsigned scale) { return in_mode(3 << 22, 6000000 * scale); }

/* -- Estimates, steps, FMULX, fixed point -- */

static uint64_t row_frecp(unsigned scale)
{
    float32x4_t x = vdupq_n_f32(1.7f), sum = vdupq_n_f32(0);
    float64x2_t d = vdupq_n_f64(3.3), dsum = vdupq_n_f64(0);

    LOOP(i, 1500000) {
        float32x4_t e = vrecpeq_f32(x);
        float64x2_t f = vrecpeq_f64(d);

        e = vmulq_f32(e, vrecpsq_f32(e, x));
        f = vmulq_f64(f, vrecpsq_f64(f, d));
        sum = vaddq_f32(sum, e);
        dsum = vaddq_f64(dsum, f);
        x = vaddq_f32(x, e);
        d = vaddq_f64(d, f);
    }
    return FOLD(sum) + FOLD(dsum);
}

static uint64_t row_frsqrt(unsigned scale)
{
    float32x4_t x = vdupq_n_f32(1.7f), sum = vdupq_n_f32(0);
    float64x2_t d = vdupq_n_f64(3.3), dsum = vdupq_n_f64(0);

    LOOP(i, 1500000) {
        float32x4_t e = vrsqrteq_f32(x);
        float64x2_t f = vrsqrteq_f64(d);

        e = vmulq_f32(e, vrsqrtsq_f32(vmulq_f32(e, e), x));
        f = vmulq_f64(f, vrsqrtsq_f64(vmulq_f64(f, f), d));
        sum = vaddq_f32(sum, e);
        dsum = vaddq_f64(dsum, f);
        x = vaddq_f32(x, e);
        d = vaddq_f64(d, f);
    }
    return FOLD(sum) + FOLD(dsum);
}

static uint64_t row_fmulx(unsigned scale)
{
    float32x4_t a = vdupq_n_f32(0.5f), k = vdupq_n_f32(0.9999f), b = vdupq_n_f32(0.1f);
    double d = 1.5, e = 0.999;

    OPAQUE_V(e);
    LOOP(i, 3000000) {
        a = vmulxq_f32(a, k);
        b = vaddq_f32(a, vmulxq_laneq_f32(b, k, 1));
        d = vmulxd_f64(d, e) + 0.25;
        a = vaddq_f32(a, vdupq_n_f32(0.001f));
    }
    return FOLD(a) + FOLD(b) + FOLD(d);
}

static uint64_t row_fixed(unsigned scale)
{
    float32x4_t a = vdupq_n_f32(0.5f), k = vdupq_n_f32(1.0009f);
    int32x4_t sum = vdupq_n_s32(0);
    float64x2_t c = vdupq_n_f64(0.5);
    int64x2_t isum = vdupq_n_s64(0);
    double d = 1.5;
    uint64_t total = 0;

    LOOP(i, 2000000) {
        int64_t x, z;
        int32_t y;

        sum = vaddq_s32(sum, vcvtq_n_s32_f32(a, 8));
        a = vmulq_f32(a, k);
        a = vminq_f32(a, vdupq_n_f32(100));
        __asm__("fcvtzs %0, %d1, #16" : "=r"(x) : "w"(d));
        __asm__("fcvtzu %w0, %d1, #4" : "=r"(y) : "w"(d));
        __asm__("fcvtzs %0, %d1, #12" : "=r"(z) : "w"(vgetq_lane_f64(c, 1)));
        total += (uint64_t)(x + y + z);
        d = d + 0.25;
        isum = vaddq_s64(isum, vcvtq_n_s64_f64(c, 20));
        c = vaddq_f64(c, vdupq_n_f64(0.01));
    }
    return FOLD(sum) + FOLD(isum) + total;
}

static uint64_t row_fcvt_int(unsigned scale)
{
    float32x4_t a = vdupq_n_f32(0.5f);
    float64x2_t c = vdupq_n_f64(0.5);
    uint32x4_t sum = vdupq_n_u32(0);
    int64x2_t isum = vdupq_n_s64(0);
    uint64x2_t usum = vdupq_n_u64(0);

    LOOP(i, 2000000) {
        sum = vaddq_u32(sum, vcvtq_u32_f32(vaddq_f32(a, vdupq_n_f32(7))));
        a = vaddq_f32(a, vcvtq_f32_u32(vandq_u32(sum, vdupq_n_u32(63))));
        isum = vaddq_s64(isum, vcvtq_s64_f64(c));
        usum = vaddq_u64(usum, vcvtnq_u64_f64(c));
        c = vcvtq_f64_s64(vandq_s64(isum, vdupq_n_s64(1023)));
        c = vaddq_f64(c, vdupq_n_f64(17.3));
        a = vsubq_f32(a, vrndnq_f32(vmulq_f32(a, vdupq_n_f32(0.5f))));
    }
    return FOLD(sum) + FOLD(isum) + FOLD(usum);
}

static uint64_t row_urecpe(unsigned scale)
{
    uint32x4_t a = vdupq_n_u32(0x91234567), sum = vdupq_n_u32(0);

    LOOP(i, 3000000) {
        sum = vaddq_u32(sum, vrecpeq_u32(a));
        sum = veorq_u32(sum, vrsqrteq_u32(a));
        a = vaddq_u32(a, vdupq_n_u32(0x01234567));
    }
    return FOLD(sum);
}

/* FCCMP, FCSEL: chains of comparisons. */
static uint64_t row_fccmp(unsigned scale)
{
    double a = 0.5, b = 0.25, c = 0.1;
    uint64_t sum = 0;

    LOOP(i, 15000000) {
        uint64_t r;

        __asm__("fcmp %d1, %d2\n\tfccmp %d2, %d3, #4, gt\n\tcset %0, mi"
                : "=r"(r) : "w"(a), "w"(b), "w"(c) : "cc");
        sum += r;
        a = a * 0.999 + 0.0001;
        b = b * 0.998 + c;
    }
    return sum + FOLD(a) + FOLD(b);
}

/* -- Cryptography -- */

static uint64_t row_sha512(unsigned scale)
{
    uint64x2_t w[8], s[4], k = vdupq_n_u64(0x428a2f98d728ae22);

    for (unsigned i = 0; i < 8; i++) {
        w[i] = vdupq_n_u64(0x123456789abcdef * (i + 1));
        s[i % 4] = vaddq_u64(w[i], k);
    }
    LOOP(round, 600000) {
        for (unsigned i = 0; i < 8; i++) {
            uint64x2_t t = vaddq_u64(w[i], k), h = vextq_u64(t, t, 1);

            h = vaddq_u64(h, s[3]);
            h = vsha512hq_u64(h, vextq_u64(s[2], s[3], 1), vextq_u64(s[1], s[2], 1));
            s[3] = s[2];
            s[2] = vaddq_u64(s[1], h);
            t = vsha512h2q_u64(h, s[1], s[0]);
            s[1] = s[0];
            s[0] = t;
            w[i] = vsha512su1q_u64(vsha512su0q_u64(w[i], w[(i + 1) & 7]), w[(i + 7) & 7],
                                   vextq_u64(w[(i + 4) & 7], w[(i + 5) & 7], 1));
        }
    }
    return FOLD(s) + FOLD(w);
}

static uint64_t row_sha3(unsigned scale)
{
    uint64x2_t a = vdupq_n_u64(0x123456789abcdef), b = vdupq_n_u64(0xfedcba987), c = a, d = b;

    LOOP(i, 20000000) {
        a = veor3q_u64(a, b, c);
        b = vrax1q_u64(b, d);
        c = vxarq_u64(c, a, 44);
        d = vbcaxq_u64(d, b, c);
        a = vxarq_u64(a, d, 21);
        b = veor3q_u64(b, c, d);
    }
    return FOLD(a) + FOLD(b) + FOLD(c) + FOLD(d);
}

static uint64_t row_sm3(unsigned scale)
{
    uint32x4_t v = vdupq_n_u32(0x7380166f), u = vdupq_n_u32(0xa96f30bc), w0, w1, w2, w3, t;

    w0 = vdupq_n_u32(0x61626380);
    w1 = vaddq_u32(w0, v);
    w2 = vaddq_u32(w1, u);
    w3 = veorq_u32(w2, v);
    t = vdupq_n_u32(0x79cc4519);
    LOOP(i, 4000000) {
        uint32x4_t ss, x = veorq_u32(w0, w1);

        ss = vsm3ss1q_u32(v, u, t);
        v = vsm3tt1aq_u32(v, ss, x, 0);
        u = vsm3tt2aq_u32(u, ss, w0, 0);
        ss = vsm3ss1q_u32(v, u, t);
        v = vsm3tt1bq_u32(v, ss, x, 1);
        u = vsm3tt2bq_u32(u, ss, w0, 1);
        t = vsm3partw1q_u32(w0, vextq_u32(w1, w2, 3), w3);
        w0 = w1, w1 = w2, w2 = w3;
        w3 = vsm3partw2q_u32(t, w2, vextq_u32(w0, w1, 3));
    }
    return FOLD(v) + FOLD(u) + FOLD(w3);
}

/* Four blocks at a time, as ciphers in use do. */
static uint64_t row_sm4(unsigned scale)
{
    uint32x4_t k = vdupq_n_u32(0xf12186f9), a = k, b = vdupq_n_u32(7), c = vdupq_n_u32(9), d = b;

    LOOP(i, 1000000) {
        a = vsm4eq_u32(a, k);
        b = vsm4eq_u32(b, k);
        c = vsm4eq_u32(c, k);
        d = vsm4eq_u32(d, k);
        if (i % 8 == 0) {
            k = vsm4ekeyq_u32(k, vdupq_n_u32(0x00070e15));
        }
    }
    return FOLD(a) + FOLD(b) + FOLD(c) + FOLD(d) + FOLD(k);
}

static uint64_t row_crc32b(unsigned scale)
{
    uint32_t a = ~0u, b = 7;

    LOOP(i, 40000000) {
        a = __crc32b(a, (uint8_t)i);
        b = __crc32h(b, (uint16_t)i);
    }
    return a + (uint64_t)b;
}

static uint64_t row_crc32w(unsigned scale)
{
    uint32_t a = ~0u, b = 7;

    LOOP(i, 40000000) {
        a = __crc32w(a, i);
        b = __crc32cw(b, a);
    }
    return a + (uint64_t)b;
}

/* -- Integer products and shifts -- */

static uint64_t row_dot(unsigned scale)
{
    int32x4_t a = vdupq_n_s32(1);
    uint32x4_t b = vdupq_n_u32(1);
    int8x16_t n = vdupq_n_s8(-77);
    uint8x16_t u = vdupq_n_u8(200);

    LOOP(i, 12000000) {
        a = vdotq_s32(a, n, n);
        b = vdotq_u32(b, u, u);
        a = vusdotq_s32(a, u, n);
        a = vdotq_laneq_s32(a, n, vreinterpretq_s8_u8(u), 1);
        n = vreinterpretq_s8_s32(a);
        u = vreinterpretq_u8_u32(b);
    }
    return FOLD(a) + FOLD(b);
}

static uint64_t row_mmla(unsigned scale)
{
    int32x4_t a = vdupq_n_s32(1);
    uint32x4_t b = vdupq_n_u32(1);
    int8x16_t n = vdupq_n_s8(-77);
    uint8x16_t u = vdupq_n_u8(200);

    LOOP(i, 9000000) {
        a = vmmlaq_s32(a, n, n);
        b = vmmlaq_u32(b, u, u);
        a = vusmmlaq_s32(a, u, n);
        n = vreinterpretq_s8_s32(a);
        u = vreinterpretq_u8_u32(b);
    }
    return FOLD(a) + FOLD(b);
}

static uint64_t row_bf16(unsigned scale)
{
    float32x4_t a = vdupq_n_f32(0.5f), b = vdupq_n_f32(0.25f), k = vdupq_n_f32(0.01f);
    bfloat16x8_t n = vreinterpretq_bf16_u16(vdupq_n_u16(0x3e12));
    bfloat16x8_t m = vreinterpretq_bf16_u16(vdupq_n_u16(0xbe34));

    LOOP(i, 1000000) {
        a = vbfmmlaq_f32(a, n, m);
        b = vbfdotq_f32(b, n, m);
        a = vaddq_f32(a, k);
        b = vbfdotq_laneq_f32(b, m, m, 1);
        b = vsubq_f32(b, k);
    }
    return FOLD(a) + FOLD(b);
}

static uint64_t row_bf16_mla(unsigned scale)
{
    float32x4_t a = vdupq_n_f32(0.5f), b = vdupq_n_f32(0.25f), k = vdupq_n_f32(0.01f);
    bfloat16x8_t n = vreinterpretq_bf16_u16(vdupq_n_u16(0x3e12)), m = n;

    LOOP(i, 5000000) {
        a = vbfmlalbq_f32(a, n, m);
        b = vbfmlaltq_f32(b, m, n);
        m = vcvtq_low_bf16_f32(vaddq_f32(k, b));
        b = vmulq_f32(b, k);
    }
    return FOLD(a) + FOLD(b);
}

/* Saturating and rounding shifts by register, of 64 bits. */
static uint64_t row_shift64(unsigned scale)
{
    int64x2_t a = vdupq_n_s64(0x123456789abcdef), n = vdupq_n_s64(-9), up = vdupq_n_s64(5);
    uint64x2_t u = vdupq_n_u64(0x9123456789abcdef);
    int64_t s = 12345;

    LOOP(i, 12000000) {
        a = vqrshlq_s64(a, n);
        a = vqshlq_s64(veorq_s64(a, vreinterpretq_s64_u64(u)), up);
        u = vqrshlq_u64(u, n);
        u = vaddq_u64(vqshlq_u64(u, up), vdupq_n_u64(0x12345678));
        s = vqrshld_s64(s, (i & 7) - 4) + 99;
    }
    return FOLD(a) + FOLD(u) + (uint64_t)s;
}

/* Complex numbers, halves into singles, rounding to 32 bits, JavaScript's conversion. */
static uint64_t row_complex(unsigned scale)
{
    float32x4_t a = vdupq_n_f32(0.5f), k = vdupq_n_f32(0.3f);

    LOOP(i, 5000000) {
        a = vcmlaq_f32(k, a, k);
        a = vcmlaq_rot90_f32(a, a, k);
        a = vcaddq_rot270_f32(a, k);
        a = vmulq_f32(a, k);
    }
    return FOLD(a);
}

static uint64_t row_fmlal(unsigned scale)
{
    float32x4_t a = vdupq_n_f32(0.5f), b = a, k = vdupq_n_f32(0.3f);
    float16x8_t n = vdupq_n_f16(0.3f), m = vdupq_n_f16(0.7f);

    LOOP(i, 5000000) {
        a = vfmlalq_low_f16(a, n, m);
        b = vfmlslq_high_f16(b, n, m);
        a = vmulq_f32(a, k);
        b = vaddq_f32(a, b);
    }
    return FOLD(a) + FOLD(b);
}

static uint64_t row_jscvt(unsigned scale)
{
    double a = 0.5;
    float f = 0.5f;
    uint64_t sum = 0;

    LOOP(i, 15000000) {
        a = a + 1.25;
        sum += (uint64_t)__jcvt(a);
        float r = __rint32zf(f);
        uint32_t bits;
        memcpy(&bits, &r, sizeof(bits));
        sum += bits;
        f = f + 1.25f;
    }
    return sum;
}

const Row special_rows[] = {
    { "half-scalar", "spec", row_half_scalar },
    { "half-vector", "spec", row_half_vector },
    { "half-fma",    "spec", row_half_fma },
    { "half-div",    "spec", row_half_div },
    { "half-cmp",    "spec", row_half_compare },
    { "half-cvt",    "spec", row_half_convert },
    { "fp-fz",       "spec", row_fp_fz },
    { "fp-rz",       "spec", row_fp_rz },
    { "frecp",       "spec", row_frecp },
    { "frsqrt",      "spec", row_frsqrt },
    { "fmulx",       "spec", row_fmulx },
    { "fixed",       "spec", row_fixed },
    { "fcvt-int",    "spec", row_fcvt_int },
    { "fccmp",       "spec", row_fccmp },
    { "urecpe",      "spec", row_urecpe },
    { "complex",     "spec", row_complex },
    { "fmlal",       "spec", row_fmlal },
    { "jscvt",       "spec", row_jscvt },
    { "bf16",        "spec", row_bf16 },
    { "bf16-mla",    "spec", row_bf16_mla },
    { "dot",         "spec", row_dot },
    { "mmla",        "spec", row_mmla },
    { "shift64",     "spec", row_shift64 },
    { "crc32b",      "spec", row_crc32b },
    { "crc32w",      "spec", row_crc32w },
    { "sha512",      "spec", row_sha512 },
    { "sha3",        "spec", row_sha3 },
    { "sm3",         "spec", row_sm3 },
    { "sm4",         "spec", row_sm4 },
    { 0 }
};
