/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Half-precision vectors, and the scalar forms of the same instructions (FEAT_FP16). */
#include "fp_forms.h"

#include "fpu/fpu.h"

#define FORM3(a) (&(FpForm){ .q = (a)->q, .size = 1, .rd = (a)->rd, .rn = (a)->rn, .rm = (a)->rm })
#define FORM2(a) (&(FpForm){ .q = (a)->q, .size = 1, .rd = (a)->rd, .rn = (a)->rn, .rm = (a)->rn })
#define FORMX(a) (&(FpForm){ .q = (a)->q, .size = 1, .rd = (a)->rd, .rn = (a)->rn, .rm = (a)->rm,  \
                             .indexed = true, .index = (a)->h << 2 | (a)->lm })

/* -- Three same -- */

#define THREE_SAME(NAME, op, h)                                                                    \
    bool trans_##NAME(Disas *s, const arg_##NAME *a) { return fp_two(s, FORM3(a), op, &h); }
THREE_SAME(FADD_vh, IR_fadd, h_v_fadd)
THREE_SAME(FSUB_vh, IR_fsub, h_v_fsub)
THREE_SAME(FMUL_vh, IR_fmul, h_v_fmul)
THREE_SAME(FMULX_vh, IR_fmulx, h_v_fmulx)
THREE_SAME(FMAX_vh, IR_fmax, h_v_fmax)
THREE_SAME(FMIN_vh, IR_fmin, h_v_fmin)
THREE_SAME(FMAXNM_vh, IR_fmaxnm, h_v_fmaxnm)
THREE_SAME(FMINNM_vh, IR_fminnm, h_v_fminnm)
THREE_SAME(FCMEQ_vh, IR_fcmpeq, h_v_fcmeq)
THREE_SAME(FCMGE_vh, IR_fcmpge, h_v_fcmge)
THREE_SAME(FCMGT_vh, IR_fcmpgt, h_v_fcmgt)
THREE_SAME(FRECPS_vh, IR_frecps, h_v_frecps)
THREE_SAME(FRSQRTS_vh, IR_frsqrts, h_v_frsqrts)

bool trans_FDIV_vh(Disas *s, const arg_FDIV_vh *a) { return fp_div(s, FORM3(a)); }
bool trans_FABD_vh(Disas *s, const arg_FABD_vh *a) { return fp_abd(s, FORM3(a)); }
bool trans_FMLA_vh(Disas *s, const arg_FMLA_vh *a) { return fp_mla(s, FORM3(a), false); }
bool trans_FMLS_vh(Disas *s, const arg_FMLS_vh *a) { return fp_mla(s, FORM3(a), true); }
bool trans_FMLA_xh(Disas *s, const arg_FMLA_xh *a) { return fp_mla(s, FORMX(a), false); }
bool trans_FMLS_xh(Disas *s, const arg_FMLS_xh *a) { return fp_mla(s, FORMX(a), true); }

bool trans_FMUL_xh(Disas *s, const arg_FMUL_xh *a)
{
    return fp_two(s, FORMX(a), IR_fmul, &h_v_fmul);
}

bool trans_FMULX_xh(Disas *s, const arg_FMULX_xh *a)
{
    return fp_two(s, FORMX(a), IR_fmulx, &h_v_fmulx);
}

bool trans_FACGE_vh(Disas *s, const arg_FACGE_vh *a)
{
    return fp_compare_magnitudes(s, FORM3(a), IR_fcmpge, &h_v_facge);
}

bool trans_FACGT_vh(Disas *s, const arg_FACGT_vh *a)
{
    return fp_compare_magnitudes(s, FORM3(a), IR_fcmpgt, &h_v_facgt);
}

/* -- Pairs, and across lanes -- */

#define PAIRWISE(NAME, op, h)                                                                      \
    bool trans_##NAME(Disas *s, const arg_##NAME *a) { return fp_pairwise(s, FORM3(a), op, &h); }
PAIRWISE(FADDP_vh, IR_fadd, h_v_faddp)
PAIRWISE(FMAXP_vh, IR_fmax, h_v_fmaxp)
PAIRWISE(FMINP_vh, IR_fmin, h_v_fminp)
PAIRWISE(FMAXNMP_vh, IR_fmaxnm, h_v_fmaxnmp)
PAIRWISE(FMINNMP_vh, IR_fminnm, h_v_fminnmp)

#define PAIR(NAME, op, h)                                                                          \
    bool trans_##NAME(Disas *s, const arg_##NAME *a)                                               \
    {                                                                                              \
        FpForm f = { .q = Q_SCALAR, .size = 1, .rd = a->rd, .rn = a->rn, .rm = a->rn };            \
        return fp_pair(s, &f, op, &h);                                                             \
    }
