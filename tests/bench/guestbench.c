/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest's side of the benchmark: one row of fixed work per run.
 *
 * usage: guestbench ROW [SCALE]     ("guestbench list" prints the rows; SCALE multiplies the work)
 *
 * Prints "ROW CHECK SECONDS": CHECK depends on the results, so that no work can be left out and two
 * emulators can be compared for right answers; SECONDS is the guest's own monotonic clock. The
 * harness takes the host's CPU time around the run.
 */
#define _GNU_SOURCE
#include <arm_acle.h>
#include <arm_neon.h>
#include <errno.h>
#include <linux/futex.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "guestbench.h"

#define KIB 1024ul
#define MIB (1024ul * KIB)
#define PAGE 4096ul

static void fail(const char *what)
{
    fprintf(stderr, "guestbench: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void *map(size_t bytes)
{
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (p == MAP_FAILED) {
        fail("mmap");
    }
    return p;
}

/* -- User rows --------------------------------------------------------------------------------- */

static uint64_t row_int(unsigned scale)
{
    uint64_t sum = 0;

    /* Lengths of Collatz sequences: dependent arithmetic and branches that are hard to foresee. */
    for (uint64_t n = 1; n < 1200000ull * scale; n++) {
        for (uint64_t v = n; v != 1; sum++) {
            v = v & 1 ? 3 * v + 1 : v >> 1;
        }
    }
    return sum;
}

static uint64_t row_hash(unsigned scale)
{
    uint64_t x = 0x9e3779b97f4a7c15ull, sum = 0;

    /* Straight-line mixing: shifts, rotates, multiplies; no branch but the loop's. */
    for (unsigned i = 0; i < 150000000u * scale; i++) {
        x ^= x >> 30;
        x *= 0xbf58476d1ce4e5b9ull;
        x ^= x >> 27;
        x = (x << 7 | x >> 57) + i;
        sum += x;
    }
    return sum;
}

static __attribute__((noinline)) unsigned fib(unsigned n)
{
    OPAQUE(n);
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

static uint64_t row_calls(unsigned scale)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < 20 * scale; i++) {
        sum += fib(32);
    }
    return sum;
}

#define TARGET(n) static __attribute__((noinline)) uint64_t target##n(uint64_t v) \
    { OPAQUE(v); return v * (2 * n + 1) + n; }
TARGET(0) TARGET(1) TARGET(2) TARGET(3) TARGET(4) TARGET(5) TARGET(6) TARGET(7)

static uint64_t row_icalls(unsigned scale)
{
    static uint64_t (*const table[8])(uint64_t) = {
        target0, target1, target2, target3, target4, target5, target6, target7,
    };
    uint64_t v = 1, order = 12345;

    for (unsigned i = 0; i < 30000000u * scale; i++) {
        order = order * 6364136223846793005ull + 1442695040888963407ull;
        v = table[order >> 61](v);
    }
    return v;
}

/* A small bytecode machine: one indirect branch per operation, from one place each. */
static uint64_t row_interp(unsigned scale)
{
    static const uint8_t program[] = { 0, 1, 2, 3, 1, 4, 0, 2, 3, 3, 1, 5 };
    static const void *const ops[] = { &&add, &&mul, &&xor, &&rot, &&sub, &&jump };
    uint64_t a = 1, b = 0x1234567, left = 12000000ull * scale;
    const uint8_t *pc = program;

    goto *ops[*pc++];
add: a += b; goto *ops[*pc++];
mul: a *= 3; goto *ops[*pc++];
xor: a ^= b; goto *ops[*pc++];
rot: b = b << 5 | b >> 59; goto *ops[*pc++];
sub: a -= 77; goto *ops[*pc++];
jump:
    pc = program;
    if (--left) {
        goto *ops[*pc++];
    }
    return a + b;
}

static uint64_t chase(size_t bytes, unsigned steps)
{
    size_t n = bytes / sizeof(void *), stride = 0;
    void **list = map(bytes), **p;
    uint64_t seed = 88172645463325252ull;
    uint32_t *order = map(n * sizeof(*order));

    /* One random cycle through all lines of 64 bytes. */
    n /= 8;
    for (size_t i = 0; i < n; i++) {
        order[i] = i;
    }
    for (size_t i = n - 1; i > 0; i--) {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        stride = seed % i;
        uint32_t t = order[i];
        order[i] = order[stride];
        order[stride] = t;
    }
    for (size_t i = 0; i < n; i++) {
        list[order[i] * 8ul] = &list[order[(i + 1) % n] * 8ul];
    }
    p = list;
    for (unsigned i = 0; i < steps; i++) {
        p = *p;
    }
    stride = (uintptr_t)p - (uintptr_t)list;
    munmap(order, n * 8 * sizeof(*order));
    munmap(list, bytes);
    return stride;
}

static uint64_t row_chase_small(unsigned scale)
{
    return chase(16 * KIB, 300000077u * scale);
}

static uint64_t row_chase_large(unsigned scale)
{
    return chase(16 * MIB, 5000000u * scale);
}

static uint64_t row_seq(unsigned scale)
{
    enum { words = 32768 };
    uint64_t *a = map(words * 8), sum = 0;

    for (unsigned round = 0; round < 8000 * scale; round++) {
        uint64_t carry = round;

        for (unsigned i = 0; i < words; i++) {
            uint64_t v = a[i];

            OPAQUE(v);      /* no vector code: plain loads and stores are what is measured */
            carry += v;
            a[i] = carry;
        }
        sum ^= carry;
    }
    munmap(a, words * 8);
    return sum;
}

static uint64_t row_copy(unsigned scale)
{
    enum { bytes = 1 << 20 };
    char *a = map(bytes), *b = map(bytes);
    uint64_t sum = 0;

    memset(a, 7, bytes);
    for (unsigned i = 0; i < 6000 * scale; i++) {
        a[i % bytes] = (char)i;
        memcpy(b, a, bytes);
        memset(a + 4096, (int)i, 65536);
        sum += (uint8_t)b[i * 37 % bytes];
    }
    munmap(a, bytes);
    munmap(b, bytes);
    return sum;
}

static uint64_t row_string(unsigned scale)
{
    char text[4096 + 1];
    uint64_t sum = 0;

    memset(text, 'x', 4096);
    text[4096] = 0;
    for (unsigned i = 0; i < 60000 * scale; i++) {
        const char *p = text;

        text[i % 4096] = 'y';
        OPAQUE(p);
        sum += strlen(p) + (uintptr_t)(strchr(p, 'y') - p);
        text[i % 4096] = 'x';
    }
    return sum;
}

static uint64_t bits_of(double v)
{
    uint64_t bits;

    memcpy(&bits, &v, sizeof(bits));
    return bits;
}

static uint64_t row_fp(unsigned scale)
{
    double x[5] = { 0, 4.8, 8.3, 12.9, 15.4 }, y[5] = { 0, -1.2, 4.1, -15.1, -25.9 };
    double z[5] = { 0, -0.1, -0.4, -0.2, 0.2 }, v[5][3] = { { 0 } };
    static const double mass[5] = { 39.5, 0.037, 0.011, 0.0017, 0.002 };

    /* Five bodies under gravity, in double precision with square roots and divisions. */
    for (unsigned step = 0; step < 500000 * scale; step++) {
        for (int i = 0; i < 5; i++) {
            for (int j = i + 1; j < 5; j++) {
                double dx = x[i] - x[j], dy = y[i] - y[j], dz = z[i] - z[j];
                double d2 = dx * dx + dy * dy + dz * dz, f = 0.001 / (d2 * sqrt(d2));

                v[i][0] -= dx * mass[j] * f, v[j][0] += dx * mass[i] * f;
                v[i][1] -= dy * mass[j] * f, v[j][1] += dy * mass[i] * f;
                v[i][2] -= dz * mass[j] * f, v[j][2] += dz * mass[i] * f;
            }
        }
        for (int i = 0; i < 5; i++) {
            x[i] += 0.001 * v[i][0], y[i] += 0.001 * v[i][1], z[i] += 0.001 * v[i][2];
        }
    }
    return bits_of(x[0] + y[1] + z[2]);
}

static uint64_t row_fp_convert(unsigned scale)
{
    float f = 0.5f;
    int64_t sum = 0;

    for (int i = 0; i < 20000000 * (int)scale; i++) {
        double d = (double)i * 0.75;

        f = f * 0.999f + (float)d * 1e-7f;
        sum += (int64_t)d + (d > (double)f ? 1 : 2);
    }
    return (uint64_t)sum + bits_of(f);
}

static uint64_t row_neon_fp(unsigned scale)
{
    float32x4_t a = vdupq_n_f32(0.5f), b = vdupq_n_f32(0.25f), k = vdupq_n_f32(0.9999f);
    float32x4_t c = vdupq_n_f32(1.5f), d = vdupq_n_f32(2.5f);

    for (unsigned i = 0; i < 6000000 * scale; i++) {
        a = vfmaq_f32(b, a, k);
        c = vaddq_f32(vmulq_f32(c, k), b);
        d = vsubq_f32(d, vmulq_f32(d, k));
        b = vmaxq_f32(vminq_f32(b, c), d);
    }
    return bits_of(vaddvq_f32(vaddq_f32(vaddq_f32(a, b), vaddq_f32(c, d))));
}

static uint64_t row_neon_int(unsigned scale)
{
    uint8_t buf[256] __attribute__((aligned(16)));
    uint8x16_t acc = vdupq_n_u8(1), table = vdupq_n_u8(3);
    uint16x8_t wide = vdupq_n_u16(0);

    for (unsigned i = 0; i < sizeof(buf); i++) {
        buf[i] = (uint8_t)(i * 7);
    }
    for (unsigned i = 0; i < 1200000 * scale; i++) {
        for (unsigned j = 0; j < sizeof(buf); j += 16) {
            uint8x16_t v = vld1q_u8(buf + j);

            acc = vqaddq_u8(veorq_u8(acc, v), table);
            table = vqtbl1q_u8(v, vandq_u8(acc, vdupq_n_u8(15)));
            wide = vmlal_u8(wide, vget_low_u8(acc), vget_high_u8(v));
            vst1q_u8(buf + j, vaddq_u8(v, vshrq_n_u8(acc, 3)));
        }
    }
    return vaddlvq_u8(acc) + vaddlvq_u16(wide);
}

static uint64_t row_atomics(unsigned scale)
{
    uint64_t counter = 0, other = 1;

    for (unsigned i = 0; i < 60000000 * scale; i++) {
        __atomic_fetch_add(&counter, i, __ATOMIC_ACQ_REL);
        __atomic_compare_exchange_n(&other, &other, counter, false, __ATOMIC_SEQ_CST,
                                    __ATOMIC_RELAXED);
    }
    return counter + other;
}

/* -- NEON and cryptography rows ---------------------------------------------------------------- */

enum { BLOCK = 4096 };

/* Sixteen-byte pieces of a buffer, @times over. */
#define PIECES(i, times) \
    for (unsigned round_ = 0; round_ < (times); round_++) \
        for (unsigned i = 0; i < BLOCK; i += 16)

/* The same bytes in each run; a buffer that a row may write. */
static uint8_t *noise(void)
{
    uint8_t *p = map(BLOCK + 64);
    uint64_t x = 88172645463325252ull;

    for (unsigned i = 0; i < BLOCK + 64; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        p[i] = (uint8_t)(x >> 24);
    }
    return p;
}

static uint64_t sum_of(uint8x16_t v)
{
    uint64x2_t d = vreinterpretq_u64_u8(v);

    return vgetq_lane_u64(d, 0) * 3 + vgetq_lane_u64(d, 1);
}
#define SUM(v) sum_of((uint8x16_t)(v))

/* AES-128 in counter mode, four blocks at a time. */
static uint64_t row_aes(unsigned scale)
{
    uint8_t *buf = noise();
    uint8x16_t key[11], acc = vdupq_n_u8(0);
    uint64x2_t one = vsetq_lane_u64(1, vdupq_n_u64(0), 0), counter = vdupq_n_u64(0);

    for (unsigned i = 0; i < 11; i++) {
        key[i] = vld1q_u8(buf + 16 * i);
    }
    for (unsigned round = 0; round < 2500 * scale; round++) {
        for (unsigned i = 0; i < BLOCK; i += 64) {
            uint8x16_t v[4];

            for (unsigned k = 0; k < 4; k++) {
                v[k] = vreinterpretq_u8_u64(counter);
                counter = vaddq_u64(counter, one);
            }
            for (unsigned r = 0; r < 9; r++) {
                for (unsigned k = 0; k < 4; k++) {
                    v[k] = vaesmcq_u8(vaeseq_u8(v[k], key[r]));
                }
            }
            for (unsigned k = 0; k < 4; k++) {
                v[k] = veorq_u8(vaeseq_u8(v[k], key[9]), key[10]);
                acc = veorq_u8(acc, v[k]);
                vst1q_u8(buf + i + 16 * k, veorq_u8(vld1q_u8(buf + i + 16 * k), v[k]));
            }
        }
    }
    for (unsigned i = 0; i < 100; i++) {
        acc = vaesdq_u8(vaesimcq_u8(acc), key[3]);
    }
    munmap(buf, BLOCK + 64);
    return SUM(acc);
}

static uint64_t row_sha1(unsigned scale)
{
    uint8_t *buf = noise();
    uint32x4_t abcd = vdupq_n_u32(0x67452301), k = vdupq_n_u32(0x5a827999);
    uint32_t e = 0xc3d2e1f0;

    for (unsigned round = 0; round < 8000 * scale; round++) {
        for (unsigned i = 0; i < BLOCK; i += 64) {
            uint32x4_t w[4];

            for (unsigned j = 0; j < 4; j++) {
                w[j] = vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(buf + i + 16 * j)));
            }
            for (unsigned j = 0; j < 20; j++) {
                uint32x4_t wk = vaddq_u32(w[j % 4], k);
                uint32_t next = vsha1h_u32(vgetq_lane_u32(abcd, 0));

                abcd = j < 5 ? vsha1cq_u32(abcd, e, wk) : j >= 10 && j < 15
                     ? vsha1mq_u32(abcd, e, wk) : vsha1pq_u32(abcd, e, wk);
                e = next;
                w[j % 4] = vsha1su1q_u32(vsha1su0q_u32(w[j % 4], w[(j + 1) % 4], w[(j + 2) % 4]),
                                         w[(j + 3) % 4]);
            }
        }
    }
    munmap(buf, BLOCK + 64);
    return SUM(abcd) + e;
}

