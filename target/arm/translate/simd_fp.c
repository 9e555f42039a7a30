/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Floating point on vectors, and the scalar forms of the same instructions (C4.1.96). */
#include "simd.h"

typedef Args_q_rd_rm_rn_sz Args3;
typedef Args_q_rd_rn_sz Args2;

static uint64_t desc2(const Args2 *a)
{
    return vec_desc(a->rd, a->rn, a->rn, 2 + a->sz, vec_bytes(a->q, 2 + a->sz));
}

static bool helper3(Disas *s, const Args3 *a, const IrHelper *h)
{
    return !fp_access_ok(s) || vec_call(s, h, vec_desc(a->rd, a->rn, a->rm, 2 + a->sz,
                                                       vec_bytes(a->q, 2 + a->sz)));
}

static bool helper2(Disas *s, const Args2 *a, const IrHelper *h)
{
    return !fp_access_ok(s) || vec_call(s, h, desc2(a));
}

#define HELPER3(NAME, h)                                                                           \
    bool trans_##NAME(Disas *s, const arg_##NAME *a) { return helper3(s, a, &h); }
#define HELPER2(NAME, h)                                                                           \
    bool trans_##NAME(Disas *s, const arg_##NAME *a) { return helper2(s, a, &h); }

/* -- Three same -- */

HELPER3(FADD_v, h_v_fadd)
HELPER3(FSUB_v, h_v_fsub)
HELPER3(FMUL_v, h_v_fmul)
HELPER3(FDIV_v, h_v_fdiv)
HELPER3(FMULX, h_v_fmulx)
HELPER3(FABD, h_v_fabd)
HELPER3(FMLA_v, h_v_fmla)
HELPER3(FMLS_v, h_v_fmls)
HELPER3(FMAX_v, h_v_fmax)
HELPER3(FMIN_v, h_v_fmin)
HELPER3(FMAXNM_v, h_v_fmaxnm)
HELPER3(FMINNM_v, h_v_fminnm)
HELPER3(FADDP_v, h_v_faddp)
HELPER3(FMAXP_v, h_v_fmaxp)
HELPER3(FMINP_v, h_v_fminp)
HELPER3(FMAXNMP_v, h_v_fmaxnmp)
HELPER3(FMINNMP_v, h_v_fminnmp)
HELPER3(FCMEQ, h_v_fcmeq)
HELPER3(FCMGE, h_v_fcmge)
HELPER3(FCMGT, h_v_fcmgt)
HELPER3(FACGE, h_v_facge)
HELPER3(FACGT, h_v_facgt)
HELPER3(FRECPS, h_v_frecps)
HELPER3(FRSQRTS, h_v_frsqrts)

/* -- Two-register miscellaneous -- */

HELPER2(FCMGT_z, h_v_fcmgt0)
HELPER2(FCMGE_z, h_v_fcmge0)
HELPER2(FCMEQ_z, h_v_fcmeq0)
HELPER2(FCMLE_z, h_v_fcmle0)
HELPER2(FCMLT_z, h_v_fcmlt0)
HELPER2(FSQRT_v, h_v_fsqrt)
HELPER2(FRECPE, h_v_frecpe)
HELPER2(FRSQRTE, h_v_frsqrte)
HELPER2(FRECPX, h_v_frecpx)

static bool sign_op(Disas *s, const Args2 *a, IrOp op)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef sign = vec_const(s, 2 + a->sz, UINT64_C(1) << (a->sz ? 63 : 31));
    return write_vq(s, a->q, a->rd, vop2(s, op, read_v(s, a->rn), sign, 0));
}

bool trans_FABS_v(Disas *s, const arg_FABS_v *a) { return sign_op(s, a, IR_vandc); }
bool trans_FNEG_v(Disas *s, const arg_FNEG_v *a) { return sign_op(s, a, IR_vxor); }

/* -- Rounding and conversion; mode is an FpuRound -- */

static uint64_t with_round(uint64_t desc, unsigned mode)
{
    return (desc & ~((uint64_t)7 << VD_ROUND)) | (uint64_t)mode << VD_ROUND;
}

bool trans_FRINT_v(Disas *s, const arg_FRINT_v *a)
{
    uint64_t desc = vec_desc(a->rd, a->rn, a->rn, 2 + a->sz, vec_bytes(a->q, 2 + a->sz));

    return !fp_access_ok(s) || vec_call(s, &h_v_frint, with_round(desc, a->mode));
}

bool trans_FRINTX_v(Disas *s, const arg_FRINTX_v *a)
{
    return !fp_access_ok(s) || vec_call(s, &h_v_frint, desc2(a) | UINT64_C(1) << VD_FLAG);
}

bool trans_FRINTI_v(Disas *s, const arg_FRINTI_v *a) { return helper2(s, a, &h_v_frint); }

bool trans_FCVT_vi(Disas *s, const arg_FCVT_vi *a)
{
    uint64_t desc = vec_desc(a->rd, a->rn, a->rn, 2 + a->sz, vec_bytes(a->q, 2 + a->sz));

    return !fp_access_ok(s) || vec_call(s, &h_v_fcvt_int, with_round(desc, a->mode)
                                        | (uint64_t)a->uns << VD_FLAG);
}

