/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Scalar floating point (C4.1.96, the floating-point groups). */
#include "simd.h"

#include "fpu/fpu.h"

static IrRef imm(Disas *s, uint32_t v) { return ir_imm32(s->ir, v); }
static unsigned format_of(unsigned sz) { return FPU_F32 + sz; }

/* All but the sign of a scalar, and its sign. */
static IrRef magnitude_mask(Disas *s, unsigned sz)
{
    return ir_vimm(s->ir, sz ? ~UINT64_C(0) >> 1 : ~UINT32_C(0) >> 1, 0);
}

static IrRef sign_mask(Disas *s, unsigned sz)
{
    return ir_vimm(s->ir, UINT64_C(1) << (sz ? 63 : 31), 0);
}

/* -- Two sources -- */

static IrRef arith2(Disas *s, const Args_rd_rm_rn_sz *a, IrOp op)
{
    return fp_op2(s, op, read_scalar(s, a->sz, a->rn), read_scalar(s, a->sz, a->rm), 2 + a->sz);
}

static bool two_sources(Disas *s, const Args_rd_rm_rn_sz *a, IrOp op, const IrHelper *h)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    if (fp_is_plain(s)) {
        write_v(s, a->rd, arith2(s, a, op));
        return true;
    }
    return write_fp(s, a->rd, ir_call(s->ir, h, imm(s, format_of(a->sz)), read_fp(s, a->sz, a->rn),
                                      read_fp(s, a->sz, a->rm)));
}

#define TWO_SOURCES(NAME, op, h)                                                                   \
    bool trans_##NAME(Disas *s, const arg_##NAME *a) { return two_sources(s, a, op, &h); }
TWO_SOURCES(FADD_s, IR_fadd, h_s_fadd)
TWO_SOURCES(FSUB_s, IR_fsub, h_s_fsub)
TWO_SOURCES(FMUL_s, IR_fmul, h_s_fmul)
TWO_SOURCES(FDIV_s, IR_fdiv, h_s_fdiv)
TWO_SOURCES(FMAX_s, IR_fmax, h_s_fmax)
TWO_SOURCES(FMIN_s, IR_fmin, h_s_fmin)
TWO_SOURCES(FMAXNM_s, IR_fmaxnm, h_s_fmaxnm)
TWO_SOURCES(FMINNM_s, IR_fminnm, h_s_fminnm)

bool trans_FNMUL_s(Disas *s, const arg_FNMUL_s *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    if (fp_is_plain(s)) {
        write_v(s, a->rd, vop2(s, IR_vxor, arith2(s, a, IR_fmul), sign_mask(s, a->sz), 0));
        return true;
    }
    return two_sources(s, a, IR_fmul, &h_s_fnmul);
}

/* -- Three sources -- */

bool trans_FMADD_s(Disas *s, const arg_FMADD_s *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    if (fp_is_plain(s)) {
        IrRef args[3] = { read_scalar(s, a->sz, a->ra), read_scalar(s, a->sz, a->rn),
                          read_scalar(s, a->sz, a->rm) };
        write_v(s, a->rd, ir_fp(s->ir, IR_fma, IR_V128, args, 2 + a->sz, a->na | a->np << 1));
        return true;
    }
    return write_fp(s, a->rd, ir_call(s->ir, &h_s_fmadd,
                                      imm(s, format_of(a->sz) | a->na << 8 | a->np << 9),
                                      read_fp(s, a->sz, a->ra), read_fp(s, a->sz, a->rn),
                                      read_fp(s, a->sz, a->rm)));
}

/* -- One source -- */

bool trans_FABS_s(Disas *s, const arg_FABS_s *a)
{
    if (fp_access_ok(s)) {
        write_v(s, a->rd, vop2(s, IR_vand, read_v(s, a->rn), magnitude_mask(s, a->sz), 0));
    }
    return true;
}

bool trans_FNEG_s(Disas *s, const arg_FNEG_s *a)
{
    if (fp_access_ok(s)) {
        write_v(s, a->rd, vop2(s, IR_vxor, read_scalar(s, a->sz, a->rn), sign_mask(s, a->sz), 0));
    }
    return true;
}

bool trans_FMOV_s(Disas *s, const arg_FMOV_s *a)
{
    if (fp_access_ok(s)) {
        write_v(s, a->rd, read_scalar(s, a->sz, a->rn));
    }
    return true;
}

