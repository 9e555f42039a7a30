/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Integer SIMD between element sizes and by one element: three different, indexed, narrowing. */
#include "simd.h"

typedef Args_q_rd_rm_rn_size Args3;
typedef Args_q_rd_rn_size Args2;
typedef Args_h_lm_q_rd_rm_rn_size ArgsX;

/* -- Operands -- */

static IrRef widen(Disas *s, IrRef v, unsigned size, bool is_unsigned)
{
    return vop1(s, is_unsigned ? IR_vwidenu : IR_vwidens, v, size, 0);
}

/* The half of @r that the instruction works on, widened. */
static IrRef read_wide(Disas *s, unsigned q, unsigned r, unsigned size, bool is_unsigned)
{
    return widen(s, read_half(s, q, r), size, is_unsigned);
}

static unsigned index_of(const ArgsX *a) { return a->h << (3 - a->size) | a->lm; }

/* -- Addition and subtraction: long and wide -- */

static bool add_long(Disas *s, const Args3 *a, IrOp op, bool is_unsigned)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    write_v(s, a->rd, vop2(s, op, read_wide(s, a->q, a->rn, a->size, is_unsigned),
                           read_wide(s, a->q, a->rm, a->size, is_unsigned), a->size + 1));
    return true;
}

static bool add_wide(Disas *s, const Args3 *a, IrOp op, bool is_unsigned)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    write_v(s, a->rd, vop2(s, op, read_v(s, a->rn),
                           read_wide(s, a->q, a->rm, a->size, is_unsigned), a->size + 1));
    return true;
}

bool trans_SADDL(Disas *s, const arg_SADDL *a) { return add_long(s, a, IR_vadd, false); }
bool trans_UADDL(Disas *s, const arg_UADDL *a) { return add_long(s, a, IR_vadd, true); }
bool trans_SSUBL(Disas *s, const arg_SSUBL *a) { return add_long(s, a, IR_vsub, false); }
bool trans_USUBL(Disas *s, const arg_USUBL *a) { return add_long(s, a, IR_vsub, true); }
bool trans_SADDW(Disas *s, const arg_SADDW *a) { return add_wide(s, a, IR_vadd, false); }
bool trans_UADDW(Disas *s, const arg_UADDW *a) { return add_wide(s, a, IR_vadd, true); }
bool trans_SSUBW(Disas *s, const arg_SSUBW *a) { return add_wide(s, a, IR_vsub, false); }
bool trans_USUBW(Disas *s, const arg_USUBW *a) { return add_wide(s, a, IR_vsub, true); }

/* -- Absolute difference long: as an unsigned number it fits the narrow element -- */

static bool abd_long(Disas *s, const Args3 *a, bool is_unsigned, bool accumulate)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef n = read_half(s, a->q, a->rn), m = read_half(s, a->q, a->rm);
    IrRef max = vop2(s, is_unsigned ? IR_vumax : IR_vsmax, n, m, a->size);
    IrRef min = vop2(s, is_unsigned ? IR_vumin : IR_vsmin, n, m, a->size);
    IrRef v = widen(s, vop2(s, IR_vsub, max, min, a->size), a->size, true);
    write_v(s, a->rd, accumulate ? vop2(s, IR_vadd, read_v(s, a->rd), v, a->size + 1) : v);
    return true;
}

bool trans_SABDL(Disas *s, const arg_SABDL *a) { return abd_long(s, a, false, false); }
bool trans_UABDL(Disas *s, const arg_UABDL *a) { return abd_long(s, a, true, false); }
bool trans_SABAL(Disas *s, const arg_SABAL *a) { return abd_long(s, a, false, true); }
bool trans_UABAL(Disas *s, const arg_UABAL *a) { return abd_long(s, a, true, true); }

/* -- High halves of sums -- */

static bool add_high(Disas *s, const Args3 *a, IrOp op, bool round)
{
    unsigned wide = a->size + 1, bits = 8u << a->size;

    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef v = vop2(s, op, read_v(s, a->rn), read_v(s, a->rm), wide);
    if (round) {
        v = vop2(s, IR_vadd, v, vec_const(s, wide, UINT64_C(1) << (bits - 1)), wide);
    }
    v = vop1(s, IR_vnarrow, vop1(s, IR_vshri, v, wide, bits), a->size, 0);
    return write_narrow(s, a->q, a->rd, v);
}

bool trans_ADDHN(Disas *s, const arg_ADDHN *a) { return add_high(s, a, IR_vadd, false); }
bool trans_RADDHN(Disas *s, const arg_RADDHN *a) { return add_high(s, a, IR_vadd, true); }
bool trans_SUBHN(Disas *s, const arg_SUBHN *a) { return add_high(s, a, IR_vsub, false); }
bool trans_RSUBHN(Disas *s, const arg_RSUBHN *a) { return add_high(s, a, IR_vsub, true); }

/* -- Multiplication, long -- */

typedef struct MulLong {
    IrOp product;
    IrOp accumulate;              /* vadd, vsub; mov: none */
} MulLong;