static uint64_t row_sha256(unsigned scale)
{
    uint8_t *buf = noise();
    uint32x4_t x = vdupq_n_u32(0x6a09e667), y = vdupq_n_u32(0x510e527f);

    for (unsigned round = 0; round < 6000 * scale; round++) {
        for (unsigned i = 0; i < BLOCK; i += 64) {
            uint32x4_t w[4], x0 = x, y0 = y;

            for (unsigned j = 0; j < 4; j++) {
                w[j] = vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(buf + i + 16 * j)));
            }
            for (unsigned j = 0; j < 16; j++) {
                uint32x4_t wk = vaddq_u32(w[j % 4], vld1q_u32((const uint32_t *)buf + 4 * j)), t;

                t = vsha256hq_u32(x, y, wk);
                y = vsha256h2q_u32(y, x, wk);
                x = t;
                w[j % 4] = vsha256su1q_u32(vsha256su0q_u32(w[j % 4], w[(j + 1) % 4]),
                                           w[(j + 2) % 4], w[(j + 3) % 4]);
            }
            x = vaddq_u32(x, x0);
            y = vaddq_u32(y, y0);
        }
    }
    munmap(buf, BLOCK + 64);
    return SUM(veorq_u32(x, y));
}

/* As GHASH: products of 64 bits, and of bytes. */
static uint64_t row_pmull(unsigned scale)
{
    uint8_t *buf = noise();
    poly64x2_t key = vreinterpretq_p64_u8(vld1q_u8(buf));
    uint8x16_t acc = vdupq_n_u8(1);

    PIECES(i, 24000 * scale) {
        poly64x2_t v = vreinterpretq_p64_u8(veorq_u8(acc, vld1q_u8(buf + i)));
        uint8x16_t lo = vreinterpretq_u8_p128(vmull_p64((poly64_t)vget_low_p64(v),
                                                        (poly64_t)vget_low_p64(key)));
        uint8x16_t hi = vreinterpretq_u8_p128(vmull_high_p64(v, key));

        acc = veorq_u8(lo, vextq_u8(hi, hi, 8));
    }
    PIECES(i, 3000 * scale) {
        poly8x16_t v = vreinterpretq_p8_u8(vld1q_u8(buf + i));

        acc = veorq_u8(acc, vreinterpretq_u8_p16(vmull_p8(vget_low_p8(v), vget_high_p8(v))));
    }
    munmap(buf, BLOCK + 64);
    return SUM(acc);
}