bool trans_SCVTF_v(Disas *s, const arg_SCVTF_v *a) { return helper2(s, a, &h_v_cvtf); }

bool trans_UCVTF_v(Disas *s, const arg_UCVTF_v *a)
{
    return !fp_access_ok(s) || vec_call(s, &h_v_cvtf, desc2(a) | UINT64_C(1) << VD_FLAG);
}

/* Fixed point: imm is the element's bits minus the fraction bits. */
static bool fixed(Disas *s, const Args_imm_q_rd_rn_sz *a, const IrHelper *h, bool is_unsigned)
{
    uint64_t fbits = (32u << a->sz) - a->imm;
    uint64_t desc = vec_desc(a->rd, a->rn, a->rn, 2 + a->sz, vec_bytes(a->q, 2 + a->sz));

    return !fp_access_ok(s) || vec_call(s, h, with_round(desc, 3) | fbits << VD_IMM
                                        | (uint64_t)is_unsigned << VD_FLAG);
}

static bool to_fixed(Disas *s, const Args_imm_q_rd_rn_sz *a, bool is_unsigned)
{
    return fixed(s, a, &h_v_fcvt_int, is_unsigned);
}

static bool from_fixed(Disas *s, const Args_imm_q_rd_rn_sz *a, bool is_unsigned)
{
    uint64_t fbits = (32u << a->sz) - a->imm;
    uint64_t desc = vec_desc(a->rd, a->rn, a->rn, 2 + a->sz, vec_bytes(a->q, 2 + a->sz));

    return !fp_access_ok(s) || vec_call(s, &h_v_cvtf, desc | fbits << VD_IMM
                                        | (uint64_t)is_unsigned << VD_FLAG);
}

bool trans_FCVTZS_vf(Disas *s, const arg_FCVTZS_vf *a) { return to_fixed(s, a, false); }
bool trans_FCVTZU_vf(Disas *s, const arg_FCVTZU_vf *a) { return to_fixed(s, a, true); }
bool trans_SCVTF_vf(Disas *s, const arg_SCVTF_vf *a) { return from_fixed(s, a, false); }
bool trans_UCVTF_vf(Disas *s, const arg_UCVTF_vf *a) { return from_fixed(s, a, true); }

/* -- Between formats: sz = 0 half and single, 1 single and double -- */

bool trans_FCVTN_v(Disas *s, const arg_FCVTN_v *a)
{
    return !fp_access_ok(s) || vec_call(s, &h_v_fcvtn, vec_desc(a->rd, a->rn, a->rn, 1 + a->sz, 8)
                                        | (uint64_t)a->q << VD_UPPER);
}

bool trans_FCVTXN(Disas *s, const arg_FCVTXN *a)
{
    uint64_t desc = vec_desc(a->rd, a->rn, a->rn, 2, a->q == Q_SCALAR ? 4 : 8);

    return !fp_access_ok(s) || vec_call(s, &h_v_fcvtn, with_round(desc, 5)
                                        | (uint64_t)(a->q == 1) << VD_UPPER);
}

bool trans_FCVTL_v(Disas *s, const arg_FCVTL_v *a)
{
    return !fp_access_ok(s) || vec_call(s, &h_v_fcvtl, vec_desc(a->rd, a->rn, a->rn, 1 + a->sz, 16)
                                        | (uint64_t)a->q << VD_UPPER);
}

/* -- Across lanes, and pairs to a scalar -- */

static bool across(Disas *s, const Args_rd_rn *a, const IrHelper *h)
{
    return !fp_access_ok(s) || vec_call(s, h, vec_desc(a->rd, a->rn, a->rn, 2, 16));
}

bool trans_FMAXV(Disas *s, const arg_FMAXV *a) { return across(s, a, &h_v_fmaxv); }
bool trans_FMINV(Disas *s, const arg_FMINV *a) { return across(s, a, &h_v_fminv); }
bool trans_FMAXNMV(Disas *s, const arg_FMAXNMV *a) { return across(s, a, &h_v_fmaxnmv); }
bool trans_FMINNMV(Disas *s, const arg_FMINNMV *a) { return across(s, a, &h_v_fminnmv); }

static bool pair(Disas *s, const Args_rd_rn_sz *a, const IrHelper *h)
{
    return !fp_access_ok(s) || vec_call(s, h, vec_desc(a->rd, a->rn, a->rn, 2 + a->sz, 4u << a->sz)
                                        | 1u << VD_UPPER);
}

bool trans_FADDP_s(Disas *s, const arg_FADDP_s *a) { return pair(s, a, &h_v_faddp); }
bool trans_FMAXP_s(Disas *s, const arg_FMAXP_s *a) { return pair(s, a, &h_v_fmaxp); }
bool trans_FMINP_s(Disas *s, const arg_FMINP_s *a) { return pair(s, a, &h_v_fminp); }
bool trans_FMAXNMP_s(Disas *s, const arg_FMAXNMP_s *a) { return pair(s, a, &h_v_fmaxnmp); }
bool trans_FMINNMP_s(Disas *s, const arg_FMINNMP_s *a) { return pair(s, a, &h_v_fminnmp); }
