/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Floating point on vectors, and the scalar forms of the same instructions (C4.1.96). */
#include "simd.h"

#include "fpu/fpu.h"

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

/* -- IR ops on forms -- */

/* The lanes of a form: those beyond it are zero in operands, and must raise nothing. */
static unsigned fp_aux(unsigned q, unsigned sz)
{
    return (2 + sz) | (q == Q_SCALAR ? 0 : IR_FP_ALL);
}

static IrRef operand(Disas *s, unsigned q, unsigned sz, unsigned r)
{
    return q == Q_SCALAR ? read_scalar(s, sz, r)
         : q ? read_v(s, r) : vop1(s, IR_vzero64, read_v(s, r), 0, 0);
}

static IrRef magnitude(Disas *s, unsigned sz, IrRef v)
{
    return vop2(s, IR_vand, v, vec_const(s, 2 + sz, ~UINT64_C(0) >> (sz ? 1 : 33)), 0);
}

static IrRef op3(Disas *s, const Args3 *a, IrOp op)
{
    return fp_op2(s, op, operand(s, a->q, a->sz, a->rn), operand(s, a->q, a->sz, a->rm),
                  fp_aux(a->q, a->sz));
}

/* An instruction that is one op, but for special FPCRs. */
static bool three_same(Disas *s, const Args3 *a, IrOp op, const IrHelper *h)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    return fp_is_plain(s) ? write_vq(s, a->q, a->rd, op3(s, a, op)) : helper3(s, a, h);
}

#define THREE_SAME(NAME, op, h)                                                                    \
    bool trans_##NAME(Disas *s, const arg_##NAME *a) { return three_same(s, a, op, &h); }

/* -- Three same -- */

THREE_SAME(FADD_v, IR_fadd, h_v_fadd)
THREE_SAME(FSUB_v, IR_fsub, h_v_fsub)
THREE_SAME(FMUL_v, IR_fmul, h_v_fmul)
THREE_SAME(FMAX_v, IR_fmax, h_v_fmax)
THREE_SAME(FMIN_v, IR_fmin, h_v_fmin)
THREE_SAME(FMAXNM_v, IR_fmaxnm, h_v_fmaxnm)
THREE_SAME(FMINNM_v, IR_fminnm, h_v_fminnm)
THREE_SAME(FCMEQ, IR_fcmpeq, h_v_fcmeq)
THREE_SAME(FCMGE, IR_fcmpge, h_v_fcmge)
THREE_SAME(FCMGT, IR_fcmpgt, h_v_fcmgt)
/* Infinity times zero is no invalid operation here, as it is on the host. */
HELPER3(FMULX, h_v_fmulx)
HELPER3(FRECPS, h_v_frecps)
HELPER3(FRSQRTS, h_v_frsqrts)

bool trans_FDIV_v(Disas *s, const arg_FDIV_v *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    if (a->q || !fp_is_plain(s)) {
        return three_same(s, a, IR_fdiv, &h_v_fdiv);
    }
    IrRef m = vop2(s, IR_vzip1, read_v(s, a->rm), vec_const(s, 2, 0x3f800000), 3);
    return write_vq(s, 0, a->rd, fp_op2(s, IR_fdiv, operand(s, 0, 0, a->rn), m, fp_aux(0, 0)));
}

bool trans_FABD(Disas *s, const arg_FABD *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    if (!fp_is_plain(s)) {
        return helper3(s, a, &h_v_fabd);
    }
    return write_vq(s, a->q, a->rd, magnitude(s, a->sz, op3(s, a, IR_fsub)));
}

static bool compare_magnitudes(Disas *s, const Args3 *a, IrOp op, const IrHelper *h)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    if (!fp_is_plain(s)) {
        return helper3(s, a, h);
    }
    IrRef n = magnitude(s, a->sz, operand(s, a->q, a->sz, a->rn));
    IrRef m = magnitude(s, a->sz, operand(s, a->q, a->sz, a->rm));
    return write_vq(s, a->q, a->rd, fp_op2(s, op, n, m, fp_aux(a->q, a->sz)));
}

bool trans_FACGE(Disas *s, const arg_FACGE *a)
{
    return compare_magnitudes(s, a, IR_fcmpge, &h_v_facge);
}

bool trans_FACGT(Disas *s, const arg_FACGT *a)
{
    return compare_magnitudes(s, a, IR_fcmpgt, &h_v_facgt);
}

/* Rd := Rd +- Rn * @m */
static bool accumulate(Disas *s, unsigned q, unsigned sz, unsigned rd, unsigned rn, IrRef m,
                       bool negate)
{
    IrRef args[3] = { operand(s, q, sz, rd), operand(s, q, sz, rn), m };

    return write_vq(s, q, rd, ir_fp(s->ir, IR_fma, IR_V128, args, fp_aux(q, sz),
                                    negate ? 2 : 0));
}

