/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scalar floating point (C4.1.96, the floating-point groups): singles and doubles, and the same for
 * halves (FEAT_FP16, ftype 11), whose lines are others.
 */
#include "fp_forms.h"

#include "fpu/fpu.h"

static IrRef imm(Disas *s, uint32_t v) { return ir_imm32(s->ir, v); }
static unsigned format_of(unsigned size) { return FPU_F16 + size - 1; }

/* Scalar of 1 << @size bytes in register @r, for helpers. */
static IrRef bits_of(Disas *s, unsigned size, unsigned r)
{
    return ir_vext(s->ir, IR_I64, read_v(s, r), size, 0);
}

#define FORM(a, sz) (&(FpForm){ .q = Q_SCALAR, .size = (sz), .rd = (a)->rd, .rn = (a)->rn,         \
                                .rm = (a)->rm })
#define FORM1(a, sz) (&(FpForm){ .q = Q_SCALAR, .size = (sz), .rd = (a)->rd, .rn = (a)->rn,        \
                                 .rm = (a)->rn })

/* -- Two sources -- */

#define TWO_SOURCES(NAME, op, h)                                                                   \
    bool trans_##NAME##_s(Disas *s, const arg_##NAME##_s *a)                                       \
    {                                                                                              \
        return fp_two(s, FORM(a, 2 + a->sz), op, &h);                                              \
    }                                                                                              \
    bool trans_##NAME##_h(Disas *s, const arg_##NAME##_h *a)                                       \
    {                                                                                              \
        return fp_two(s, FORM(a, 1), op, &h);                                                      \
    }
TWO_SOURCES(FADD, IR_fadd, h_v_fadd)
TWO_SOURCES(FSUB, IR_fsub, h_v_fsub)
TWO_SOURCES(FMUL, IR_fmul, h_v_fmul)
TWO_SOURCES(FDIV, IR_fdiv, h_v_fdiv)
TWO_SOURCES(FMAX, IR_fmax, h_v_fmax)
TWO_SOURCES(FMIN, IR_fmin, h_v_fmin)
TWO_SOURCES(FMAXNM, IR_fmaxnm, h_v_fmaxnm)
TWO_SOURCES(FMINNM, IR_fminnm, h_v_fminnm)

static bool fnmul(Disas *s, const FpForm *f)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    if (!fp_is_plain(s)) {
        return vec_call(s, &h_v_fnmul, fp_desc(f));
    }
    IrRef v = fp_op2(s, IR_fmul, fp_operand(s, f, f->rn), fp_operand(s, f, f->rm), f->size);
    write_v(s, f->rd, vop2(s, IR_vxor, v, ir_vimm(s->ir, UINT64_C(1) << ((8u << f->size) - 1), 0),
                           0));
    return true;
}

bool trans_FNMUL_s(Disas *s, const arg_FNMUL_s *a) { return fnmul(s, FORM(a, 2 + a->sz)); }
bool trans_FNMUL_h(Disas *s, const arg_FNMUL_h *a) { return fnmul(s, FORM(a, 1)); }

/* -- Three sources -- */

/* @how: negate the addend, 2: the product. */
static bool fmadd(Disas *s, const FpForm *f, unsigned ra, unsigned how)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    if (fp_is_plain(s)) {
        IrRef args[3] = { fp_operand(s, f, ra), fp_operand(s, f, f->rn), fp_operand(s, f, f->rm) };
        write_v(s, f->rd, fp_op(s, IR_fma, IR_V128, args, f->size, how, f->size));
        return true;
    }
    return write_fp(s, f->rd, ir_call(s->ir, &h_s_fmadd, imm(s, format_of(f->size) | how << 8),
                                      bits_of(s, f->size, ra), bits_of(s, f->size, f->rn),
                                      bits_of(s, f->size, f->rm)));
}

bool trans_FMADD_s(Disas *s, const arg_FMADD_s *a)
{
    return fmadd(s, FORM(a, 2 + a->sz), a->ra, a->na | a->np << 1);
}

bool trans_FMADD_h(Disas *s, const arg_FMADD_h *a)
{
    return fmadd(s, FORM(a, 1), a->ra, a->na | a->np << 1);
}