static uint64_t row_crc32(unsigned scale)
{
    uint8_t *buf = noise();
    uint32_t a = ~0u, b = ~0u;

    for (unsigned round = 0; round < 32000 * scale; round++) {
        for (unsigned i = 0; i < BLOCK; i += 8) {
            uint64_t v;

            memcpy(&v, buf + i, 8);
            a = __crc32d(a, v);
            b = __crc32cd(b, v);
        }
        a = __crc32b(__crc32h(__crc32w(a, b), (uint16_t)b), (uint8_t)b);
        b = __crc32cb(__crc32ch(__crc32cw(b, a), (uint16_t)a), (uint8_t)a);
    }
    munmap(buf, BLOCK + 64);
    return (uint64_t)a << 32 | b;
}

static uint64_t row_neon_widen(unsigned scale)
{
    uint8_t *buf = noise();
    int32x4_t a = vdupq_n_s32(0);
    uint64x2_t b = vdupq_n_u64(0);
    int16x8_t c = vdupq_n_s16(0);
    uint32x4_t d = vdupq_n_u32(0);
    int64x2_t e = vdupq_n_s64(0);

    PIECES(i, 60000 * scale) {
        uint8x16_t v = vld1q_u8(buf + i);
        int16x8_t h = vreinterpretq_s16_u8(v);
        uint32x4_t s = vreinterpretq_u32_u8(v);

        a = vmlal_s16(a, vget_low_s16(h), vget_high_s16(h));
        b = vaddq_u64(b, vmull_u32(vget_low_u32(s), vget_high_u32(s)));
        c = vmlal_high_s8(c, vreinterpretq_s8_u8(v), vreinterpretq_s8_s16(h));
        d = vmlsl_high_u16(d, vreinterpretq_u16_s16(h), vreinterpretq_u16_u8(v));
        e = vmlal_s32(e, vreinterpret_s32_u32(vget_low_u32(s)), vget_low_s32(a));
        d = vaddw_u16(d, vget_low_u16(vreinterpretq_u16_s16(c)));
    }
    munmap(buf, BLOCK + 64);
    return SUM(a) + SUM(b) + SUM(c) + SUM(d) + SUM(e);
}

