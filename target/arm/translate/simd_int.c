/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Integer SIMD on elements of one size: three same, two-register miscellaneous, across lanes. */
#include "simd.h"

typedef Args_q_rd_rm_rn_size Args3;
typedef Args_q_rd_rn_size Args2;

/* -- Shapes -- */

/* Value of an instruction from its operands. */
typedef IrRef Build2(Disas *s, IrRef n, IrRef m, unsigned size);
typedef IrRef Build1(Disas *s, IrRef n, unsigned size);

static bool op2(Disas *s, const Args3 *a, IrOp op)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    return write_vq(s, a->q, a->rd, vop2(s, op, read_v(s, a->rn), read_v(s, a->rm), a->size));
}

static bool build2(Disas *s, const Args3 *a, Build2 *fn)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    return write_vq(s, a->q, a->rd, fn(s, read_v(s, a->rn), read_v(s, a->rm), a->size));
}

/* Rd += or -= what @fn gives. */
static bool accumulate2(Disas *s, const Args3 *a, Build2 *fn, IrOp op)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef v = fn(s, read_v(s, a->rn), read_v(s, a->rm), a->size);
    return write_vq(s, a->q, a->rd, vop2(s, op, read_v(s, a->rd), v, a->size));
}

static bool build1(Disas *s, const Args2 *a, Build1 *fn)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    return write_vq(s, a->q, a->rd, fn(s, read_v(s, a->rn), a->size));
}

#define OP2(NAME, op)                                                                              \
    bool trans_##NAME(Disas *s, const arg_##NAME *a) { return op2(s, a, op); }
#define BUILD2(NAME, fn)                                                                           \
    bool trans_##NAME(Disas *s, const arg_##NAME *a) { return build2(s, a, fn); }
#define BUILD1(NAME, fn)                                                                           \
    bool trans_##NAME(Disas *s, const arg_##NAME *a) { return build1(s, a, fn); }

/* -- Three same: one op -- */

OP2(ADD_v, IR_vadd)
OP2(SUB_v, IR_vsub)
OP2(MUL_v, IR_vmul)
OP2(SMAX, IR_vsmax)
OP2(UMAX, IR_vumax)
OP2(SMIN, IR_vsmin)
OP2(UMIN, IR_vumin)
OP2(CMGT, IR_vcmpgt)
OP2(CMHI, IR_vcmphi)
OP2(CMGE, IR_vcmpge)
OP2(CMHS, IR_vcmphs)
OP2(CMEQ, IR_vcmpeq)

static IrRef cmtst(Disas *s, IrRef n, IrRef m, unsigned size)
{
    IrRef zero = vop2(s, IR_vcmpeq, vop2(s, IR_vand, n, m, 0), vec_zero(s), size);

    return ir_op1(s->ir, IR_vnot, zero);
}
BUILD2(CMTST, cmtst)

/* -- Logic: no element size -- */

static bool logic(Disas *s, const Args_q_rd_rm_rn *a, IrOp op)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    return write_vq(s, a->q, a->rd, vop2(s, op, read_v(s, a->rn), read_v(s, a->rm), 0));
}

/* (mask & yes) | (~mask & no) */
static bool select_bits(Disas *s, unsigned q, unsigned rd, unsigned mask, unsigned yes,
                        unsigned no)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    return write_vq(s, q, rd, ir_op3x(s->ir, IR_vbsl, read_v(s, mask), read_v(s, yes),
                                      read_v(s, no), 0, 0));
}

#define LOGIC(NAME, op)                                                                            \
    bool trans_##NAME(Disas *s, const arg_##NAME *a) { return logic(s, a, op); }
LOGIC(AND_v, IR_vand)
LOGIC(BIC_v, IR_vandc)
LOGIC(ORR_v, IR_vor)
LOGIC(ORN_v, IR_vorc)
LOGIC(EOR_v, IR_vxor)

bool trans_BSL(Disas *s, const arg_BSL *a)
{
    return select_bits(s, a->q, a->rd, a->rd, a->rn, a->rm);
}