/* -- One source -- */

bool trans_FABS_s(Disas *s, const arg_FABS_s *a)
{
    return fp_sign(s, FORM1(a, 2 + a->sz), IR_vandc);
}

bool trans_FNEG_s(Disas *s, const arg_FNEG_s *a)
{
    return fp_sign(s, FORM1(a, 2 + a->sz), IR_vxor);
}

bool trans_FABS_h(Disas *s, const arg_FABS_h *a) { return fp_sign(s, FORM1(a, 1), IR_vandc); }
bool trans_FNEG_h(Disas *s, const arg_FNEG_h *a) { return fp_sign(s, FORM1(a, 1), IR_vxor); }

static bool move(Disas *s, unsigned size, unsigned rd, unsigned rn)
{
    if (fp_access_ok(s)) {
        write_v(s, rd, read_lane0(s, size, rn));
    }
    return true;
}

bool trans_FMOV_s(Disas *s, const arg_FMOV_s *a) { return move(s, 2 + a->sz, a->rd, a->rn); }
bool trans_FMOV_h(Disas *s, const arg_FMOV_h *a) { return move(s, 1, a->rd, a->rn); }

static bool root(Disas *s, const FpForm *f)
{
    return fp_one(s, f, IR_fsqrt, 0, &h_v_fsqrt, fp_desc(f));
}

bool trans_FSQRT_s(Disas *s, const arg_FSQRT_s *a) { return root(s, FORM1(a, 2 + a->sz)); }
bool trans_FSQRT_h(Disas *s, const arg_FSQRT_h *a) { return root(s, FORM1(a, 1)); }

bool trans_FRINT_s(Disas *s, const arg_FRINT_s *a)
{
    return fp_round(s, FORM1(a, 2 + a->sz), a->mode, false);
}

bool trans_FRINTX_s(Disas *s, const arg_FRINTX_s *a)
{
    return fp_round(s, FORM1(a, 2 + a->sz), VD_ROUND_FPCR, true);
}

bool trans_FRINTI_s(Disas *s, const arg_FRINTI_s *a)
{
    return fp_round(s, FORM1(a, 2 + a->sz), VD_ROUND_FPCR, false);
}

bool trans_FRINT_h(Disas *s, const arg_FRINT_h *a)
{
    return fp_round(s, FORM1(a, 1), a->mode, false);
}

bool trans_FRINTX_h(Disas *s, const arg_FRINTX_h *a)
{
    return fp_round(s, FORM1(a, 1), VD_ROUND_FPCR, true);
}

bool trans_FRINTI_h(Disas *s, const arg_FRINTI_h *a)
{
    return fp_round(s, FORM1(a, 1), VD_ROUND_FPCR, false);
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

static bool fcmp(Disas *s, unsigned size, bool signal, unsigned rn, unsigned rm, bool zero)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    if (fp_is_plain(s)) {
        IrRef n = read_lane0(s, size, rn);
        write_flags(s, compare(s, size, signal, n, zero ? vec_zero(s) : read_lane0(s, size, rm)));
        return true;
    }
    IrRef m = zero ? ir_imm64(s->ir, 0) : bits_of(s, size, rm);
    IrRef nzcv = ir_call(s->ir, &h_s_fcmp, imm(s, format_of(size) | (uint32_t)signal << 8),
                         bits_of(s, size, rn), m);
    write_flags(s, ir_nzcvf(s->ir, nzcv));
    return true;
}

bool trans_FCMP_s(Disas *s, const arg_FCMP_s *a)
{
    return fcmp(s, 2 + a->sz, a->e, a->rn, a->rm, a->zero);
}

bool trans_FCMP_h(Disas *s, const arg_FCMP_h *a)
{
    return fcmp(s, 1, a->e, a->rn, a->rm, a->zero);
}

/* When the condition fails zeros are compared, which raises nothing. */
static bool fccmp_inline(Disas *s, unsigned size, const arg_FCCMP_h *a)
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

