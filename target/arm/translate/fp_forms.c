/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Floating-point instructions by IR ops or, for special FPCRs, helpers. See fp_forms.h. */
#include "fp_forms.h"

#include "fpu/fpu.h"

void fp_note_denormals(Disas *s, IrRef v, unsigned aux)
{
    const IrInsn *in = &s->ir->insns[v];
    bool is_result = in->op >= IR_fadd && in->op <= IR_fvfromi && in->op != IR_fvtoi;

    /* Results are never denormal then, as numbers of their own format. */
    if ((is_result && (in->aux & IR_FP_SIZE) == (aux & IR_FP_SIZE))
        || (in->op == IR_vimm && !s->ir->vconsts[in->aux2][0] && !s->ir->vconsts[in->aux2][1])) {
        return;
    }
    ir_fp(s->ir, IR_fdenorm, IR_V128, (IrRef[3]){ v }, aux, 0);
}

/* Rm, or its element in the lanes of the form. */
static IrRef second(Disas *s, const FpForm *f)
{
    if (!f->indexed) {
        return fp_operand(s, f, f->rm);
    }
    IrRef m = vop1(s, IR_vduplane, read_v(s, f->rm), f->size, f->index);

    return f->q ? m : vop1(s, IR_vzero64, m, 0, 0);
}

static IrRef two(Disas *s, const FpForm *f, IrOp op)
{
    IrRef n = fp_operand(s, f, f->rn);

    return fp_op2(s, op, n, second(s, f), fp_aux(f));
}

bool fp_two(Disas *s, const FpForm *f, IrOp op, const IrHelper *h)
{
    return fp_done(s, h, fp_desc(f)) || write_vq(s, f->q, f->rd, two(s, f, op));
}

/* Beyond the form 0 / 1. */
bool fp_div(Disas *s, const FpForm *f)
{
    if (f->q) {
        return fp_two(s, f, IR_fdiv, &h_v_fdiv);
    }
    if (fp_done(s, &h_v_fdiv, fp_desc(f))) {
        return true;
    }
    IrRef ones = vec_const(s, f->size, f->size == 1 ? 0x3c00 : 0x3f800000);
    IrRef m = vop2(s, IR_vzip1, read_v(s, f->rm), ones, 3);
    return write_vq(s, 0, f->rd, fp_op2(s, IR_fdiv, fp_operand(s, f, f->rn), m, fp_aux(f)));
}

bool fp_abd(Disas *s, const FpForm *f)
{
    return fp_done(s, &h_v_fabd, fp_desc(f))
        || write_vq(s, f->q, f->rd, fp_magnitude(s, f, two(s, f, IR_fsub)));
}

bool fp_compare_magnitudes(Disas *s, const FpForm *f, IrOp op, const IrHelper *h)
{
    if (fp_done(s, h, fp_desc(f))) {
        return true;
    }
    IrRef n = fp_magnitude(s, f, fp_operand(s, f, f->rn));
    IrRef m = fp_magnitude(s, f, fp_operand(s, f, f->rm));
    return write_vq(s, f->q, f->rd, fp_op2(s, op, n, m, fp_aux(f)));
}

bool fp_compare_zero(Disas *s, const FpForm *f, IrOp op, bool zero_first, const IrHelper *h)
{
    if (fp_done(s, h, fp_desc(f))) {
        return true;
    }
    IrRef n = fp_operand(s, f, f->rn), zero = vec_zero(s);
    return write_vq(s, f->q, f->rd, fp_op2(s, op, zero_first ? zero : n, zero_first ? n : zero,
                                           fp_aux(f)));
}

bool fp_mla(Disas *s, const FpForm *f, bool negate)
{
    if (fp_done(s, negate ? &h_v_fmls : &h_v_fmla, fp_desc(f))) {
        return true;
    }
    IrRef args[3] = { fp_operand(s, f, f->rd), fp_operand(s, f, f->rn), second(s, f) };
    return write_vq(s, f->q, f->rd, fp_op(s, IR_fma, IR_V128, args, fp_aux(f), negate ? 2 : 0,
                                          f->size));
}