static uint64_t row_neon_sat(unsigned scale)
{
    uint8_t *buf = noise();
    int16x8_t a = vdupq_n_s16(3), k = vdupq_n_s16(0x5a82);
    uint8x16_t b = vdupq_n_u8(1);
    int32x4_t c = vdupq_n_s32(7);
    int8x8_t d = vdup_n_s8(0);

    PIECES(i, 24000 * scale) {
        uint8x16_t v = vld1q_u8(buf + i);
        int16x8_t h = vreinterpretq_s16_u8(v);

        a = vqaddq_s16(vqrdmulhq_s16(a, k), h);
        b = vqsubq_u8(vqaddq_u8(b, v), vdupq_n_u8(0x41));
        c = vqaddq_s32(vqdmulhq_s32(c, vreinterpretq_s32_u8(v)), vreinterpretq_s32_s16(a));
        d = vqadd_s8(d, vqmovn_s16(h));
        b = veorq_u8(b, vcombine_u8(vqmovun_s16(a), vqshrn_n_u16(vreinterpretq_u16_s16(h), 3)));
        c = vqsubq_s32(c, vqdmull_s16(vget_low_s16(a), vget_high_s16(h)));
    }
    munmap(buf, BLOCK + 64);
    return SUM(a) + SUM(b) + SUM(c) + vget_lane_u64(vreinterpret_u64_s8(d), 0);
}

