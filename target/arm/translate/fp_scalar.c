/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scalar floating point (C4.1.96, the floating-point groups): singles, doubles, and halves
 * (FEAT_FP16, ftype 11).
 */
#include "fp_forms.h"

#include "fpu/fpu.h"

static IrRef imm(Disas *s, uint32_t v) { return ir_imm32(s->ir, v); }
static unsigned format_of(unsigned size) { return FPU_F16 + size - 1; }

#define FORM2(a) FP_FORM(a, Q_SCALAR, (a)->rn)
#define FORM3(a) FP_FORM(a, Q_SCALAR, (a)->rm)

/* -- Two sources -- */

#define TWO_SOURCES(NAME, op, h)                                                                   \
    bool trans_##NAME(Disas *s, const arg_##NAME *a) { return fp_two(s, FORM3(a), op, &h); }
TWO_SOURCES(FADD_s, IR_fadd, h_v_fadd)
TWO_SOURCES(FSUB_s, IR_fsub, h_v_fsub)
TWO_SOURCES(FMUL_s, IR_fmul, h_v_fmul)
TWO_SOURCES(FDIV_s, IR_fdiv, h_v_fdiv)
TWO_SOURCES(FMAX_s, IR_fmax, h_v_fmax)
TWO_SOURCES(FMIN_s, IR_fmin, h_v_fmin)
TWO_SOURCES(FMAXNM_s, IR_fmaxnm, h_v_fmaxnm)
TWO_SOURCES(FMINNM_s, IR_fminnm, h_v_fminnm)

bool trans_FNMUL_s(Disas *s, const arg_FNMUL_s *a)
{
    const FpForm *f = FORM3(a);

    if (fp_done(s, &h_v_fnmul, fp_desc(f))) {
        return true;
    }
    IrRef v = fp_op2(s, IR_fmul, fp_operand(s, f, f->rn), fp_operand(s, f, f->rm), f->size);
    write_v(s, f->rd, vop2(s, IR_vxor, v, fp_signs(s, f), 0));
    return true;
}

/* -- Three sources -- */

bool trans_FMADD_s(Disas *s, const arg_FMADD_s *a)
{
    const FpForm *f = FORM3(a);
    unsigned how = a->na | a->np << 1;

    if (!fp_access_ok(s)) {
        return true;
    }
    if (fp_is_plain(s)) {
        IrRef args[3] = { fp_operand(s, f, a->ra), fp_operand(s, f, f->rn),
                          fp_operand(s, f, f->rm) };
        write_v(s, f->rd, fp_op(s, IR_fma, IR_V128, args, f->size, how, f->size));
        return true;
    }
    return write_fp(s, f->rd, ir_call(s->ir, &h_s_fmadd, imm(s, format_of(f->size) | how << 8),
                                      bits_of(s, f->size, a->ra), bits_of(s, f->size, f->rn),
                                      bits_of(s, f->size, f->rm)));
}

/* -- One source -- */

bool trans_FABS_s(Disas *s, const arg_FABS_s *a) { return fp_sign(s, FORM2(a), IR_vandc); }
bool trans_FNEG_s(Disas *s, const arg_FNEG_s *a) { return fp_sign(s, FORM2(a), IR_vxor); }

bool trans_FMOV_s(Disas *s, const arg_FMOV_s *a)
{
    if (fp_access_ok(s)) {
        write_v(s, a->rd, read_lane0(s, 2 + a->sz, a->rn));
    }
    return true;
}

bool trans_FSQRT_s(Disas *s, const arg_FSQRT_s *a)
{
    return fp_one(s, FORM2(a), IR_fsqrt, 0, &h_v_fsqrt, fp_desc(FORM2(a)));
}

bool trans_FRINT_s(Disas *s, const arg_FRINT_s *a)
{
    return fp_round(s, FORM2(a), a->mode, false);
}

bool trans_FRINTX_s(Disas *s, const arg_FRINTX_s *a)
{
    return fp_round(s, FORM2(a), VD_ROUND_FPCR, true);
}

bool trans_FRINTI_s(Disas *s, const arg_FRINTI_s *a)
{
    return fp_round(s, FORM2(a), VD_ROUND_FPCR, false);
}

