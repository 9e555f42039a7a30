/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Half-precision vectors, and the scalar forms of the same instructions (FEAT_FP16). */
#include "simd.h"

enum { HALF = 1 };                        /* log2 bytes */

static uint64_t desc3(unsigned q, unsigned rd, unsigned rn, unsigned rm)
{
    return vec_desc(rd, rn, rm, HALF, vec_bytes(q, HALF));
}

static uint64_t with_round(uint64_t desc, unsigned mode)
{
    return (desc & ~((uint64_t)7 << VD_ROUND)) | (uint64_t)mode << VD_ROUND;
}

static bool helper3(Disas *s, const Args_q_rd_rm_rn *a, const IrHelper *h)
{
    return !fp_access_ok(s) || vec_call(s, h, desc3(a->q, a->rd, a->rn, a->rm));
}

static bool helper2(Disas *s, const Args_q_rd_rn *a, const IrHelper *h)
{
    return !fp_access_ok(s) || vec_call(s, h, desc3(a->q, a->rd, a->rn, a->rn));
}

#define HELPER3(NAME, h)                                                                           \
    bool trans_##NAME(Disas *s, const arg_##NAME *a) { return helper3(s, a, &h); }
#define HELPER2(NAME, h)                                                                           \
    bool trans_##NAME(Disas *s, const arg_##NAME *a) { return helper2(s, a, &h); }

/* -- Three same -- */

HELPER3(FADD_vh, h_v_fadd)
HELPER3(FSUB_vh, h_v_fsub)
HELPER3(FMUL_vh, h_v_fmul)
HELPER3(FDIV_vh, h_v_fdiv)
HELPER3(FMULX_vh, h_v_fmulx)
HELPER3(FABD_vh, h_v_fabd)
HELPER3(FMLA_vh, h_v_fmla)
HELPER3(FMLS_vh, h_v_fmls)
HELPER3(FMAX_vh, h_v_fmax)
HELPER3(FMIN_vh, h_v_fmin)
HELPER3(FMAXNM_vh, h_v_fmaxnm)
HELPER3(FMINNM_vh, h_v_fminnm)
HELPER3(FADDP_vh, h_v_faddp)
HELPER3(FMAXP_vh, h_v_fmaxp)
HELPER3(FMINP_vh, h_v_fminp)
HELPER3(FMAXNMP_vh, h_v_fmaxnmp)
HELPER3(FMINNMP_vh, h_v_fminnmp)
HELPER3(FCMEQ_vh, h_v_fcmeq)
HELPER3(FCMGE_vh, h_v_fcmge)
HELPER3(FCMGT_vh, h_v_fcmgt)
HELPER3(FACGE_vh, h_v_facge)
HELPER3(FACGT_vh, h_v_facgt)
HELPER3(FRECPS_vh, h_v_frecps)
HELPER3(FRSQRTS_vh, h_v_frsqrts)

static bool indexed(Disas *s, const Args_h_lm_q_rd_rm_rn *a, const IrHelper *h)
{
    return !fp_access_ok(s) || vec_call(s, h, desc3(a->q, a->rd, a->rn, a->rm)
                                        | vec_index(a->h << 2 | a->lm));
}

bool trans_FMLA_xh(Disas *s, const arg_FMLA_xh *a) { return indexed(s, a, &h_v_fmla); }
bool trans_FMLS_xh(Disas *s, const arg_FMLS_xh *a) { return indexed(s, a, &h_v_fmls); }
bool trans_FMUL_xh(Disas *s, const arg_FMUL_xh *a) { return indexed(s, a, &h_v_fmul); }
bool trans_FMULX_xh(Disas *s, const arg_FMULX_xh *a) { return indexed(s, a, &h_v_fmulx); }

/* -- Two-register miscellaneous -- */

HELPER2(FCMGT_zh, h_v_fcmgt0)
HELPER2(FCMGE_zh, h_v_fcmge0)
HELPER2(FCMEQ_zh, h_v_fcmeq0)
HELPER2(FCMLE_zh, h_v_fcmle0)
HELPER2(FCMLT_zh, h_v_fcmlt0)
HELPER2(FSQRT_vh, h_v_fsqrt)
HELPER2(FRECPE_vh, h_v_frecpe)
HELPER2(FRSQRTE_vh, h_v_frsqrte)
HELPER2(FRECPX_vh, h_v_frecpx)
HELPER2(FRINTI_vh, h_v_frint)
HELPER2(SCVTF_vh, h_v_cvtf)

