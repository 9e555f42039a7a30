/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copies between lanes and registers, permutations, table look-ups, immediates (C4.1.96). */
#include "simd.h"

/* -- Copies -- */

bool trans_DUP_e(Disas *s, const arg_DUP_e *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    if (a->q == Q_SCALAR) {
        return write_fp(s, a->rd, ir_vext(s->ir, IR_I64, read_v(s, a->rn), a->size, a->idx));
    }
    return write_vq(s, a->q, a->rd, vop1(s, IR_vduplane, read_v(s, a->rn), a->size, a->idx));
}

bool trans_DUP_g(Disas *s, const arg_DUP_g *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    return write_vq(s, a->q, a->rd, vop1(s, IR_vdup, read_reg(s, a->size == 3, a->rn), a->size, 0));
}

bool trans_SMOV(Disas *s, const arg_SMOV *a)
{
    if (fp_access_ok(s)) {
        write_reg(s, a->q, a->rd, ir_vsext(s->ir, a->q ? IR_I64 : IR_I32, read_v(s, a->rn),
                                           a->size, a->idx));
    }
    return true;
}

bool trans_UMOV(Disas *s, const arg_UMOV *a)
{
    if (fp_access_ok(s)) {
        write_x(s, a->rd, ir_vext(s->ir, IR_I64, read_v(s, a->rn), a->size, a->idx));
    }
    return true;
}

bool trans_INS_g(Disas *s, const arg_INS_g *a)
{
    if (fp_access_ok(s)) {
        write_v(s, a->rd, ir_op2x(s->ir, IR_vins, read_v(s, a->rd),
                                  read_reg(s, a->size == 3, a->rn), a->size, a->idx));
    }
    return true;
}

bool trans_INS_e(Disas *s, const arg_INS_e *a)
{
    if (fp_access_ok(s)) {
        write_v(s, a->rd, ir_op2x(s->ir, IR_vinsl, read_v(s, a->rd), read_v(s, a->rn), a->size,
                                  a->idx | a->src << 4));
    }
    return true;
}

/* -- Permutations: on short registers of the two low halves side by side -- */

static bool permute(Disas *s, const Args_q_rd_rm_rn_size *a, IrOp op)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef n = read_v(s, a->rn), m = read_v(s, a->rm);
    if (!a->q && (op == IR_vuzp1 || op == IR_vuzp2)) {
        n = vop2(s, IR_vzip1, n, m, 3);
    } else if (!a->q && op == IR_vzip2) {
        /* The upper half of what ZIP1 gives for long registers. */
        return write_vq(s, 0, a->rd,
                        vop1(s, IR_vduplane, vop2(s, IR_vzip1, n, m, a->size), 3, 1));
    }
    return write_vq(s, a->q, a->rd, vop2(s, op, n, m, a->size));
}

#define PERMUTE(NAME, op)                                                                          \
    bool trans_##NAME(Disas *s, const arg_##NAME *a) { return permute(s, a, op); }
PERMUTE(UZP1, IR_vuzp1)
PERMUTE(UZP2, IR_vuzp2)
PERMUTE(ZIP1, IR_vzip1)
PERMUTE(ZIP2, IR_vzip2)
PERMUTE(TRN1, IR_vtrn1)
PERMUTE(TRN2, IR_vtrn2)

bool trans_EXT(Disas *s, const arg_EXT *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef n, m;
    read_row(s, a->q, a->rn, a->rm, &n, &m);
    return write_vq(s, a->q, a->rd, ir_op2x(s->ir, IR_vextb, n, m, 0, a->imm));
}

/* -- Tables -- */

/* Bytes of the table registers; 0 where the index is beyond them. */
static IrRef table(Disas *s, unsigned rn, unsigned regs, IrRef index)
{
    IrRef r = vop2(s, IR_vtbl1, read_v(s, rn), index, 0);

    for (unsigned i = 1; i < regs; i++) {
        /* Indexes below 16 * i wrap to 240 and more. */
        IrRef rel = vop2(s, IR_vsub, index, vec_const(s, 0, 16 * i), 0);
        r = vop2(s, IR_vor, r, vop2(s, IR_vtbl1, read_v(s, (rn + i) % 32), rel, 0), 0);
    }
    return r;
}

bool trans_TBL(Disas *s, const arg_TBL *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    return write_vq(s, a->q, a->rd, table(s, a->rn, a->len + 1, read_v(s, a->rm)));
}

bool trans_TBX(Disas *s, const arg_TBX *a)
{
    if (!fp_access_ok(s)) {
        return true;
    }
    IrRef index = read_v(s, a->rm);
    IrRef out = vop2(s, IR_vcmphs, index, vec_const(s, 0, 16 * (a->len + 1)), 0);
    IrRef kept = vop2(s, IR_vand, read_v(s, a->rd), out, 0);
    return write_vq(s, a->q, a->rd,
                    vop2(s, IR_vor, kept, table(s, a->rn, a->len + 1, index), 0));
}

/* -- Immediates (AdvSIMDExpandImm) -- */

static uint64_t replicate(uint64_t v, unsigned bits)
{
    for (; bits < 64; bits *= 2) {
        v |= v << bits;
    }
    return v;
}

static bool write_imm(Disas *s, unsigned q, unsigned rd, uint64_t v)
{
    write_v(s, rd, ir_vimm(s->ir, v, q ? v : 0));
    return true;
}

bool trans_MOVI_shift(Disas *s, const arg_MOVI_shift *a)
{
    uint64_t v = replicate((uint64_t)a->imm << 8 * a->cm, 8u << a->size);

    return !fp_access_ok(s) || write_imm(s, a->q, a->rd, a->op ? ~v : v);
}

bool trans_MOVI_msl(Disas *s, const arg_MOVI_msl *a)
{
    unsigned shift = 8 << a->cm;
    uint64_t v = replicate((uint64_t)a->imm << shift | MASK(shift - 1, 0), 32);

    return !fp_access_ok(s) || write_imm(s, a->q, a->rd, a->op ? ~v : v);
}

bool trans_MOVI_b(Disas *s, const arg_MOVI_b *a)
{
    return !fp_access_ok(s) || write_imm(s, a->q, a->rd, replicate(a->imm, 8));
}

bool trans_MOVI_mask(Disas *s, const arg_MOVI_mask *a)
{
    uint64_t v = 0;

    for (unsigned i = 0; i < 8; i++) {
        v |= a->imm >> i & 1 ? UINT64_C(0xff) << 8 * i : 0;
    }
    return !fp_access_ok(s) || write_imm(s, a->q, a->rd, v);
}

bool trans_FMOV_vi(Disas *s, const arg_FMOV_vi *a)
{
    uint64_t v = replicate(fp_expand_imm(2 + a->sz, a->imm), 8u << (2 + a->sz));

    return !fp_access_ok(s) || write_imm(s, a->q, a->rd, v);
}

/* ORR, and BIC with op = 1. */
bool trans_ORR_vi(Disas *s, const arg_ORR_vi *a)
{
    uint64_t v = replicate((uint64_t)a->imm << 8 * a->cm, 8u << a->size);

    if (!fp_access_ok(s)) {
        return true;
    }
    return write_vq(s, a->q, a->rd, vop2(s, a->op ? IR_vandc : IR_vor, read_v(s, a->rd),
                                         ir_vimm(s->ir, v, v), 0));
}