bool trans_FCVT_s(Disas *s, const arg_FCVT_s *a)
{
    static const uint8_t size[] = { 2, 3, 0, 1 };
    unsigned from = size[a->from], to = size[a->to];

    if (!fp_access_ok(s)) {
        return true;
    }
    /* By way of a single, whose tiny values would be flushed. */
    bool tiny = s->ctx & CTX_FP_FLUSH && from == 3 && to == 1;
    if (fp_is_plain(s) && !tiny) {
        write_v(s, a->rd, fp_op1(s, IR_fcvt, read_lane0(s, from, a->rn), to, from));
        return true;
    }
    return write_fp(s, a->rd, ir_call(s->ir, &h_s_fcvt,
                                      imm(s, format_of(to) | format_of(from) << 8),
                                      bits_of(s, from, a->rn)));
}

/* -- Compare and select -- */

static IrRef compare(Disas *s, unsigned size, bool signal, IrRef n, IrRef m)
{
    return fp_op(s, IR_fcmp, IR_FLAGS, (IrRef[3]){ n, m }, size, signal, size);
}

bool trans_FCMP_s(Disas *s, const arg_FCMP_s *a)
{
    unsigned size = 2 + a->sz;

    if (!fp_access_ok(s)) {
        return true;
    }
    if (fp_is_plain(s)) {
        IrRef n = read_lane0(s, size, a->rn);
        IrRef m = a->zero ? vec_zero(s) : read_lane0(s, size, a->rm);
        write_flags(s, compare(s, size, a->e, n, m));
        return true;
    }
    IrRef m = a->zero ? ir_imm64(s->ir, 0) : bits_of(s, size, a->rm);
    IrRef nzcv = ir_call(s->ir, &h_s_fcmp, imm(s, format_of(size) | (uint32_t)a->e << 8),
                         bits_of(s, size, a->rn), m);
    write_flags(s, ir_nzcvf(s->ir, nzcv));
    return true;
}

/* When the condition fails zeros are compared, which raises nothing. */
static bool fccmp_inline(Disas *s, unsigned size, const arg_FCCMP_s *a)
{
    IrRef n = read_lane0(s, size, a->rn), m = read_lane0(s, size, a->rm), zero = vec_zero(s);

    if (a->cond >= 14) {
        write_flags(s, compare(s, size, a->e, n, m));
        return true;
    }
    IrRef old = read_flags(s);
    n = ir_selectf(s->ir, a->cond, old, n, zero);
    m = ir_selectf(s->ir, a->cond, old, m, zero);
    IrRef holds = ir_setf(s->ir, IR_I32, a->cond, old);
    IrRef nzcv = ir_fnzcv(s->ir, compare(s, size, a->e, n, m));
    nzcv = ir_selcmp(s->ir, IR_NE, holds, imm(s, 0), nzcv, imm(s, (uint32_t)a->nzcv << 28));
    write_flags(s, ir_nzcvf(s->ir, nzcv));
    return true;
}

bool trans_FCCMP_s(Disas *s, const arg_FCCMP_s *a)
{
    unsigned size = 2 + a->sz;

    if (!fp_access_ok(s)) {
        return true;
    }
    if (fp_is_plain(s)) {
        return fccmp_inline(s, size, a);
    }
    uint32_t how = format_of(size) | a->e << 8 | (uint32_t)a->nzcv << 28;
    IrRef arg = imm(s, how | 1u << 9);
    if (a->cond < 14) {
        IrRef holds = ir_setf(s->ir, IR_I32, a->cond, read_flags(s));
        arg = ir_deposit(s->ir, imm(s, how), holds, 9, 1);
    }
    IrRef nzcv = ir_call(s->ir, &h_s_fccmp, arg, bits_of(s, size, a->rn), bits_of(s, size, a->rm));
    write_flags(s, ir_nzcvf(s->ir, nzcv));
    return true;
}

bool trans_FCSEL_s(Disas *s, const arg_FCSEL_s *a)
{
    unsigned size = 2 + a->sz;

    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef v = read_lane0(s, size, a->rn);
    if (a->cond < 14) {
        v = ir_selectf(s->ir, a->cond, read_flags(s), v, read_lane0(s, size, a->rm));
    }
    write_v(s, a->rd, v);
    return true;
}

/* -- Moves -- */

bool trans_FMOV_si(Disas *s, const arg_FMOV_si *a)
{
    if (fp_access_ok(s)) {
        write_v(s, a->rd, ir_vimm(s->ir, fp_expand_imm(2 + a->sz, a->imm), 0));
    }
    return true;
}

