/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers and memory before an instruction of simd_vectors.inc, made from a seed, and a digest
 * of what is after it. Shared by test_simd.c and simd-runner.c, so that the file need not hold
 * the inputs.
 */
#ifndef TESTS_SIMD_STATE_H
#define TESTS_SIMD_STATE_H

#include <stdint.h>
#include <string.h>

#define SIMD_MEM_VA UINT64_C(0x10000)
#define SIMD_MEM_BYTES 0x4000u

typedef struct SimdState {
    uint64_t v[4][2], x[4];
    uint64_t nzcv;                      /* N is bit 31 */
    uint64_t fpcr, fpsr;
} SimdState;

static const uint64_t simd_f64[] = {
    0, 0x8000000000000000, 1, 0x8000000000000001, 0x000fffffffffffff, 0x0010000000000000,
    0x0010000000000001, 0x3ff0000000000000, 0xbff0000000000000, 0x3ff8000000000000,
    0x4000000000000000, 0x3fe0000000000000, 0x3fefffffffffffff, 0x4330000000000000,
    0x41dfffffffc00000, 0x41e0000000000000, 0xc1e0000000000000, 0x43e0000000000000,
    0xc3e0000000000000, 0x43f0000000000000, 0x7fefffffffffffff, 0x7ff0000000000000,
    0xfff0000000000000, 0x7ff0000000000001, 0xfff4000000000000, 0x7ff8000000000000,
    0xfff8000000000123, 0x7fffffffffffffff, 0x36a0000000000000, 0x380fffffe0000001,
    0x47efffffefffffff, 0x0008000000000000, 0x4004000000000000, 0x7fd0000000000000,
};
static const uint32_t simd_f32[] = {
    0, 0x80000000, 1, 0x80000001, 0x007fffff, 0x00800000, 0x00800001, 0x3f800000, 0xbf800000,
    0x3fc00000, 0x40000000, 0x3f000000, 0x3f7fffff, 0x4b000000, 0x4effffff, 0x4f000000, 0xcf000000,
    0x5f000000, 0xdf000000, 0x5f800000, 0x7f7fffff, 0x7f800000, 0xff800000, 0x7f800001, 0xffa00000,
    0x7fc00000, 0xffc00123, 0x7fffffff, 0x33000000, 0x387fe001, 0x477ff000, 0x00400000, 0x40200000,
    0x7e800000, 0x3effffff, 0x47000000, 0xc3000000,
};
static const uint16_t simd_f16[] = {
    0, 0x8000, 1, 0x8001, 0x03ff, 0x0400, 0x0401, 0x3c00, 0xbc00, 0x3e00, 0x4000, 0x7bff, 0x7c00,
    0xfc00, 0x7c01, 0xfd00, 0x7e00, 0xfe12, 0x7fff, 0xffff, 0x0200, 0x3555,
};
static const uint64_t simd_int[] = {
    0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff,
    0x7fffffffffffffff, 0x8000000000000000, 0xffffffffffffffff, 0xfffffffffffffff0, 0x10,
    0x3f, 0x41,
};