static bool mla(Disas *s, const Args3 *a, bool negate, const IrHelper *h)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    if (!fp_is_plain(s)) {
        return helper3(s, a, h);
    }
    return accumulate(s, a->q, a->sz, a->rd, a->rn, operand(s, a->q, a->sz, a->rm), negate);
}

bool trans_FMLA_v(Disas *s, const arg_FMLA_v *a) { return mla(s, a, false, &h_v_fmla); }
bool trans_FMLS_v(Disas *s, const arg_FMLS_v *a) { return mla(s, a, true, &h_v_fmls); }

/* -- By one element -- */

typedef Args_h_lm_q_rd_rm_rn_size ArgsX;

static bool helper_x(Disas *s, const ArgsX *a, const IrHelper *h)
{
    unsigned index = a->size == 3 ? a->h : a->h << 1 | a->lm;

    return !fp_access_ok(s)
        || vec_call(s, h, vec_desc(a->rd, a->rn, a->rm, a->size, vec_bytes(a->q, a->size))
                    | vec_index(index));
}

/* The element in the lanes of the form. */
static IrRef element(Disas *s, const ArgsX *a)
{
    unsigned index = a->size == 3 ? a->h : a->h << 1 | a->lm;
    IrRef m = vop1(s, IR_vduplane, read_v(s, a->rm), a->size, index);

    return a->q ? m : vop1(s, IR_vzero64, m, 0, 0);
}

static bool mla_x(Disas *s, const ArgsX *a, bool negate, const IrHelper *h)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    return fp_is_plain(s) ? accumulate(s, a->q, a->size - 2, a->rd, a->rn, element(s, a), negate)
                          : helper_x(s, a, h);
}

bool trans_FMLA_x(Disas *s, const arg_FMLA_x *a) { return mla_x(s, a, false, &h_v_fmla); }
bool trans_FMLS_x(Disas *s, const arg_FMLS_x *a) { return mla_x(s, a, true, &h_v_fmls); }
bool trans_FMULX_x(Disas *s, const arg_FMULX_x *a) { return helper_x(s, a, &h_v_fmulx); }

bool trans_FMUL_x(Disas *s, const arg_FMUL_x *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    if (!fp_is_plain(s)) {
        return helper_x(s, a, &h_v_fmul);
    }
    return write_vq(s, a->q, a->rd, fp_op2(s, IR_fmul, operand(s, a->q, a->size - 2, a->rn),
                                           element(s, a), fp_aux(a->q, a->size - 2)));
}

/* -- Pairs, and across lanes -- */

static bool pairwise(Disas *s, const Args3 *a, IrOp op, const IrHelper *h)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    if (!fp_is_plain(s)) {
        return helper3(s, a, h);
    }
    IrRef n = read_v(s, a->rn), m = read_v(s, a->rm);
    if (!a->q) {
        n = m = vop2(s, IR_vzip1, n, m, 3);
    }
    return write_vq(s, a->q, a->rd, fp_op2(s, op, vop2(s, IR_vuzp1, n, m, 2 + a->sz),
                                           vop2(s, IR_vuzp2, n, m, 2 + a->sz), fp_aux(1, a->sz)));
}

#define PAIRWISE(NAME, op, h)                                                                      \
    bool trans_##NAME(Disas *s, const arg_##NAME *a) { return pairwise(s, a, op, &h); }
PAIRWISE(FADDP_v, IR_fadd, h_v_faddp)
PAIRWISE(FMAXP_v, IR_fmax, h_v_fmaxp)
PAIRWISE(FMINP_v, IR_fmin, h_v_fminp)
PAIRWISE(FMAXNMP_v, IR_fmaxnm, h_v_fmaxnmp)
PAIRWISE(FMINNMP_v, IR_fminnm, h_v_fminnmp)

/* Lanes 0 and 1 of @v to a scalar. */
static bool fold_pair(Disas *s, unsigned sz, unsigned rd, IrRef v, IrOp op)
{
    IrRef n = vop1(s, sz ? IR_vzero64 : IR_vzero96, v, 0, 0);

    write_v(s, rd, fp_op2(s, op, n, vop1(s, IR_vduplane, v, 2 + sz, 1), 2 + sz));
    return true;
}

static bool pair(Disas *s, const Args_rd_rn_sz *a, IrOp op, const IrHelper *h)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    if (fp_is_plain(s)) {
        return fold_pair(s, a->sz, a->rd, read_v(s, a->rn), op);
    }
    return vec_call(s, h, vec_desc(a->rd, a->rn, a->rn, 2 + a->sz, 4u << a->sz) | 1u << VD_UPPER);
}