static uint64_t row_neon_shift(unsigned scale)
{
    uint8_t *buf = noise();
    uint32x4_t a = vdupq_n_u32(0x12345678);
    int64x2_t b = vdupq_n_s64(0x123456789abcdef);
    uint16x8_t c = vdupq_n_u16(5);
    uint8x16_t d = vdupq_n_u8(9);

    PIECES(i, 30000 * scale) {
        uint8x16_t v = vld1q_u8(buf + i);
        int8x16_t n = vsubq_s8(vreinterpretq_s8_u8(vandq_u8(v, vdupq_n_u8(15))), vdupq_n_s8(8));

        a = vaddq_u32(vshlq_u32(a, vreinterpretq_s32_s8(n)), vreinterpretq_u32_u8(v));
        b = veorq_s64(vrshlq_s64(b, vreinterpretq_s64_s8(n)), vreinterpretq_s64_u8(v));
        c = vaddq_u16(vrshlq_u16(c, vreinterpretq_s16_s8(n)), vreinterpretq_u16_u8(v));
        d = vaddq_u8(vshlq_u8(d, n), v);
        c = vrsraq_n_u16(c, vreinterpretq_u16_u8(v), 5);
        a = vsriq_n_u32(vshlq_n_u32(a, 7), a, 25);
        d = vcombine_u8(vrshrn_n_u16(c, 4), vshrn_n_u16(vreinterpretq_u16_u8(d), 3));
    }
    munmap(buf, BLOCK + 64);
    return SUM(a) + SUM(b) + SUM(c) + SUM(d);
}