static const MulLong smull = { IR_vmulls, IR_mov }, umull = { IR_vmullu, IR_mov };
static const MulLong smlal = { IR_vmulls, IR_vadd }, umlal = { IR_vmullu, IR_vadd };
static const MulLong smlsl = { IR_vmulls, IR_vsub }, umlsl = { IR_vmullu, IR_vsub };

/* Rn times @m, lane by lane of the half @q says. */
static bool multiply(Disas *s, unsigned q, unsigned rd, unsigned rn, IrRef m, unsigned size,
                     const MulLong *k)
{
    IrRef v = ir_op2x(s->ir, k->product, read_v(s, rn), m, size, q);

    write_v(s, rd, k->accumulate == IR_mov ? v
                   : vop2(s, k->accumulate, read_v(s, rd), v, size + 1));
    return true;
}

static IrRef read_element(Disas *s, const ArgsX *a)
{
    return vop1(s, IR_vduplane, read_v(s, a->rm), a->size, index_of(a));
}

static bool mul_long(Disas *s, const Args3 *a, const MulLong *k)
{
    return !fp_access_ok(s)
        || multiply(s, a->q, a->rd, a->rn, read_v(s, a->rm), a->size, k);
}

static bool mul_long_indexed(Disas *s, const ArgsX *a, const MulLong *k)
{
    return !fp_access_ok(s) || multiply(s, a->q, a->rd, a->rn, read_element(s, a), a->size, k);
}

bool trans_SMULL_v(Disas *s, const arg_SMULL_v *a) { return mul_long(s, a, &smull); }
bool trans_UMULL_v(Disas *s, const arg_UMULL_v *a) { return mul_long(s, a, &umull); }
bool trans_SMLAL(Disas *s, const arg_SMLAL *a) { return mul_long(s, a, &smlal); }
bool trans_UMLAL(Disas *s, const arg_UMLAL *a) { return mul_long(s, a, &umlal); }
bool trans_SMLSL(Disas *s, const arg_SMLSL *a) { return mul_long(s, a, &smlsl); }
bool trans_UMLSL(Disas *s, const arg_UMLSL *a) { return mul_long(s, a, &umlsl); }
bool trans_SMULL_x(Disas *s, const arg_SMULL_x *a) { return mul_long_indexed(s, a, &smull); }
bool trans_UMULL_x(Disas *s, const arg_UMULL_x *a) { return mul_long_indexed(s, a, &umull); }
bool trans_SMLAL_x(Disas *s, const arg_SMLAL_x *a) { return mul_long_indexed(s, a, &smlal); }
bool trans_UMLAL_x(Disas *s, const arg_UMLAL_x *a) { return mul_long_indexed(s, a, &umlal); }
bool trans_SMLSL_x(Disas *s, const arg_SMLSL_x *a) { return mul_long_indexed(s, a, &smlsl); }
bool trans_UMLSL_x(Disas *s, const arg_UMLSL_x *a) { return mul_long_indexed(s, a, &umlsl); }

/* Saturating doubling; @op accumulates, also with saturation (mov: nothing to add to). */
static bool sqdml(Disas *s, unsigned q, unsigned rd, unsigned rn, IrRef m, unsigned size, IrOp op)
{
    unsigned wide = size + 1;
    IrRef n = q == Q_SCALAR ? read_active(s, q, size, rn) : read_v(s, rn);
    IrRef v = ir_op2x(s->ir, IR_vmulls, n, m, size, q == 1);

    v = saturate_min(s, vop2(s, IR_vadd, v, v, wide), wide);
    if (op != IR_mov) {
        IrRef d = q == Q_SCALAR ? read_active(s, q, wide, rd) : read_v(s, rd);
        IrRef sum = vop2(s, op, d, v, wide);
        note_saturation(s, sum, vop2(s, op == IR_vsqadd ? IR_vadd : IR_vsub, d, v, wide));
        v = sum;
    }
    write_v(s, rd, v);
    return true;
}

#define SQDML(NAME, op)                                                                            \
    bool trans_##NAME(Disas *s, const arg_##NAME *a)                                               \
    {                                                                                              \
        return !fp_access_ok(s)                                                                    \
            || sqdml(s, a->q, a->rd, a->rn, read_v(s, a->rm), a->size, op);                        \
    }                                                                                              \
    bool trans_##NAME##_x(Disas *s, const arg_##NAME##_x *a)                                       \
    {                                                                                              \
        return !fp_access_ok(s)                                                                    \
            || sqdml(s, a->q, a->rd, a->rn, read_element(s, a), a->size, op);                      \
    }
SQDML(SQDMULL, IR_mov)
SQDML(SQDMLAL, IR_vsqadd)
SQDML(SQDMLSL, IR_vsqsub)

/* -- Polynomial -- */

bool trans_PMULL(Disas *s, const arg_PMULL *a)
{
    if (fp_access_ok(s)) {
        write_v(s, a->rd, vop2(s, IR_vpmull8, read_half(s, a->q, a->rn), read_half(s, a->q, a->rm),
                               0));
    }
    return true;
}

