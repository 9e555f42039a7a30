/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fp_exact.h"

#include <assert.h>
#include <string.h>

#include "tcg/ir.h"
#include "util/bits.h"

_Static_assert((int)IR_FR_NEAREST == FPU_NEAREST && (int)IR_FR_UP == FPU_UP
               && (int)IR_FR_DOWN == FPU_DOWN && (int)IR_FR_ZERO == FPU_ZERO
               && (int)IR_FR_AWAY == FPU_AWAY, "rounding modes have the same numbers");
_Static_assert((int)IR_FX_INVALID == FPU_IOC && (int)IR_FX_DIVZERO == FPU_DZC
               && (int)IR_FX_OVERFLOW == FPU_OFC && (int)IR_FX_UNDERFLOW == FPU_UFC
               && (int)IR_FX_INEXACT == FPU_IXC && (int)IR_FX_DENORMAL == FPU_IDC,
               "exceptions have the same numbers");

typedef struct Exact {
    IrOp op;
    unsigned aux2, size;                /* log2 bytes of a result's element */
    FpuFormat f;                        /* of the result, or of the source of an integer */
    FpuMode mode;
    uint32_t *flags;
} Exact;

static uint64_t lane(const uint64_t *v, unsigned size, unsigned i)
{
    uint64_t r = 0;

    memcpy(&r, (const uint8_t *)v + (i << size), (size_t)1 << size);
    return r;
}

static uint64_t mask_of(const Exact *e, bool b) { return b ? MASK((8u << e->size) - 1, 0) : 0; }

static uint64_t compare(const Exact *e, uint64_t a, uint64_t b)
{
    FpuOrder o = fpu_compare(e->f, a, b, e->op != IR_fcmpeq, e->mode, e->flags);

    return mask_of(e, o == FPU_GREATER ? e->op != IR_fcmpeq
                      : o == FPU_EQUAL && e->op != IR_fcmpgt);
}

static FpuMode rounding(const Exact *e)
{
    FpuMode mode = e->mode;

    if ((e->aux2 & 7) != IR_FR_CURRENT) {
        mode.round = e->aux2 & 7;
    }
    return mode;
}

static uint64_t to_int(const Exact *e, uint64_t a, unsigned bits)
{
    return fpu_to_int(e->f, a, 0, bits, !(e->aux2 & IR_FP_UNSIGNED), rounding(e), e->flags);
}

static uint64_t to_int_modulo(const Exact *e, uint64_t a)
{
    bool exact;

    return fpu_to_int_js(a, &exact, e->mode, e->flags);
}

static uint64_t round_int(const Exact *e, uint64_t a)
{
    if (e->aux2 & (IR_FP_WITHIN_32 | IR_FP_WITHIN_64)) {
        return fpu_round_int_n(e->f, a, e->aux2 & IR_FP_WITHIN_32 ? 32 : 64, rounding(e), e->flags);
    }
    return fpu_round_int(e->f, a, e->aux2 & IR_FP_EXACT, rounding(e), e->flags);
}

static uint64_t from_int(const Exact *e, uint64_t a, unsigned bits)
{
    bool is_signed = !(e->aux2 & IR_FP_FROM_UNSIGNED);

    a = is_signed ? (uint64_t)sextract64(a, 0, bits) : a;
    return fpu_from_int(e->f, a, e->aux2 & 127, is_signed, e->mode, e->flags);
}

static uint64_t fused(const Exact *e, uint64_t a, uint64_t b, uint64_t c)
{
    a = e->aux2 & 1 ? fpu_neg(e->f, a) : a;
    b = e->aux2 & 2 ? fpu_neg(e->f, b) : b;
    return fpu_fma(e->f, a, b, c, e->mode, e->flags);
}

/* As a factor of at most 2^64 it is a number of every format but the half. */
static uint64_t scaled(const Exact *e, uint64_t a)
{
    FpuMode mode = { .round = FPU_ZERO, .fz = e->mode.fz };
    uint32_t none = 0;
    uint64_t factor = fpu_from_int(e->f, 1, 0, false, mode, &none);

    for (unsigned n = e->aux2; n; n--) {
        factor = fpu_add(e->f, factor, factor, mode, &none);
    }
    uint64_t r = fpu_mul(e->f, a, factor, mode, &none);
    return fpu_abs(e->f, a) > fpu_inf_bits(e->f) ? a : r;
}

