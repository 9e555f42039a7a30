/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Integer SIMD helpers: saturating, shifting by register, widening and narrowing. */
#include "vec_helpers.h"

#include "fpu/fpu.h"

typedef __int128 i128;

/* One lane: operands zero-extended, the result is truncated by the caller. @d: old destination. */
typedef uint64_t Lane(ArmCpu *cpu, uint64_t d, uint64_t n, uint64_t m, unsigned bits);

static ALWAYS_INLINE int64_t sx(uint64_t v, unsigned bits)
{
    return (int64_t)(v << (64 - bits)) >> (64 - bits);
}

static ALWAYS_INLINE uint64_t ones(unsigned bits) { return ~UINT64_C(0) >> (64 - bits); }

static ALWAYS_INLINE uint64_t sat_s(ArmCpu *cpu, i128 v, unsigned bits)
{
    int64_t max = ones(bits) >> 1;

    if (v > max || v < -(i128)max - 1) {
        cpu->fpsr |= FPSR_QC;
        return v > 0 ? max : -max - 1;
    }
    return v;
}

static ALWAYS_INLINE uint64_t sat_u(ArmCpu *cpu, i128 v, unsigned bits)
{
    if (v < 0 || v > (i128)ones(bits)) {
        cpu->fpsr |= FPSR_QC;
        return v < 0 ? 0 : ones(bits);
    }
    return v;
}

/* -- Loops -- */

static ALWAYS_INLINE void same_size(ArmCpu *cpu, uint64_t desc, Lane *fn, unsigned size)
{
    Vec d = vec_read(cpu, vd_get(desc, VD_RD, 5)), n = vec_read(cpu, vd_get(desc, VD_RN, 5));
    Vec m = vec_read(cpu, vd_get(desc, VD_RM, 5)), r = { .d = { 0, 0 } };
    unsigned lanes = vd_get(desc, VD_BYTES, 5) >> size;
    unsigned index = vd_get(desc, VD_INDEX, 3), step = !vd_get(desc, VD_INDEXED, 1);

    for (unsigned i = 0; i < lanes; i++, index += step) {
        lane_set(&r, size, i, fn(cpu, lane_get(&d, size, i), lane_get(&n, size, i),
                                 lane_get(&m, size, index), 8u << size));
    }
    vec_write(cpu, desc, r);
}

/* Lane i from lanes i. */
static ALWAYS_INLINE void same(void *env, uint64_t desc, Lane *fn)
{
    switch (vd_get(desc, VD_SIZE, 2)) {
    case 0: same_size(env, desc, fn, 0); break;
    case 1: same_size(env, desc, fn, 1); break;
    case 2: same_size(env, desc, fn, 2); break;
    default: same_size(env, desc, fn, 3); break;
    }
}

static ALWAYS_INLINE void widen_size(ArmCpu *cpu, uint64_t desc, Lane *fn, unsigned size)
{
    Vec d = vec_read(cpu, vd_get(desc, VD_RD, 5)), n = vec_read(cpu, vd_get(desc, VD_RN, 5));
    Vec m = vec_read(cpu, vd_get(desc, VD_RM, 5)), r = { .d = { 0, 0 } };
    unsigned lanes = vd_get(desc, VD_BYTES, 5) >> (size + 1);
    unsigned first = vd_get(desc, VD_UPPER, 1) ? 8u >> size : 0;
    unsigned step = !vd_get(desc, VD_INDEXED, 1);
    unsigned index = step ? first : vd_get(desc, VD_INDEX, 3);

    for (unsigned i = 0; i < lanes; i++, index += step) {
        lane_set(&r, size + 1, i, fn(cpu, lane_get(&d, size + 1, i), lane_get(&n, size, first + i),
                                     lane_get(&m, size, index), 8u << size));
    }
    vec_write(cpu, desc, r);
}

/* Lane i of double size from lanes i of a half. */
static ALWAYS_INLINE void widen(void *env, uint64_t desc, Lane *fn)
{
    switch (vd_get(desc, VD_SIZE, 2)) {
    case 0: widen_size(env, desc, fn, 0); break;
    case 1: widen_size(env, desc, fn, 1); break;
    default: widen_size(env, desc, fn, 2); break;
    }
}