static uint64_t row_neon_tbl(unsigned scale)
{
    uint8_t *buf = noise();
    uint8x16_t acc = vdupq_n_u8(0);
    uint8x16x4_t t4 = { { vld1q_u8(buf), vld1q_u8(buf + 16), vld1q_u8(buf + 32),
                          vld1q_u8(buf + 48) } };
    uint8x16x3_t t3 = { { t4.val[1], t4.val[0], t4.val[3] } };
    uint8x16x2_t t2 = { { t4.val[3], t4.val[2] } };

    PIECES(i, 12000 * scale) {
        uint8x16_t v = vld1q_u8(buf + i);

        acc = veorq_u8(acc, vqtbl4q_u8(t4, vandq_u8(v, vdupq_n_u8(0x7f))));
        acc = vqtbx3q_u8(acc, t3, vshrq_n_u8(v, 1));
        acc = veorq_u8(acc, vqtbl2q_u8(t2, vshrq_n_u8(v, 2)));
        acc = vaddq_u8(acc, vqtbl1q_u8(v, vandq_u8(acc, vdupq_n_u8(15))));
    }
    munmap(buf, BLOCK + 64);
    return SUM(acc);
}

static uint64_t row_neon_across(unsigned scale)
{
    uint8_t *buf = noise();
    uint64_t sum = 0;
    uint16x8_t acc = vdupq_n_u16(0);
    uint8x16_t p = vdupq_n_u8(0);

    PIECES(i, 18000 * scale) {
        uint8x16_t v = vld1q_u8(buf + i), w = vld1q_u8(buf + i + 16);

        sum += vaddvq_u8(v) + vmaxvq_u8(veorq_u8(v, w)) + vminvq_u16(vreinterpretq_u16_u8(v));
        sum += vaddlvq_u8(vcntq_u8(w));
        p = vpmaxq_u8(vpaddq_u8(v, w), p);
        acc = vpadalq_u8(vabal_u8(acc, vget_low_u8(v), vget_high_u8(w)), vabdq_u8(v, w));
        acc = vaddq_u16(acc, vclzq_u16(vreinterpretq_u16_u8(vrbitq_u8(v))));
    }
    munmap(buf, BLOCK + 64);
    return sum + SUM(acc) + SUM(p);
}

static uint64_t row_neon_struct(unsigned scale)
{
    uint8_t *buf = noise();
    uint8x16_t acc = vdupq_n_u8(0);

    for (unsigned round = 0; round < 80000 * scale; round++) {
        for (unsigned i = 0; i < BLOCK; i += 64) {
            uint8x16x4_t q = vld4q_u8(buf + i);
            uint16x8x2_t p;
            uint8x16x3_t t = vld3q_u8(buf + i);

            acc = veorq_u8(acc, vaddq_u8(q.val[0], veorq_u8(q.val[3], t.val[1])));
            q.val[0] = t.val[2];
            vst4q_u8(buf + i, q);
            p = vld2q_u16((const uint16_t *)(buf + i));
            p.val[0] = vaddq_u16(p.val[0], p.val[1]);
            vst2q_u16((uint16_t *)(buf + i), p);
            t.val[0] = acc;
            vst3q_u8(buf + i, t);
        }
    }
    munmap(buf, BLOCK + 64);
    return SUM(acc);
}

/* ChaCha rounds as compilers and libraries write them: rotations by rev32, tbl, shl + sri. */
static uint64_t row_chacha(unsigned scale)
{
    uint8_t *buf = noise();
    uint32x4_t a = vld1q_u32((uint32_t *)buf), b = vdupq_n_u32(7), c = vdupq_n_u32(9), d = a;
    static const uint8_t rot8[16] = { 3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14 };
    uint8x16_t by8 = vld1q_u8(rot8);

    for (unsigned i = 0; i < 6000000 * scale; i++) {
        a = vaddq_u32(a, b);
        d = veorq_u32(d, a);
        d = vreinterpretq_u32_u16(vrev32q_u16(vreinterpretq_u16_u32(d)));
        c = vaddq_u32(c, d);
        uint32x4_t t = veorq_u32(b, c);
        b = vsriq_n_u32(vshlq_n_u32(t, 12), t, 20);
        a = vaddq_u32(a, b);
        d = vreinterpretq_u32_u8(vqtbl1q_u8(vreinterpretq_u8_u32(veorq_u32(d, a)), by8));
        c = vaddq_u32(c, d);
        t = veorq_u32(b, c);
        b = vsriq_n_u32(vshlq_n_u32(t, 7), t, 25);
        b = vextq_u32(b, b, 1);
        c = vextq_u32(c, c, 2);
        d = vextq_u32(d, d, 3);
    }
    munmap(buf, BLOCK + 64);
    return SUM(a) + SUM(b) + SUM(c) + SUM(d);
}