bool trans_BIT_v(Disas *s, const arg_BIT_v *a)
{
    return select_bits(s, a->q, a->rd, a->rm, a->rn, a->rd);
}

bool trans_BIF(Disas *s, const arg_BIF *a)
{
    return select_bits(s, a->q, a->rd, a->rm, a->rd, a->rn);
}

/* -- Halving: without a bit more than the element has -- */

static IrRef half_xor(Disas *s, IrOp shift, IrRef n, IrRef m, unsigned size)
{
    return vop1(s, shift, vop2(s, IR_vxor, n, m, 0), size, 1);
}

/* (n & m) + ((n ^ m) >> 1) */
static IrRef shadd(Disas *s, IrRef n, IrRef m, unsigned size)
{
    return vop2(s, IR_vadd, vop2(s, IR_vand, n, m, 0), half_xor(s, IR_vsari, n, m, size), size);
}
static IrRef uhadd(Disas *s, IrRef n, IrRef m, unsigned size)
{
    return vop2(s, IR_vadd, vop2(s, IR_vand, n, m, 0), half_xor(s, IR_vshri, n, m, size), size);
}
/* (n | m) - ((n ^ m) >> 1) */
static IrRef srhadd(Disas *s, IrRef n, IrRef m, unsigned size)
{
    return vop2(s, IR_vsub, vop2(s, IR_vor, n, m, 0), half_xor(s, IR_vsari, n, m, size), size);
}
static IrRef urhadd(Disas *s, IrRef n, IrRef m, unsigned size)
{
    if (size < 2) {
        return vop2(s, IR_vuavg, n, m, size);
    }
    return vop2(s, IR_vsub, vop2(s, IR_vor, n, m, 0), half_xor(s, IR_vshri, n, m, size), size);
}
/* ((n ^ m) >> 1) - (~n & m) */
static IrRef shsub(Disas *s, IrRef n, IrRef m, unsigned size)
{
    return vop2(s, IR_vsub, half_xor(s, IR_vsari, n, m, size), vop2(s, IR_vandc, m, n, 0), size);
}
static IrRef uhsub(Disas *s, IrRef n, IrRef m, unsigned size)
{
    return vop2(s, IR_vsub, half_xor(s, IR_vshri, n, m, size), vop2(s, IR_vandc, m, n, 0), size);
}
BUILD2(SHADD, shadd)
BUILD2(UHADD, uhadd)
BUILD2(SRHADD, srhadd)
BUILD2(URHADD, urhadd)
BUILD2(SHSUB, shsub)
BUILD2(UHSUB, uhsub)

/* -- Absolute difference, multiply-accumulate -- */

static IrRef sabd(Disas *s, IrRef n, IrRef m, unsigned size)
{
    return vop2(s, IR_vsub, vop2(s, IR_vsmax, n, m, size), vop2(s, IR_vsmin, n, m, size), size);
}
static IrRef uabd(Disas *s, IrRef n, IrRef m, unsigned size)
{
    return vop2(s, IR_vsub, vop2(s, IR_vumax, n, m, size), vop2(s, IR_vumin, n, m, size), size);
}
static IrRef mul(Disas *s, IrRef n, IrRef m, unsigned size)
{
    return vop2(s, IR_vmul, n, m, size);
}
BUILD2(SABD, sabd)
BUILD2(UABD, uabd)

#define ACCUMULATE2(NAME, fn, op)                                                                  \
    bool trans_##NAME(Disas *s, const arg_##NAME *a) { return accumulate2(s, a, fn, op); }
ACCUMULATE2(SABA, sabd, IR_vadd)
ACCUMULATE2(UABA, uabd, IR_vadd)
ACCUMULATE2(MLA_v, mul, IR_vadd)
ACCUMULATE2(MLS_v, mul, IR_vsub)

/* -- Pairwise: even and odd elements of the concatenation -- */