#define PAIR(NAME, op, h)                                                                          \
    bool trans_##NAME(Disas *s, const arg_##NAME *a) { return pair(s, a, op, &h); }
PAIR(FADDP_s, IR_fadd, h_v_faddp)
PAIR(FMAXP_s, IR_fmax, h_v_fmaxp)
PAIR(FMINP_s, IR_fmin, h_v_fminp)
PAIR(FMAXNMP_s, IR_fmaxnm, h_v_fmaxnmp)
PAIR(FMINNMP_s, IR_fminnm, h_v_fminnmp)

/* Of four singles: neighbours first. */
static bool across(Disas *s, const Args_rd_rn *a, IrOp op, const IrHelper *h)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    if (!fp_is_plain(s)) {
        return vec_call(s, h, vec_desc(a->rd, a->rn, a->rn, 2, 16));
    }
    IrRef n = read_v(s, a->rn);
    return fold_pair(s, 0, a->rd, fp_op2(s, op, vop2(s, IR_vuzp1, n, n, 2),
                                         vop2(s, IR_vuzp2, n, n, 2), fp_aux(1, 0)), op);
}

#define ACROSS(NAME, op, h)                                                                        \
    bool trans_##NAME(Disas *s, const arg_##NAME *a) { return across(s, a, op, &h); }
ACROSS(FMAXV, IR_fmax, h_v_fmaxv)
ACROSS(FMINV, IR_fmin, h_v_fminv)
ACROSS(FMAXNMV, IR_fmaxnm, h_v_fmaxnmv)
ACROSS(FMINNMV, IR_fminnm, h_v_fminnmv)

/* -- Two-register miscellaneous -- */

HELPER2(FRECPE, h_v_frecpe)
HELPER2(FRSQRTE, h_v_frsqrte)
HELPER2(FRECPX, h_v_frecpx)

/* An op with AUX2 for the form, or the helper with @desc. */
static bool one_source(Disas *s, const Args2 *a, IrOp op, unsigned aux2, const IrHelper *h,
                       uint64_t desc)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    if (!fp_is_plain(s)) {
        return vec_call(s, h, desc);
    }
    return write_vq(s, a->q, a->rd, fp_op1(s, op, operand(s, a->q, a->sz, a->rn),
                                           fp_aux(a->q, a->sz), aux2));
}

bool trans_FSQRT_v(Disas *s, const arg_FSQRT_v *a)
{
    return one_source(s, a, IR_fsqrt, 0, &h_v_fsqrt, desc2(a));
}

/* Comparison with zero, which is the first operand when @zero_first. */
static bool compare_zero(Disas *s, const Args2 *a, IrOp op, bool zero_first, const IrHelper *h)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    if (!fp_is_plain(s)) {
        return helper2(s, a, h);
    }
    IrRef n = operand(s, a->q, a->sz, a->rn), zero = vec_zero(s);
    return write_vq(s, a->q, a->rd, fp_op2(s, op, zero_first ? zero : n, zero_first ? n : zero,
                                           fp_aux(a->q, a->sz)));
}

#define COMPARE_ZERO(NAME, op, first, h)                                                           \
    bool trans_##NAME(Disas *s, const arg_##NAME *a) { return compare_zero(s, a, op, first, &h); }
COMPARE_ZERO(FCMGT_z, IR_fcmpgt, false, h_v_fcmgt0)
COMPARE_ZERO(FCMGE_z, IR_fcmpge, false, h_v_fcmge0)
COMPARE_ZERO(FCMEQ_z, IR_fcmpeq, false, h_v_fcmeq0)
COMPARE_ZERO(FCMLE_z, IR_fcmpge, true, h_v_fcmle0)
COMPARE_ZERO(FCMLT_z, IR_fcmpgt, true, h_v_fcmlt0)

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

    return one_source(s, &(Args2){ .q = a->q, .rd = a->rd, .rn = a->rn, .sz = a->sz }, IR_frint,
                      a->mode, &h_v_frint, with_round(desc, a->mode));
}

bool trans_FRINTX_v(Disas *s, const arg_FRINTX_v *a)
{
    return one_source(s, a, IR_frint, IR_FR_CURRENT | IR_FP_EXACT, &h_v_frint,
                      desc2(a) | UINT64_C(1) << VD_FLAG);
}

bool trans_FRINTI_v(Disas *s, const arg_FRINTI_v *a)
{
    return one_source(s, a, IR_frint, IR_FR_CURRENT, &h_v_frint, desc2(a));
}