bool trans_FMOV_xg(Disas *s, const arg_FMOV_xg *a)
{
    if (fp_access_ok(s)) {
        write_x(s, a->rd, ir_vext(s->ir, IR_I64, read_v(s, a->rn), 2 + a->sz, a->top));
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
    IrRef v = a->sz < 0 ? ir_op2(s->ir, IR_and, read_x(s, a->rn), ir_imm64(s->ir, 0xffff))
                        : read_reg(s, a->sz, a->rn);
    return write_fp(s, a->rd, v);
}

/* -- Integers and fixed point in general registers -- */

typedef struct GprConversion { bool sf, is_unsigned; uint8_t size, rd, rn, fbits; } GprConversion;

static IrRef to_int_inline(Disas *s, const GprConversion *c, unsigned mode)
{
    IrRef v = read_lane0(s, c->size, c->rn);
    unsigned size = c->size;

    if (size == 1) {                            /* exact */
        v = fp_op1(s, IR_fcvt, v, 2, 1);
        size = 2;
    }
    if (c->fbits) {
        v = fp_op1(s, IR_fscale, v, size, c->fbits);
    }
    return fp_op(s, IR_ftoi, c->sf ? IR_I64 : IR_I32, (IrRef[3]){ v }, size,
                 mode | (c->is_unsigned ? IR_FP_UNSIGNED : 0), size);
}

static bool to_int(Disas *s, GprConversion c, unsigned mode)
{
    uint32_t how = format_of(c.size) | mode << 8 | (uint32_t)c.is_unsigned << 16
                 | (uint32_t)c.sf << 17 | (uint32_t)c.fbits << 24;

    if (!fp_access_ok(s)) {
        return true;
    }
    if (fp_is_plain(s)) {
        write_reg(s, c.sf, c.rd, to_int_inline(s, &c, mode));
        return true;
    }
    write_x(s, c.rd, ir_call(s->ir, &h_s_fcvt_int, imm(s, how), bits_of(s, c.size, c.rn)));
    return true;
}

static bool from_int(Disas *s, GprConversion c)
{
    uint32_t how = format_of(c.size) | (uint32_t)c.is_unsigned << 16 | (uint32_t)c.fbits << 24;

    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef v = c.sf ? read_x(s, c.rn)
            : c.is_unsigned ? ir_zext(s->ir, read_w(s, c.rn)) : ir_sext(s->ir, read_w(s, c.rn));
    if (fp_is_plain(s) && c.size == 1 && !c.sf) {       /* exact as a double */
        v = fp_op1(s, IR_ffromi, v, 3, c.fbits);
        write_v(s, c.rd, fp_op1(s, IR_fcvt, v, 1, 3));
        return true;
    }
    if (fp_is_plain(s) && c.size > 1) {
        unsigned aux2 = c.fbits | (c.is_unsigned && c.sf ? IR_FP_FROM_UNSIGNED : 0);
        write_v(s, c.rd, fp_op1(s, IR_ffromi, v, c.size, aux2));
        return true;
    }
    return write_fp(s, c.rd, ir_call(s->ir, &h_s_cvtf, imm(s, how), v));
}

#define CONVERSION(a, uns, n) ((GprConversion){ .sf = (a)->sf, .is_unsigned = (uns),               \
    .size = 2 + (a)->sz, .rd = (a)->rd, .rn = (a)->rn, .fbits = (n) })
/* scale = hi:scale, 64 - fraction bits */
#define FBITS(a) (64 - ((a)->hi << 5 | (a)->scale))

bool trans_FCVT_si(Disas *s, const arg_FCVT_si *a)
{
    return to_int(s, CONVERSION(a, a->uns, 0), a->mode);
}

bool trans_FCVTZS_sf(Disas *s, const arg_FCVTZS_sf *a)
{
    return to_int(s, CONVERSION(a, false, FBITS(a)), FPU_ZERO);
}

bool trans_FCVTZU_sf(Disas *s, const arg_FCVTZU_sf *a)
{
    return to_int(s, CONVERSION(a, true, FBITS(a)), FPU_ZERO);
}

#define FROM_INT(NAME, uns, n)                                                                     \
    bool trans_##NAME(Disas *s, const arg_##NAME *a) { return from_int(s, CONVERSION(a, uns, n)); }
FROM_INT(SCVTF_si, false, 0)
FROM_INT(UCVTF_si, true, 0)
FROM_INT(SCVTF_sf, false, FBITS(a))
FROM_INT(UCVTF_sf, true, FBITS(a))