static bool pairwise(Disas *s, const Args3 *a, IrOp op)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef n, m;
    read_row(s, a->q, a->rn, a->rm, &n, &m);
    return write_vq(s, a->q, a->rd, vop2(s, op, vop2(s, IR_vuzp1, n, m, a->size),
                                         vop2(s, IR_vuzp2, n, m, a->size), a->size));
}

#define PAIRWISE(NAME, op)                                                                         \
    bool trans_##NAME(Disas *s, const arg_##NAME *a) { return pairwise(s, a, op); }
PAIRWISE(ADDP_v, IR_vadd)
PAIRWISE(SMAXP, IR_vsmax)
PAIRWISE(UMAXP, IR_vumax)
PAIRWISE(SMINP, IR_vsmin)
PAIRWISE(UMINP, IR_vumin)

bool trans_ADDP_s(Disas *s, const arg_ADDP_s *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef n = read_v(s, a->rn);
    return write_fp(s, a->rd, ir_add(s->ir, ir_vext(s->ir, IR_I64, n, 3, 0),
                                     ir_vext(s->ir, IR_I64, n, 3, 1)));
}

/* -- Three same: saturating -- */

static bool saturating(Disas *s, const Args3 *a, IrOp op, IrOp exact)
{
    if (fp_access_ok(s)) {
        IrRef n = read_active(s, a->q, a->size, a->rn), m = read_active(s, a->q, a->size, a->rm);
        IrRef r = vop2(s, op, n, m, a->size);
        note_saturation(s, r, vop2(s, exact, n, m, a->size));
        write_v(s, a->rd, r);
    }
    return true;
}

#define SATURATING(NAME, op, exact)                                                                \
    bool trans_##NAME(Disas *s, const arg_##NAME *a) { return saturating(s, a, op, exact); }
SATURATING(SQADD, IR_vsqadd, IR_vadd)
SATURATING(UQADD, IR_vuqadd, IR_vadd)
SATURATING(SQSUB, IR_vsqsub, IR_vsub)
SATURATING(UQSUB, IR_vuqsub, IR_vsub)

static bool doubling_high(Disas *s, const Args3 *a, bool round)
{
    if (fp_access_ok(s)) {
        IrRef n = read_active(s, a->q, a->size, a->rn);
        IrRef v = ir_op2x(s->ir, IR_vdmulh, n, read_v(s, a->rm), a->size, round);
        write_v(s, a->rd, saturate_min(s, v, a->size));
    }
    return true;
}

bool trans_SQDMULH(Disas *s, const arg_SQDMULH *a) { return doubling_high(s, a, false); }
bool trans_SQRDMULH(Disas *s, const arg_SQRDMULH *a) { return doubling_high(s, a, true); }

bool trans_SQRDMLAH(Disas *s, const arg_SQRDMLAH *a)
{
    return !fp_access_ok(s)
        || sqrdml(s, a->q, a->rd, a->rn, read_v(s, a->rm), a->size, IR_vadd);
}

bool trans_SQRDMLSH(Disas *s, const arg_SQRDMLSH *a)
{
    return !fp_access_ok(s)
        || sqrdml(s, a->q, a->rd, a->rn, read_v(s, a->rm), a->size, IR_vsub);
}

/* -- Three same: shifting by register, the signed low byte of each element -- */

static bool shift_reg(Disas *s, const Args3 *a, bool is_unsigned, bool saturate, bool round)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef n = read_active(s, a->q, a->size, a->rn), count = read_v(s, a->rm);
    IrRef r = ir_op2x(s->ir, is_unsigned ? IR_vushl : IR_vsshl, n, count, a->size, round);
    if (saturate && is_unsigned) {
        IrRef lost = ir_op3x(s->ir, IR_vushlov, n, count, r, a->size, 0);
        note_saturated(s, lost);
        r = vop2(s, IR_vor, r, lost, 0);
    } else if (saturate) {
        IrRef lost = ir_op3x(s->ir, IR_vsshlov, n, count, r, a->size, 0);
        IrRef sign = vop1(s, IR_vsari, n, a->size, 8u << a->size);
        IrRef limit = vop2(s, IR_vxor, sign, vec_max_signed(s, a->size), 0);
        note_saturated(s, lost);
        r = ir_op3x(s->ir, IR_vbsl, lost, limit, r, 0, 0);
    }
    write_v(s, a->rd, r);
    return true;
}