static inline uint64_t simd_random(uint64_t *seed)
{
    uint64_t z = *seed += 0x9e3779b97f4a7c15;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

#define SIMD_PICK(seed, table) (table)[simd_random(seed) % (sizeof(table) / sizeof((table)[0]))]

/* 64 bits of lanes of one kind. */
static inline uint64_t simd_lanes(uint64_t *seed, unsigned kind)
{
    uint64_t r = 0;

    switch (kind) {
    case 0:
        return SIMD_PICK(seed, simd_f64);
    case 1:
        r = SIMD_PICK(seed, simd_f32);
        return r << 32 | SIMD_PICK(seed, simd_f32);
    case 2:
        for (int i = 0; i < 4; i++) {
            r = r << 16 | SIMD_PICK(seed, simd_f16);
        }
        return r;
    case 3:
        for (int i = 0; i < 4; i++) {
            r = r << 16 | (SIMD_PICK(seed, simd_int) & 0xffff);
        }
        return r;
    case 4:
        for (int i = 0; i < 8; i++) {
            r = r << 8 | (SIMD_PICK(seed, simd_int) & 0xff);
        }
        return r;
    case 5:
        r = SIMD_PICK(seed, simd_int) << 32;
        return r | (SIMD_PICK(seed, simd_int) & 0xffffffff);
    case 6:
        return SIMD_PICK(seed, simd_int);
    case 7:                              /* doubles of like exponents */
        r = simd_random(seed);
        return (r & 0x801fffffffffffff) | (uint64_t)(1000 + r % 49) << 52;
    case 8:                              /* the same of singles */
        r = simd_random(seed);
        r &= 0x81ffffff81ffffff;
        r |= (uint64_t)(110 + simd_random(seed) % 32) << 55;
        return r | (uint64_t)(110 + simd_random(seed) % 32) << 23;
    case 10:                             /* halves of like exponents */
        r = simd_random(seed) & 0x8fff8fff8fff8fff;
        return r | (simd_random(seed) & 0x3000300030003000);
    case 11:                             /* bfloat16: the upper halves of singles */
        for (int i = 0; i < 4; i++) {
            uint64_t x = simd_random(seed);
            r = r << 16 | (x % 3 ? (x >> 16 & 0x83ff) | (0x3c00 + (x >> 32 & 0x600))
                                 : SIMD_PICK(seed, simd_f32) >> 16);
        }
        return r;
    default:
        return simd_random(seed);
    }
}

/* @seed: bits 31..0; above them bits FPCR may have besides 26..22, and (35..32) a kind + 1. */
static inline void simd_state_init(SimdState *s, uint8_t *mem, uint64_t seed)
{
    unsigned forced = seed >> 32 & 15;
    uint64_t fpcr_mask = 0x07c00000 | (seed >> 32 & ~UINT64_C(15));

    seed &= 0xffffffff;
    unsigned kind = simd_random(&seed) % 10;
    kind = forced ? forced - 1 : kind;

    for (unsigned i = 0; i < 4; i++) {
        unsigned k = simd_random(&seed) % 4 ? kind : simd_random(&seed) % 10;
        s->v[i][0] = simd_lanes(&seed, k);
        s->v[i][1] = simd_lanes(&seed, k);
    }
    s->x[0] = simd_random(&seed) % 2 ? SIMD_PICK(&seed, simd_int) : simd_random(&seed);
    s->x[1] = SIMD_MEM_VA + SIMD_MEM_BYTES / 2 + simd_random(&seed) % 16;
    s->x[2] = simd_random(&seed) % 64 - 32;
    s->x[3] = simd_random(&seed);
    s->x[3] >>= simd_random(&seed) % 64;
    s->nzcv = simd_random(&seed) % 16 << 28;
    s->fpcr = simd_random(&seed) % 2 ? 0 : simd_random(&seed) & fpcr_mask;
    s->fpsr = simd_random(&seed) % 4 ? 0 : simd_random(&seed) & 0x0800009f;
    for (unsigned i = 0; i < SIMD_MEM_BYTES / 8; i++) {
        uint64_t word = simd_random(&seed);
        memcpy(mem + 8 * i, &word, 8);
    }
}

/* Of all but v0, x0, NZCV and FPSR. */
static inline uint64_t simd_digest(const SimdState *s, const uint8_t *mem)
{
    uint64_t h = 0;

    for (unsigned i = 1; i < 4; i++) {
        h = (h ^ s->v[i][0]) * 0x100000001b3;
        h = (h ^ s->v[i][1]) * 0x100000001b3;
        h = (h ^ s->x[i]) * 0x100000001b3;
    }
    for (unsigned i = 0; i < SIMD_MEM_BYTES / 8; i++) {
        uint64_t word;
        memcpy(&word, mem + 8 * i, 8);
        h = (h ^ word) * 0x100000001b3;
    }
    return h ^ h >> 32;
}

#endif