/* Only flushing makes it something to report. */
static uint64_t note_denormal(const Exact *e, uint64_t a)
{
    uint64_t least = e->f == FPU_F64 ? UINT64_C(1) << 52 : 1u << 23, mag = fpu_abs(e->f, a);

    *e->flags |= e->mode.fz && mag && mag < least ? FPU_IDC : 0;
    return a;
}

static uint64_t one_lane(const Exact *e, uint64_t a, uint64_t b, uint64_t c)
{
    switch (e->op) {
    case IR_fadd:   return fpu_add(e->f, a, b, e->mode, e->flags);
    case IR_fsub:   return fpu_sub(e->f, a, b, e->mode, e->flags);
    case IR_fmul:   return fpu_mul(e->f, a, b, e->mode, e->flags);
    case IR_fdiv:   return fpu_div(e->f, a, b, e->mode, e->flags);
    case IR_fsqrt:  return fpu_sqrt(e->f, a, e->mode, e->flags);
    case IR_fma:    return fused(e, a, b, c);
    case IR_fmah:   return fpu_fma_half(a, b, c, e->mode, e->flags);
    case IR_fmulx:  return fpu_mulx(e->f, a, b, e->mode, e->flags);
    case IR_frecps: return fpu_recip_step(e->f, a, b, e->mode, e->flags);
    case IR_frsqrts: return fpu_rsqrt_step(e->f, a, b, e->mode, e->flags);
    case IR_fscale: return scaled(e, a);
    case IR_fdenorm: return note_denormal(e, a);
    case IR_fmax:   return fpu_max(e->f, a, b, e->mode, e->flags);
    case IR_fmin:   return fpu_min(e->f, a, b, e->mode, e->flags);
    case IR_fmaxnm: return fpu_maxnm(e->f, a, b, e->mode, e->flags);
    case IR_fminnm: return fpu_minnm(e->f, a, b, e->mode, e->flags);
    case IR_fcmpeq: case IR_fcmpge: case IR_fcmpgt: return compare(e, a, b);
    case IR_fcvt:   return fpu_convert(e->f, e->aux2 - 1, a, e->mode, e->flags);
    case IR_frint:  return round_int(e, a);
    case IR_fvtoi:  return to_int(e, a, 8u << e->size);
    case IR_ffromi: return from_int(e, a, 64);
    case IR_fvfromi: return from_int(e, a, 8u << e->size);
    default:
        assert(!"not a floating-point op");
        return 0;
    }
}

static uint64_t flags_of_compare(const Exact *e, uint64_t a, uint64_t b)
{
    static const uint32_t nzcv[] = {
        [FPU_LESS] = 0x80000000, [FPU_EQUAL] = 0x60000000, [FPU_GREATER] = 0x20000000,
        [FPU_UNORDERED] = 0x30000000,
    };

    return ir_nzcv_to_envflags(nzcv[fpu_compare(e->f, a, b, e->aux2, e->mode, e->flags)]);
}

void fp_exact(FpInfo info, FpuMode mode, uint64_t v[6], uint32_t *flags)
{
    unsigned aux = info >> 8 & 0xff, size = aux & IR_FP_SIZE;
    Exact e = { .op = (IrOp)(info & 0xff), .aux2 = info >> 16 & 0xff, .size = size,
                .f = (FpuFormat)(size - 1), .mode = mode, .flags = flags };
    unsigned from = e.op == IR_fcvt ? e.aux2 : size;
    unsigned factor = e.op == IR_fmah ? 1 : size;
    unsigned lanes = aux & IR_FP_ALL ? 16u >> MAX(from, size) : 1;
    uint64_t r[2] = { 0, 0 };

    if (e.op == IR_fcmp) {
        r[0] = flags_of_compare(&e, lane(v, size, 0), lane(v + 2, size, 0));
    } else if (e.op == IR_ftoi) {
        r[0] = e.aux2 & IR_FP_MODULO ? to_int_modulo(&e, v[0])
             : to_int(&e, lane(v, size, 0), info >> 24 == IR_I64 ? 64 : 32);
    } else if (e.op == IR_ffromi) {
        r[0] = one_lane(&e, v[0], 0, 0);
    } else {
        for (unsigned i = 0; i < lanes; i++) {
            uint64_t x = one_lane(&e, lane(v, from, i), lane(v + 2, factor, i),
                                  lane(v + 4, factor, i));
            memcpy((uint8_t *)r + (i << size), &x, (size_t)1 << size);
        }
    }
    v[0] = r[0];
    v[1] = r[1];
}