#define SHIFT_REG(NAME, is_unsigned, saturate, round)                                              \
    bool trans_##NAME(Disas *s, const arg_##NAME *a)                                               \
    {                                                                                              \
        return shift_reg(s, a, is_unsigned, saturate, round);                                      \
    }
SHIFT_REG(SSHL, false, false, false)
SHIFT_REG(USHL, true, false, false)
SHIFT_REG(SRSHL, false, false, true)
SHIFT_REG(URSHL, true, false, true)
SHIFT_REG(SQSHL, false, true, false)
SHIFT_REG(UQSHL, true, true, false)
SHIFT_REG(SQRSHL, false, true, true)
SHIFT_REG(UQRSHL, true, true, true)

/* Low bytes of the products of both halves. */
bool trans_PMUL(Disas *s, const arg_PMUL *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef v = vop1(s, IR_vnarrow, vop2(s, IR_vpmull8, read_v(s, a->rn), read_v(s, a->rm), 0), 0, 0);
    if (a->q) {
        IrRef high = vop2(s, IR_vpmull8, read_half(s, 1, a->rn), read_half(s, 1, a->rm), 0);
        v = vop2(s, IR_vzip1, v, vop1(s, IR_vnarrow, high, 0, 0), 3);
    }
    return write_vq(s, a->q, a->rd, v);
}

/* -- Two-register miscellaneous -- */

/* Signed Rd + unsigned Rn: too large where the sum is below Rd. */
bool trans_SUQADD(Disas *s, const arg_SUQADD *a)
{
    if (fp_access_ok(s)) {
        IrRef d = read_active(s, a->q, a->size, a->rd), n = read_active(s, a->q, a->size, a->rn);
        IrRef r = vop2(s, IR_vadd, d, n, a->size), over = vop2(s, IR_vcmpgt, d, r, a->size);
        note_saturated(s, over);
        write_v(s, a->rd, ir_op3x(s->ir, IR_vbsl, over, vec_max_signed(s, a->size), r, 0, 0));
    }
    return true;
}

/* Unsigned Rd + signed Rn. */
bool trans_USQADD(Disas *s, const arg_USQADD *a)
{
    if (fp_access_ok(s)) {
        IrRef d = read_active(s, a->q, a->size, a->rd), n = read_active(s, a->q, a->size, a->rn);
        IrRef r = vop2(s, IR_vadd, d, n, a->size);
        IrRef negative = vop2(s, IR_vcmpgt, vec_zero(s), n, a->size);
        IrRef over = vop2(s, IR_vandc, vop2(s, IR_vcmphi, d, r, a->size), negative, 0);
        IrRef under = vop2(s, IR_vand, vop2(s, IR_vcmphi, r, d, a->size), negative, 0);
        note_saturation(s, over, under);            /* never both */
        write_v(s, a->rd, vop2(s, IR_vandc, vop2(s, IR_vor, r, over, 0), under, 0));
    }
    return true;
}

/* SQABS, SQNEG: MIN is its own negative. */
static bool saturating1(Disas *s, const Args2 *a, IrOp op)
{
    if (fp_access_ok(s)) {
        IrRef v = vop1(s, op, read_active(s, a->q, a->size, a->rn), a->size, 0);
        write_v(s, a->rd, saturate_min(s, v, a->size));
    }
    return true;
}

bool trans_SQABS(Disas *s, const arg_SQABS *a) { return saturating1(s, a, IR_vabs); }
bool trans_SQNEG(Disas *s, const arg_SQNEG *a) { return saturating1(s, a, IR_vneg); }

