/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SIMD shifts by immediate, vector and scalar (C4.1.96). */
#include "simd.h"

typedef Args_h_immb_immh_q_rd_rn Args;
typedef Args_immb_immh_q_rd_rn ArgsN;

typedef struct Shift {
    unsigned size;               /* log2 bytes of the (narrower) element */
    unsigned right, left;        /* the count, as right and left shifts encode it */
} Shift;

/* @immh:@immb: the highest set bit of immh gives the size, what is below it the count. */
static Shift decode_shift(unsigned immh, unsigned immb)
{
    unsigned imm = immh << 3 | immb;
    unsigned size = 31 - __builtin_clz(immh);

    return (Shift){ size, (16u << size) - imm, imm - (8u << size) };
}

static Shift shift_of(const Args *a) { return decode_shift(a->h << 3 | a->immh, a->immb); }

/* -- Right -- */

static IrRef shift_right(Disas *s, IrRef n, Shift k, bool is_unsigned)
{
    return vop1(s, is_unsigned ? IR_vshri : IR_vsari, n, k.size, k.right);
}

/* The last bit shifted out is added: no bit more than the element has is needed. */
static IrRef round_right(Disas *s, IrRef n, Shift k, bool is_unsigned)
{
    IrRef last = k.right == 1 ? n : vop1(s, IR_vshri, n, k.size, k.right - 1);
    IrRef one = vop2(s, IR_vand, last, vec_const(s, k.size, 1), 0);

    return vop2(s, IR_vadd, shift_right(s, n, k, is_unsigned), one, k.size);
}

static bool right(Disas *s, const Args *a, bool is_unsigned, bool round, bool accumulate)
{
    Shift k = shift_of(a);

    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef v = (round ? round_right : shift_right)(s, read_v(s, a->rn), k, is_unsigned);
    if (accumulate) {
        v = vop2(s, IR_vadd, read_v(s, a->rd), v, k.size);
    }
    return write_vq(s, a->q, a->rd, v);
}

bool trans_SSHR(Disas *s, const arg_SSHR *a) { return right(s, a, false, false, false); }
bool trans_USHR(Disas *s, const arg_USHR *a) { return right(s, a, true, false, false); }
bool trans_SSRA(Disas *s, const arg_SSRA *a) { return right(s, a, false, false, true); }
bool trans_USRA(Disas *s, const arg_USRA *a) { return right(s, a, true, false, true); }
bool trans_SRSHR(Disas *s, const arg_SRSHR *a) { return right(s, a, false, true, false); }
bool trans_URSHR(Disas *s, const arg_URSHR *a) { return right(s, a, true, true, false); }
bool trans_SRSRA(Disas *s, const arg_SRSRA *a) { return right(s, a, false, true, true); }
bool trans_URSRA(Disas *s, const arg_URSRA *a) { return right(s, a, true, true, true); }

/* -- Left, and inserting -- */

bool trans_SHL_v(Disas *s, const arg_SHL_v *a)
{
    Shift k = shift_of(a);

    return !fp_access_ok(s)
        || write_vq(s, a->q, a->rd, vop1(s, IR_vshli, read_v(s, a->rn), k.size, k.left));
}

/*
 * Bits of @mask in each element from @v, which is Rn shifted; the others stay. With Rn shifted the
 * other way in Rd it is a rotation, as hash functions and ciphers write it.
 */
static bool insert(Disas *s, const Args *a, Shift k, IrRef v, uint64_t mask)
{
    const IrInsn *here = &s->ir->insns[v], *there = &s->ir->insns[read_v(s, a->rd)];
    const IrInsn *left = here->op == IR_vshli ? here : there;
    const IrInsn *shri = here->op == IR_vshli ? there : here;

    if (k.size && left->op == IR_vshli && shri->op == IR_vshri && left->arg[0] == shri->arg[0]
        && left->aux == k.size && shri->aux == k.size
        && left->aux2 + shri->aux2 == (int)(8u << k.size)) {
        return write_vq(s, a->q, a->rd, vop1(s, IR_vrotl, left->arg[0], k.size, left->aux2));
    }
    return write_vq(s, a->q, a->rd, ir_op3x(s->ir, IR_vbsl, vec_const(s, k.size, mask), v,
                                            read_v(s, a->rd), 0, 0));
}

bool trans_SRI(Disas *s, const arg_SRI *a)
{
    Shift k = shift_of(a);
    unsigned kept = (8u << k.size) - k.right;

    if (!fp_access_ok(s)) {
        return true;
    }
    return insert(s, a, k, shift_right(s, read_v(s, a->rn), k, true),
                  kept ? MASK(kept - 1, 0) : 0);
}

bool trans_SLI(Disas *s, const arg_SLI *a)
{
    Shift k = shift_of(a);

    if (!fp_access_ok(s)) {
        return true;
    }
    return insert(s, a, k, vop1(s, IR_vshli, read_v(s, a->rn), k.size, k.left),
                  MASK((8u << k.size) - 1, k.left));
}