/* Sums of two elements fit 64 bits but for the largest; the compiler then drops the other half. */
static ALWAYS_INLINE i128 add_s(int64_t a, int64_t b, unsigned bits)
{
    return bits < 64 ? (i128)(a + b) : (i128)a + b;
}

/* n >> shift with optional rounding, of an element of at most 64 bits. */
static ALWAYS_INLINE i128 shift_right(i128 n, unsigned shift, bool round)
{
    if (shift == 0) {
        return n;
    }
    return (n + (round ? (i128)1 << (shift - 1) : 0)) >> shift;
}

typedef uint64_t Saturate(ArmCpu *cpu, i128 v, unsigned bits);

static ALWAYS_INLINE void narrow_size(ArmCpu *cpu, uint64_t desc, Saturate *fn, bool is_signed,
                                      unsigned size)
{
    Vec n = vec_read(cpu, vd_get(desc, VD_RN, 5)), half = { .d = { 0, 0 } };
    Vec r = vec_read(cpu, vd_get(desc, VD_RD, 5));
    unsigned lanes = vd_get(desc, VD_BYTES, 5) >> size;
    unsigned shift = vd_get(desc, VD_IMM, 8);
    bool round = vd_get(desc, VD_FLAG, 1);

    for (unsigned i = 0; i < lanes; i++) {
        uint64_t v = lane_get(&n, size + 1, i);
        i128 wide = is_signed ? (i128)sx(v, 16u << size) : (i128)v;
        if (size < 2) {
            int64_t add = round ? INT64_C(1) << shift >> 1 : 0;
            wide = ((int64_t)wide + add) >> shift;
        } else {
            wide = shift_right(wide, shift, round);
        }
        lane_set(&half, size, i, fn(cpu, wide, 8u << size));
    }
    if (vd_get(desc, VD_UPPER, 1)) {
        r.d[1] = half.d[0];
    } else {
        r = half;
    }
    vec_write(cpu, desc, r);
}

static ALWAYS_INLINE void narrow(void *env, uint64_t desc, Saturate *fn, bool is_signed)
{
    switch (vd_get(desc, VD_SIZE, 2)) {
    case 0: narrow_size(env, desc, fn, is_signed, 0); break;
    case 1: narrow_size(env, desc, fn, is_signed, 1); break;
    default: narrow_size(env, desc, fn, is_signed, 2); break;
    }
}

VEC_HELPER(sqshrn) { narrow(env, desc, sat_s, true); }
VEC_HELPER(uqshrn) { narrow(env, desc, sat_u, false); }
VEC_HELPER(sqshrun) { narrow(env, desc, sat_u, true); }

/* -- Saturating addition and its kin -- */

#define LANE(name)                                                                                 \
    static ALWAYS_INLINE uint64_t lane_##name(ArmCpu *cpu, uint64_t d, uint64_t n, uint64_t m,     \
                                              unsigned bits)

LANE(sqadd) { return sat_s(cpu, add_s(sx(n, bits), sx(m, bits), bits), bits); }
LANE(uqadd) { return sat_u(cpu, bits < 64 ? (i128)(int64_t)(n + m) : (i128)n + m, bits); }
LANE(sqsub)
{
    int64_t a = sx(n, bits), b = sx(m, bits);

    return sat_s(cpu, bits < 64 ? (i128)(a - b) : (i128)a - b, bits);
}
LANE(uqsub) { return sat_u(cpu, bits < 64 ? (i128)(int64_t)(n - m) : (i128)n - m, bits); }
LANE(suqadd) { return sat_s(cpu, (i128)sx(d, bits) + n, bits); }
LANE(usqadd) { return sat_u(cpu, (i128)d + sx(n, bits), bits); }
LANE(sqabs) { return sat_s(cpu, sx(n, bits) < 0 ? -(i128)sx(n, bits) : sx(n, bits), bits); }
LANE(sqneg) { return sat_s(cpu, -(i128)sx(n, bits), bits); }