static IrRef clz(Disas *s, IrRef n, unsigned size) { return vop1(s, IR_vclz, n, size, 0); }
/* Zeros where a bit is as the one above it; the highest is. */
static IrRef cls(Disas *s, IrRef n, unsigned size)
{
    IrRef changes = vop2(s, IR_vxor, n, vop1(s, IR_vsari, n, size, 1), 0);

    return vop2(s, IR_vsub, clz(s, changes, size), vec_const(s, size, 1), size);
}
BUILD1(CLZ_v, clz)
BUILD1(CLS_v, cls)

static IrRef abs_v(Disas *s, IrRef n, unsigned size) { return vop1(s, IR_vabs, n, size, 0); }
static IrRef neg_v(Disas *s, IrRef n, unsigned size) { return vop1(s, IR_vneg, n, size, 0); }
static IrRef cmgt0(Disas *s, IrRef n, unsigned size)
{
    return vop2(s, IR_vcmpgt, n, vec_zero(s), size);
}
static IrRef cmge0(Disas *s, IrRef n, unsigned size)
{
    return vop2(s, IR_vcmpge, n, vec_zero(s), size);
}
static IrRef cmeq0(Disas *s, IrRef n, unsigned size)
{
    return vop2(s, IR_vcmpeq, n, vec_zero(s), size);
}
static IrRef cmle0(Disas *s, IrRef n, unsigned size)
{
    return vop2(s, IR_vcmpge, vec_zero(s), n, size);
}
static IrRef cmlt0(Disas *s, IrRef n, unsigned size)
{
    return vop2(s, IR_vcmpgt, vec_zero(s), n, size);
}
static IrRef rev16(Disas *s, IrRef n, unsigned size) { return vop1(s, IR_vrev, n, size, 1); }
static IrRef rev32(Disas *s, IrRef n, unsigned size) { return vop1(s, IR_vrev, n, size, 2); }
static IrRef rev64(Disas *s, IrRef n, unsigned size) { return vop1(s, IR_vrev, n, size, 3); }
BUILD1(ABS_v, abs_v)
BUILD1(NEG_v, neg_v)
BUILD1(CMGT_z, cmgt0)
BUILD1(CMGE_z, cmge0)
BUILD1(CMEQ_z, cmeq0)
BUILD1(CMLE_z, cmle0)
BUILD1(CMLT_z, cmlt0)
BUILD1(REV16_v, rev16)
BUILD1(REV32_v, rev32)
BUILD1(REV64_v, rev64)

bool trans_CNT(Disas *s, const arg_CNT *a)
{
    return !fp_access_ok(s) || write_vq(s, a->q, a->rd, ir_op1(s->ir, IR_vcnt, read_v(s, a->rn)));
}

bool trans_NOT_v(Disas *s, const arg_NOT_v *a)
{
    return !fp_access_ok(s) || write_vq(s, a->q, a->rd, ir_op1(s->ir, IR_vnot, read_v(s, a->rn)));
}

bool trans_RBIT_v(Disas *s, const arg_RBIT_v *a)
{
    return !fp_access_ok(s) || write_vq(s, a->q, a->rd, ir_op1(s->ir, IR_vrbit, read_v(s, a->rn)));
}

static bool estimate(Disas *s, const Args_q_rd_rn *a, const IrHelper *h)
{
    return !fp_access_ok(s) || vec_call(s, h, vec_desc(a->rd, a->rn, a->rn, 2, 8u << a->q));
}

bool trans_URECPE(Disas *s, const arg_URECPE *a) { return estimate(s, a, &h_v_urecpe); }
bool trans_URSQRTE(Disas *s, const arg_URSQRTE *a) { return estimate(s, a, &h_v_ursqrte); }

/* -- Adding neighbours, into elements of double size -- */

static bool addlp(Disas *s, const Args2 *a, IrOp op, bool accumulate)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef v = vop1(s, op, read_v(s, a->rn), a->size, 0);
    if (accumulate) {
        v = vop2(s, IR_vadd, read_v(s, a->rd), v, a->size + 1);
    }
    return write_vq(s, a->q, a->rd, v);
}