/* Scalars go by way of a general register, for which the host has instructions. */
bool trans_FCVT_vi(Disas *s, const arg_FCVT_vi *a)
{
    unsigned how = a->mode | (a->uns ? IR_FP_UNSIGNED : 0);

    if (!fp_access_ok(s)) {
        return true;
    }
    if (!fp_is_plain(s)) {
        uint64_t desc = vec_desc(a->rd, a->rn, a->rn, 2 + a->sz, vec_bytes(a->q, 2 + a->sz));
        return vec_call(s, &h_v_fcvt_int, with_round(desc, a->mode) | (uint64_t)a->uns << VD_FLAG);
    }
    IrRef n = operand(s, a->q, a->sz, a->rn);
    if (a->q == Q_SCALAR) {
        return write_fp(s, a->rd, ir_fp(s->ir, IR_ftoi, a->sz ? IR_I64 : IR_I32,
                                        (IrRef[3]){ n }, 2 + a->sz, how));
    }
    return write_vq(s, a->q, a->rd, fp_op1(s, IR_fvtoi, n, fp_aux(a->q, a->sz), how));
}

static bool from_int(Disas *s, const Args2 *a, unsigned fbits, bool is_unsigned)
{
    unsigned how = fbits | (is_unsigned ? IR_FP_FROM_UNSIGNED : 0);

    if (!fp_access_ok(s)) {
        return true;
    }
    if (!fp_is_plain(s)) {
        return vec_call(s, &h_v_cvtf, desc2(a) | (uint64_t)fbits << VD_IMM
                                      | (uint64_t)is_unsigned << VD_FLAG);
    }
    if (a->q == Q_SCALAR) {
        IrRef v = (is_unsigned ? ir_vext : ir_vsext)(s->ir, IR_I64, read_v(s, a->rn), 2 + a->sz, 0);
        write_v(s, a->rd, fp_op1(s, IR_ffromi, v, 2 + a->sz, a->sz ? how : fbits));
        return true;
    }
    return write_vq(s, a->q, a->rd, fp_op1(s, IR_fvfromi, operand(s, a->q, a->sz, a->rn),
                                           fp_aux(a->q, a->sz), how));
}

bool trans_SCVTF_v(Disas *s, const arg_SCVTF_v *a) { return from_int(s, a, 0, false); }
bool trans_UCVTF_v(Disas *s, const arg_UCVTF_v *a) { return from_int(s, a, 0, true); }

/* Fixed point: imm is the element's bits minus the fraction bits. */
static bool to_fixed(Disas *s, const Args_imm_q_rd_rn_sz *a, bool is_unsigned)
{
    uint64_t fbits = (32u << a->sz) - a->imm;
    uint64_t desc = vec_desc(a->rd, a->rn, a->rn, 2 + a->sz, vec_bytes(a->q, 2 + a->sz));

    return !fp_access_ok(s) || vec_call(s, &h_v_fcvt_int, with_round(desc, FPU_ZERO)
                                        | fbits << VD_IMM | (uint64_t)is_unsigned << VD_FLAG);
}

static bool from_fixed(Disas *s, const Args_imm_q_rd_rn_sz *a, bool is_unsigned)
{
    return from_int(s, &(Args2){ .q = a->q, .rd = a->rd, .rn = a->rn, .sz = a->sz },
                    (32u << a->sz) - a->imm, is_unsigned);
}

bool trans_FCVTZS_vf(Disas *s, const arg_FCVTZS_vf *a) { return to_fixed(s, a, false); }
bool trans_FCVTZU_vf(Disas *s, const arg_FCVTZU_vf *a) { return to_fixed(s, a, true); }
bool trans_SCVTF_vf(Disas *s, const arg_SCVTF_vf *a) { return from_fixed(s, a, false); }
bool trans_UCVTF_vf(Disas *s, const arg_UCVTF_vf *a) { return from_fixed(s, a, true); }

/* -- Between formats: sz = 0 half and single, 1 single and double -- */

bool trans_FCVTN_v(Disas *s, const arg_FCVTN_v *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    if (fp_is_plain(s) && a->sz) {
        return write_narrow(s, a->q, a->rd,
                            fp_op1(s, IR_fcvt, read_v(s, a->rn), 2 | IR_FP_ALL, 3));
    }
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
    if (!fp_access_ok(s)) {
        return true;
    }
    if (fp_is_plain(s) && a->sz) {
        write_v(s, a->rd, fp_op1(s, IR_fcvt, read_half(s, a->q, a->rn), 3 | IR_FP_ALL, 2));
        return true;
    }
    return !fp_access_ok(s) || vec_call(s, &h_v_fcvtl, vec_desc(a->rd, a->rn, a->rn, 1 + a->sz, 16)
                                        | (uint64_t)a->q << VD_UPPER);
}