/* -- Rows of the operating system -------------------------------------------------------------- */

static uint64_t row_syscall(unsigned scale)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < 400000 * scale; i++) {
        sum += (uint64_t)syscall(SYS_getppid) & 1;
    }
    return sum & 1;
}

static uint64_t row_fault(unsigned scale)
{
    enum { pages = 256 };
    uint64_t sum = 0;

    for (unsigned i = 0; i < 200 * scale; i++) {
        char *p = map(pages * PAGE);

        madvise(p, pages * PAGE, MADV_NOHUGEPAGE);
        for (unsigned j = 0; j < pages; j++) {
            p[j * PAGE] = (char)j;
            sum += (uint8_t)p[j * PAGE];
        }
        munmap(p, pages * PAGE);
    }
    return sum;
}

static uint64_t row_mprotect(unsigned scale)
{
    enum { pages = 16 };
    char *p = map(pages * PAGE);
    uint64_t sum = 0;

    for (unsigned i = 0; i < 12000 * scale; i++) {
        p[i % pages * PAGE]++;
        if (mprotect(p, pages * PAGE, PROT_READ)) {
            fail("mprotect");
        }
        sum += (uint8_t)p[i % pages * PAGE];
        if (mprotect(p, pages * PAGE, PROT_READ | PROT_WRITE)) {
            fail("mprotect");
        }
    }
    munmap(p, pages * PAGE);
    return sum;
}

static uint64_t row_pipe(unsigned scale)
{
    int there[2], back[2];
    uint64_t sum = 0;
    char c = 0;

    if (pipe(there) || pipe(back)) {
        fail("pipe");
    }
    pid_t pid = fork();
    if (pid < 0) {
        fail("fork");
    }
    if (pid == 0) {
        close(there[1]);
        while (read(there[0], &c, 1) == 1) {
            c++;
            if (write(back[1], &c, 1) != 1) {
                break;
            }
        }
        _exit(0);
    }
    for (unsigned i = 0; i < 12000 * scale; i++) {
        if (write(there[1], &c, 1) != 1 || read(back[0], &c, 1) != 1) {
            fail("pipe");
        }
        sum += (uint8_t)c;
    }
    close(there[1]);
    waitpid(pid, NULL, 0);
    return sum;
}

static uint64_t spawn(unsigned times, bool exec)
{
    uint64_t sum = 0;
    int status;

    for (unsigned i = 0; i < times; i++) {
        pid_t pid = fork();

        if (pid < 0) {
            fail("fork");
        }
        if (pid == 0) {
            if (exec) {
                execl("/proc/self/exe", "guestbench", "none", (char *)NULL);
            }
            _exit(exec ? 1 : 7);
        }
        if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status)) {
            fail("waitpid");
        }
        sum += (unsigned)WEXITSTATUS(status);
    }
    return sum;
}

static uint64_t row_fork(unsigned scale)
{
    return spawn(400 * scale, false);
}

static uint64_t row_exec(unsigned scale)
{
    return spawn(200 * scale, true);
}

/* -- Two CPUs ---------------------------------------------------------------------------------- */

static void pin(int cpu)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    if (sched_setaffinity(0, sizeof(set), &set)) {
        fail("sched_setaffinity");
    }
}

typedef struct Handover {
    uint32_t turn;              /* whose turn it is: 0 or 1 */
    unsigned rounds;
    uint64_t sum;
} Handover;