bool trans_PMULL_64(Disas *s, const arg_PMULL_64 *a)
{
    if (fp_access_ok(s)) {
        write_v(s, a->rd, ir_op2x(s->ir, IR_vclmul, read_v(s, a->rn), read_v(s, a->rm), a->q,
                                  a->q));
    }
    return true;
}

/* -- By one element, same size -- */

static bool mul_indexed(Disas *s, const ArgsX *a, IrOp accumulate)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef v = vop2(s, IR_vmul, read_v(s, a->rn), read_element(s, a), a->size);
    if (accumulate != IR_mov) {
        v = vop2(s, accumulate, read_v(s, a->rd), v, a->size);
    }
    return write_vq(s, a->q, a->rd, v);
}

bool trans_MUL_x(Disas *s, const arg_MUL_x *a) { return mul_indexed(s, a, IR_mov); }
bool trans_MLA_x(Disas *s, const arg_MLA_x *a) { return mul_indexed(s, a, IR_vadd); }
bool trans_MLS_x(Disas *s, const arg_MLS_x *a) { return mul_indexed(s, a, IR_vsub); }

static bool doubling_high(Disas *s, const ArgsX *a, bool round)
{
    if (fp_access_ok(s)) {
        IrRef n = read_active(s, a->q, a->size, a->rn);
        IrRef v = ir_op2x(s->ir, IR_vdmulh, n, read_element(s, a), a->size, round);
        write_v(s, a->rd, saturate_min(s, v, a->size));
    }
    return true;
}

bool trans_SQDMULH_x(Disas *s, const arg_SQDMULH_x *a) { return doubling_high(s, a, false); }
bool trans_SQRDMULH_x(Disas *s, const arg_SQRDMULH_x *a) { return doubling_high(s, a, true); }

/*
 * A half of Rd +- the product, rounded: half of what the manual doubles, so that no sum of two
 * products of MIN overflows the wide element.
 */
static IrRef sqrdml_half(Disas *s, IrRef d, IrRef n, IrRef m, unsigned size, unsigned half, IrOp op)
{
    unsigned wide = size + 1, shift = (8u << size) - 1;
    uint64_t max = MASK(shift - 1, 0);

    d = vop1(s, IR_vwidens, half ? vop1(s, IR_vduplane, d, 3, 1) : d, size, 0);
    IrRef v = vop2(s, op, vop1(s, IR_vshli, d, wide, shift),
                   ir_op2x(s->ir, IR_vmulls, n, m, size, half), wide);
    v = vop2(s, IR_vadd, v, vec_const(s, wide, UINT64_C(1) << (shift - 1)), wide);
    v = vop1(s, IR_vsari, v, wide, shift);
    IrRef r = vop2(s, IR_vsmin, v, vec_const(s, wide, max), wide);
    r = vop2(s, IR_vsmax, r, vec_const(s, wide, ~max), wide);
    note_saturation(s, r, v);
    return vop1(s, IR_vnarrow, r, size, 0);
}

bool sqrdml(Disas *s, unsigned q, unsigned rd, unsigned rn, IrRef m, unsigned size, IrOp op)
{
    IrRef d = read_active(s, q, size, rd), n = read_active(s, q, size, rn);
    IrRef v = sqrdml_half(s, d, n, m, size, 0, op);

    if (q == 1) {
        v = vop2(s, IR_vzip1, v, sqrdml_half(s, d, n, m, size, 1, op), 3);
    }
    write_v(s, rd, v);
    return true;
}

bool trans_SQRDMLAH_x(Disas *s, const arg_SQRDMLAH_x *a)
{
    return !fp_access_ok(s)
        || sqrdml(s, a->q, a->rd, a->rn, read_element(s, a), a->size, IR_vadd);
}

bool trans_SQRDMLSH_x(Disas *s, const arg_SQRDMLSH_x *a)
{
    return !fp_access_ok(s)
        || sqrdml(s, a->q, a->rd, a->rn, read_element(s, a), a->size, IR_vsub);
}

/* -- Narrowing and widening moves -- */

bool trans_XTN(Disas *s, const arg_XTN *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    return write_narrow(s, a->q, a->rd, vop1(s, IR_vnarrow, read_v(s, a->rn), a->size, 0));
}

static bool narrow_sat(Disas *s, const Args2 *a, Narrow kind)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef n = read_v(s, a->rn);
    n = a->q == Q_SCALAR ? active(s, a->q, a->size + 1, n) : n;
    return write_narrow_sat(s, a->q, a->rd, n, a->size, kind);
}

bool trans_SQXTN(Disas *s, const arg_SQXTN *a) { return narrow_sat(s, a, NARROW_S); }
bool trans_UQXTN(Disas *s, const arg_UQXTN *a) { return narrow_sat(s, a, NARROW_U); }
bool trans_SQXTUN(Disas *s, const arg_SQXTUN *a) { return narrow_sat(s, a, NARROW_SU); }

bool trans_SHLL(Disas *s, const arg_SHLL *a)
{
    if (fp_access_ok(s)) {
        write_v(s, a->rd, vop1(s, IR_vshli, read_wide(s, a->q, a->rn, a->size, true), a->size + 1,
                               8u << a->size));
    }
    return true;
}
