/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Scalar floating point (C4.1.96, the floating-point groups). */
#include "simd.h"

#include "fpu/fpu.h"

static IrRef imm(Disas *s, uint32_t v) { return ir_imm32(s->ir, v); }
static unsigned format_of(unsigned sz) { return FPU_F32 + sz; }

/* -- Two sources -- */

static bool helper2(Disas *s, const Args_rd_rm_rn_sz *a, const IrHelper *h)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    return write_fp(s, a->rd, ir_call(s->ir, h, imm(s, format_of(a->sz)), read_fp(s, a->sz, a->rn),
                                      read_fp(s, a->sz, a->rm)));
}

bool trans_FADD_s(Disas *s, const arg_FADD_s *a) { return helper2(s, a, &h_s_fadd); }
bool trans_FSUB_s(Disas *s, const arg_FSUB_s *a) { return helper2(s, a, &h_s_fsub); }
bool trans_FMUL_s(Disas *s, const arg_FMUL_s *a) { return helper2(s, a, &h_s_fmul); }
bool trans_FNMUL_s(Disas *s, const arg_FNMUL_s *a) { return helper2(s, a, &h_s_fnmul); }
bool trans_FDIV_s(Disas *s, const arg_FDIV_s *a) { return helper2(s, a, &h_s_fdiv); }
bool trans_FMAX_s(Disas *s, const arg_FMAX_s *a) { return helper2(s, a, &h_s_fmax); }
bool trans_FMIN_s(Disas *s, const arg_FMIN_s *a) { return helper2(s, a, &h_s_fmin); }
bool trans_FMAXNM_s(Disas *s, const arg_FMAXNM_s *a) { return helper2(s, a, &h_s_fmaxnm); }
bool trans_FMINNM_s(Disas *s, const arg_FMINNM_s *a) { return helper2(s, a, &h_s_fminnm); }

/* -- Three sources -- */

bool trans_FMADD_s(Disas *s, const arg_FMADD_s *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    return write_fp(s, a->rd, ir_call(s->ir, &h_s_fmadd,
                                      imm(s, format_of(a->sz) | a->na << 8 | a->np << 9),
                                      read_fp(s, a->sz, a->ra), read_fp(s, a->sz, a->rn),
                                      read_fp(s, a->sz, a->rm)));
}

/* -- One source -- */

/* @op with the sign bit alone set. */
static bool sign_op(Disas *s, const Args_rd_rn_sz *a, IrOp op)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef sign = ir_imm64(s->ir, UINT64_C(1) << (a->sz ? 63 : 31));
    return write_fp(s, a->rd, ir_op2(s->ir, op, read_fp(s, a->sz, a->rn), sign));
}

bool trans_FABS_s(Disas *s, const arg_FABS_s *a) { return sign_op(s, a, IR_andc); }
bool trans_FNEG_s(Disas *s, const arg_FNEG_s *a) { return sign_op(s, a, IR_xor); }

bool trans_FMOV_s(Disas *s, const arg_FMOV_s *a)
{
    return !fp_access_ok(s) || write_fp(s, a->rd, read_fp(s, a->sz, a->rn));
}

/* @how: what the helper wants besides the format. */
static bool helper1(Disas *s, unsigned sz, unsigned rd, unsigned rn, const IrHelper *h,
                    uint32_t how)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    return write_fp(s, rd, ir_call(s->ir, h, imm(s, format_of(sz) | how), read_fp(s, sz, rn)));
}

bool trans_FSQRT_s(Disas *s, const arg_FSQRT_s *a)
{
    return helper1(s, a->sz, a->rd, a->rn, &h_s_fsqrt, 0);
}

bool trans_FRINT_s(Disas *s, const arg_FRINT_s *a)
{
    return helper1(s, a->sz, a->rd, a->rn, &h_s_frint, a->mode << 8);
}

bool trans_FRINTX_s(Disas *s, const arg_FRINTX_s *a)
{
    return helper1(s, a->sz, a->rd, a->rn, &h_s_frint, VD_ROUND_FPCR << 8 | 1u << 16);
}

bool trans_FRINTI_s(Disas *s, const arg_FRINTI_s *a)
{
    return helper1(s, a->sz, a->rd, a->rn, &h_s_frint, VD_ROUND_FPCR << 8);
}

bool trans_FCVT_s(Disas *s, const arg_FCVT_s *a)
{
    static const uint8_t format[] = { FPU_F32, FPU_F64, 0, FPU_F16 };
    unsigned from = format[a->from], to = format[a->to];

    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef n = ir_vext(s->ir, IR_I64, read_v(s, a->rn), 1 + from, 0);
    return write_fp(s, a->rd, ir_call(s->ir, &h_s_fcvt, imm(s, to | from << 8), n));
}

/* -- Compare and select -- */

bool trans_FCMP_s(Disas *s, const arg_FCMP_s *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef m = a->zero ? ir_imm64(s->ir, 0) : read_fp(s, a->sz, a->rm);
    IrRef nzcv = ir_call(s->ir, &h_s_fcmp, imm(s, format_of(a->sz) | a->e << 8),
                         read_fp(s, a->sz, a->rn), m);
    write_flags(s, ir_nzcvf(s->ir, nzcv));
    return true;
}

