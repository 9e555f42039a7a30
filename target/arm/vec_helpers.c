/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The integer SIMD instructions that are no IR ops: rare ones, lane by lane. */
#include "vec_helpers.h"

#include "fpu/fpu.h"

typedef __int128 i128;

/* One lane: operands zero-extended, the result is truncated by the caller. @d: old destination. */
typedef uint64_t Lane(ArmCpu *cpu, uint64_t d, uint64_t n, uint64_t m, unsigned bits);

static ALWAYS_INLINE int64_t sx(uint64_t v, unsigned bits)
{
    return (int64_t)(v << (64 - bits)) >> (64 - bits);
}

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

/* (d : 0) + 2 * @product, rounded, its high half saturated */
static ALWAYS_INLINE uint64_t add_high_half(ArmCpu *cpu, uint64_t d, i128 product, unsigned bits)
{
    i128 v = (i128)sx(d, bits) * ((i128)1 << bits) + 2 * product + ((i128)1 << (bits - 1));
    int64_t max = (INT64_C(1) << (bits - 1)) - 1;

    v >>= bits;
    if (v > max || v < -max - 1) {
        cpu->fpsr |= FPSR_QC;
        return v > 0 ? max : -max - 1;
    }
    return v;
}

#define LANE(name)                                                                                 \
    static ALWAYS_INLINE uint64_t lane_##name(ArmCpu *cpu, uint64_t d, uint64_t n, uint64_t m,     \
                                              unsigned bits)

LANE(sqrdmlah) { return add_high_half(cpu, d, (i128)sx(n, bits) * sx(m, bits), bits); }
LANE(sqrdmlsh) { return add_high_half(cpu, d, -(i128)sx(n, bits) * sx(m, bits), bits); }
LANE(urecpe) { return fpu_recip_estimate_u32(n); }
LANE(ursqrte) { return fpu_rsqrt_estimate_u32(n); }

/* 16 and 32 bits. */
static ALWAYS_INLINE void same(void *env, uint64_t desc, Lane *fn)
{
    if (vd_get(desc, VD_SIZE, 2) == 1) {
        same_size(env, desc, fn, 1);
    } else {
        same_size(env, desc, fn, 2);
    }
}

VEC_HELPER(sqrdmlah) { same(env, desc, lane_sqrdmlah); }
VEC_HELPER(sqrdmlsh) { same(env, desc, lane_sqrdmlsh); }
VEC_HELPER(urecpe) { same_size(env, desc, lane_urecpe, 2); }
VEC_HELPER(ursqrte) { same_size(env, desc, lane_ursqrte, 2); }