PAIR(FADDP_h, IR_fadd, h_v_faddp)
PAIR(FMAXP_h, IR_fmax, h_v_fmaxp)
PAIR(FMINP_h, IR_fmin, h_v_fminp)
PAIR(FMAXNMP_h, IR_fmaxnm, h_v_fmaxnmp)
PAIR(FMINNMP_h, IR_fminnm, h_v_fminnmp)

#define ACROSS(NAME, op, h)                                                                        \
    bool trans_##NAME(Disas *s, const arg_##NAME *a) { return fp_across(s, FORM2(a), op, &h); }
ACROSS(FMAXV_vh, IR_fmax, h_v_fmaxv)
ACROSS(FMINV_vh, IR_fmin, h_v_fminv)
ACROSS(FMAXNMV_vh, IR_fmaxnm, h_v_fmaxnmv)
ACROSS(FMINNMV_vh, IR_fminnm, h_v_fminnmv)

/* -- Two-register miscellaneous -- */

#define HELPER2(NAME, h)                                                                           \
    bool trans_##NAME(Disas *s, const arg_##NAME *a) { return fp_helper(s, FORM2(a), &h); }
HELPER2(FRECPE_vh, h_v_frecpe)
HELPER2(FRSQRTE_vh, h_v_frsqrte)
HELPER2(FRECPX_vh, h_v_frecpx)

bool trans_FSQRT_vh(Disas *s, const arg_FSQRT_vh *a)
{
    return fp_one(s, FORM2(a), IR_fsqrt, 0, &h_v_fsqrt, fp_desc(FORM2(a)));
}

#define COMPARE_ZERO(NAME, op, first, h)                                                           \
    bool trans_##NAME(Disas *s, const arg_##NAME *a)                                               \
    {                                                                                              \
        return fp_compare_zero(s, FORM2(a), op, first, &h);                                        \
    }
COMPARE_ZERO(FCMGT_zh, IR_fcmpgt, false, h_v_fcmgt0)
COMPARE_ZERO(FCMGE_zh, IR_fcmpge, false, h_v_fcmge0)
COMPARE_ZERO(FCMEQ_zh, IR_fcmpeq, false, h_v_fcmeq0)
COMPARE_ZERO(FCMLE_zh, IR_fcmpge, true, h_v_fcmle0)
COMPARE_ZERO(FCMLT_zh, IR_fcmpgt, true, h_v_fcmlt0)

bool trans_FABS_vh(Disas *s, const arg_FABS_vh *a) { return fp_sign(s, FORM2(a), IR_vandc); }
bool trans_FNEG_vh(Disas *s, const arg_FNEG_vh *a) { return fp_sign(s, FORM2(a), IR_vxor); }

/* -- Rounding and conversion; mode is an FpuRound -- */

bool trans_FRINT_vh(Disas *s, const arg_FRINT_vh *a)
{
    return fp_round(s, FORM2(a), a->mode, false);
}

bool trans_FRINTX_vh(Disas *s, const arg_FRINTX_vh *a)
{
    return fp_round(s, FORM2(a), VD_ROUND_FPCR, true);
}

bool trans_FRINTI_vh(Disas *s, const arg_FRINTI_vh *a)
{
    return fp_round(s, FORM2(a), VD_ROUND_FPCR, false);
}

bool trans_FCVT_vhi(Disas *s, const arg_FCVT_vhi *a)
{
    return fp_to_int(s, FORM2(a), a->mode, a->uns, 0);
}

bool trans_SCVTF_vh(Disas *s, const arg_SCVTF_vh *a) { return fp_from_int(s, FORM2(a), false, 0); }
bool trans_UCVTF_vh(Disas *s, const arg_UCVTF_vh *a) { return fp_from_int(s, FORM2(a), true, 0); }

/* Fixed point: 16 - imm fraction bits. */

bool trans_FCVTZS_vhf(Disas *s, const arg_FCVTZS_vhf *a)
{
    return fp_to_int(s, FORM2(a), FPU_ZERO, false, 16 - a->imm);
}

bool trans_FCVTZU_vhf(Disas *s, const arg_FCVTZU_vhf *a)
{
    return fp_to_int(s, FORM2(a), FPU_ZERO, true, 16 - a->imm);
}

bool trans_SCVTF_vhf(Disas *s, const arg_SCVTF_vhf *a)
{
    return fp_from_int(s, FORM2(a), false, 16 - a->imm);
}

bool trans_UCVTF_vhf(Disas *s, const arg_UCVTF_vhf *a)
{
    return fp_from_int(s, FORM2(a), true, 16 - a->imm);
}

/* -- Immediate -- */

bool trans_FMOV_vih(Disas *s, const arg_FMOV_vih *a)
{
    if (fp_access_ok(s)) {
        uint64_t v = fp_expand_half(a->imm) * UINT64_C(0x0001000100010001);
        write_v(s, a->rd, ir_vimm(s->ir, v, a->q ? v : 0));
    }
    return true;
}
