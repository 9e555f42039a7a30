/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Floating point on vectors, and the scalar forms of the same instructions (C4.1.96): singles,
 * doubles, and halves (FEAT_FP16).
 */
#include "fp_forms.h"

#include "fpu/fpu.h"

#define FORM3(a) FP_FORM(a, (a)->q, (a)->rm)
#define FORM2(a) FP_FORM(a, (a)->q, (a)->rn)

/* -- Three same -- */

#define THREE_SAME(NAME, op, h)                                                                    \
    bool trans_##NAME(Disas *s, const arg_##NAME *a) { return fp_two(s, FORM3(a), op, &h); }
THREE_SAME(FADD_v, IR_fadd, h_v_fadd)
THREE_SAME(FSUB_v, IR_fsub, h_v_fsub)
THREE_SAME(FMUL_v, IR_fmul, h_v_fmul)
THREE_SAME(FMULX, IR_fmulx, h_v_fmulx)
THREE_SAME(FMAX_v, IR_fmax, h_v_fmax)
THREE_SAME(FMIN_v, IR_fmin, h_v_fmin)
THREE_SAME(FMAXNM_v, IR_fmaxnm, h_v_fmaxnm)
THREE_SAME(FMINNM_v, IR_fminnm, h_v_fminnm)
THREE_SAME(FCMEQ, IR_fcmpeq, h_v_fcmeq)
THREE_SAME(FCMGE, IR_fcmpge, h_v_fcmge)
THREE_SAME(FCMGT, IR_fcmpgt, h_v_fcmgt)
THREE_SAME(FRECPS, IR_frecps, h_v_frecps)
THREE_SAME(FRSQRTS, IR_frsqrts, h_v_frsqrts)

bool trans_FDIV_v(Disas *s, const arg_FDIV_v *a) { return fp_div(s, FORM3(a)); }
bool trans_FABD(Disas *s, const arg_FABD *a) { return fp_abd(s, FORM3(a)); }
bool trans_FMLA_v(Disas *s, const arg_FMLA_v *a) { return fp_mla(s, FORM3(a), false); }
bool trans_FMLS_v(Disas *s, const arg_FMLS_v *a) { return fp_mla(s, FORM3(a), true); }

bool trans_FACGE(Disas *s, const arg_FACGE *a)
{
    return fp_compare_magnitudes(s, FORM3(a), IR_fcmpge, &h_v_facge);
}

bool trans_FACGT(Disas *s, const arg_FACGT *a)
{
    return fp_compare_magnitudes(s, FORM3(a), IR_fcmpgt, &h_v_facgt);
}

/* -- By one element -- */

#define FORMX(a) (&(FpForm){ .q = (a)->q, .size = (a)->size, .rd = (a)->rd, .rn = (a)->rn,         \
                             .rm = (a)->rm, .indexed = true,                                       \
                             .index = (a)->h << (3 - (a)->size) | (a)->lm })

bool trans_FMLA_x(Disas *s, const arg_FMLA_x *a) { return fp_mla(s, FORMX(a), false); }
bool trans_FMLS_x(Disas *s, const arg_FMLS_x *a) { return fp_mla(s, FORMX(a), true); }

bool trans_FMUL_x(Disas *s, const arg_FMUL_x *a)
{
    return fp_two(s, FORMX(a), IR_fmul, &h_v_fmul);
}

bool trans_FMULX_x(Disas *s, const arg_FMULX_x *a)
{
    return fp_two(s, FORMX(a), IR_fmulx, &h_v_fmulx);
}

/* -- Pairs, and across lanes -- */

#define PAIRWISE(NAME, op, h)                                                                      \
    bool trans_##NAME(Disas *s, const arg_##NAME *a) { return fp_pairwise(s, FORM3(a), op, &h); }
PAIRWISE(FADDP_v, IR_fadd, h_v_faddp)
PAIRWISE(FMAXP_v, IR_fmax, h_v_fmaxp)
PAIRWISE(FMINP_v, IR_fmin, h_v_fminp)
PAIRWISE(FMAXNMP_v, IR_fmaxnm, h_v_fmaxnmp)
PAIRWISE(FMINNMP_v, IR_fminnm, h_v_fminnmp)

#define PAIR(NAME, op, h)                                                                          \
    bool trans_##NAME(Disas *s, const arg_##NAME *a)                                               \
    {                                                                                              \
        return fp_pair(s, FP_FORM(a, Q_SCALAR, a->rn), op, &h);                                    \
    }
PAIR(FADDP_s, IR_fadd, h_v_faddp)
PAIR(FMAXP_s, IR_fmax, h_v_fmaxp)
PAIR(FMINP_s, IR_fmin, h_v_fminp)
PAIR(FMAXNMP_s, IR_fmaxnm, h_v_fmaxnmp)
PAIR(FMINNMP_s, IR_fminnm, h_v_fminnmp)

#define ACROSS(NAME, op, h)                                                                        \
    bool trans_##NAME(Disas *s, const arg_##NAME *a) { return fp_across(s, FORM2(a), op, &h); }
ACROSS(FMAXV, IR_fmax, h_v_fmaxv)
ACROSS(FMINV, IR_fmin, h_v_fminv)
ACROSS(FMAXNMV, IR_fmaxnm, h_v_fmaxnmv)
ACROSS(FMINNMV, IR_fminnm, h_v_fminnmv)

