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
    const IrHelper *helper;
    bool is_unsigned;
    IrOp accumulate;              /* vadd, vsub; mov: none */
} MulLong;

static const MulLong smull = { &h_v_smull, false, IR_mov }, umull = { &h_v_umull, true, IR_mov };
static const MulLong smlal = { &h_v_smlal, false, IR_vadd }, umlal = { &h_v_umlal, true, IR_vadd };
static const MulLong smlsl = { &h_v_smlsl, false, IR_vsub }, umlsl = { &h_v_umlsl, true, IR_vsub };

/* @n, @m: narrow operands in the low halves. */
static bool mul_long_inline(Disas *s, unsigned rd, IrRef n, IrRef m, unsigned size,
                            const MulLong *k)
{
    IrRef v = vop2(s, IR_vmul, widen(s, n, size, k->is_unsigned),
                   widen(s, m, size, k->is_unsigned), size + 1);

    write_v(s, rd, k->accumulate == IR_mov ? v
                   : vop2(s, k->accumulate, read_v(s, rd), v, size + 1));
    return true;
}

static bool mul_long(Disas *s, const Args3 *a, const MulLong *k)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    if (a->size < 2) {
        return mul_long_inline(s, a->rd, read_half(s, a->q, a->rn), read_half(s, a->q, a->rm),
                               a->size, k);
    }
    return vec_call(s, k->helper, vec_desc(a->rd, a->rn, a->rm, a->size, 16)
                    | (uint64_t)a->q << VD_UPPER);
}

static bool mul_long_indexed(Disas *s, const ArgsX *a, const MulLong *k)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    if (a->size < 2) {
        IrRef m = vop1(s, IR_vduplane, read_v(s, a->rm), a->size, index_of(a));
        return mul_long_inline(s, a->rd, read_half(s, a->q, a->rn), m, a->size, k);
    }
    return vec_call(s, k->helper, vec_desc(a->rd, a->rn, a->rm, a->size, 16)
                    | (uint64_t)a->q << VD_UPPER | vec_index(index_of(a)));
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

/* Saturating doubling: vector or scalar. */
static uint64_t sqdml_desc(unsigned q, unsigned rd, unsigned rn, unsigned rm, unsigned size)
{
    return vec_desc(rd, rn, rm, size, q == Q_SCALAR ? 2u << size : 16)
         | (uint64_t)(q == 1) << VD_UPPER;
}

static bool sqdml(Disas *s, const Args3 *a, const IrHelper *h)
{
    return !fp_access_ok(s) || vec_call(s, h, sqdml_desc(a->q, a->rd, a->rn, a->rm, a->size));
}

static bool sqdml_indexed(Disas *s, const ArgsX *a, const IrHelper *h)
{
    return !fp_access_ok(s) || vec_call(s, h, sqdml_desc(a->q, a->rd, a->rn, a->rm, a->size)
                                        | vec_index(index_of(a)));
}

bool trans_SQDMULL(Disas *s, const arg_SQDMULL *a) { return sqdml(s, a, &h_v_sqdmull); }
bool trans_SQDMLAL(Disas *s, const arg_SQDMLAL *a) { return sqdml(s, a, &h_v_sqdmlal); }
bool trans_SQDMLSL(Disas *s, const arg_SQDMLSL *a) { return sqdml(s, a, &h_v_sqdmlsl); }
bool trans_SQDMULL_x(Disas *s, const arg_SQDMULL_x *a) { return sqdml_indexed(s, a, &h_v_sqdmull); }
bool trans_SQDMLAL_x(Disas *s, const arg_SQDMLAL_x *a) { return sqdml_indexed(s, a, &h_v_sqdmlal); }
bool trans_SQDMLSL_x(Disas *s, const arg_SQDMLSL_x *a) { return sqdml_indexed(s, a, &h_v_sqdmlsl); }

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
    IrRef m = vop1(s, IR_vduplane, read_v(s, a->rm), a->size, index_of(a));
    IrRef v = vop2(s, IR_vmul, read_v(s, a->rn), m, a->size);
    if (accumulate != IR_mov) {
        v = vop2(s, accumulate, read_v(s, a->rd), v, a->size);
    }
    return write_vq(s, a->q, a->rd, v);
}

bool trans_MUL_x(Disas *s, const arg_MUL_x *a) { return mul_indexed(s, a, IR_mov); }
bool trans_MLA_x(Disas *s, const arg_MLA_x *a) { return mul_indexed(s, a, IR_vadd); }
bool trans_MLS_x(Disas *s, const arg_MLS_x *a) { return mul_indexed(s, a, IR_vsub); }

static bool helper_indexed(Disas *s, const ArgsX *a, const IrHelper *h)
{
    return !fp_access_ok(s)
        || vec_call(s, h, vec_desc(a->rd, a->rn, a->rm, a->size, vec_bytes(a->q, a->size))
                    | vec_index(index_of(a)));
}

#define INDEXED(NAME, h)                                                                           \
    bool trans_##NAME(Disas *s, const arg_##NAME *a) { return helper_indexed(s, a, &h); }
INDEXED(SQDMULH_x, h_v_sqdmulh)
INDEXED(SQRDMULH_x, h_v_sqrdmulh)
INDEXED(SQRDMLAH_x, h_v_sqrdmlah)
INDEXED(SQRDMLSH_x, h_v_sqrdmlsh)
INDEXED(FMLA_x, h_v_fmla)
INDEXED(FMLS_x, h_v_fmls)
INDEXED(FMUL_x, h_v_fmul)
INDEXED(FMULX_x, h_v_fmulx)

/* -- Narrowing and widening moves -- */

bool trans_XTN(Disas *s, const arg_XTN *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    return write_narrow(s, a->q, a->rd, vop1(s, IR_vnarrow, read_v(s, a->rn), a->size, 0));
}

/* The saturating ones are shifts by 0. */
static bool narrow_sat(Disas *s, const Args2 *a, const IrHelper *h)
{
    return !fp_access_ok(s)
        || vec_call(s, h, vec_desc(a->rd, a->rn, a->rn, a->size,
                                   a->q == Q_SCALAR ? 1u << a->size : 8)
                    | (uint64_t)(a->q == 1) << VD_UPPER);
}

bool trans_SQXTN(Disas *s, const arg_SQXTN *a) { return narrow_sat(s, a, &h_v_sqshrn); }
bool trans_UQXTN(Disas *s, const arg_UQXTN *a) { return narrow_sat(s, a, &h_v_uqshrn); }
bool trans_SQXTUN(Disas *s, const arg_SQXTUN *a) { return narrow_sat(s, a, &h_v_sqshrun); }

bool trans_SHLL(Disas *s, const arg_SHLL *a)
{
    if (fp_access_ok(s)) {
        write_v(s, a->rd, vop1(s, IR_vshli, read_wide(s, a->q, a->rn, a->size, true), a->size + 1,
                               8u << a->size));
    }
    return true;
}
