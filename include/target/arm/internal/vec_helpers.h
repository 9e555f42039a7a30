/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Helpers for SIMD and floating-point instructions that have no IR ops.
 *
 * h_v_* work on cpu->v[]: (env, I64 descriptor). They touch no other slot and read and write only
 * the registers their descriptor names, so the translator syncs these (vec_call) and the helper
 * needs neither IRH_READS nor IRH_WRITES. A result of fewer than 16 bytes clears the rest of Rd.
 * h_s_* take and return scalars. Both use FPCR and FPSR in env. None faults.
 */
#ifndef TARGET_ARM_INTERNAL_VEC_HELPERS_H
#define TARGET_ARM_INTERNAL_VEC_HELPERS_H

#include "target/arm/internal/cpu.h"

/* -- Descriptor: shift counts of its fields -- */

enum {
    VD_RD = 0, VD_RN = 5, VD_RM = 10,  /* 5 bits each */
    VD_SIZE = 15,          /* 2: log2 bytes of an element (the narrower one of two sizes) */
    VD_BYTES = 17,         /* 5: bytes written (narrowing: of the half) */
    VD_UPPER = 22,         /* 1: the "2" forms: narrow operands or result in the upper half */
    VD_INDEXED = 23,       /* 1: the second operand is lane INDEX of Rm for every lane */
    VD_INDEX = 24,         /* 3 */
    VD_IMM = 32,           /* 8: shift, fraction bits */
    VD_ROUND = 40,         /* 3: FpuRound, or VD_ROUND_FPCR */
    VD_FLAG = 43,          /* 1: unsigned, exact, rounding: see the helper */
};
#define VD_ROUND_FPCR 7u

static inline unsigned vd_get(uint64_t desc, unsigned at, unsigned bits)
{
    return desc >> at & ((1u << bits) - 1);
}

/* -- Integer, lane by lane (vec_helpers.c) -- */

extern const IrHelper h_v_urecpe, h_v_ursqrte;

/* -- Floating point on vectors (vec_helpers_fp.c); SIZE 1..3 is F16, F32, F64 -- */

extern const IrHelper h_v_fadd, h_v_fsub, h_v_fmul, h_v_fnmul, h_v_fmulx, h_v_fdiv, h_v_fabd;
extern const IrHelper h_v_fmax, h_v_fmin, h_v_fmaxnm, h_v_fminnm, h_v_frecps, h_v_frsqrts;
extern const IrHelper h_v_fcmeq, h_v_fcmge, h_v_fcmgt, h_v_facge, h_v_facgt;
extern const IrHelper h_v_fcmeq0, h_v_fcmge0, h_v_fcmgt0, h_v_fcmle0, h_v_fcmlt0;
extern const IrHelper h_v_fmla, h_v_fmls;
/* (vec_helpers_complex.c) IMM: rotation / 90 degrees; FCADD: 1 or 3 */
extern const IrHelper h_v_fcadd, h_v_fcmla;
extern const IrHelper h_v_fmlal;       /* UPPER; FLAG: products are subtracted */
/* UPPER: one result from the two lowest lanes of Rn. */
extern const IrHelper h_v_faddp, h_v_fmaxp, h_v_fminp, h_v_fmaxnmp, h_v_fminnmp;
extern const IrHelper h_v_fmaxv, h_v_fminv, h_v_fmaxnmv, h_v_fminnmv;
extern const IrHelper h_v_fneg, h_v_fabs;        /* under FPCR.AH */
extern const IrHelper h_v_fsqrt, h_v_frecpe, h_v_frsqrte, h_v_frecpx;
extern const IrHelper h_v_frint;       /* ROUND; FLAG: inexact is reported */
extern const IrHelper h_v_frintts;     /* ROUND; IMM 32 or 64 */
extern const IrHelper h_v_fcvt_int;    /* ROUND; IMM fraction bits; FLAG: unsigned */
extern const IrHelper h_v_cvtf;        /* IMM fraction bits; FLAG: unsigned */
extern const IrHelper h_v_fcvtn, h_v_fcvtl;    /* SIZE: of the narrower; ROUND for fcvtn */