VEC_HELPER(sqadd) { same(env, desc, lane_sqadd); }
VEC_HELPER(uqadd) { same(env, desc, lane_uqadd); }
VEC_HELPER(sqsub) { same(env, desc, lane_sqsub); }
VEC_HELPER(uqsub) { same(env, desc, lane_uqsub); }
VEC_HELPER(suqadd) { same(env, desc, lane_suqadd); }
VEC_HELPER(usqadd) { same(env, desc, lane_usqadd); }
VEC_HELPER(sqabs) { same(env, desc, lane_sqabs); }
VEC_HELPER(sqneg) { same(env, desc, lane_sqneg); }

LANE(clz) { return n ? __builtin_clzll(n) - (64 - bits) : bits; }
LANE(cls)
{
    uint64_t v = (uint64_t)(sx(n, bits) ^ sx(n, bits) >> 1);

    return lane_clz(cpu, d, v & ones(bits) >> 1, m, bits) - 1;
}

VEC_HELPER(clz) { same(env, desc, lane_clz); }
VEC_HELPER(cls) { same(env, desc, lane_cls); }

/* -- Shifts by register: left by the signed low byte of the second operand -- */

static ALWAYS_INLINE uint64_t shift_reg(i128 n, uint64_t m, unsigned bits, bool round)
{
    int shift = (int8_t)m;

    if (shift < 0) {
        /* Beyond 66 places nothing changes any more. */
        return shift_right(n, shift < -66 ? 66 : -shift, round);
    }
    return shift >= (int)bits ? 0 : (uint64_t)n << shift;
}

/* The same, saturating; @n has the sign of its type. */
static ALWAYS_INLINE uint64_t shift_reg_sat(ArmCpu *cpu, i128 n, uint64_t m, unsigned bits,
                                            bool round, Saturate *fn)
{
    int shift = (int8_t)m;

    if (shift < 0) {
        return shift_reg(n, m, bits, round);
    }
    if (shift >= (int)bits) {                 /* out of range unless 0, on the same side */
        return n == 0 ? 0 : fn(cpu, n < 0 ? -((i128)1 << 100) : (i128)1 << 100, bits);
    }
    return fn(cpu, n * ((i128)1 << shift), bits);
}

LANE(sshl) { return shift_reg(sx(n, bits), m, bits, false); }
LANE(ushl) { return shift_reg(n, m, bits, false); }
LANE(srshl) { return shift_reg(sx(n, bits), m, bits, true); }
LANE(urshl) { return shift_reg(n, m, bits, true); }
LANE(sqshl) { return shift_reg_sat(cpu, sx(n, bits), m, bits, false, sat_s); }
LANE(uqshl) { return shift_reg_sat(cpu, n, m, bits, false, sat_u); }
LANE(sqrshl) { return shift_reg_sat(cpu, sx(n, bits), m, bits, true, sat_s); }
LANE(uqrshl) { return shift_reg_sat(cpu, n, m, bits, true, sat_u); }
LANE(sqshlu) { return shift_reg_sat(cpu, sx(n, bits), m, bits, false, sat_u); }

VEC_HELPER(sshl) { same(env, desc, lane_sshl); }
VEC_HELPER(ushl) { same(env, desc, lane_ushl); }
VEC_HELPER(srshl) { same(env, desc, lane_srshl); }
VEC_HELPER(urshl) { same(env, desc, lane_urshl); }
VEC_HELPER(sqshl) { same(env, desc, lane_sqshl); }
VEC_HELPER(uqshl) { same(env, desc, lane_uqshl); }
VEC_HELPER(sqrshl) { same(env, desc, lane_sqrshl); }
VEC_HELPER(uqrshl) { same(env, desc, lane_uqrshl); }

/* By immediate: not speed-critical, so the size is a variable here. */
static void shift_imm(ArmCpu *cpu, uint64_t desc, Lane *fn)
{
    Vec n = vec_read(cpu, vd_get(desc, VD_RN, 5)), r = { .d = { 0, 0 } };
    unsigned size = vd_get(desc, VD_SIZE, 2), lanes = vd_get(desc, VD_BYTES, 5) >> size;

    for (unsigned i = 0; i < lanes; i++) {
        lane_set(&r, size, i, fn(cpu, 0, lane_get(&n, size, i), vd_get(desc, VD_IMM, 8),
                                 8u << size));
    }
    vec_write(cpu, desc, r);
}