bool trans_FCCMP_s(Disas *s, const arg_FCCMP_s *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    uint32_t how = format_of(a->sz) | a->e << 8 | (uint32_t)a->nzcv << 28;
    IrRef arg = imm(s, how | 1u << 9);
    if (a->cond < 14) {
        IrRef holds = ir_setf(s->ir, IR_I32, a->cond, read_flags(s));
        arg = ir_deposit(s->ir, imm(s, how), holds, 9, 1);
    }
    IrRef nzcv = ir_call(s->ir, &h_s_fccmp, arg, read_fp(s, a->sz, a->rn),
                         read_fp(s, a->sz, a->rm));
    write_flags(s, ir_nzcvf(s->ir, nzcv));
    return true;
}

bool trans_FCSEL_s(Disas *s, const arg_FCSEL_s *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef v = read_fp(s, a->sz, a->rn);
    if (a->cond < 14) {
        v = ir_selectf(s->ir, a->cond, read_flags(s), v, read_fp(s, a->sz, a->rm));
    }
    return write_fp(s, a->rd, v);
}

/* -- Moves -- */

bool trans_FMOV_si(Disas *s, const arg_FMOV_si *a)
{
    if (fp_access_ok(s)) {
        write_v(s, a->rd, ir_vimm(s->ir, fp_expand_imm(a->sz, a->imm), 0));
    }
    return true;
}

bool trans_FMOV_xg(Disas *s, const arg_FMOV_xg *a)
{
    if (fp_access_ok(s)) {
        write_x(s, a->rd, ir_vext(s->ir, IR_I64, read_v(s, a->rn), 2 + a->sf, a->top));
    }
    return true;
}

bool trans_FMOV_gx(Disas *s, const arg_FMOV_gx *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    if (a->top) {
        write_v(s, a->rd, ir_op2x(s->ir, IR_vins, read_v(s, a->rd), read_x(s, a->rn), 3, 1));
        return true;
    }
    return write_fp(s, a->rd, read_reg(s, a->sf, a->rn));
}

/* -- Integers and fixed point in general registers -- */

static bool to_int(Disas *s, bool sf, unsigned sz, unsigned rd, unsigned rn, unsigned mode,
                   bool is_unsigned, unsigned fbits)
{
    uint32_t how = format_of(sz) | mode << 8 | (uint32_t)is_unsigned << 16 | (uint32_t)sf << 17
                 | (uint32_t)fbits << 24;

    if (fp_access_ok(s)) {
        IrRef v = ir_call(s->ir, &h_s_fcvt_int, imm(s, how), read_fp(s, sz, rn));
        write_x(s, rd, v);
    }
    return true;
}

static bool from_int(Disas *s, bool sf, unsigned sz, unsigned rd, unsigned rn, bool is_unsigned,
                     unsigned fbits)
{
    uint32_t how = format_of(sz) | (uint32_t)is_unsigned << 16 | (uint32_t)fbits << 24;

    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef v = sf ? read_x(s, rn)
            : is_unsigned ? ir_zext(s->ir, read_w(s, rn)) : ir_sext(s->ir, read_w(s, rn));
    return write_fp(s, rd, ir_call(s->ir, &h_s_cvtf, imm(s, how), v));
}

bool trans_FCVT_si(Disas *s, const arg_FCVT_si *a)
{
    return to_int(s, a->sf, a->sz, a->rd, a->rn, a->mode, a->uns, 0);
}

bool trans_SCVTF_si(Disas *s, const arg_SCVTF_si *a)
{
    return from_int(s, a->sf, a->sz, a->rd, a->rn, false, 0);
}

bool trans_UCVTF_si(Disas *s, const arg_UCVTF_si *a)
{
    return from_int(s, a->sf, a->sz, a->rd, a->rn, true, 0);
}

/* scale = hi:scale, 64 - fraction bits */
bool trans_FCVTZS_sf(Disas *s, const arg_FCVTZS_sf *a)
{
    return to_int(s, a->sf, a->sz, a->rd, a->rn, FPU_ZERO, false, 64 - (a->hi << 5 | a->scale));
}

bool trans_FCVTZU_sf(Disas *s, const arg_FCVTZU_sf *a)
{
    return to_int(s, a->sf, a->sz, a->rd, a->rn, FPU_ZERO, true, 64 - (a->hi << 5 | a->scale));
}

bool trans_SCVTF_sf(Disas *s, const arg_SCVTF_sf *a)
{
    return from_int(s, a->sf, a->sz, a->rd, a->rn, false, 64 - (a->hi << 5 | a->scale));
}

bool trans_UCVTF_sf(Disas *s, const arg_UCVTF_sf *a)
{
    return from_int(s, a->sf, a->sz, a->rd, a->rn, true, 64 - (a->hi << 5 | a->scale));
}