static bool fccmp(Disas *s, unsigned size, const arg_FCCMP_h *a)
{
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

bool trans_FCCMP_s(Disas *s, const arg_FCCMP_s *a)
{
    return fccmp(s, 2 + a->sz, &(arg_FCCMP_h){ .rn = a->rn, .rm = a->rm, .e = a->e, .nzcv = a->nzcv,
                                               .cond = a->cond });
}

bool trans_FCCMP_h(Disas *s, const arg_FCCMP_h *a) { return fccmp(s, 1, a); }

static bool fcsel(Disas *s, unsigned size, unsigned rd, unsigned rn, unsigned rm, unsigned cond)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef v = read_lane0(s, size, rn);
    if (cond < 14) {
        v = ir_selectf(s->ir, cond, read_flags(s), v, read_lane0(s, size, rm));
    }
    write_v(s, rd, v);
    return true;
}

bool trans_FCSEL_s(Disas *s, const arg_FCSEL_s *a)
{
    return fcsel(s, 2 + a->sz, a->rd, a->rn, a->rm, a->cond);
}

bool trans_FCSEL_h(Disas *s, const arg_FCSEL_h *a)
{
    return fcsel(s, 1, a->rd, a->rn, a->rm, a->cond);
}

/* -- Moves -- */

bool trans_FMOV_si(Disas *s, const arg_FMOV_si *a)
{
    if (fp_access_ok(s)) {
        write_v(s, a->rd, ir_vimm(s->ir, fp_expand_imm(a->sz, a->imm), 0));
    }
    return true;
}

bool trans_FMOV_hi(Disas *s, const arg_FMOV_hi *a)
{
    if (fp_access_ok(s)) {
        write_v(s, a->rd, ir_vimm(s->ir, fp_expand_half(a->imm), 0));
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

bool trans_FMOV_xgh(Disas *s, const arg_FMOV_xgh *a)
{
    if (fp_access_ok(s)) {
        write_x(s, a->rd, bits_of(s, 1, a->rn));
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

bool trans_FMOV_gxh(Disas *s, const arg_FMOV_gxh *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    return write_fp(s, a->rd, ir_op2(s->ir, IR_and, read_x(s, a->rn), ir_imm64(s->ir, 0xffff)));
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

#define CONVERSION(a, uns, sz, n) ((GprConversion){ .sf = (a)->sf, .is_unsigned = (uns),           \
    .size = (sz), .rd = (a)->rd, .rn = (a)->rn, .fbits = (n) })
/* scale = hi:scale, 64 - fraction bits */
#define FBITS(a) (64 - ((a)->hi << 5 | (a)->scale))

bool trans_FCVT_si(Disas *s, const arg_FCVT_si *a)
{
    return to_int(s, CONVERSION(a, a->uns, 2 + a->sz, 0), a->mode);
}

bool trans_FCVT_hi(Disas *s, const arg_FCVT_hi *a)
{
    return to_int(s, CONVERSION(a, a->uns, 1, 0), a->mode);
}

#define TO_FIXED(NAME, size, uns)                                                                  \
    bool trans_##NAME(Disas *s, const arg_##NAME *a)                                               \
    {                                                                                              \
        return to_int(s, CONVERSION(a, uns, size, FBITS(a)), FPU_ZERO);                            \
    }
TO_FIXED(FCVTZS_sf, 2 + a->sz, false)
TO_FIXED(FCVTZU_sf, 2 + a->sz, true)
TO_FIXED(FCVTZS_hf, 1, false)
TO_FIXED(FCVTZU_hf, 1, true)

#define FROM_INT(NAME, size, uns, n)                                                               \
    bool trans_##NAME(Disas *s, const arg_##NAME *a)                                               \
    {                                                                                              \
        return from_int(s, CONVERSION(a, uns, size, n));                                           \
    }
FROM_INT(SCVTF_si, 2 + a->sz, false, 0)
FROM_INT(UCVTF_si, 2 + a->sz, true, 0)
FROM_INT(SCVTF_sf, 2 + a->sz, false, FBITS(a))
FROM_INT(UCVTF_sf, 2 + a->sz, true, FBITS(a))
FROM_INT(SCVTF_hi, 1, false, 0)
FROM_INT(UCVTF_hi, 1, true, 0)
FROM_INT(SCVTF_hf, 1, false, FBITS(a))
FROM_INT(UCVTF_hf, 1, true, FBITS(a))