VEC_HELPER(sqshl_i) { shift_imm(env, desc, lane_sqshl); }
VEC_HELPER(uqshl_i) { shift_imm(env, desc, lane_uqshl); }
VEC_HELPER(sqshlu_i) { shift_imm(env, desc, lane_sqshlu); }

/* -- Multiplication -- */

static ALWAYS_INLINE i128 product(uint64_t n, uint64_t m, unsigned bits)
{
    return (i128)sx(n, bits) * sx(m, bits);
}

/* (acc : 0) + 2 * product, rounded if asked for, high half, saturated */
static ALWAYS_INLINE uint64_t high_half(ArmCpu *cpu, int64_t acc, i128 p, bool round, unsigned bits)
{
    i128 v = (i128)acc * ((i128)1 << bits) + 2 * p;

    if (bits == 16) {
        int64_t w = acc * (INT64_C(1) << 16) + 2 * (int64_t)p + (round ? 1 << 15 : 0);
        return sat_s(cpu, w >> 16, bits);
    }
    return sat_s(cpu, (v + (round ? (i128)1 << (bits - 1) : 0)) >> bits, bits);
}

LANE(sqdmulh) { return high_half(cpu, 0, product(n, m, bits), false, bits); }
LANE(sqrdmulh) { return high_half(cpu, 0, product(n, m, bits), true, bits); }
LANE(sqrdmlah) { return high_half(cpu, sx(d, bits), product(n, m, bits), true, bits); }
LANE(sqrdmlsh) { return high_half(cpu, sx(d, bits), -product(n, m, bits), true, bits); }

VEC_HELPER(sqdmulh) { same(env, desc, lane_sqdmulh); }
VEC_HELPER(sqrdmulh) { same(env, desc, lane_sqrdmulh); }
VEC_HELPER(sqrdmlah) { same(env, desc, lane_sqrdmlah); }
VEC_HELPER(sqrdmlsh) { same(env, desc, lane_sqrdmlsh); }

LANE(smull) { return sx(n, bits) * sx(m, bits); }
LANE(umull) { return n * m; }
LANE(smlal) { return d + sx(n, bits) * sx(m, bits); }
LANE(umlal) { return d + n * m; }
LANE(smlsl) { return d - sx(n, bits) * sx(m, bits); }
LANE(umlsl) { return d - n * m; }
LANE(sqdmull) { return sat_s(cpu, 2 * product(n, m, bits), 2 * bits); }
LANE(sqdmlal)
{
    int64_t p = sat_s(cpu, 2 * product(n, m, bits), 2 * bits);

    return sat_s(cpu, (i128)sx(d, 2 * bits) + p, 2 * bits);
}
LANE(sqdmlsl)
{
    int64_t p = sat_s(cpu, 2 * product(n, m, bits), 2 * bits);

    return sat_s(cpu, (i128)sx(d, 2 * bits) - p, 2 * bits);
}

VEC_HELPER(smull) { widen(env, desc, lane_smull); }
VEC_HELPER(umull) { widen(env, desc, lane_umull); }
VEC_HELPER(smlal) { widen(env, desc, lane_smlal); }
VEC_HELPER(umlal) { widen(env, desc, lane_umlal); }
VEC_HELPER(smlsl) { widen(env, desc, lane_smlsl); }
VEC_HELPER(umlsl) { widen(env, desc, lane_umlsl); }
VEC_HELPER(sqdmull) { widen(env, desc, lane_sqdmull); }
VEC_HELPER(sqdmlal) { widen(env, desc, lane_sqdmlal); }
VEC_HELPER(sqdmlsl) { widen(env, desc, lane_sqdmlsl); }

LANE(urecpe) { return fpu_recip_estimate_u32(n); }
LANE(ursqrte) { return fpu_rsqrt_estimate_u32(n); }

VEC_HELPER(urecpe) { same_size(env, desc, lane_urecpe, 2); }
VEC_HELPER(ursqrte) { same_size(env, desc, lane_ursqrte, 2); }