static bool sign_op(Disas *s, const Args_q_rd_rn *a, IrOp op)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef sign = vec_const(s, HALF, 0x8000);
    return write_vq(s, a->q, a->rd, vop2(s, op, read_v(s, a->rn), sign, 0));
}

bool trans_FABS_vh(Disas *s, const arg_FABS_vh *a) { return sign_op(s, a, IR_vandc); }
bool trans_FNEG_vh(Disas *s, const arg_FNEG_vh *a) { return sign_op(s, a, IR_vxor); }

/* -- Rounding and conversion; mode is an FpuRound -- */

bool trans_FRINT_vh(Disas *s, const arg_FRINT_vh *a)
{
    uint64_t desc = desc3(a->q, a->rd, a->rn, a->rn);

    return !fp_access_ok(s) || vec_call(s, &h_v_frint, with_round(desc, a->mode));
}

bool trans_FRINTX_vh(Disas *s, const arg_FRINTX_vh *a)
{
    return !fp_access_ok(s) || vec_call(s, &h_v_frint, desc3(a->q, a->rd, a->rn, a->rn)
                                        | UINT64_C(1) << VD_FLAG);
}

bool trans_FCVT_vhi(Disas *s, const arg_FCVT_vhi *a)
{
    uint64_t desc = desc3(a->q, a->rd, a->rn, a->rn);

    return !fp_access_ok(s) || vec_call(s, &h_v_fcvt_int, with_round(desc, a->mode)
                                        | (uint64_t)a->uns << VD_FLAG);
}

bool trans_UCVTF_vh(Disas *s, const arg_UCVTF_vh *a)
{
    return !fp_access_ok(s) || vec_call(s, &h_v_cvtf, desc3(a->q, a->rd, a->rn, a->rn)
                                        | UINT64_C(1) << VD_FLAG);
}

/* Fixed point: 16 - imm fraction bits. */
static bool fixed(Disas *s, const Args_imm_q_rd_rn *a, const IrHelper *h, unsigned round,
                  bool is_unsigned)
{
    uint64_t desc = with_round(desc3(a->q, a->rd, a->rn, a->rn), round);

    return !fp_access_ok(s) || vec_call(s, h, desc | (uint64_t)(16 - a->imm) << VD_IMM
                                        | (uint64_t)is_unsigned << VD_FLAG);
}

bool trans_FCVTZS_vhf(Disas *s, const arg_FCVTZS_vhf *a)
{
    return fixed(s, a, &h_v_fcvt_int, 3, false);
}

bool trans_FCVTZU_vhf(Disas *s, const arg_FCVTZU_vhf *a)
{
    return fixed(s, a, &h_v_fcvt_int, 3, true);
}

bool trans_SCVTF_vhf(Disas *s, const arg_SCVTF_vhf *a)
{
    return fixed(s, a, &h_v_cvtf, VD_ROUND_FPCR, false);
}

bool trans_UCVTF_vhf(Disas *s, const arg_UCVTF_vhf *a)
{
    return fixed(s, a, &h_v_cvtf, VD_ROUND_FPCR, true);
}

/* -- Across lanes, pairs to a scalar, immediate -- */

HELPER2(FMAXV_vh, h_v_fmaxv)
HELPER2(FMINV_vh, h_v_fminv)
HELPER2(FMAXNMV_vh, h_v_fmaxnmv)
HELPER2(FMINNMV_vh, h_v_fminnmv)

static bool pair(Disas *s, const Args_rd_rn *a, const IrHelper *h)
{
    return !fp_access_ok(s) || vec_call(s, h, vec_desc(a->rd, a->rn, a->rn, HALF, 2)
                                        | 1u << VD_UPPER);
}

bool trans_FADDP_h(Disas *s, const arg_FADDP_h *a) { return pair(s, a, &h_v_faddp); }
bool trans_FMAXP_h(Disas *s, const arg_FMAXP_h *a) { return pair(s, a, &h_v_fmaxp); }
bool trans_FMINP_h(Disas *s, const arg_FMINP_h *a) { return pair(s, a, &h_v_fminp); }
bool trans_FMAXNMP_h(Disas *s, const arg_FMAXNMP_h *a) { return pair(s, a, &h_v_fmaxnmp); }
bool trans_FMINNMP_h(Disas *s, const arg_FMINNMP_h *a) { return pair(s, a, &h_v_fminnmp); }

bool trans_FMOV_vih(Disas *s, const arg_FMOV_vih *a)
{
    if (fp_access_ok(s)) {
        uint64_t v = fp_expand_half(a->imm) * UINT64_C(0x0001000100010001);
        write_v(s, a->rd, ir_vimm(s->ir, v, a->q ? v : 0));
    }
    return true;
}