bool trans_FSQRT_s(Disas *s, const arg_FSQRT_s *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    if (fp_is_plain(s)) {
        write_v(s, a->rd, fp_op1(s, IR_fsqrt, read_scalar(s, a->sz, a->rn), 2 + a->sz, 0));
        return true;
    }
    return write_fp(s, a->rd, ir_call(s->ir, &h_s_fsqrt, imm(s, format_of(a->sz)),
                                      read_fp(s, a->sz, a->rn)));
}

/* @round: IrFpRound, whose "current" is VD_ROUND_FPCR. */
static bool round_int(Disas *s, unsigned sz, unsigned rd, unsigned rn, unsigned round, bool exact)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    if (fp_is_plain(s)) {
        write_v(s, rd, fp_op1(s, IR_frint, read_scalar(s, sz, rn), 2 + sz,
                              round | (exact ? IR_FP_EXACT : 0)));
        return true;
    }
    return write_fp(s, rd, ir_call(s->ir, &h_s_frint,
                                   imm(s, format_of(sz) | round << 8 | (uint32_t)exact << 16),
                                   read_fp(s, sz, rn)));
}

bool trans_FRINT_s(Disas *s, const arg_FRINT_s *a)
{
    return round_int(s, a->sz, a->rd, a->rn, a->mode, false);
}

bool trans_FRINTX_s(Disas *s, const arg_FRINTX_s *a)
{
    return round_int(s, a->sz, a->rd, a->rn, VD_ROUND_FPCR, true);
}

bool trans_FRINTI_s(Disas *s, const arg_FRINTI_s *a)
{
    return round_int(s, a->sz, a->rd, a->rn, VD_ROUND_FPCR, false);
}

bool trans_FCVT_s(Disas *s, const arg_FCVT_s *a)
{
    static const uint8_t format[] = { FPU_F32, FPU_F64, 0, FPU_F16 };
    unsigned from = format[a->from], to = format[a->to];

    if (!fp_access_ok(s)) {
        return true;
    }
    if (fp_is_plain(s) && from != FPU_F16 && to != FPU_F16) {
        write_v(s, a->rd, fp_op1(s, IR_fcvt, read_scalar(s, from - FPU_F32, a->rn), 1 + to,
                                 1 + from));
        return true;
    }
    IrRef n = ir_vext(s->ir, IR_I64, read_v(s, a->rn), 1 + from, 0);
    return write_fp(s, a->rd, ir_call(s->ir, &h_s_fcvt, imm(s, to | from << 8), n));
}

/* -- Compare and select -- */

static IrRef compare(Disas *s, unsigned sz, bool signal, unsigned rn, IrRef m)
{
    return ir_fp(s->ir, IR_fcmp, IR_FLAGS, (IrRef[3]){ read_scalar(s, sz, rn), m }, 2 + sz, signal);
}

bool trans_FCMP_s(Disas *s, const arg_FCMP_s *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    if (fp_is_plain(s)) {
        write_flags(s, compare(s, a->sz, a->e, a->rn,
                               a->zero ? vec_zero(s) : read_scalar(s, a->sz, a->rm)));
        return true;
    }
    IrRef m = a->zero ? ir_imm64(s->ir, 0) : read_fp(s, a->sz, a->rm);
    IrRef nzcv = ir_call(s->ir, &h_s_fcmp, imm(s, format_of(a->sz) | a->e << 8),
                         read_fp(s, a->sz, a->rn), m);
    write_flags(s, ir_nzcvf(s->ir, nzcv));
    return true;
}

/* A helper does it: it must not raise flags when the condition fails. */
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
    IrRef v = read_scalar(s, a->sz, a->rn);
    if (a->cond < 14) {
        v = ir_selectf(s->ir, a->cond, read_flags(s), v, read_scalar(s, a->sz, a->rm));
    }
    write_v(s, a->rd, v);
    return true;
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

    if (!fp_access_ok(s)) {
        return true;
    }
    if (fp_is_plain(s) && !fbits) {
        IrRef v = ir_fp(s->ir, IR_ftoi, sf ? IR_I64 : IR_I32,
                        (IrRef[3]){ read_scalar(s, sz, rn) }, 2 + sz,
                        mode | (is_unsigned ? IR_FP_UNSIGNED : 0));
        write_reg(s, sf, rd, v);
        return true;
    }
    IrRef v = ir_call(s->ir, &h_s_fcvt_int, imm(s, how), read_fp(s, sz, rn));
    write_x(s, rd, v);
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
    if (fp_is_plain(s)) {
        unsigned how = fbits | (is_unsigned && sf ? IR_FP_FROM_UNSIGNED : 0);
        write_v(s, rd, fp_op1(s, IR_ffromi, v, 2 + sz, how));
        return true;
    }
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