/* -- Pairs, and across lanes -- */

static IrRef neighbours(Disas *s, unsigned size, IrRef n, IrRef m, IrOp op)
{
    return fp_op2(s, op, vop2(s, IR_vuzp1, n, m, size), vop2(s, IR_vuzp2, n, m, size),
                  size | IR_FP_ALL);
}

bool fp_pairwise(Disas *s, const FpForm *f, IrOp op, const IrHelper *h)
{
    if (fp_done(s, h, fp_desc(f))) {
        return true;
    }
    IrRef n, m;
    read_row(s, f->q, f->rn, f->rm, &n, &m);
    return write_vq(s, f->q, f->rd, neighbours(s, f->size, n, m, op));
}

/* Lanes 0 and 1 of @v to a scalar. */
static bool fold_pair(Disas *s, const FpForm *f, IrRef v, IrOp op)
{
    write_v(s, f->rd, fp_op2(s, op, v, vop1(s, IR_vduplane, v, f->size, 1), f->size));
    return true;
}

bool fp_pair(Disas *s, const FpForm *f, IrOp op, const IrHelper *h)
{
    return fp_done(s, h, fp_desc(f) | 1u << VD_UPPER)
        || fold_pair(s, f, read_v(s, f->rn), op);
}

/* Neighbours first; what is in a half twice does no harm. */
bool fp_across(Disas *s, const FpForm *f, IrOp op, const IrHelper *h)
{
    if (fp_done(s, h, fp_desc(f))) {
        return true;
    }
    IrRef v = read_v(s, f->rn);
    if (!f->q) {
        v = vop1(s, IR_vduplane, v, 3, 0);
    }
    for (unsigned lanes = (8u << f->q) >> f->size; lanes > 2; lanes /= 2) {
        v = neighbours(s, f->size, v, v, op);
    }
    return fold_pair(s, f, v, op);
}

/* -- One operand -- */

bool fp_one(Disas *s, const FpForm *f, IrOp op, unsigned aux2, const IrHelper *h, uint64_t desc)
{
    return fp_done(s, h, desc)
        || write_vq(s, f->q, f->rd, fp_op1(s, op, fp_operand(s, f, f->rn), fp_aux(f), aux2));
}

bool fp_round(Disas *s, const FpForm *f, unsigned round, bool exact)
{
    return fp_one(s, f, IR_frint, round | (exact ? IR_FP_EXACT : 0), &h_v_frint,
                  fp_desc_round(f, round) | (uint64_t)exact << VD_FLAG);
}

bool fp_sign(Disas *s, const FpForm *f, IrOp op)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    bool scalar = f->q == Q_SCALAR;
    IrRef n = scalar ? fp_operand(s, f, f->rn) : read_v(s, f->rn);
    IrRef v = scalar && op == IR_vandc ? fp_magnitude(s, f, n) : vop2(s, op, n, fp_signs(s, f), 0);
    return write_vq(s, f->q, f->rd, v);
}

/* -- Integers and fixed point -- */

/*
 * Halves @v, in the low bytes, to integers of 16 bits in the upper half of words. Signed ones are
 * rounded, then scaled so that what saturates 16 bits saturates 32; it has no fraction. Of unsigned
 * ones only infinities are too large.
 */
static IrRef half_to_words(Disas *s, IrRef v, unsigned round, bool is_unsigned, unsigned fbits)
{
    unsigned aux = 2 | IR_FP_ALL;

    v = fp_op1(s, IR_fcvt, v, aux, 1);
    if (is_unsigned) {
        v = fp_op1(s, IR_fvtoi, v, aux, round | IR_FP_UNSIGNED);
        return vop1(s, IR_vshli, vop2(s, IR_vumin, v, vec_const(s, 2, 0xffff), 2), 2, 16);
    }
    if (fbits) {
        v = fp_op1(s, IR_fscale, v, aux, fbits);
    }
    v = fp_op1(s, IR_fscale, fp_op1(s, IR_frint, v, aux, round | IR_FP_EXACT), aux, 16);
    return fp_op1(s, IR_fvtoi, v, aux, IR_FR_ZERO);
}