static void take_turns(Handover *h, uint32_t me)
{
    for (unsigned i = 0; i < h->rounds; i++) {
        while (__atomic_load_n(&h->turn, __ATOMIC_ACQUIRE) != me) {
            syscall(SYS_futex, &h->turn, FUTEX_WAIT_PRIVATE, !me, NULL, NULL, 0);
        }
        h->sum += i + me;
        __atomic_store_n(&h->turn, !me, __ATOMIC_RELEASE);
        syscall(SYS_futex, &h->turn, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    }
}

static void *handover_thread(void *opaque)
{
    pin(1);
    take_turns(opaque, 1);
    return NULL;
}

static uint64_t row_handover(unsigned scale)
{
    Handover h = { .rounds = 8000 * scale };
    pthread_t thread;

    pin(0);
    if (pthread_create(&thread, NULL, handover_thread, &h)) {
        fail("pthread_create");
    }
    take_turns(&h, 0);
    pthread_join(thread, NULL);
    return h.sum;
}

static void *shared_thread(void *opaque)
{
    uint64_t *counter = opaque;

    pin(1);
    for (unsigned i = 0; i < 4000000; i++) {
        __atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
    }
    return NULL;
}

static uint64_t row_contended(unsigned scale)
{
    uint64_t counter = 0;

    pin(0);
    for (unsigned round = 0; round < scale; round++) {
        pthread_t thread;

        if (pthread_create(&thread, NULL, shared_thread, &counter)) {
            fail("pthread_create");
        }
        for (unsigned i = 0; i < 4000000; i++) {
            __atomic_fetch_add(&counter, 1, __ATOMIC_RELAXED);
        }
        pthread_join(thread, NULL);
    }
    return counter;
}

/* An mprotect loop while the other CPU runs in the same address space: broadcast of TLBI. */
static void *spin_thread(void *opaque)
{
    uint32_t *stop = opaque;

    pin(1);
    while (!__atomic_load_n(stop, __ATOMIC_RELAXED)) {
    }
    return NULL;
}

static uint64_t row_shootdown(unsigned scale)
{
    uint32_t stop = 0;
    pthread_t thread;
    uint64_t sum;

    pin(0);
    if (pthread_create(&thread, NULL, spin_thread, &stop)) {
        fail("pthread_create");
    }
    sum = row_mprotect(scale);
    __atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
    pthread_join(thread, NULL);
    return sum;
}

/* -- Driver ------------------------------------------------------------------------------------ */

static uint64_t row_none(unsigned scale)
{
    return scale & 0;
}

static const Row rows[] = {
    { "none",        "none", row_none },
    { "int",         "user", row_int },
    { "hash",        "user", row_hash },
    { "calls",       "user", row_calls },
    { "icalls",      "user", row_icalls },
    { "interp",      "user", row_interp },
    { "chase-16K",   "user", row_chase_small },
    { "chase-16M",   "user", row_chase_large },
    { "seq",         "user", row_seq },
    { "copy",        "user", row_copy },
    { "string",      "user", row_string },
    { "fp",          "user", row_fp },
    { "fp-convert",  "user", row_fp_convert },
    { "neon-fp",     "user", row_neon_fp },
    { "neon-int",    "user", row_neon_int },
    { "atomics",     "user", row_atomics },
    { "aes",         "neon", row_aes },
    { "sha1",        "neon", row_sha1 },
    { "sha256",      "neon", row_sha256 },
    { "pmull",       "neon", row_pmull },
    { "crc32",       "neon", row_crc32 },
    { "chacha",      "neon", row_chacha },
    { "neon-widen",  "neon", row_neon_widen },
    { "neon-sat",    "neon", row_neon_sat },
    { "neon-shift",  "neon", row_neon_shift },
    { "neon-tbl",    "neon", row_neon_tbl },
    { "neon-across", "neon", row_neon_across },
    { "neon-struct", "neon", row_neon_struct },
    { "syscall",     "os",   row_syscall },
    { "fault",       "os",   row_fault },
    { "mprotect",    "os",   row_mprotect },
    { "pipe",        "os",   row_pipe },
    { "fork",        "os",   row_fork },
    { "fork+exec",   "os",   row_exec },
    { "handover",    "smp",  row_handover },
    { "contended",   "smp",  row_contended },
    { "shootdown",   "smp",  row_shootdown },
};

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Whether @name names @row, which then has run; "list" prints it. */
static bool run(const Row *row, const char *name, unsigned scale)
{
    if (!strcmp(name, "list")) {
        printf("%s %s\n", row->name, row->group);
    } else if (!strcmp(name, row->name)) {
        double start = now();
        uint64_t check = row->run(scale);

        printf("%s %016llx %.6f\n", row->name, (unsigned long long)check, now() - start);
        return true;
    }
    return false;
}

int main(int argc, char **argv)
{
    unsigned scale = argc > 2 ? (unsigned)atoi(argv[2]) : 1;

    for (size_t i = 0; argc > 1 && i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (run(&rows[i], argv[1], scale)) {
            return 0;
        }
    }
    for (const Row *row = special_rows; argc > 1 && row->name; row++) {
        if (run(row, argv[1], scale)) {
            return 0;
        }
    }
    if (argc > 1 && !strcmp(argv[1], "list")) {
        return 0;
    }
    fprintf(stderr, "usage: guestbench list | ROW [SCALE]\n");
    return 1;
}