bool trans_SADDLP(Disas *s, const arg_SADDLP *a) { return addlp(s, a, IR_vaddlps, false); }
bool trans_UADDLP(Disas *s, const arg_UADDLP *a) { return addlp(s, a, IR_vaddlpu, false); }
bool trans_SADALP(Disas *s, const arg_SADALP *a) { return addlp(s, a, IR_vaddlps, true); }
bool trans_UADALP(Disas *s, const arg_UADALP *a) { return addlp(s, a, IR_vaddlpu, true); }

/* -- Across lanes: fold the vector on itself -- */

/* Lane 0 of @op over the lanes of the low @bytes bytes, the rest cleared. */
static bool fold(Disas *s, unsigned rd, IrRef v, unsigned bytes, unsigned size, IrOp op)
{
    for (unsigned at = bytes / 2; at >= 1u << size; at /= 2) {
        v = vop2(s, op, v, ir_op2x(s->ir, IR_vextb, v, v, 0, at), size);
    }
    return write_fp(s, rd, ir_vext(s->ir, IR_I64, v, size, 0));
}

/* Sum of the bytes. */
static IrRef sum_bytes(Disas *s, IrRef v, unsigned q)
{
    v = ir_op1(s->ir, IR_vsumb, v);
    return q ? vop2(s, IR_vadd, v, vop1(s, IR_vduplane, v, 3, 1), 3) : v;
}

/* The extreme byte or halfword by the host's search for the least one; q = 0 fills up with it. */
static bool extreme(Disas *s, const Args2 *a, IrOp op)
{
    uint64_t flip = (op == IR_vumax || op == IR_vsmax ? UINT16_MAX : 0)
                  ^ (op != IR_vsmax && op != IR_vsmin ? 0 : a->size ? 0x8000 : 0x8080);
    IrRef v = read_v(s, a->rn);

    v = a->q ? v : vop1(s, IR_vduplane, v, 3, 0);
    v = vop2(s, IR_vxor, v, vec_const(s, 1, flip), 0);
    if (!a->size) {
        v = vop2(s, IR_vumin, v, vop1(s, IR_vshri, v, 1, 8), 0);
    }
    v = vop2(s, IR_vxor, ir_op1(s->ir, IR_vminh, v),
             ir_vimm(s->ir, a->size ? flip : flip & 0xff, 0), 0);
    write_v(s, a->rd, v);
    return true;
}

static bool across(Disas *s, const Args2 *a, IrOp op)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    if (a->size < 2 && op != IR_vadd) {
        return extreme(s, a, op);
    }
    if (a->size == 0) {
        IrRef sum = sum_bytes(s, read_v(s, a->rn), a->q);
        write_v(s, a->rd, vop2(s, IR_vand, sum, ir_vimm(s->ir, 0xff, 0), 0));
        return true;
    }
    return fold(s, a->rd, read_v(s, a->rn), 8u << a->q, a->size, op);
}

static bool across_long(Disas *s, const Args2 *a, IrOp op)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    if (op == IR_vaddlpu && a->size == 0) {
        return write_vq(s, 0, a->rd, sum_bytes(s, read_v(s, a->rn), a->q));
    }
    return fold(s, a->rd, vop1(s, op, read_v(s, a->rn), a->size, 0), 8u << a->q, a->size + 1,
                IR_vadd);
}

bool trans_ADDV(Disas *s, const arg_ADDV *a) { return across(s, a, IR_vadd); }
bool trans_SMAXV(Disas *s, const arg_SMAXV *a) { return across(s, a, IR_vsmax); }
bool trans_UMAXV(Disas *s, const arg_UMAXV *a) { return across(s, a, IR_vumax); }
bool trans_SMINV(Disas *s, const arg_SMINV *a) { return across(s, a, IR_vsmin); }
bool trans_UMINV(Disas *s, const arg_UMINV *a) { return across(s, a, IR_vumin); }
bool trans_SADDLV(Disas *s, const arg_SADDLV *a) { return across_long(s, a, IR_vaddlps); }
bool trans_UADDLV(Disas *s, const arg_UADDLV *a) { return across_long(s, a, IR_vaddlpu); }
