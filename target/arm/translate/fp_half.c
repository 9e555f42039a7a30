/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Scalar half precision (FEAT_FP16; C4.1.96, the floating-point groups with ftype 11). */
#include "simd.h"

#include "fpu/fpu.h"

static IrRef imm(Disas *s, uint32_t v) { return ir_imm32(s->ir, v); }

static IrRef read_h(Disas *s, unsigned r)
{
    return ir_vext(s->ir, IR_I64, read_v(s, r), 1, 0);
}

/* -- Two and three sources -- */

static bool helper2(Disas *s, const Args_rd_rm_rn *a, const IrHelper *h)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    return write_fp(s, a->rd, ir_call(s->ir, h, imm(s, FPU_F16), read_h(s, a->rn),
                                      read_h(s, a->rm)));
}

bool trans_FADD_h(Disas *s, const arg_FADD_h *a) { return helper2(s, a, &h_s_fadd); }
bool trans_FSUB_h(Disas *s, const arg_FSUB_h *a) { return helper2(s, a, &h_s_fsub); }
bool trans_FMUL_h(Disas *s, const arg_FMUL_h *a) { return helper2(s, a, &h_s_fmul); }
bool trans_FNMUL_h(Disas *s, const arg_FNMUL_h *a) { return helper2(s, a, &h_s_fnmul); }
bool trans_FDIV_h(Disas *s, const arg_FDIV_h *a) { return helper2(s, a, &h_s_fdiv); }
bool trans_FMAX_h(Disas *s, const arg_FMAX_h *a) { return helper2(s, a, &h_s_fmax); }
bool trans_FMIN_h(Disas *s, const arg_FMIN_h *a) { return helper2(s, a, &h_s_fmin); }
bool trans_FMAXNM_h(Disas *s, const arg_FMAXNM_h *a) { return helper2(s, a, &h_s_fmaxnm); }
bool trans_FMINNM_h(Disas *s, const arg_FMINNM_h *a) { return helper2(s, a, &h_s_fminnm); }

bool trans_FMADD_h(Disas *s, const arg_FMADD_h *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    return write_fp(s, a->rd, ir_call(s->ir, &h_s_fmadd,
                                      imm(s, FPU_F16 | a->na << 8 | a->np << 9),
                                      read_h(s, a->ra), read_h(s, a->rn), read_h(s, a->rm)));
}

/* -- One source -- */

static bool sign_op(Disas *s, const Args_rd_rn *a, IrOp op)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    return write_fp(s, a->rd, ir_op2(s->ir, op, read_h(s, a->rn), ir_imm64(s->ir, 0x8000)));
}

bool trans_FABS_h(Disas *s, const arg_FABS_h *a) { return sign_op(s, a, IR_andc); }
bool trans_FNEG_h(Disas *s, const arg_FNEG_h *a) { return sign_op(s, a, IR_xor); }

bool trans_FMOV_h(Disas *s, const arg_FMOV_h *a)
{
    return !fp_access_ok(s) || write_fp(s, a->rd, read_h(s, a->rn));
}

/* @how: what the helper wants besides the format. */
static bool helper1(Disas *s, unsigned rd, unsigned rn, const IrHelper *h, uint32_t how)
{
    return !fp_access_ok(s)
        || write_fp(s, rd, ir_call(s->ir, h, imm(s, FPU_F16 | how), read_h(s, rn)));
}

bool trans_FSQRT_h(Disas *s, const arg_FSQRT_h *a)
{
    return helper1(s, a->rd, a->rn, &h_s_fsqrt, 0);
}

bool trans_FRINT_h(Disas *s, const arg_FRINT_h *a)
{
    return helper1(s, a->rd, a->rn, &h_s_frint, a->mode << 8);
}

bool trans_FRINTX_h(Disas *s, const arg_FRINTX_h *a)
{
    return helper1(s, a->rd, a->rn, &h_s_frint, VD_ROUND_FPCR << 8 | 1u << 16);
}

bool trans_FRINTI_h(Disas *s, const arg_FRINTI_h *a)
{
    return helper1(s, a->rd, a->rn, &h_s_frint, VD_ROUND_FPCR << 8);
}

/* -- Compare and select -- */

bool trans_FCMP_h(Disas *s, const arg_FCMP_h *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef m = a->zero ? ir_imm64(s->ir, 0) : read_h(s, a->rm);
    IrRef nzcv = ir_call(s->ir, &h_s_fcmp, imm(s, FPU_F16 | a->e << 8), read_h(s, a->rn), m);
    write_flags(s, ir_nzcvf(s->ir, nzcv));
    return true;
}