/* Bits are lost where shifting back does not give the operand. */
static IrRef lost_bits(Disas *s, IrRef r, IrRef n, Shift k, IrOp back)
{
    IrRef v = k.left ? vop1(s, back, r, k.size, k.left) : r;

    return ir_op1(s->ir, IR_vnot, vop2(s, IR_vcmpeq, v, n, k.size));
}

bool trans_SQSHL_i(Disas *s, const arg_SQSHL_i *a)
{
    Shift k = shift_of(a);

    if (fp_access_ok(s)) {
        IrRef n = read_active(s, a->q, k.size, a->rn), r = vop1(s, IR_vshli, n, k.size, k.left);
        IrRef lost = lost_bits(s, r, n, k, IR_vsari), sign = vop1(s, IR_vsari, n, k.size,
                                                                  8u << k.size);
        IrRef limit = vop2(s, IR_vxor, sign, vec_max_signed(s, k.size), 0);
        note_saturated(s, lost);
        write_v(s, a->rd, ir_op3x(s->ir, IR_vbsl, lost, limit, r, 0, 0));
    }
    return true;
}

bool trans_UQSHL_i(Disas *s, const arg_UQSHL_i *a)
{
    Shift k = shift_of(a);

    if (fp_access_ok(s)) {
        IrRef n = read_active(s, a->q, k.size, a->rn), r = vop1(s, IR_vshli, n, k.size, k.left);
        IrRef lost = lost_bits(s, r, n, k, IR_vshri);
        note_saturated(s, lost);
        write_v(s, a->rd, vop2(s, IR_vor, r, lost, 0));
    }
    return true;
}

/* Of signed elements, to unsigned: negative ones saturate to 0. */
bool trans_SQSHLU(Disas *s, const arg_SQSHLU *a)
{
    Shift k = shift_of(a);

    if (fp_access_ok(s)) {
        IrRef n = read_active(s, a->q, k.size, a->rn), r = vop1(s, IR_vshli, n, k.size, k.left);
        IrRef lost = lost_bits(s, r, n, k, IR_vshri);
        IrRef negative = vop2(s, IR_vcmpgt, vec_zero(s), n, k.size);
        note_saturated(s, vop2(s, IR_vor, lost, negative, 0));
        write_v(s, a->rd, vop2(s, IR_vandc, vop2(s, IR_vor, r, lost, 0), negative, 0));
    }
    return true;
}

/* -- Narrowing and widening -- */

static bool narrow(Disas *s, const ArgsN *a, bool round)
{
    Shift k = decode_shift(a->immh, a->immb);
    unsigned wide = k.size + 1;

    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef n = read_v(s, a->rn);
    if (round) {
        /* A carry out of the wide element lies above what is kept. */
        n = vop2(s, IR_vadd, n, vec_const(s, wide, UINT64_C(1) << (k.right - 1)), wide);
    }
    IrRef v = vop1(s, IR_vnarrow, vop1(s, IR_vshri, n, wide, k.right), k.size, 0);
    return write_narrow(s, a->q, a->rd, v);
}

bool trans_SHRN(Disas *s, const arg_SHRN *a) { return narrow(s, a, false); }
bool trans_RSHRN(Disas *s, const arg_RSHRN *a) { return narrow(s, a, true); }

static bool narrow_sat(Disas *s, const ArgsN *a, Narrow kind, bool round)
{
    Shift k = decode_shift(a->immh, a->immb), wide = { k.size + 1, k.right, 0 };

    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef n = read_v(s, a->rn);
    n = a->q == Q_SCALAR ? active(s, a->q, wide.size, n) : n;
    n = (round ? round_right : shift_right)(s, n, wide, kind == NARROW_U);
    return write_narrow_sat(s, a->q, a->rd, n, k.size, kind);
}

bool trans_SQSHRN(Disas *s, const arg_SQSHRN *a) { return narrow_sat(s, a, NARROW_S, false); }
bool trans_UQSHRN(Disas *s, const arg_UQSHRN *a) { return narrow_sat(s, a, NARROW_U, false); }
bool trans_SQSHRUN(Disas *s, const arg_SQSHRUN *a) { return narrow_sat(s, a, NARROW_SU, false); }
bool trans_SQRSHRN(Disas *s, const arg_SQRSHRN *a) { return narrow_sat(s, a, NARROW_S, true); }
bool trans_UQRSHRN(Disas *s, const arg_UQRSHRN *a) { return narrow_sat(s, a, NARROW_U, true); }
bool trans_SQRSHRUN(Disas *s, const arg_SQRSHRUN *a) { return narrow_sat(s, a, NARROW_SU, true); }

static bool widen(Disas *s, const ArgsN *a, IrOp op)
{
    Shift k = decode_shift(a->immh, a->immb);

    if (fp_access_ok(s)) {
        IrRef v = vop1(s, op, read_half(s, a->q, a->rn), k.size, 0);
        write_v(s, a->rd, k.left ? vop1(s, IR_vshli, v, k.size + 1, k.left) : v);
    }
    return true;
}

bool trans_SSHLL(Disas *s, const arg_SSHLL *a) { return widen(s, a, IR_vwidens); }
bool trans_USHLL(Disas *s, const arg_USHLL *a) { return widen(s, a, IR_vwidenu); }