/* -- bfloat16 (vec_helpers_bf16.c) -- */

extern const IrHelper h_v_bfdot;       /* INDEX counts pairs */
extern const IrHelper h_v_bfmmla;      /* RD, RN, RM only */
extern const IrHelper h_v_bfmlal;      /* UPPER: odd lanes of Rn, and of Rm unless INDEXED */
extern const IrHelper h_v_bfcvtn;      /* UPPER */

/* -- Floating point on scalars (fp_helpers.c) -- */

/* (I32 FpuFormat, I64 a) -> I64, under FPCR.AH */
extern const IrHelper h_s_fneg, h_s_fabs;
/* (I64 a) -> I64 */
extern const IrHelper h_s_bfcvt;
/* (I32 format | negate addend << 8 | negate product << 9, I64 addend, I64 a, I64 b) -> I64 */
extern const IrHelper h_s_fmadd;
/* (I32 format | signal quiet NaNs << 8, I64 a, I64 b) -> I32 NZCV in bits 31..28 */
extern const IrHelper h_s_fcmp;
/* The same when bit 9 of the first is set, else its bits 31..28. */
extern const IrHelper h_s_fccmp;
/* (I32 to | from << 8, I64 a) -> I64 */
extern const IrHelper h_s_fcvt;
/* (I64 a) -> I64 with the result in bits 31..0 and Z in bit 62, its place in NZCV << 32 */
extern const IrHelper h_s_fjcvtzs;
/* (I32 format | round << 8 | unsigned << 16 | 64-bit result << 17 | fbits << 24, I64 a) -> I64 */
extern const IrHelper h_s_fcvt_int;
/* (I32 format | unsigned << 16 | fbits << 24, I64 extended to 64 bits) -> I64 */
extern const IrHelper h_s_cvtf;

/* Defines h_v_NAME; the function's body follows. It may use fpu/. */
#define VEC_HELPER(id) VEC_HELPER_WITH(id, IRH_ENV | IRH_FP)
/* The same without the host's floating point: cheaper to call. */
#define VEC_INT_HELPER(id) VEC_HELPER_WITH(id, IRH_ENV)
#define VEC_HELPER_WITH(id, f)                                                                     \
    static void v_##id(void *env, uint64_t desc);                                                  \
    const IrHelper h_v_##id = { .name = #id, .fn = (void *)v_##id, .flags = (f), .ret = IR_NONE,   \
                                .n_args = 1, .args = { IR_I64 } };                                 \
    static void v_##id(void *env, uint64_t desc)

/* -- Shared by the files of helpers -- */

#define ALWAYS_INLINE inline __attribute__((always_inline))

typedef union Vec {
    uint64_t d[2];
    uint32_t s[4];
    uint16_t h[8];
    uint8_t b[16];
} Vec;

static inline Vec vec_read(const ArmCpu *cpu, unsigned r)
{
    return (Vec){ .d = { cpu->v[r][0], cpu->v[r][1] } };
}

/* In one store: generated code reads it in one load, which would wait for two. */
static inline void vec_write(ArmCpu *cpu, uint64_t desc, Vec v)
{
    typedef uint64_t Whole __attribute__((vector_size(16)));
    Whole x = { v.d[0], v.d[1] };

    memcpy(cpu->v[vd_get(desc, VD_RD, 5)], &x, sizeof(x));
}

static ALWAYS_INLINE uint64_t lane_get(const Vec *v, unsigned size, unsigned i)
{
    switch (size) {
    case 0: return v->b[i];
    case 1: return v->h[i];
    case 2: return v->s[i];
    default: return v->d[i];
    }
}

static ALWAYS_INLINE void lane_set(Vec *v, unsigned size, unsigned i, uint64_t x)
{
    switch (size) {
    case 0: v->b[i] = x; break;
    case 1: v->h[i] = x; break;
    case 2: v->s[i] = x; break;
    default: v->d[i] = x; break;
    }
}

#endif