bool trans_FCCMP_h(Disas *s, const arg_FCCMP_h *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    uint32_t how = FPU_F16 | a->e << 8 | (uint32_t)a->nzcv << 28;
    IrRef arg = imm(s, how | 1u << 9);
    if (a->cond < 14) {
        arg = ir_deposit(s->ir, imm(s, how), ir_setf(s->ir, IR_I32, a->cond, read_flags(s)), 9, 1);
    }
    IrRef nzcv = ir_call(s->ir, &h_s_fccmp, arg, read_h(s, a->rn), read_h(s, a->rm));
    write_flags(s, ir_nzcvf(s->ir, nzcv));
    return true;
}

bool trans_FCSEL_h(Disas *s, const arg_FCSEL_h *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef v = read_h(s, a->rn);
    if (a->cond < 14) {
        v = ir_selectf(s->ir, a->cond, read_flags(s), v, read_h(s, a->rm));
    }
    return write_fp(s, a->rd, v);
}

/* -- Moves -- */

bool trans_FMOV_hi(Disas *s, const arg_FMOV_hi *a)
{
    if (fp_access_ok(s)) {
        write_v(s, a->rd, ir_vimm(s->ir, fp_expand_half(a->imm), 0));
    }
    return true;
}

bool trans_FMOV_xgh(Disas *s, const arg_FMOV_xgh *a)
{
    if (fp_access_ok(s)) {
        write_x(s, a->rd, read_h(s, a->rn));
    }
    return true;
}

bool trans_FMOV_gxh(Disas *s, const arg_FMOV_gxh *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    return write_fp(s, a->rd, ir_op2(s->ir, IR_and, read_x(s, a->rn), ir_imm64(s->ir, 0xffff)));
}

/* -- Integers and fixed point in general registers -- */

static bool to_int(Disas *s, bool sf, unsigned rd, unsigned rn, unsigned mode, bool is_unsigned,
                   unsigned fbits)
{
    uint32_t how = FPU_F16 | mode << 8 | (uint32_t)is_unsigned << 16 | (uint32_t)sf << 17
                 | (uint32_t)fbits << 24;

    if (fp_access_ok(s)) {
        write_x(s, rd, ir_call(s->ir, &h_s_fcvt_int, imm(s, how), read_h(s, rn)));
    }
    return true;
}

static bool from_int(Disas *s, bool sf, unsigned rd, unsigned rn, bool is_unsigned, unsigned fbits)
{
    uint32_t how = FPU_F16 | (uint32_t)is_unsigned << 16 | (uint32_t)fbits << 24;

    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef v = sf ? read_x(s, rn)
            : is_unsigned ? ir_zext(s->ir, read_w(s, rn)) : ir_sext(s->ir, read_w(s, rn));
    return write_fp(s, rd, ir_call(s->ir, &h_s_cvtf, imm(s, how), v));
}

bool trans_FCVT_hi(Disas *s, const arg_FCVT_hi *a)
{
    return to_int(s, a->sf, a->rd, a->rn, a->mode, a->uns, 0);
}

bool trans_SCVTF_hi(Disas *s, const arg_SCVTF_hi *a)
{
    return from_int(s, a->sf, a->rd, a->rn, false, 0);
}

bool trans_UCVTF_hi(Disas *s, const arg_UCVTF_hi *a)
{
    return from_int(s, a->sf, a->rd, a->rn, true, 0);
}

/* scale = hi:scale, 64 - fraction bits */
bool trans_FCVTZS_hf(Disas *s, const arg_FCVTZS_hf *a)
{
    return to_int(s, a->sf, a->rd, a->rn, FPU_ZERO, false, 64 - (a->hi << 5 | a->scale));
}

bool trans_FCVTZU_hf(Disas *s, const arg_FCVTZU_hf *a)
{
    return to_int(s, a->sf, a->rd, a->rn, FPU_ZERO, true, 64 - (a->hi << 5 | a->scale));
}

bool trans_SCVTF_hf(Disas *s, const arg_SCVTF_hf *a)
{
    return from_int(s, a->sf, a->rd, a->rn, false, 64 - (a->hi << 5 | a->scale));
}

bool trans_UCVTF_hf(Disas *s, const arg_UCVTF_hf *a)
{
    return from_int(s, a->sf, a->rd, a->rn, true, 64 - (a->hi << 5 | a->scale));
}
