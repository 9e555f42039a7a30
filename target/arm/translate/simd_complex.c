/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Floating point of Armv8.2 to 8.5: FEAT_FCMA, FEAT_FHM, FEAT_FRINTTS, FEAT_JSCVT. */
#include "simd.h"

#include "fpu/fpu.h"

/* -- Complex numbers -- */

bool trans_FCADD(Disas *s, const arg_FCADD *a)
{
    return !fp_access_ok(s)
        || vec_call(s, &h_v_fcadd, vec_desc(a->rd, a->rn, a->rm, a->size, 8u << a->q)
                    | (uint64_t)(a->rot ? 3 : 1) << VD_IMM);
}

bool trans_FCMLA(Disas *s, const arg_FCMLA *a)
{
    return !fp_access_ok(s)
        || vec_call(s, &h_v_fcmla, vec_desc(a->rd, a->rn, a->rm, a->size, 8u << a->q)
                    | (uint64_t)a->rot << VD_IMM);
}

/* The index counts pairs: h:lm of halves, h of singles. */
bool trans_FCMLA_x(Disas *s, const arg_FCMLA_x *a)
{
    unsigned index = a->size == 1 ? a->h << 1 | a->lm : a->h;

    return !fp_access_ok(s)
        || vec_call(s, &h_v_fcmla, vec_desc(a->rd, a->rn, a->rm, a->size, 8u << a->q)
                    | vec_index(index) | (uint64_t)a->rot << VD_IMM);
}

/* -- Halves into singles -- */

static uint64_t fmlal_desc(unsigned q, unsigned rd, unsigned rn, unsigned rm, bool sub, bool top)
{
    return vec_desc(rd, rn, rm, 1, 8u << q) | (uint64_t)sub << VD_FLAG | (uint64_t)top << VD_UPPER;
}

bool trans_FMLAL(Disas *s, const arg_FMLAL *a)
{
    return !fp_access_ok(s)
        || vec_call(s, &h_v_fmlal, fmlal_desc(a->q, a->rd, a->rn, a->rm, a->sub, a->top));
}

bool trans_FMLAL_x(Disas *s, const arg_FMLAL_x *a)
{
    return !fp_access_ok(s)
        || vec_call(s, &h_v_fmlal, fmlal_desc(a->q, a->rd, a->rn, a->rm, a->sub, a->top)
                    | vec_index(a->h << 2 | a->lm));
}

/* -- Rounding to what 32 or 64 bits hold; ex = 1: in FPCR's mode, else towards zero -- */

bool trans_FRINTTS_s(Disas *s, const arg_FRINTTS_s *a)
{
    uint32_t how = (FPU_F32 + a->sz) | (a->ex ? VD_ROUND_FPCR : (unsigned)FPU_ZERO) << 8
                 | (32u << a->b64) << 16;

    if (!fp_access_ok(s)) {
        return true;
    }
    return write_fp(s, a->rd, ir_call(s->ir, &h_s_frintts, ir_imm32(s->ir, how),
                                      read_fp(s, a->sz, a->rn)));
}

bool trans_FRINTTS_v(Disas *s, const arg_FRINTTS_v *a)
{
    uint64_t desc = vec_desc(a->rd, a->rn, a->rn, 2 + a->sz, 8u << a->q);

    if (!a->ex) {
        desc = (desc & ~((uint64_t)7 << VD_ROUND)) | (uint64_t)FPU_ZERO << VD_ROUND;
    }
    return !fp_access_ok(s)
        || vec_call(s, &h_v_frintts, desc | (uint64_t)(32u << a->b64) << VD_IMM);
}

/* -- JavaScript's conversion -- */

bool trans_FJCVTZS(Disas *s, const arg_FJCVTZS *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef v = ir_call(s->ir, &h_s_fjcvtzs, read_fp(s, 1, a->rn));
    write_flags(s, ir_nzcvf(s->ir, ir_trunc(s->ir, ir_extract(s->ir, v, 32, 32))));
    write_x(s, a->rd, ir_op2(s->ir, IR_and, v, ir_imm64(s->ir, UINT32_MAX)));
    return true;
}