/* -- Two-register miscellaneous -- */

#define HELPER2(NAME, h)                                                                           \
    bool trans_##NAME(Disas *s, const arg_##NAME *a) { return fp_helper(s, FORM2(a), &h); }
HELPER2(FRECPE, h_v_frecpe)
HELPER2(FRSQRTE, h_v_frsqrte)
HELPER2(FRECPX, h_v_frecpx)

bool trans_FSQRT_v(Disas *s, const arg_FSQRT_v *a)
{
    return fp_one(s, FORM2(a), IR_fsqrt, 0, &h_v_fsqrt, fp_desc(FORM2(a)));
}

#define COMPARE_ZERO(NAME, op, first, h)                                                           \
    bool trans_##NAME(Disas *s, const arg_##NAME *a)                                               \
    {                                                                                              \
        return fp_compare_zero(s, FORM2(a), op, first, &h);                                        \
    }
COMPARE_ZERO(FCMGT_z, IR_fcmpgt, false, h_v_fcmgt0)
COMPARE_ZERO(FCMGE_z, IR_fcmpge, false, h_v_fcmge0)
COMPARE_ZERO(FCMEQ_z, IR_fcmpeq, false, h_v_fcmeq0)
COMPARE_ZERO(FCMLE_z, IR_fcmpge, true, h_v_fcmle0)
COMPARE_ZERO(FCMLT_z, IR_fcmpgt, true, h_v_fcmlt0)

bool trans_FABS_v(Disas *s, const arg_FABS_v *a) { return fp_sign(s, FORM2(a), IR_vandc); }
bool trans_FNEG_v(Disas *s, const arg_FNEG_v *a) { return fp_sign(s, FORM2(a), IR_vxor); }

/* -- Rounding and conversion; mode is an FpuRound -- */

bool trans_FRINT_v(Disas *s, const arg_FRINT_v *a)
{
    return fp_round(s, FORM2(a), a->mode, false);
}

bool trans_FRINTX_v(Disas *s, const arg_FRINTX_v *a)
{
    return fp_round(s, FORM2(a), VD_ROUND_FPCR, true);
}

bool trans_FRINTI_v(Disas *s, const arg_FRINTI_v *a)
{
    return fp_round(s, FORM2(a), VD_ROUND_FPCR, false);
}

bool trans_FCVT_vi(Disas *s, const arg_FCVT_vi *a)
{
    return fp_to_int(s, FORM2(a), a->mode, a->uns, 0);
}

bool trans_SCVTF_v(Disas *s, const arg_SCVTF_v *a) { return fp_from_int(s, FORM2(a), false, 0); }
bool trans_UCVTF_v(Disas *s, const arg_UCVTF_v *a) { return fp_from_int(s, FORM2(a), true, 0); }

/* Fixed point: imm is the element's bits minus the fraction bits. */
#define FBITS(a) ((8u << (2 + (a)->sz)) - (a)->imm)

bool trans_FCVTZS_vf(Disas *s, const arg_FCVTZS_vf *a)
{
    return fp_to_int(s, FORM2(a), FPU_ZERO, false, FBITS(a));
}

bool trans_FCVTZU_vf(Disas *s, const arg_FCVTZU_vf *a)
{
    return fp_to_int(s, FORM2(a), FPU_ZERO, true, FBITS(a));
}

bool trans_SCVTF_vf(Disas *s, const arg_SCVTF_vf *a)
{
    return fp_from_int(s, FORM2(a), false, FBITS(a));
}

bool trans_UCVTF_vf(Disas *s, const arg_UCVTF_vf *a)
{
    return fp_from_int(s, FORM2(a), true, FBITS(a));
}

/* -- Between formats: sz = 0 half and single, 1 single and double -- */

bool trans_FCVTN_v(Disas *s, const arg_FCVTN_v *a)
{
    uint64_t desc = vec_desc(a->rd, a->rn, a->rn, 1 + a->sz, 8) | (uint64_t)a->q << VD_UPPER;

    return fp_done(s, &h_v_fcvtn, desc)
        || write_narrow(s, a->q, a->rd, fp_op1(s, IR_fcvt, read_v(s, a->rn),
                                               (1 + a->sz) | IR_FP_ALL, 2 + a->sz));
}

bool trans_FCVTXN(Disas *s, const arg_FCVTXN *a)
{
    FpForm f = { .q = a->q == Q_SCALAR ? Q_SCALAR : 0, .size = 2, .rd = a->rd, .rn = a->rn,
                 .rm = a->rn };

    return !fp_access_ok(s) || vec_call(s, &h_v_fcvtn, fp_desc_round(&f, FPU_ODD)
                                        | (uint64_t)(a->q == 1) << VD_UPPER);
}

bool trans_FCVTL_v(Disas *s, const arg_FCVTL_v *a)
{
    uint64_t desc = vec_desc(a->rd, a->rn, a->rn, 1 + a->sz, 16) | (uint64_t)a->q << VD_UPPER;

    return fp_done(s, &h_v_fcvtl, desc)
        || write_vq(s, 1, a->rd, fp_op1(s, IR_fcvt, read_half(s, a->q, a->rn),
                                        (2 + a->sz) | IR_FP_ALL, 1 + a->sz));
}