static IrRef half_to_int(Disas *s, const FpForm *f, unsigned round, bool is_unsigned,
                         unsigned fbits)
{
    IrRef n = fp_operand(s, f, f->rn);
    IrRef lo = half_to_words(s, n, round, is_unsigned, fbits);
    IrRef hi = f->q == 1
               ? half_to_words(s, vop1(s, IR_vduplane, n, 3, 1), round, is_unsigned, fbits)
               : vec_zero(s);

    return vop2(s, IR_vuzp2, lo, hi, 1);
}

bool fp_to_int(Disas *s, const FpForm *f, unsigned round, bool is_unsigned, unsigned fbits)
{
    unsigned how = round | (is_unsigned ? IR_FP_UNSIGNED : 0);
    uint64_t desc = fp_desc_round(f, round) | (uint64_t)fbits << VD_IMM
                  | (uint64_t)is_unsigned << VD_FLAG;

    if (f->size == 1 && is_unsigned && fbits) {
        return !fp_access_ok(s) || vec_call(s, &h_v_fcvt_int, desc);
    }
    if (fp_done(s, &h_v_fcvt_int, desc)) {
        return true;
    }
    if (f->size == 1) {
        return write_vq(s, f->q, f->rd, half_to_int(s, f, round, is_unsigned, fbits));
    }
    IrRef n = fp_operand(s, f, f->rn);
    if (fbits) {
        n = fp_op1(s, IR_fscale, n, fp_aux(f), fbits);
    }
    if (f->q == Q_SCALAR) {       /* by a general register, for which the host has instructions */
        return write_fp(s, f->rd, fp_op(s, IR_ftoi, f->size == 3 ? IR_I64 : IR_I32,
                                        (IrRef[3]){ n }, f->size, how, f->size));
    }
    return write_vq(s, f->q, f->rd, fp_op1(s, IR_fvtoi, n, fp_aux(f), how));
}

/* Integers of 16 bits are exact as singles, scaled or not. */
static IrRef half_from_int(Disas *s, IrRef v, bool is_unsigned, unsigned fbits)
{
    v = vop1(s, is_unsigned ? IR_vwidenu : IR_vwidens, v, 1, 0);
    v = fp_op1(s, IR_fvfromi, v, 2 | IR_FP_ALL, fbits);
    return fp_op1(s, IR_fcvt, v, 1 | IR_FP_ALL, 2);
}

bool fp_from_int(Disas *s, const FpForm *f, bool is_unsigned, unsigned fbits)
{
    unsigned how = fbits | (is_unsigned ? IR_FP_FROM_UNSIGNED : 0);

    if (fp_done(s, &h_v_cvtf, fp_desc(f) | (uint64_t)fbits << VD_IMM
                              | (uint64_t)is_unsigned << VD_FLAG)) {
        return true;
    }
    IrRef n = fp_operand(s, f, f->rn);
    if (f->size == 1) {
        IrRef v = half_from_int(s, n, is_unsigned, fbits);
        if (f->q == 1) {
            IrRef hi = half_from_int(s, vop1(s, IR_vduplane, n, 3, 1), is_unsigned, fbits);
            v = vop2(s, IR_vzip1, v, hi, 3);
        }
        return write_vq(s, f->q, f->rd, v);
    }
    if (f->q == Q_SCALAR) {
        IrRef v = (is_unsigned ? ir_vext : ir_vsext)(s->ir, IR_I64, read_v(s, f->rn), f->size, 0);
        write_v(s, f->rd, fp_op1(s, IR_ffromi, v, f->size, f->size == 3 ? how : fbits));
        return true;
    }
    return write_vq(s, f->q, f->rd, fp_op1(s, IR_fvfromi, n, fp_aux(f), how));
}
